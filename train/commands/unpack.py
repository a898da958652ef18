"""CIFAR-10 as a folder of photos per class, so that networks for photos can be trained on it as a warm start.

    python -m train unpack data data/cifar10-photos       60,000 PNG files, 200 MB on most disks
    python -m train invasive-resnet --data data/cifar10-photos --size 64 --no-turn --out runs/warm

The pictures are `train/CLASS/NUMBER.png` and `test/CLASS/NUMBER.png`, 32 x 32 and unchanged; NUMBER is their place in
the official order.
"""

import argparse
from pathlib import Path

from train.options import whole

HELP = "CIFAR-10 as a folder of photos per class"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="holds cifar-10-batches-py/")
    parser.add_argument("out", metavar="OUT", type=Path, help="folder to write, new or empty")
    parser.add_argument("--limit", type=whole(1), metavar="N", help="only N pictures of each split, to try things")


def run(given: argparse.Namespace) -> int:
    from train.tools.unpack import unpack

    print(f"{unpack(given.folder, given.out, given.limit):,} pictures are in {given.out}")
    return 0
