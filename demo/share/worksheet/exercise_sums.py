"""Convolutions and linear layers as tasks for pen and paper: the strongest parts by hand, the others given."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np

from demo.share.worksheet.exercise_model import (
    Gap,
    Grid,
    Grids,
    Line,
    Precision,
    Task,
    added,
    task_of,
    text,
    total_of,
    wrapped,
)
from model_zoo.explain.sums import Explanation, Term
from model_zoo.explain.sums.rounding import rounded
from model_zoo.explain.sums.wording import part_name

PRODUCTS = "products"  # caption of the field that they are written into, rounded
SMALL = 9  # numbers of a patch that are multiplied by hand


def weighted(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    """The task of a convolution or linear layer: its strongest parts are worked out, what the others make is given."""
    parts, own = [t for t in e.terms if t.source], [t for t in e.terms if not t.source]
    size = parts[0].values.size
    chosen = _chosen(parts, size)
    work = {1: _single}.get(size, _patch if size <= SMALL else _row)
    names = [part_name(part, len(parts)) for part in chosen]
    made = [work(part, name, precision) for part, name in zip(chosen, names, strict=True)]
    pieces = [(name, total, True) for name, (_, total) in zip(names, made, strict=True)]
    kept = {part.channel for part in chosen}
    rest = [t.value for t in parts if t.channel not in kept]
    one, many = ("channel", "channels") if e.operation == "convolution" else ("entry", "entries")
    given = []
    if rest:
        pieces.append((f"the other {many}", rounded(sum(rest), precision.results), False))
        given.append(f"the other {len(rest):,} {many} together bring {text(pieces[-1][1])}")
    if own:
        pieces.append(("the bias", rounded(own[0].value, precision.results), False))
        given.append(f"the bias is {text(pieces[-1][1])}")
    total = total_of([number for _, number, _ in pieces])
    what = "patch × kernel, place by place" if size > 1 else "value × weight"
    lead = f"For each {one}: {what}; then everything is added up."
    lead += f" Given: {', and '.join(given)}." if given else ""
    end = added([(number, is_own) for _, number, is_own in pieces], Gap(text(total)))
    body = [*(line for lines, _ in made for line in lines), end]
    return task_of(e, lead, body, total, _strongest(pieces, many))


def _chosen(parts: Sequence[Term], size: int) -> list[Term]:
    """As many of the strongest parts as somebody works out by hand, in their own order."""
    most = {1: 4, 2: 3, 3: 3, 4: 3}.get(size, 1 if size > SMALL else 3 if len(parts) == 3 else 2)
    if len(parts) == most + 1 and size <= 4:
        most += 1  # a single one need not be given
    return sorted(sorted(parts, key=lambda t: -abs(t.value))[:most], key=lambda t: t.channel)


def _strongest(pieces: Sequence[tuple[str, Decimal, bool]], many: str) -> tuple[str, str]:
    """About the parts that the reader has worked out: of what is given the sheet shows nothing but the sum."""
    own = [(name, number) for name, number, is_own in pieces if is_own]
    name, number = max(own, key=lambda piece: abs(piece[1]))
    way = f"{'up' if number > 0 else 'down'} by {text(abs(number))}"
    if len(own) == 1:
        return f"Which way does {name} move the total, and by how much?", f"{way[0].upper()}{way[1:]}."
    asked = f"Of the {len(own)} {many} worked out, which one changes the total most, and which way?"
    return asked, f"{name[0].upper()}{name[1:]}: it moves the total {way}."


def _single(part: Term, name: str, precision: Precision) -> tuple[list[Line | Grids], Decimal]:
    value, weight = (rounded(n.item(), precision.factors) for n in (part.values, _weights(part)))
    product = rounded(value * weight, precision.results)
    sign = "=" if product == value * weight else "≈"
    return [Line((f"{name}: {wrapped(value)} × {wrapped(weight)} {sign} ", Gap(text(product))))], product


def _patch(part: Term, name: str, precision: Precision) -> tuple[list[Line | Grids], Decimal]:
    values, weights, products = _factors(part, precision)
    total = total_of([number for row in products for number in row])
    gaps = tuple(tuple(Gap(text(number)) for number in row) for row in products)
    grids = (
        _of_patch(part, values),
        "×",
        _grid("kernel", weights),
        "=",
        Grid(PRODUCTS, gaps),
        "sum",
        Gap(text(total)),
    )
    return [Grids(name, grids)], total


def _row(part: Term, name: str, precision: Precision) -> tuple[list[Line | Grids], Decimal]:
    """Of a large kernel one row is worked out, the one that brings most."""
    values, weights, products = _factors(part, precision)
    sums = [total_of(row) for row in products]
    row = max(range(len(sums)), key=lambda i: abs(sums[i]))
    others = total_of(sums) - sums[row]
    gaps = (tuple(Gap(text(number)) for number in products[row]),)
    grids = (_of_patch(part, values), "×", _grid("kernel", weights))
    asked = Grids(f"row {row + 1} of it", (Grid(PRODUCTS, gaps), "sum", Gap(text(sums[row]))))
    total = added([(sums[row], True), (others, False)], Gap(text(total_of(sums))))
    last = replace(total, pieces=("with its other rows, which are given: ", *total.pieces))
    return [Grids(name, grids), asked, last], total_of(sums)


def _factors(part: Term, precision: Precision) -> tuple[list[list[Decimal]], ...]:
    values, weights = (
        [[rounded(number, precision.factors) for number in row] for row in numbers.tolist()]
        for numbers in (part.values, _weights(part))
    )
    products = [
        [rounded(v * w, precision.results) for v, w in zip(*rows, strict=True)]
        for rows in zip(values, weights, strict=True)
    ]
    return values, weights, products


def _weights(part: Term) -> np.ndarray:
    if part.weights is None:
        raise ValueError(f"{part.name} is multiplied by nothing.")
    return part.weights


def _grid(caption: str, numbers: Sequence[Sequence[Decimal]]) -> Grid:
    return Grid(caption, tuple(tuple(text(number) for number in row) for row in numbers))


def _of_patch(part: Term, values: Sequence[Sequence[Decimal]]) -> Grid:
    outside = part.window.outside
    places = frozenset((r, c) for r, row in enumerate(outside) for c, out in enumerate(row) if out)
    return replace(_grid("patch", values), padding=places)
