"""What a network answers for the test photos of a Kaggle set, as a submission.

    python -m train submit ENTRY --data DIR --out submission.csv

DIR is the folder or zip of the competition (its layout is in train/data/layouts.py). Each row is a name and the
probability that the photo shows the plant, in the order of sample_submission.csv.
"""

import argparse
from pathlib import Path

HELP = "answers for Kaggle's test photos"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder; a network of two classes")
    parser.add_argument("--data", required=True, metavar="DIR", type=Path, help="folder or zip of the competition")
    parser.add_argument("--out", required=True, metavar="FILE", type=Path, help="the submission to write")
    parser.add_argument(
        "--class",
        "--positive",
        dest="positive",
        default="",
        metavar="NAME",
        help="the class that is asked for; the one that the entry names, if not given",
    )


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from train.tools.submit import submit

    print(submit(model_zoo.entry_of(given.entry), given.data, given.out, given.positive))
    return 0
