"""What a network says of many photos, as a table; see train/commands/answer.py."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

import model_zoo
from model_zoo.aerial.threshold import decision
from model_zoo.common import csv_export, safe_zip
from model_zoo.entries import entry
from train.data import cache, decode
from train.data.archive_files import File, files_below
from train.data.cifar10 import DataError
from train.data.layouts import few
from train.data.picture_files import is_picture, skipped
from train.tools.submit import BATCH, probabilities


def answer(model: model_zoo.Model, sources: Sequence[Path], out: Path) -> str:
    """Write the table.

    Args:
        sources: photos, folders and zips.
        out: the file to write, which must not exist; it appears whole or not at all.

    Returns:
        What was written, as lines for a terminal.

    Raises:
        DataError: there is no photo, or `out` cannot be written.
    """
    if out.exists():
        raise DataError(f"{out} exists already. Name another file, or remove it.")
    if not out.absolute().parent.is_dir():
        raise DataError(f"There is no folder {out.absolute().parent} to write {out.name} into.")
    files, troubles = listed(sources)
    label, threshold = decision(model)
    found: list[csv_export.Answer] = []
    with tqdm(total=len(files), desc="answering", unit=" photos", disable=None) as bar, ThreadPoolExecutor(4) as pool:
        for at in range(0, len(files), BATCH):
            batch = files[at : at + BATCH]
            inputs = list(pool.map(lambda file: _prepared(model, file), batch))
            troubles += [(f.name, each) for f, each in zip(batch, inputs, strict=True) if isinstance(each, str)]
            whole = [(f.name, each) for f, each in zip(batch, inputs, strict=True) if not isinstance(each, str)]
            if whole:
                shares = probabilities(model, torch.cat([each for _, each in whole]))
                if not shares.isfinite().all():
                    raise DataError(f"{model.name} gives no number for some photos: its values overflow.")
                found += [_row(model, n, s, label, threshold) for (n, _), s in zip(whole, shares.tolist(), strict=True)]
            bar.update(len(batch))
    entry.write_files({out: csv_export.table(found, troubles).encode(errors="surrogateescape")})
    return _summary(model, out, found, troubles, label, threshold)


def listed(sources: Sequence[Path]) -> tuple[list[File], list[tuple[str, str]]]:
    """The photos, and what is left out with its reason.

    Raises:
        DataError: there is no photo.
    """
    files: list[File] = []
    troubles: list[tuple[str, str]] = []
    for source in sources:
        try:
            if source.is_file() and not safe_zip.is_zip(source):
                files.append(File(source.name, source.stat().st_size, source.stat().st_mtime_ns, (str(source), "")))
                continue
            inside = list(files_below(source, cache.default_folder() / "unpacked").values())
            if len(sources) > 1:  # several may hold files of one name
                inside = [replace(file, name=f"{source.name}/{file.name}") for file in inside]
            files += [file for file in inside if is_picture(file)]
            troubles += skipped(inside)
        except DataError as error:
            troubles.append((str(source), str(error)))
        except OSError as error:
            troubles.append((str(source), f"cannot be read: {error.strerror or error}"))
    if not files:
        raise DataError("There is no photo." + "".join(f" {reason}" for _, reason in troubles[:3]))
    return files, troubles


def _prepared(model: model_zoo.Model, file: File) -> Tensor | str:
    """The network's input for a photo, or why there is none."""
    try:
        return model.prepare(decode.open_picture(decode.read_bytes(file.place), model.size))
    except decode.PictureError as error:
        return str(error)


def _row(
    model: model_zoo.Model, name: str, shares: list[float], label: str | None, threshold: float | None
) -> csv_export.Answer:
    best = model.classes[max(range(len(shares)), key=shares.__getitem__)]
    share = shares[model.classes.index(label or best)]
    return name, best, label or best, share, None if threshold is None else share >= threshold


def _summary(
    model: model_zoo.Model,
    out: Path,
    found: list[csv_export.Answer],
    troubles: list[tuple[str, str]],
    label: str | None,
    threshold: float | None,
) -> str:
    lines = [f"{out}: {model.name} has answered for {len(found):,} photo{'' if len(found) == 1 else 's'}."]
    if threshold is not None:
        reach = sum(bool(decided) for *_, decided in found)
        lines.append(f"{reach:,} reach its threshold of {threshold:.1%} for {label}, which was chosen on other photos.")
    if troubles:
        names = few(f"{file} {reason}" for file, reason in troubles)
        lines.append(f"Not answered: {len(troubles):,}: {names}.")
    return "\n".join(lines)
