"""What a network says of many photos, as a table: file, most probable class, probability, decision, or the problem.

    python -m train answer ENTRY FILE ... --out answers.csv

Each FILE is a photo, a folder of photos, or a zip of them. Every photo is answered as by the page: the network sees its
largest centred square. Where the entry's card has a threshold, it decides. What cannot be answered stands at the end of
the table with its reason, and stops nothing; Ctrl-C does, and nothing is written.
"""

import argparse
from pathlib import Path

HELP = "a table of answers for many photos"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="photos, folders, zips")
    parser.add_argument("--out", required=True, metavar="CSV", type=Path, help="the table to write")


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from train.tools.answer import answer

    print(answer(model_zoo.entry_of(given.entry), given.files, given.out))
    return 0
