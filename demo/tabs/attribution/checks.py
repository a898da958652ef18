"""The row beneath a map of what speaks for a class: the same for another class, for a network that has learned
nothing, and the curve of removing what the map marks."""

from html import escape, unescape

import numpy as np
from PIL import Image

from demo.render.colormap import over
from demo.render.html import data_url, number
from demo.render.svg_chart import Axis, Band, Frame, Line, chart
from model_zoo.explain.attribution import Map, enlarged
from model_zoo.explain.sanity_checks import CELLS, Deletion, likeness

SIDE = 224  # pixels of a small picture, about
FRAME = Frame(width=320, height=220, left=40, right=20, top=12, bottom=42)
ALIKE, SIMILAR = 0.8, 0.4  # correlations from which maps are called so
FAINT = 0.01  # a map whose values are below this share of another's has no pattern to compare
UNLIKELY = 0.1  # a class of less probability has little to lose
LEAD = "Three checks of this map. Each small map has its own scale: compare patterns."


def in_words(label: str, found: Map, probability: float) -> str:
    """What a map shows, for those who do not see it."""
    score = f"The score of {label} is {number(found.score)}, its probability {probability:.1%}."
    if found.is_empty:
        return f"{score} The map is empty: nothing at this step raises the score of {label}."
    rows, columns = found.values.shape
    top, left = np.unravel_index(int(found.values.argmax()), (rows, columns))
    place = _place((top + 0.5) / rows, (left + 0.5) / columns)
    low, high = float(found.values.min()), float(found.values.max())
    strongest = f"Strongest {place}, at row {top}, column {left} of {rows} × {columns}: {number(high)}."
    return f"{score} {strongest}{f' Lowest: {number(low)}.' if found.signed else ''}"


def row(
    picture: Image.Image,
    label: str,
    found: Map,
    other: tuple[str, Map],
    unlearned: Map,
    deletion: Deletion,
) -> str:
    """The three checks as HTML.

    Args:
        picture: what the network sees.
        label: the class that `found` is about.
        found: the map that is checked.
        other: another class, and its map.
        unlearned: the map for a network with shuffled weights.
        deletion: of `found`.
    """
    name = escape(label)
    return (
        f'<h3>Can this map be trusted?</h3><p class="lead">{LEAD}</p><div class="row">'
        f"<figure><h4>The same for {escape(other[0])}</h4>{_small(picture, other[1])}"
        f"<figcaption>{_another_class(name, found, other)}</figcaption></figure>"
        "<figure><h4>The same with shuffled weights</h4>"
        f"{_small(picture, unlearned)}<figcaption>{_no_learning(found, unlearned)}</figcaption></figure>"
        f"<figure><h4>Removing what it marks</h4>{_chart(name, deletion)}"
        f"<figcaption>{_removal(name, deletion)}</figcaption></figure></div>"
    )


def _place(down: float, across: float) -> str:
    vertical = "top" if down < 1 / 3 else "bottom" if down > 2 / 3 else ""
    horizontal = "left" if across < 1 / 3 else "right" if across > 2 / 3 else ""
    if not vertical and not horizontal:
        return "in the middle"
    if not vertical or not horizontal:
        return f"at the {vertical or horizontal}"
    return f"at the {vertical} {horizontal}"


def _small(picture: Image.Image, found: Map) -> str:
    times = max(1, round(SIDE / picture.width))
    large = picture.resize((times * picture.width, times * picture.height), Image.Resampling.NEAREST)
    limit = float(found.values.abs().max())
    drawn = over(large, enlarged(found.values, large.height, large.width).numpy(), limit)
    scale = f"{number(-limit)} to {number(limit)}" if found.signed else f"0 to {number(limit)}"
    words = "nothing is marked" if found.is_empty else f"colours from {scale}"
    return f'<img src="{data_url(drawn)}" alt="Map over the picture: {words}"><p class="own">{words}</p>'


def _another_class(label: str, found: Map, other: tuple[str, Map]) -> str:
    name, same = escape(other[0]), likeness(found.values, other[1].values)
    if same is None:
        return "<b>No comparison:</b> one of the two maps is the same everywhere."
    measured = f"correlation with the map for {label}: {number(round(same, 2))}"
    if same >= ALIKE:
        return (
            f"<b>Nearly the same map</b> ({measured}). It shows where the network finds anything at all, not why it "
            f"says {label} and not {name}."
        )
    kind = "A similar map" if same >= SIMILAR else "Another map"
    return f"<b>{kind}</b> ({measured}). It depends on the class, as an explanation of {label} should."


def _no_learning(found: Map, unlearned: Map) -> str:
    how = "The same network with each weight’s numbers in random order (always the same one)"
    large, small = float(found.values.abs().max()), float(unlearned.values.abs().max())
    if small < FAINT * large:
        return (
            f"<b>Nothing in common.</b> {how} marks hardly anything: its values reach {number(small)}, those of the "
            f"map {number(large)}."
        )
    same = likeness(found.values, unlearned.values)
    if same is None:
        return f"<b>Nothing in common.</b> One of the two maps is the same everywhere. {how} was asked."
    measured = f"correlation {number(round(same, 2))}"
    if same >= SIMILAR:
        return f"<b>Alike</b> ({measured}): what the map shows comes from the picture more than from learning. {how}."
    return f"<b>Different</b> ({measured}), as it should be: the map shows something that was learned. {how}."


def _removal(label: str, deletion: Deletion) -> str:
    areas, slower = deletion.random_areas, deletion.slower_orders
    if slower == len(areas):
        verdict = f"<b>Faster than chance.</b> The map marks places that the network needs for {label}."
    elif slower == 0:
        verdict = f"<b>Slower than chance.</b> The map marks places that the network does not need for {label}."
    else:
        verdict = (
            f"<b>Not clearly faster than chance</b>: faster than only {slower} of {len(areas)} random orders. For "
            f"this picture, guessing where to look for {label} may do as well."
        )
    if deletion.probability[0] < UNLIKELY:
        verdict += (
            f" But {label} has a probability of {deletion.probability[0]:.1%} to begin with, so little can be lost."
        )
    return (
        f"{verdict} Area under the curve {deletion.area:.2f}; in random orders {deletion.chance:.2f} on average, from "
        f"{min(areas):.2f} to {max(areas):.2f}. Removed means blurred, in squares of an {CELLS} × {CELLS} grid."
    )


def _chart(label: str, deletion: Deletion) -> str:
    curves = np.array(deletion.random)
    lowest, highest, mean, own = (
        list(zip(deletion.shares, values, strict=True))
        for values in (curves.min(0).tolist(), curves.max(0).tolist(), curves.mean(0).tolist(), deletion.probability)
    )
    x = Axis(0, 1, [(share, f"{share:.0%}") for share in (0, 0.5, 1)], "share of the picture removed")
    y = Axis(0, 1, [(probability, f"{probability:g}") for probability in (0, 0.5, 1)])
    marks = (Band(lowest, highest, css="band"), Line(mean, css="chance"), Line(own, css="map"))
    quarter = len(deletion.shares) // 4
    first, marked, by_chance = (
        number(round(value, 3)) for value in (own[0][1], own[quarter][1], mean[len(mean) // 4][1])
    )
    spoken = (
        f"Probability of {unescape(label)} while the picture is removed: {first} at first, {marked} without the marked "
        f"quarter, {by_chance} without a random quarter"
    )
    return (
        f'{chart(FRAME, x, y, marks, spoken)}<p class="own">Probability of {label}. Line: what the map marks first. '
        "Dashed: random orders, their mean and range.</p>"
    )
