"""Every block of ground held out in turn: how good a recipe is on ground it has not seen, and its threshold.

    python -m train blocks --data DIR --out runs/blocks --with --epochs 12

Tiles of one block overlap, and light and plants differ from block to block: a recipe that is tried on one of them is
chosen for that one. Here each block is held out once, by a training on all the others with `--validation-block`. What
stands behind --with is given to every training, the name of its block in place of {block}: a teacher must not have seen
that block either (`--with --teacher runs/large/block-{block}`). None looks at the test photos. Trainings that have
ended are taken as they are and interrupted ones go on, so that the command can be given again.

Printed, and written to OUT/blocks.md: the ROC AUC on the held-out block after every epoch; and of the networks as they
are kept, each on the block that it has not seen, the ROC AUC of all these answers together and the threshold for them.
A block of one class only, or without which only one would be left to train on, is not held out; it is named there.
Epochs and threshold are what a training on all blocks (`--validation-block none --epochs N --threshold P`) needs, which
has no photos left to choose them by.
"""

import argparse
from pathlib import Path

from train.commands.train import train_once
from train.options import add_trainings

HELP = "every block of ground held out in turn: ROC AUC by epoch, and the threshold"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cache", type=Path, metavar="DIR", help="as for the training")
    add_trainings(parser)


def run(given: argparse.Namespace) -> int:
    from train.tools.blocks import possible, write_report

    words = [*given.words, *(["--cache", str(given.cache)] if given.cache else [])]
    can, cannot = possible(given.data, given.cache)
    why = "such a block is of one class only, or all others together are"
    left_out = f"Not held out: {', '.join(cannot)}; {why}." if cannot else ""
    if left_out:  # before hours of training
        print(left_out, flush=True)
    runs = {block: given.out / f"block-{block}" for block in can}
    for block, out in runs.items():
        own = [word.replace("{block}", block) for word in words]
        train_once(out, [given.recipe, "--data", given.data, "--out", str(out), "--validation-block", block, *own])
    print(write_report(runs, given.data, given.out, left_out, given.cache), end="")
    return 0
