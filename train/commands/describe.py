"""What a set of pictures holds, by its tables, names and bytes, before a single picture is decoded.

    python -m train describe data/hogweed               splits, classes, and what would be left out
    python -m train describe data/cifar-10-batches-py   (downloaded first where it is missing)
    python -m train describe SET --json FILE            the same, and where every picture lies, for programs

SET is a folder or zip of one of the forms of train/data/layouts.py, or CIFAR-10. Nothing is refused that can be listed:
why a training would not take it is said in a sentence, as far as tables and names tell. Files that cannot be decoded
come to light only when they are opened.

The file of --json holds one object:

    layout      "cifar10", "kaggle", "tiles" or "classes"
    classes     their names
    splits      {"train": {...}, "validation": {...}, "test": {...}}, each with lists of the same length:
                labels (class numbers, -1 for none or in between) and either
                names and places (path, and the member where the path is that of a zip), or
                numbers (CIFAR-10: the place among the 50,000 or the 10,000 pictures, in the official order) and
                batches (CIFAR-10: path of each file of 10,000 pictures, and the byte at which the first one begins:
                32 x 32 red values, then green, then blue)
    trouble     sentences: what is left out, or is not as it should be
    refusal     why a training would not take the set, as far as tables and names tell: files that are damaged, and
                classes that a split lacks, come to light only later; "" where they tell of nothing
"""

import argparse
import json
from pathlib import Path

HELP = "what a set of pictures holds, and what of it would be left out"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("set", metavar="SET", type=Path, help="a folder or zip of pictures")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write it there, with the place of every picture")


def run(given: argparse.Namespace) -> int:
    from train.tools.describe import describe

    found = describe(given.set)
    if given.json:
        given.json.write_text(json.dumps(vars(found)), encoding="ascii")
    print(found.describe())
    return 0
