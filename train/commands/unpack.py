"""CIFAR-10 as a folder of photos per class, so that networks for photos can be trained on it as a warm start.

    python -m train unpack data data/cifar10-photos       60,000 PNG files, 200 MB on most disks
    python -m train invasive-resnet --data data/cifar10-photos --size 64 --no-turn --out runs/warm

The pictures are `train/CLASS/NUMBER.png` and `test/CLASS/NUMBER.png`, 32 x 32 and unchanged; NUMBER is their place in
the official order.
"""

import argparse
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from train.commands.evaluate import whole
from train.data import cifar10
from train.data.archive_files import whole_folder


def unpack(folder: Path, out: Path, limit: int | None = None) -> int:
    """Write the pictures of CIFAR-10, all or none; returns how many.

    Args:
        folder: a torchvision root; holds `cifar-10-batches-py/`, downloaded when missing.
        out: a new or empty folder.
        limit: only so many pictures of each split.

    Raises:
        DataError: the pictures are not there, or `out` holds something.
        OSError: `out` cannot be written.
    """
    count = 0
    with whole_folder(out) as top:
        for split in ("train", "test"):
            images = cifar10.cifar10(folder, split)
            of = min(len(images.labels), limit or len(images.labels))
            for name in cifar10.CIFAR10_CLASSES:
                (top / split / name).mkdir(parents=True)
            for number in tqdm(range(of), desc=split, unit=" pictures", disable=None):
                name = cifar10.CIFAR10_CLASSES[int(images.labels[number])]
                picture = images.pictures[number].permute(1, 2, 0).numpy()
                Image.fromarray(picture).save(top / split / name / f"{number:05}.png")
            count += of
    return count


def add_command(commands: Any) -> None:
    """`unpack` among the commands of `python -m train`."""
    text, rest = __doc__.split("\n", 1)
    command = commands.add_parser(
        "unpack",
        help="CIFAR-10 as a folder of photos per class",
        description=f"{text}\n{rest}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=_run)
    command.add_argument("folder", metavar="DIR", type=Path, help="holds cifar-10-batches-py/")
    command.add_argument("out", metavar="OUT", type=Path, help="folder to write, new or empty")
    command.add_argument("--limit", type=whole(1), metavar="N", help="only N pictures of each split, to try things")


def _run(given: argparse.Namespace) -> int:
    print(f"{unpack(given.folder, given.out, given.limit):,} pictures are in {given.out}")
    return 0
