"""CIFAR-10 as a folder of photos per class: `train/CLASS/NUMBER.png` and `test/CLASS/NUMBER.png`."""

from pathlib import Path

from PIL import Image
from tqdm import tqdm

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
