"""How far an entry's answers can be trusted: fitted on pictures that trained nothing, measured, written into the entry.

    python -m train trust ENTRY --data DIR

A temperature makes its probabilities mean what they say. A score, chosen among many by strange pictures that are made
for it, tells pictures that the network does not know; it is calibrated so that 5 % of the known ones are called
unfamiliar. Sets of classes hold the right one with 90 %. All that is measured on test pictures, once, and on strange
pictures of other kinds than those that chose. The files are judge.safetensors and trust.json; the card gets a section.

What was already worked out is kept in the cache folder: a command that was interrupted goes on where it was. Which
classes a network never met is measured with networks that were trained without them:

    python -m train cifar10-fast --leave-out cat,ship --data DIR --out runs/without
    python -m train trust runs/without --data DIR
    python -m train trust cifar10-fast --data DIR --without runs/without
"""

import argparse
import json
from pathlib import Path

from train.options import add_cache, whole

HELP = "how far an entry's answers can be trusted: calibration, unknown pictures, prediction sets"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--data", metavar="DIR", type=Path, help="as for the training of that entry")
    asked.add_argument(
        "--only-missed",
        action="store_true",
        help="only add to the report of the entry which pictures were missed worst, of those that can be drawn anew",
    )
    parser.add_argument(
        "--without",
        metavar="RUN",
        nargs="+",
        type=Path,
        default=[],
        help="networks of the same recipe that were trained without some classes, and judged by this command",
    )
    parser.add_argument("--bank", type=whole(50), default=4000, metavar="N", help="training pictures to fit to; 4000")
    parser.add_argument("--strange", type=whole(20), default=1000, metavar="N", help="pictures of every kind; 1000")
    parser.add_argument(
        "--corrupted", type=whole(0), default=500, metavar="N", help="test pictures to spoil in fifty ways; 500"
    )
    parser.add_argument("--limit", type=whole(50), metavar="N", help="only N pictures of every kind, to try things")
    parser.add_argument("--seed", type=whole(0, 2**31 - 1), default=0, help="of everything random")
    parser.add_argument("--threads", type=whole(1, 1024), help="CPU threads; all cores if not given")
    add_cache(parser)


def run(given: argparse.Namespace) -> int:
    import torch

    import model_zoo
    from train.tools.trust import reporting
    from train.tools.trust.trusting import Order, add_missed, trust

    if given.threads:
        torch.set_num_threads(given.threads)
    model = model_zoo.entry_of(given.entry)
    if given.only_missed:
        report = add_missed(model)
        print(json.dumps({"entry": model.name, "missed": reporting.missed(report)}))
        return 0
    order = Order(
        given.data,
        given.bank,
        given.strange,
        given.corrupted,
        given.limit,
        given.seed,
        given.cache,
        tuple(given.without),
        given.command,
    )
    report = trust(model, order)
    print(reporting.table(f"{model.title} ({model.name})", report))
    print(json.dumps(reporting.summary(model.name, report)))
    return 0
