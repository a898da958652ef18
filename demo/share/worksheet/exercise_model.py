"""What a task for pen and paper consists of: numbers as they are printed, and gaps for those to be filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from model_zoo.explain.sums import Explanation, Term
from model_zoo.explain.sums.rounding import rounded, shown


@dataclass(frozen=True)
class Gap:
    """A number that the reader fills in."""

    answer: str


Piece = str | Gap


@dataclass(frozen=True)
class Line:
    """A calculation in one line: text and gaps in turn; the text before a colon is words, the rest is arithmetic."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Grid:
    """Numbers in rows and columns, of a patch, a kernel or a pool's window."""

    caption: str
    cells: tuple[tuple[Piece, ...], ...]
    padding: frozenset[tuple[int, int]] = frozenset()  # rows and columns of what lies outside of the map
    winner: tuple[int, int] | None = None  # marked in the key alone


@dataclass(frozen=True)
class Grids:
    """Grids side by side with signs between them."""

    title: str
    parts: tuple[Grid | Piece, ...]


@dataclass(frozen=True)
class Task:
    """One step of the network: what is given, what is to be filled in, and a question about it."""

    step: str
    operation: str
    lead: str
    body: tuple[Line | Grids, ...]
    result: Decimal
    exact: float  # what the network's tensor holds
    question: tuple[str, str]  # and its answer


class Precision(NamedTuple):
    """How many decimals are printed."""

    factors: int
    results: int


def task_of(
    e: Explanation, lead: str, body: Sequence[Line | Grids], result: Decimal, question: tuple[str, str]
) -> Task:
    """The task of one explanation."""
    return Task(e.position.step, e.operation, lead, tuple(body), result, e.value, question)


def text(number: Decimal) -> str:
    """A number as it is printed, with all of its decimals and a true minus sign."""
    return shown(number, max(0, -exponent(number)))


def exponent(number: Decimal) -> int:
    """The power of ten that its last digit counts.

    Raises:
        ValueError: it is infinite or no number.
    """
    found = number.as_tuple().exponent
    if not isinstance(found, int):
        raise ValueError(f"{number} has no digits.")
    return found


def wrapped(number: Decimal) -> str:
    """As `text`, a negative number in parentheses."""
    return f"({text(number)})" if number < 0 else text(number)


def given(e: Explanation, term: Term, before: Decimal | None, precision: Precision) -> tuple[Decimal, bool]:
    """A term as it is printed: the result of the task before, which the reader has worked out (True), or else the
    network's number.

    Args:
        before: that result; None for the first task.
    """
    factor = 1 if term.weights is None else term.weights.item()  # -1 of what is subtracted
    if before is not None and term.reads and term.reads[0] == e.main and abs(factor) == 1:
        return before * int(factor), True
    return rounded(term.value, precision.results), False


def printed(number: Decimal, is_own: bool, wrap: bool = True) -> Piece:
    """A number, or a gap for one that the reader has worked out; a negative one in parentheses where `wrap` is on."""
    written = wrapped(number) if wrap else text(number)
    return Gap(written) if is_own else written


def total_of(numbers: Sequence[Decimal]) -> Decimal:
    """Their sum, exactly."""
    return sum(numbers, Decimal(0))


def added(pieces: Sequence[tuple[Decimal, bool]], end: Gap) -> Line:
    """A sum in one line; each number with whether it is one that the reader has worked out."""
    line: list[Piece] = []
    for number, is_own in pieces:
        line += [" + "] if line else []
        line.append(printed(number, is_own))
    return Line((*line, " = ", end))
