"""One entry out of several runs of one recipe: the weights of the best seed, mean and spread over all in its card.

    python -m train publish runs/a runs/b runs/c --out model_zoo/weights/NAME

Best is the highest ROC AUC (photos) or accuracy (CIFAR-10) on validation, of equal ones the lowest loss there; never
one of the test figures.
"""

import argparse
import json
from pathlib import Path

HELP = "the best of several seeds, with mean and spread"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", metavar="RUN", nargs="+", type=Path, help="finished run folders of one recipe")
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="the entry to write")
    parser.add_argument("--title", default="", help="shown in the page instead of the recipe's")
    parser.add_argument("--note", default="", help="added to the card, such as what shared the machine")
    parser.add_argument("--no-snapshots", action="store_true", help="leave the weights of earlier epochs out")


def run(given: argparse.Namespace) -> int:
    from train.entry import model_card
    from train.entry.card import is_cifar10
    from train.entry.publish import publish

    card = publish(given.runs, given.out, given.title, given.note, not given.no_snapshots)
    print(f"{given.out}: {json.dumps(card['metrics']['seeds'])}")
    if is_cifar10(card):
        print(model_card.claim(card))
    return 0
