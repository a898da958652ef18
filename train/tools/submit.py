"""What a network answers for the test photos of a Kaggle set, as a submission."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

import model_zoo
from model_zoo.aerial.threshold import chosen
from model_zoo.entries import entry
from model_zoo.model import logits
from train.data import cache, decode
from train.data.archive_files import File, files_below
from train.data.cifar10 import DataError
from train.data.layouts import kaggle_test

BATCH = 32


def submit(model: model_zoo.Model, source: Path, out: Path, positive: str = "") -> str:
    """Write the probability of the positive class for every test photo.

    Args:
        model: a network of two classes.
        source: the folder or zip of a competition.
        out: the file to write, which must not exist; it appears whole or not at all.
        positive: the class whose probability counts; the one that the entry names if "".

    Returns:
        What was written, as a sentence.

    Raises:
        DataError: the network has other classes, a photo cannot be read, test photos and sample_submission.csv do not
            name the same photos, or `out` cannot be written.
    """
    column = _column(model, positive)
    if out.exists():
        raise DataError(f"{out} exists already. Name another file, or remove it.")
    if not out.absolute().parent.is_dir():
        raise DataError(f"There is no folder {out.absolute().parent} to write {out.name} into.")
    photos = kaggle_test(files_below(source, cache.default_folder() / "unpacked"))
    rows = [("name", "invasive")]
    with tqdm(total=len(photos), desc="answering", unit=" photos", disable=None) as bar, ThreadPoolExecutor(4) as pool:
        for at in range(0, len(photos), BATCH):
            batch = photos[at : at + BATCH]
            inputs = list(pool.map(lambda photo: _prepared(model, photo[1]), batch))
            values = probabilities(model, torch.cat(inputs))[:, column]
            if not values.isfinite().all():
                raise DataError(f"{model.name} gives no number for some photos: its values overflow.")
            rows += [(name, f"{value:.9g}") for (name, _), value in zip(batch, values.tolist(), strict=True)]
            bar.update(len(batch))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    entry.write_files({out: text.getvalue().encode()})
    return f"{out}: the probability of {model.classes[column]!r} by {model.name} for {len(photos):,} test photos."


@torch.inference_mode()
def probabilities(model: model_zoo.Model, inputs: Tensor) -> Tensor:
    """Float64 (N, classes), rows that sum to 1, for inputs as `Model.prepare` makes them, (N, 3, size, size)."""
    return logits(model.net, inputs).double().softmax(dim=1)


def _column(model: model_zoo.Model, positive: str) -> int:
    if len(model.classes) != 2:
        raise DataError(f"{model.name} tells {len(model.classes)} classes apart; a submission needs a network of two.")
    try:
        return model.classes.index(chosen(model, positive)[0])
    except ValueError as error:
        raise DataError(str(error)) from error


def _prepared(model: model_zoo.Model, file: File) -> Tensor:
    """The network's input for a photo, opened as for training."""
    try:
        return model.prepare(decode.open_picture(decode.read_bytes(file.place), model.size))
    except decode.PictureError as error:
        raise DataError(f"{file.name} {error}, and a submission needs an answer for every photo.") from error
