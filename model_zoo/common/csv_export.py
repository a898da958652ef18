"""Tables for other programs: cells that no spreadsheet calculates with, and answers for many files."""

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes for the beginning of a formula

COLUMNS = ("file", "answer", "class", "probability", "decision", "problem")
SURVEYED = ("windows", "windows_reached", "windows_unfamiliar", "area", "area_low", "area_high", "area_level")
"""Further columns, where some of the files were surveyed."""
JUDGED = ("typicality", "unfamiliar", "false_alarms", "cannot_be_excluded")
"""Further columns, where it can be told of some of the files whether the network knows pictures like them."""
STRANGE = "no window of this photo looks like what the network learned from"
WHOLE = "a whole photo, which shows far more ground than the network learned to look at: survey it"


class Counted(NamedTuple):
    """What the survey of a file came to."""

    windows: int  # that count
    reached: int  # of them reach the threshold
    unfamiliar: int | None  # further windows, which do not count; None where nobody judged
    area: float | None  # share of the ground; None where the network is not calibrated
    low: float | None
    high: float | None
    level: float | None  # how often the truth lies between these two, 0..1


class Trusted(NamedTuple):
    """How far an answer can be trusted."""

    typicality: float | None  # share of known pictures that look at least as strange; None for a survey's windows
    is_unfamiliar: bool | None  # None: too few pictures were held back to say it at this share of false alarms
    false_alarms: float  # the share of known pictures that are called unfamiliar as well
    prediction_set: tuple[str, ...]  # classes that cannot be excluded


class Answer(NamedTuple):
    """What a network says of a file."""

    file: str
    answer: str  # the most probable class
    label: str  # the class that the probability is of
    probability: float  # of a survey the highest of all windows
    decision: bool | None  # whether it reaches a threshold; None where nothing is decided
    problem: str = ""
    survey: Counted | None = None
    trust: Trusted | None = None


def plain(text: str) -> str:
    """Text that no spreadsheet calculates with: it would run formulas that a stranger's file name holds."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def table(answers: Iterable[Answer], troubles: Iterable[tuple[str, str]]) -> str:
    """CSV with a row per file, those without an answer last, with the reason. No cell can be taken for a formula.

    Args:
        troubles: file and reason.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    answers = list(answers)
    surveyed, judged = (any(parts) for parts in ([one.survey for one in answers], [one.trust for one in answers]))
    further = (*(SURVEYED if surveyed else ()), *(JUDGED if judged else ()))
    rows.writerow(COLUMNS + further)
    for one in answers:
        about = (plain(one.file), plain(one.answer), plain(one.label), f"{one.probability:.6f}")
        more = (*(_counted(one.survey) if surveyed else ()), *(_trusted(one.trust) if judged else ()))
        rows.writerow((*about, _yes_or_no(one.decision), one.problem, *more))
    for file, reason in troubles:
        rows.writerow((plain(file), "", "", "", "", plain(reason), *[""] * len(further)))
    return text.getvalue()


def _yes_or_no(said: bool | None) -> str:
    return "" if said is None else "yes" if said else "no"


def _trusted(found: Trusted | None) -> list[str]:
    if found is None:
        return [""] * len(JUDGED)
    # Of a picture that the network does not know, no class can be excluded nor kept.
    classes = "void" if found.is_unfamiliar else plain(", ".join(found.prediction_set))
    typical = "" if found.typicality is None else f"{found.typicality:.6f}"
    return [typical, _yes_or_no(found.is_unfamiliar), f"{found.false_alarms:g}", classes]


def _counted(found: Counted | None) -> list[str]:
    if found is None:
        return [""] * len(SURVEYED)
    shares = ["" if each is None else f"{each:.5f}" for each in (found.area, found.low, found.high)]
    level = "" if found.level is None else f"{found.level:g}"
    unfamiliar = "" if found.unfamiliar is None else str(found.unfamiliar)
    return [str(found.windows), str(found.reached), unfamiliar, *shares, level]
