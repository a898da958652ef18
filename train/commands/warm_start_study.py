"""From scratch against a warm start, with the same budget: validation ROC AUC by epoch, as a table.

    python -m train warm-start-study cifar10-resnet --data DIR --out runs/starts --with --epochs 8 --validation-block 2

Each seed trains RECIPE once with random start weights and once with those of ENTRY where they fit
(train/engine/warm_start.py), all else being equal; what stands behind --with is given to every training. None looks at
the test pictures. Trainings that have ended are taken as they are and interrupted ones go on, so that the command can
be given again, or with more seeds. The table is printed, and written to OUT/warm-start-study.md.
"""

import argparse
from pathlib import Path

from train.commands.train import train_once
from train.options import add_trainings

HELP = "from scratch against warm starts, with the same budget"
ALIASES = ("starts",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entries", metavar="ENTRY[,ENTRY]", help="what to start from, as for --start-from")
    parser.add_argument("--seeds", default="0,1", metavar="N,N", help="0,1 if not given")
    add_trainings(parser)


def run(given: argparse.Namespace) -> int:
    from train.tools.warm_start_study import SCRATCH, write_report

    words = [word.strip() for word in given.seeds.split(",")]
    if not all(word.isascii() and word.isdigit() for word in words) or len(set(words)) < len(words):
        raise ValueError(f"--seeds takes whole numbers such as 0,1, each once; not {given.seeds!r}.")
    seeds = [int(word) for word in words]
    runs: dict[str, list[Path]] = {}  # start -> run folders, one a seed
    for source in ("", *given.entries.split(",")):
        runs[source or SCRATCH] = [given.out / f"{Path(source).name or 'scratch'}-seed{seed}" for seed in seeds]
        start = ["--start-from", source] if source else []
        for seed, out in zip(seeds, runs[source or SCRATCH], strict=True):
            own = ["--data", given.data, "--out", str(out), "--seed", str(seed)]
            train_once(out, [given.recipe, *own, *given.words, *start])
    print(write_report(runs, given.recipe, given.out), end="")
    return 0
