"""What several runs reached and how long they took: mean and spread over the seeds of each recipe, as Markdown.

    python -m train summary runs/*                      one row for each recipe, with the machine it ran on
    python -m train summary runs/* --levels 76 90 94    and the seconds of training to these accuracies, in percent

Seconds are those of the epochs in history.csv, each with its look at validation; loading, the untrained network and the
test are not counted. A run with validation pictures is at a level after the first epoch whose validation accuracy is.
A run without is measured once, at its end: the whole training counts, with the time of the averaged views where the
card tells it, if the mean test accuracy over the seeds (of the views, where there are some) is at the level.
"""

import argparse
import math
from pathlib import Path

HELP = "accuracy and seconds of several runs, mean and spread over seeds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="finished run folders or entries")
    parser.add_argument(
        "--levels", nargs="+", type=_percent, default=[], metavar="PERCENT", help="accuracies, such as 76 90 94"
    )


def _percent(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not a percentage above 0 and up to 100")
    return value / 100


def run(given: argparse.Namespace) -> int:
    from train.tools.summary import read, table

    runs, left_out = read(given.runs)
    print(table(runs, given.levels))
    if left_out:
        print("\nLeft out:", *left_out, sep="\n")
    return 0
