"""A value's whole way, from the sum that made it to the value itself, as LaTeX for a paper or a worksheet."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from model_zoo.explain.sums.explanation import PROBABILITY, SAME, Explanation, Term
from model_zoo.explain.sums.formula import counted, latex
from model_zoo.explain.sums.rounding import Decimals, chain_digits, rounded, shown, total_of
from model_zoo.explain.sums.wording import part_name
from model_zoo.graph.op_names import INPUT
from model_zoo.graph.position import Position

ALL, STRONGEST = 9, 6  # up to ALL summands each has its line; of more only the largest, and the others together


def document(chain: Sequence[Explanation]) -> str:
    r"""The calculations of a chain as one `align*`, which needs the package amsmath and nothing else.

    The value that others were made of comes first, the asked one last. A convolution and a linear layer have a line for
    each input channel, the largest first; of more than nine only the six largest, then what the others make together.
    Shown numbers make the shown result, with \approx where that has fewer decimals.

    Args:
        chain: what `back` returned.
    """
    known = list(zip(chain, chain_digits(chain), strict=True))
    parts = [_weighted(e, decimals) if e.weighted else _formula(e, decimals) for e, decimals in reversed(known)]
    lines = " \\\\[1ex]\n".join(" \\\\\n".join(part) for part in parts)
    return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"


def _weighted(e: Explanation, both: Decimals) -> list[str]:
    decimals = both.terms
    channels, own = [t for t in e.terms if t.source], [t for t in e.terms if not t.source]
    word = "channel" if e.operation == "convolution" else "entry"
    kept, rest = channels, []
    if len(channels) > ALL:
        ordered = sorted(channels, key=lambda term: -abs(term.value))
        kept, rest = ordered[:STRONGEST], ordered[STRONGEST:]
    summands = [(total_of([term.value], decimals), part_name(term, len(channels))) for term in kept]
    if rest:
        together = total_of([term.value for term in rest], decimals)
        many = "channels" if word == "channel" else "entries"
        summands.append((together, f"{len(rest):,} further {many}, together"))
    summands += [(rounded(term.value, both.total), term.name) for term in own]
    lines = [rf"{_symbol(e.position, e.shape)} &= {_rule(e, channels, own)}"]
    for index, (number, name) in enumerate(summands):
        text = _text(number, both.total if name == "bias" else decimals)
        sign = "= " if index == 0 else "" if text.startswith("-") else "+ "
        space = r"\phantom{={}} " if index else ""
        lines.append(rf"&{space}{sign}{text.replace('-', '- ', 1) if index else text} && \text{{{name}}}")
    return [*lines, f"&= {_result(e, total_of([number for number, _ in summands], decimals), both)}"]


def _rule(e: Explanation, channels: Sequence[Term], own: Sequence[Term]) -> str:
    first, last = counted(e, channels)
    products = r"\sum_{r, c} w_{k, r, c} \, x_{k, r, c}" if e.operation == "convolution" else r"w_k \, x_k"
    return rf"\sum_{{k = {first}}}^{{{last}}} {products}{' + b' if own else ''}"


def _result(e: Explanation, total: float | Decimal, decimals: Decimals) -> str:
    """The sum of the numbers shown, and the total where that has fewer decimals."""
    exact, rounded = _text(total, decimals.terms), _text(e.total, decimals.total)
    return rounded if exact == rounded else rf"{exact} \approx {rounded}"


def _formula(e: Explanation, decimals: Decimals) -> list[str]:
    parts = list(_equals(latex(e, decimals)))[1:]  # without the y
    if e.kind == SAME and e.main is not None:
        parts[0] = _symbol(e.main, (0,) if e.terms[0].window.mode == "vector" else (0, 0, 0))
    return [rf"{_symbol(e.position, e.shape)} &= {parts[0]}", *(f"&= {part}" for part in parts[1:])]


def _equals(formula: str) -> Iterator[str]:
    """What stands between the equals signs that are in no braces."""
    depth, part = 0, ""
    for piece in formula.split(" = "):
        part = f"{part} = {piece}" if part else piece
        depth = part.count("{") - part.count("}")
        if depth == 0:
            yield part
            part = ""


def _symbol(position: Position, shape: tuple[int, ...]) -> str:
    step, channel, row, column = position
    place = f"{channel}" if len(shape) == 1 else f"{channel}, {row}, {column}"
    if step == PROBABILITY:
        return f"p_{{{place}}}"
    return rf"\text{{{'picture' if step == INPUT else _plain(step)}}}_{{{place}}}"


def _plain(name: str) -> str:
    """A name of letters that LaTeX takes as they are."""
    known = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "?" for c in name)
    return known.replace("_", r"\_")


def _text(number: float | Decimal, decimals: int) -> str:
    text = shown(number, decimals).replace("−", "-").replace("∞", r"\infty")
    return r"\text{not a number}" if text == "not a number" else text
