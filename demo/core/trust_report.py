"""The report on how far a network's answers can be trusted, as values; what a stranger wrote there is looked at first.

`python -m train trust` writes it; train/tools/trust/trusting.py and evaluating.py say what its numbers are.
"""

import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from model_zoo import Model
from model_zoo.common.lru_cache import LRUCache
from model_zoo.entries import judge_file

log = logging.getLogger(__name__)
MOST = 100  # of anything that is listed
FAR, NEAR, ALTERED = "far", "near", "altered"  # groups of strange pictures
KNOWN = "known"  # and of others that it does know, which stand beside them in a report


@dataclass(frozen=True)
class Bin:
    """Test pictures whose highest probability lies in one range."""

    pictures: int
    confidence: float  # the mean of these probabilities, 0..1
    accuracy: float  # 0..1


@dataclass(frozen=True)
class Calibration:
    """How much probabilities mean what they say."""

    error: float  # expected calibration error, 0..1
    bins: tuple[Bin, ...]  # those with pictures, from low to high confidence


@dataclass(frozen=True)
class Missed:
    """A strange picture that passed for a known one."""

    index: int  # among the pictures of its kind
    answer: str
    probability: float  # calibrated
    typicality: float


@dataclass(frozen=True)
class Strange:
    """One kind of strange pictures, and how many of them are noticed."""

    name: str
    group: str
    words: str
    pictures: int
    auroc: float
    fpr95: float  # the share that passes where 95 % of the known pictures do
    caught: float  # the share that is called unfamiliar
    missed: tuple[Missed, ...] | None  # those that look most usual, the worst first; None: not on record


@dataclass(frozen=True)
class OfClass:
    """Test pictures of one class."""

    label: str
    pictures: int
    accuracy: float
    low: float  # Wilson's 95 % interval of the accuracy
    high: float
    flagged: float  # the share that is called unfamiliar


@dataclass(frozen=True)
class Mistake:
    """A test picture that was answered wrongly."""

    index: int  # in the test split
    label: str
    answer: str
    probability: float
    typicality: float


@dataclass(frozen=True)
class Sets:
    """Prediction sets for one coverage."""

    wanted: float  # the share of pictures whose right class was to be in their set
    found: float  # the share of test pictures for which it was
    mean_size: float  # classes in a set


@dataclass(frozen=True)
class Corruption:
    """One way of spoiling test pictures, at several strengths."""

    name: str
    unit: str
    strengths: tuple[float, ...]
    accuracy: tuple[float, ...]
    flagged: tuple[float, ...]


@dataclass(frozen=True)
class Corrupted:
    """Spoiled test pictures beside the same ones untouched."""

    pictures: int
    accuracy: float
    flagged: float
    ways: tuple[Corruption, ...]


@dataclass(frozen=True)
class LeftOut:
    """What a network of the same recipe that never met some classes makes of them."""

    classes: tuple[str, ...]
    auroc: float
    caught: float
    false_alarms: float
    epochs: int  # that it was trained for; 0 where the report does not tell
    seed: int


@dataclass(frozen=True)
class TrustReport:
    """All that was measured of a network's judgements."""

    fitted_to: str
    temperature: float
    pictures: int  # of the test
    before: Calibration
    after: Calibration
    false_alarms: float  # the share of test pictures that is called unfamiliar
    wanted_alarms: float
    sets: tuple[Sets, ...]
    members: tuple[str, ...]  # the scores that tell strangeness
    strange: tuple[Strange, ...]
    classes: tuple[OfClass, ...]
    mistakes: tuple[Mistake, ...]  # the surest first
    corrupted: Corrupted | None
    left_out: tuple[LeftOut, ...]
    seed: int  # of everything random
    command: str  # that made it; "" where it is not known
    date: str

    def of_group(self, *groups: str) -> list[Strange]:
        return [one for one in self.strange if one.group in groups]


def fitted_to(model: Model) -> str:
    """The pictures that a network's judge was fitted to, in words; "" where there is no judge."""
    trust = model.card.get("trust")
    if model.trust is None or not isinstance(trust, dict):
        return ""
    return str(trust.get("fitted_to", "pictures that are not on record"))


_REPORTS: LRUCache[tuple[TrustReport | None]] = LRUCache(64)


def trust_report(model: Model) -> TrustReport | None:
    """What was measured of a network's judgements; None where nothing was, or what stands there cannot be read."""
    if model.trust is None:
        return None
    trust = model.card.get("trust")
    key = str(model.folder), str(trust.get("report_sha256")) if isinstance(trust, dict) else ""
    return _REPORTS.get(key, lambda: (_read(model),))[0]


def _read(model: Model) -> TrustReport | None:
    found = judge_file.read_report(model.folder, model.card)
    if found is None or "known" not in found:  # what judges was fitted, and nothing measured
        return None
    try:
        return parsed(found)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        log.warning("The report on the judgements of %s cannot be read: %r", model.name, error)
        return None


def parsed(report: dict[str, Any]) -> TrustReport:
    """The report in a file.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is none.
    """
    known = report["known"]
    alarms, bins = known["false_alarms"], known["calibration"]
    corrupted = report.get("corruptions")
    return TrustReport(
        fitted_to=str(report["calibrated_on"]),
        temperature=_number(report["temperature"]),
        pictures=_count(known["pictures"]),
        before=_calibration(bins["before"]),
        after=_calibration(bins["after"]),
        false_alarms=_share(alarms["found"]),
        wanted_alarms=_share(alarms["wanted"]),
        sets=tuple(
            Sets(_share(one["wanted"]), _share(one["found"]), _number(one["mean_size"])) for one in _some(known["sets"])
        ),
        members=tuple(str(each) for each in _some(report["score"]["members"])),
        strange=tuple(_strange(one) for one in _some(report["strange"])),
        classes=tuple(_of_class(one) for one in _some(known["classes"])),
        mistakes=tuple(_mistake(one) for one in _some(known["surest_mistakes"])),
        corrupted=None if corrupted is None else _corrupted(corrupted),
        left_out=tuple(_left_out(one) for one in _some(report.get("left_out", ()))),
        seed=_count(report.get("seed", 0)),
        command=str(report.get("command", "")),
        date=str(report.get("date", "")),
    )


def _calibration(found: dict[str, Any]) -> Calibration:
    bins = (Bin(_count(b["pictures"]), _share(b["confidence"]), _share(b["accuracy"])) for b in _some(found["bins"]))
    return Calibration(_share(found["error"]), tuple(each for each in bins if each.pictures))


def _strange(one: dict[str, Any]) -> Strange:
    texts = str(one["name"]), str(one["group"]), str(one.get("words", ""))
    auroc, fpr95, caught = (_share(one[name]) for name in ("auroc", "fpr95", "caught"))
    missed = None if one.get("missed") is None else tuple(_missed(each) for each in _some(one["missed"]))
    return Strange(*texts, _count(one["pictures"]), auroc, fpr95, caught, missed)


def _missed(one: dict[str, Any]) -> Missed:
    return Missed(_count(one["index"]), str(one["answer"]), _share(one["probability"]), _share(one["typicality"]))


def _of_class(one: dict[str, Any]) -> OfClass:
    shares = (_share(one[name]) for name in ("accuracy", "low", "high", "flagged"))
    return OfClass(str(one["class"]), _count(one["pictures"]), *shares)


def _mistake(one: dict[str, Any]) -> Mistake:
    texts = str(one["class"]), str(one["answer"])
    return Mistake(_count(one["index"]), *texts, _share(one["probability"]), _share(one["typicality"]))


def _corrupted(found: dict[str, Any]) -> Corrupted:
    ways = []
    for way in _some(found["ways"]):
        accuracy, flagged = (tuple(_share(v) for v in _some(way[name])) for name in ("accuracy", "flagged"))
        strengths = tuple(_number(v) for v in _some(way["strengths"]))
        if not len(strengths) == len(accuracy) == len(flagged):
            raise ValueError("a corruption has not one accuracy for each strength")
        ways.append(Corruption(str(way["name"]), str(way["unit"]), strengths, accuracy, flagged))
    clean = found["untouched"]
    return Corrupted(_count(found["pictures"]), _share(clean["accuracy"]), _share(clean["flagged"]), tuple(ways))


def _left_out(one: dict[str, Any]) -> LeftOut:
    shares = (_share(one[name]) for name in ("auroc", "caught", "false_alarms"))
    epochs, seed = (_count(one.get(name, 0)) for name in ("epochs", "seed"))
    return LeftOut(tuple(str(each) for each in _some(one["classes"])), *shares, epochs=epochs, seed=seed)


def _some(values: Iterable[Any]) -> list[Any]:
    return list(values)[:MOST]


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def _share(value: Any) -> float:
    share = _number(value)
    if not 0 <= share <= 1:
        raise ValueError(f"{value!r} is no share")
    return share


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 10**9:
        raise ValueError(f"{value!r} is no count")
    return value
