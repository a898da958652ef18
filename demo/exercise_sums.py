"""Convolutions and linear layers as tasks for pen and paper: the strongest parts by hand, the others given."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from demo.pencil import Gap, Grid, Grids, Line, Precision, Task, added, task_of, text, total_of, wrapped
from model_zoo.naming import INPUT
from model_zoo.sums import Explanation, Term
from model_zoo.sums.rounding import rounded

COLOURS = ("red", "green", "blue")
SMALL = 9  # numbers of a patch that are multiplied by hand


def weighted(e: Explanation, before: Decimal | None, precision: Precision) -> Task:
    parts, own = [t for t in e.terms if t.source], [t for t in e.terms if not t.source]
    size = parts[0].values.size
    most = 4 if size == 1 else 3 if size <= 4 or (len(parts) <= 3 and size <= SMALL) else 2 if size <= SMALL else 1
    chosen = sorted(sorted(parts, key=lambda t: -abs(t.value))[:most], key=lambda t: t.channel)
    work = {1: _single}.get(size, _patch if size <= SMALL else _row)
    body: list[Line | Grids] = []
    sums = []
    for part in chosen:
        lines, total = work(part, _part_name(part), precision)
        body += lines
        sums.append(total)
    pieces = [(number, True) for number in sums]
    kept = {part.channel for part in chosen}
    rest = [t.value for t in parts if t.channel not in kept]
    word = "channels" if e.operation == "convolution" else "entries"
    told = []
    if rest:
        pieces.append((rounded(sum(rest), precision.results), False))
        told.append(f"the other {len(rest):,} {word} together bring {text(pieces[-1][0])}")
    if own:
        pieces.append((rounded(own[0].value, precision.results), False))
        told.append(f"the bias is {text(pieces[-1][0])}")
    total = total_of([number for number, _ in pieces])
    given = f" Given: {', and '.join(told)}." if told else ""
    what = "patch × kernel, place by place" if size > 1 else "value × weight"
    lead = f"For each {word[:-1] if word == 'channels' else 'entry'}: {what}; then everything is added up.{given}"
    names = [_part_name(part) for part in chosen] + ([f"the other {word}"] if rest else []) + (["the bias"] * len(own))
    largest = max(range(len(pieces)), key=lambda i: abs(pieces[i][0]))
    way = "up" if pieces[largest][0] > 0 else "down"
    asked = "Which part changes the total most, and which way?"
    answer = (
        f"{names[largest][0].upper()}{names[largest][1:]}: it moves the total {way} by {text(abs(pieces[largest][0]))}."
    )
    body.append(added(pieces, Gap(text(total))))
    return task_of(e, lead, body, total, (asked, answer))


def _part_name(part: Term) -> str:
    if part.source == INPUT and part.channel < 3:
        return COLOURS[part.channel]
    return part.name


def _single(part: Term, name: str, precision: Precision) -> tuple[list[Line | Grids], Decimal]:
    value, weight = (rounded(n.item(), precision.factors) for n in (part.values, part.weights))
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
        Grid("products", gaps),
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
    asked = Grids(f"row {row + 1} of it", (Grid("products", gaps), "sum", Gap(text(sums[row]))))
    total = added([(sums[row], True), (others, False)], Gap(text(total_of(sums))))
    last = replace(total, pieces=("with its other rows, which are given: ", *total.pieces))
    return [Grids(name, grids), asked, last], total_of(sums)


def _factors(part: Term, precision: Precision) -> tuple[list[list[Decimal]], ...]:
    values, weights = (
        [[rounded(number, precision.factors) for number in row] for row in numbers.tolist()]
        for numbers in (part.values, part.weights)
    )
    products = [
        [rounded(v * w, precision.results) for v, w in zip(*rows, strict=True)]
        for rows in zip(values, weights, strict=True)
    ]
    return values, weights, products


def _grid(caption: str, numbers: Sequence[Sequence[Decimal]]) -> Grid:
    return Grid(caption, tuple(tuple(text(number) for number in row) for row in numbers))


def _of_patch(part: Term, values: Sequence[Sequence[Decimal]]) -> Grid:
    outside = part.window.outside
    places = frozenset((r, c) for r, row in enumerate(outside) for c, out in enumerate(row) if out)
    return replace(_grid("patch", values), padding=places)
