"""An entry's judge from beginning to end: readings, choice, evaluation, files; see train/commands/trust.py."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from model_zoo import Model
from model_zoo.entries import judge_file
from model_zoo.trust import drawn
from model_zoo.trust.readings import Readings
from train.data import cache as caches
from train.data.cifar10 import DataError
from train.entry import trust_record
from train.tools.trust import choosing, evaluating, fitting, known, passes, reported
from train.tools.trust.evaluating import Part
from train.tools.trust.fitting import Fitted
from train.tools.trust.known import Known

MEANS = (reported.FAR, reported.NEAR)  # groups of strange pictures of which the mean is told


@dataclass(frozen=True)
class Order:
    """What is asked for."""

    data: Path
    bank: int = 4_000  # training pictures
    strange: int = 1_000  # pictures of every kind
    corrupted: int = 500  # test pictures, spoiled in fifty ways each; 0: none
    limit: int | None = None
    seed: int = 0
    photos: Path | None = None  # cache of decoded photos
    without: tuple[Path, ...] = ()  # entries of the same recipe that never met some classes, with their reports
    command: str = ""  # that gave this order


def trust(model: Model, order: Order) -> dict[str, Any]:
    """Fit and measure what judges an entry's answers, and write it into the entry.

    Returns:
        The report, as written.

    Raises:
        DataError: the pictures cannot be had.
        ValueError: the network has no features to look at.
        OSError: the entry cannot be written; older files stay whole.
    """
    reader = passes.reader(model, caches.default_folder().parent / "trust")
    mine = known.known(model, order.data, order.bank, order.limit, order.photos, order.seed)
    train, held, test = reader.of(mine.train, "bank"), reader.of(mine.held, "held back"), reader.of(mine.test, "test")
    count = min(order.strange, order.limit or order.strange)
    strange = choosing.strange(reader, mine.train, count, order.seed)
    usual = choosing.handled_copies(reader, mine.train, 2 * order.strange, order.seed)
    half = len(usual or ()) // 2  # these fit, the others choose
    to_fit, to_choose = (usual and usual.take(part) for part in (slice(half), slice(half, None)))
    found = fitting.every_detector(model, reader.places, train, mine.train.labels, to_fit)
    bank = choosing.bank(found, mine.index, mine.train.labels)

    def fitted(readings: Readings, labels: Tensor) -> Fitted:
        return fitting.fit(model, reader.places, found, readings, labels, strange, to_choose, bank, order.seed)

    whole = fitted(held, mine.held.labels)
    parts = _parts(mine, held, test, whole, fitted)
    report = whole.report(mine.words, order.command, order.seed) | {
        "chosen_on": choosing.told(model),
        "known": evaluating.of_known(parts, model.classes),
        "strange": _strange(reader, mine, parts, whole, order),
    }
    report["means"] = means(report["strange"])
    if order.corrupted:
        report["corruptions"] = _corruptions(reader, mine, whole, order)
    if order.without:
        report["left_out"] = [trust_record.left_out(each) for each in order.without]
    trust_record.write(model, judge_file.packed(whole.judge), report)
    return report


def add_missed(model: Model) -> dict[str, Any]:
    """Add to a report that stands in the entry which pictures were missed worst, of those that can be drawn anew.

    Returns:
        The report, as written.

    Raises:
        DataError: there is no report of a measurement.
        OSError: the entry cannot be written; older files stay whole.
    """
    report = judge_file.read_report(model.folder, model.card)
    if model.trust is None or report is None or "known" not in report:
        raise DataError(f"{model.name} has no report yet: python -m train trust {model.name} --data DIR writes one.")
    reader = passes.reader(model, None)
    reader = replace(reader, places=model.trust.taps)
    for row in report["strange"]:
        if row["name"] in drawn.KINDS:
            pictures = drawn.KINDS[row["name"]](model.size, row["pictures"], report["seed"])
            if len(pictures) == row["pictures"]:
                row["missed"] = evaluating.worst_missed(model.trust, reader.of(pictures, row["name"]))
    trust_record.write(model, (model.folder / judge_file.JUDGE).read_bytes(), report)
    return report


def means(strange: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Group -> the mean AUROC of its sets."""
    values = {group: [one["auroc"] for one in strange if one["group"] == group] for group in MEANS}
    return {group: round(sum(each) / len(each), 4) for group, each in values.items() if each}


def _parts(mine: Known, held: Readings, test: Readings, whole: Fitted, fitted: Any) -> list[Part]:
    everything = torch.arange(len(mine.test))
    if mine.groups is None:
        return [Part(whole.judge, everything, test, mine.test.labels)]
    parts = []
    for group in tqdm(mine.groups.unique().tolist(), desc="parts", disable=None):
        inside = mine.groups == group
        judge = fitted(held.take(~inside), mine.held.labels[~inside]).judge
        parts.append(Part(judge, everything[inside], test.take(inside), mine.test.labels[inside]))
    return parts


def _strange(
    reader: passes.Reader, mine: Known, parts: list[Part], whole: Fitted, order: Order
) -> list[dict[str, Any]]:
    most = min(order.strange, order.limit or order.strange)
    rows = []
    for one in reported.sets(reader.model, order.data, mine.test, most, order.photos, order.seed):
        pictures = one.pictures()
        about = {"name": one.name, "group": one.group, "words": one.words, "pictures": len(pictures)}
        if len(pictures):
            readings = reader.of(pictures, f"report {one.name}")
            found = {name: round(value, 4) for name, value in evaluating.of_strange(parts, readings).items()}
            missed = {} if one.group == reported.KNOWN else {"missed": evaluating.worst_missed(whole.judge, readings)}
            rows.append(about | found | missed)
    return rows


def _corruptions(reader: passes.Reader, mine: Known, whole: Fitted, order: Order) -> dict[str, Any]:
    count = min(order.corrupted, len(mine.test))
    chance = torch.Generator().manual_seed(order.seed)
    some = mine.test.take(torch.randperm(len(mine.test), generator=chance)[:count].sort().values)

    def read(pictures: Tensor, name: str) -> Readings:
        return reader.of(pictures, f"corrupted {name}")

    clean = read(some.pictures, "not at all")
    flagged = evaluating.p_values(whole.judge, clean) <= evaluating.FALSE_ALARMS
    return {
        "pictures": count,
        "untouched": {
            "accuracy": float((clean.logits.argmax(1) == some.labels).double().mean()),
            "flagged": float(flagged.double().mean()),
        },
        "ways": evaluating.of_corruptions(whole.judge, some.pictures, some.labels, read),
    }
