"""Tables for other programs: cells that no spreadsheet calculates with, and answers for many files."""

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes for the beginning of a formula

COLUMNS = ("file", "answer", "class", "probability", "decision", "problem")

Answer = tuple[str, str, str, float, bool | None]
"""File, most probable class, class that the probability is of, the probability, whether it reaches a threshold."""


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
    rows.writerow(COLUMNS)
    for file, answer, of, probability, decided in answers:
        decision = "" if decided is None else "yes" if decided else "no"
        rows.writerow((plain(file), plain(answer), plain(of), f"{probability:.6f}", decision, ""))
    for file, reason in troubles:
        rows.writerow((plain(file), "", "", "", "", plain(reason)))
    return text.getvalue()
