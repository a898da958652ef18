"""CIFAR-10 as tensors of bytes, and what may be done to them while training."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import torch
from torch import Tensor

CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SPLIT_SEED = 42  # of the fixed split of the 50,000 training pictures into training and validation
VALIDATION = 5_000
CITATION = "Alex Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009"
SOURCE = "https://www.cs.toronto.edu/~kriz/cifar.html"


class DataError(ValueError):
    """The pictures cannot be had; the message says what to put where."""


@dataclass(frozen=True)
class Images:
    """Pictures uint8 (N, 3, H, W), their class numbers int64 (N,), and what is to be learned where that is more."""

    pictures: Tensor
    labels: Tensor
    targets: Tensor | None = None  # probabilities of the classes, float32 (N, classes)

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: Tensor | slice) -> "Images":
        targets = None if self.targets is None else self.targets[index]
        return Images(self.pictures[index], self.labels[index], targets)

    def to(self, device: torch.device) -> "Images":
        targets = None if self.targets is None else self.targets.to(device)
        return Images(self.pictures.to(device), self.labels.to(device), targets)


def cifar10(folder: str | Path, split: str) -> Images:
    """The training (50,000) or test (10,000) pictures of CIFAR-10, in their official order.

    Args:
        folder: a torchvision root that exists; holds `cifar-10-batches-py/`, downloaded by torchvision when missing.
        split: "train" or "test".

    Raises:
        DataError: not there and not to be downloaded, or damaged; or there is no such folder.
    """
    from torchvision.datasets import CIFAR10  # here, because importing torchvision takes a second

    train = split == "train"
    try:
        # Only files whose MD5 is that of the official ones are opened.
        data = CIFAR10(str(folder), train=train, download=False)
    except RuntimeError:
        if not Path(folder).is_dir():  # perhaps mistyped: nothing is made, and nothing downloaded into it
            raise DataError(
                f"There is no folder {folder}. Make it first, and CIFAR-10 is downloaded into it; or name the one that "
                "holds cifar-10-batches-py."
            ) from None
        try:
            data = CIFAR10(str(folder), train=train, download=True)
        except (URLError, OSError, RuntimeError) as error:
            raise DataError(
                f"CIFAR-10 is not in {folder} and could not be downloaded ({error}). "
                f"Get cifar-10-python.tar.gz from {SOURCE} and unpack it there, so that "
                f"{Path(folder) / 'cifar-10-batches-py'} holds data_batch_1 to data_batch_5 and test_batch."
            ) from error
    pictures = torch.from_numpy(data.data).permute(0, 3, 1, 2).contiguous()
    return Images(pictures, torch.tensor(data.targets))


def known_classes(leave_out: str) -> tuple[str, ...]:
    """The classes of CIFAR-10 but for those in a list with commas between.

    Raises:
        DataError: no such class, or fewer than two are left.
    """
    names = {name.strip() for name in leave_out.split(",")} - {""}
    if unknown := sorted(names - set(CIFAR10_CLASSES)):
        raise DataError(f"CIFAR-10 has no class {unknown[0]!r}; it has {', '.join(CIFAR10_CLASSES)}.")
    known = tuple(name for name in CIFAR10_CLASSES if name not in names)
    if len(known) < 2:
        raise DataError("A network tells at least two classes apart: leave out fewer.")
    return known


def of_classes(images: Images, classes: tuple[str, ...]) -> Images:
    """The pictures of some of CIFAR-10's classes, numbered in their order."""
    if classes == CIFAR10_CLASSES:
        return images
    numbers = torch.full((len(CIFAR10_CLASSES),), -1)
    numbers[[CIFAR10_CLASSES.index(name) for name in classes]] = torch.arange(len(classes))
    known = images.take(numbers[images.labels] >= 0)
    return Images(known.pictures, numbers[known.labels])


def training_split(images: Images) -> tuple[Images, Images]:
    """The fixed split into 45,000 pictures to train on and 5,000 to choose by."""
    train, held = training_order(len(images))
    return images.take(train), images.take(held)


def training_order(count: int) -> tuple[Tensor, Tensor]:
    """The numbers of the pictures in either part of that split."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(SPLIT_SEED))
    return order[:-VALIDATION], order[-VALIDATION:]


def augment(pictures: Tensor, shift: int, flip: bool, mirrored: Tensor | None = None) -> Tensor:
    """Each picture moved by up to `shift` pixels both ways, the gap filled by mirroring, and half of them flipped.

    Args:
        pictures: (N, C, H, W), any type.
        mirrored: bool (N,), which ones to flip; None for chance.

    Returns:
        The same shape and type; the memory is laid out channels-last.
    """
    count, _, height, width = pictures.shape
    device = pictures.device

    def moved(length: int) -> Tensor:
        start = torch.randint(-shift, shift + 1, (count, 1), device=device)
        index = (torch.arange(length, device=device) + start).abs()
        return length - 1 - (length - 1 - index).abs()

    rows, columns = moved(height), moved(width)
    if flip:
        mirrored = torch.rand(count, device=device) < 0.5 if mirrored is None else mirrored
        columns = torch.where(mirrored[:, None], columns.flip(1), columns)
    which = torch.arange(count, device=device)[:, None, None]
    return pictures.permute(0, 2, 3, 1)[which, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def checksum(images: Images) -> str:
    """SHA-256 of pictures and labels, in their order."""
    digest = hashlib.sha256()
    for tensor in (images.pictures, images.labels):
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def normalise(pictures: Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> Tensor:
    """Bytes (N, 3, H, W) -> float32 of the same shape, (pixel / 255 - mean) / std per colour, channels-last."""
    shift, scale = (torch.tensor(value, device=pictures.device).view(1, 3, 1, 1) for value in (mean, std))
    return ((pictures.float() / 255 - shift) / scale).contiguous(memory_format=torch.channels_last)
