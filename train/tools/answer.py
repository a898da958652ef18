"""What a network says of many photos, as a table; see train/commands/answer.py."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

import model_zoo
from model_zoo.aerial import ground
from model_zoo.aerial.cover import area, curve_of
from model_zoo.aerial.scale_check import doubts
from model_zoo.aerial.survey import default_window, is_whole_photo, survey
from model_zoo.aerial.threshold import EVEN, decision
from model_zoo.common import csv_export, safe_zip
from model_zoo.common.picture_file import picture_size
from model_zoo.entries import entry
from model_zoo.graph import step
from model_zoo.graph.walk import walk
from model_zoo.model import logits
from model_zoo.trust.judgement import FALSE_ALARMS, Judgement, check_shares, too_few, unjudged
from train.data import cache, decode
from train.data.archive_files import File, files_below
from train.data.cifar10 import DataError
from train.data.layouts import few
from train.data.picture_files import is_picture, skipped
from train.tools.submit import BATCH


def answer(
    model: model_zoo.Model,
    sources: Sequence[Path],
    out: Path,
    *,
    surveying: bool = False,
    false_alarms: float = FALSE_ALARMS,
) -> str:
    """Write the table.

    Args:
        sources: photos, folders and zips.
        surveying: whether whole photos are surveyed; else they get one answer, without a decision.
        false_alarms: the share of known photos, or of windows of a survey, that may be called unfamiliar, 0 to 1.
        out: the file to write, which must not exist; it appears whole or not at all.

    Returns:
        What was written, as lines for a terminal.

    Raises:
        DataError: there is no photo, or `out` cannot be written.
        ValueError: no such share.
    """
    check_shares(false_alarms)
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
            good = [(f, each) for f, each in zip(batch, inputs, strict=True) if not isinstance(each, str)]
            if good:
                shares, judged = _answers(model, torch.cat([each.x for _, each in good]), false_alarms)
                if not shares.isfinite().all():
                    raise DataError(f"{model.name} gives no number for some photos: its values overflow.")
                for (file, each), values, judgement in zip(good, shares.tolist(), judged, strict=True):
                    row = _row(model, file.name, values, label, threshold, is_whole=each.is_whole)
                    row = row._replace(trust=_trusted(judgement))
                    is_surveyed = surveying and each.is_whole
                    found.append(_surveyed(model, file, row, threshold, false_alarms) if is_surveyed else row)
            bar.update(len(batch))
    entry.write_files({out: csv_export.table(found, troubles).encode(errors="surrogateescape")})
    return _summary(model, out, found, troubles, label, threshold, false_alarms)


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


@dataclass(frozen=True, eq=False)
class _Photo:
    x: Tensor  # the network's input
    is_whole: bool


def _prepared(model: model_zoo.Model, file: File) -> _Photo | str:
    """The network's input for a photo, or why there is none."""
    try:
        data = decode.read_bytes(file.place)
        is_whole = is_whole_photo(model, *picture_size(data, decode.LIMITS))
        return _Photo(model.prepare(decode.open_picture(data, model.size)), is_whole)
    except decode.PictureError as error:
        return str(error)


@torch.inference_mode()
def _answers(model: model_zoo.Model, inputs: Tensor, false_alarms: float) -> tuple[Tensor, list[Judgement]]:
    """Probabilities float64 (N, classes), rows that sum to 1, and how far each answer can be trusted; one pass."""
    if model.trust is None:  # then nothing has to be kept on the way
        outputs = logits(model.net, inputs)
        return outputs.double().softmax(dim=1), unjudged(outputs, false_alarms)
    steps = walk(model.net, inputs)
    return step.answer(steps).output.double().softmax(dim=1), model.judgements(inputs, steps, false_alarms)


def _row(
    model: model_zoo.Model,
    name: str,
    shares: list[float],
    label: str | None,
    threshold: float | None,
    *,
    is_whole: bool,
) -> csv_export.Answer:
    best = model.classes[max(range(len(shares)), key=shares.__getitem__)]
    share = shares[model.classes.index(label or best)]
    decided = None if threshold is None or is_whole else share >= threshold
    return csv_export.Answer(name, best, label or best, share, decided, csv_export.WHOLE if is_whole else "")


def _trusted(judged: Judgement) -> csv_export.Trusted | None:
    if judged.typicality is None:
        return None
    return csv_export.Trusted(judged.typicality, judged.is_unfamiliar, judged.false_alarms, judged.prediction_set)


def _surveyed(
    model: model_zoo.Model, file: File, row: csv_export.Answer, threshold: float | None, false_alarms: float
) -> csv_export.Answer:
    """The row of a whole photo after a survey of it, with windows as `python -m train survey` chooses them."""
    data, threshold = decode.read_bytes(file.place), EVEN if threshold is None else threshold
    photo, scale = decode.open_whole(data), ground.resolution(data, decode.LIMITS)
    side = default_window(model, *photo.size, ground.fitting_window(model, scale))
    alike = ground.is_alike(model, side, scale)
    doubtful = doubts(model, photo, side, alike)
    result = survey(model, photo, window=side, false_alarms=false_alarms)
    grid = result.grid(row.label)[result.counted()]
    curve = None if alike is False or doubtful else curve_of(model)
    found = area(result, curve) if curve and curve.label == row.label else None
    told = (found.share, found.low, found.high, found.level) if found else (None, None, None, None)
    reached = int((grid >= threshold).sum())
    strange = None if result.unfamiliar is None else int(result.unfamiliar.sum())
    counted = csv_export.Counted(grid.size, reached, strange, *told)
    # How strange the photo as a whole looks tells nothing of its windows, which were judged one by one.
    trust = row.trust and row.trust._replace(typicality=None, is_unfamiliar=None, prediction_set=())
    decision = reached > 0 if grid.size else None
    row = row._replace(probability=float(grid.max(initial=0.0)), decision=decision, trust=trust)
    return row._replace(problem=doubtful or ("" if grid.size else csv_export.STRANGE), survey=counted)


def _summary(
    model: model_zoo.Model,
    out: Path,
    found: list[csv_export.Answer],
    troubles: list[tuple[str, str]],
    label: str | None,
    threshold: float | None,
    false_alarms: float,
) -> str:
    lines = [f"{out}: {model.name} has answered for {len(found):,} photo{'' if len(found) == 1 else 's'}."]
    whole = sum(bool(one.problem) for one in found)
    if whole:
        lines.append(
            f"{whole:,} of them {'shows' if whole == 1 else 'show'} far more ground than it learned to look at: one "
            "answer for a whole photo means little, and nothing is decided. --survey covers such photos with windows."
        )
    if threshold is not None:
        reach = sum(bool(one.decision) for one in found)
        lines.append(f"{reach:,} reach its threshold of {threshold:.1%} for {label}, which was chosen on other photos.")
    if model.trust is None:
        lines.append("It is unknown whether it knows photos like these: nothing has been fitted that could tell.")
    elif words := too_few(model.trust, false_alarms):
        lines.append(words)
    elif strange := sum(bool(one.trust and one.trust.is_unfamiliar) for one in found):
        lines.append(
            f"{strange:,} {'looks' if strange == 1 else 'look'} unlike anything it learned from, by a line beyond "
            f"which {100 * false_alarms:.3g} % of known pictures are, too: what it says of such a photo says little."
        )
    if troubles:
        names = few(f"{file} {reason}" for file, reason in troubles)
        lines.append(f"Not answered: {len(troubles):,}: {names}.")
    return "\n".join(lines)
