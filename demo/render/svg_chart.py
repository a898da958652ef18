"""The one drawer of charts: lines, bands and dots over two axes, as SVG that follows light and dark.

A chart is described in the units of what it shows; `chart` turns that into SVG. What it looks like is for the page's
style sheets: `rule`, `title`, `unit`, `spot` and the classes of the marks are theirs.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

Points = Sequence[tuple[float, float]]
# After Okabe and Ito, told apart with any colour vision; each at least 3:1 against a white and a dark page.
COLOURS = ("#2b8ccb", "#d9632a", "#1a9e77", "#b565a7", "#a8811a", "#7a7f87")
SMALLEST = 1e-45  # the smallest float32 above 0, for logarithmic axes


@dataclass(frozen=True)
class Frame:
    """Size of a chart and its margins, in SVG units."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


@dataclass(frozen=True)
class Axis:
    """What one axis shows: from `low` to `high`, with a text at each of `ticks`."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    label: str = ""
    is_logarithmic: bool = False

    def share(self, value: float) -> float:
        """Where a value lies, from 0 for `low` to 1 for `high`."""
        low, high = self.low, self.high
        if self.is_logarithmic:
            low, high, value = (math.log10(max(each, SMALLEST)) for each in (low, high, value))
        return (value - low) / (high - low)


@dataclass(frozen=True)
class Line:
    """A line through points; `spots` are places to point at, each with what is said there."""

    points: Points
    colour: str = ""  # "" where the style sheet knows
    css: str = "line"
    spots: Sequence[tuple[float, float, str]] = ()


@dataclass(frozen=True)
class Band:
    """What lies between two lines over the same places."""

    lower: Points
    upper: Points
    colour: str = ""
    css: str = ""


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    at: tuple[float, float]
    colour: str


Mark = Line | Band | Dot
Place = Callable[[float], float]


def chart(
    frame: Frame,
    x: Axis,
    y: Axis,
    marks: Sequence[Mark],
    spoken: str,
    title: str = "",
    unit: str = "",
    attributes: str = "",
) -> str:
    """A chart as SVG.

    Args:
        frame: its size.
        x, y: the axes; each tick of `y` has a line across the chart.
        marks: what is drawn, the first one at the back.
        spoken: what it shows, for those who do not see it.
        title, unit: above it, or "".
        attributes: of the <svg> besides.
    """
    right, bottom = frame.width - frame.right, frame.height - frame.bottom

    def across(value: float) -> float:
        return frame.left + (right - frame.left) * x.share(value)

    def down(value: float) -> float:
        return bottom - (bottom - frame.top) * y.share(value)

    parts = [_heading(frame, title, unit)] if title else []
    for value, text in y.ticks:
        at = f"{down(value):.1f}"
        parts.append(f'<line x1="{frame.left}" x2="{right}" y1="{at}" y2="{at}" class="rule"/>')
        if text:
            middle = down(value) + 5
            parts.append(f'<text x="{frame.left - 8}" y="{middle:.1f}" text-anchor="end">{escape(text)}</text>')
    for value, text in x.ticks:
        place = across(value)
        anchor = "start" if place < 12 else "end" if place > frame.width - 12 else "middle"
        parts.append(f'<text x="{place:.1f}" y="{bottom + 20}" text-anchor="{anchor}">{escape(text)}</text>')
    if x.label:
        middle = (frame.left + right) / 2
        parts.append(f'<text x="{middle:g}" y="{frame.height - 6}" text-anchor="middle">{escape(x.label)}</text>')
    parts += [_drawn(mark, across, down) for mark in marks]
    return (
        f'<svg viewBox="0 0 {frame.width} {frame.height}" {attributes} role="img" aria-label="{escape(spoken)}">'
        f"{''.join(parts)}</svg>"
    )


def _heading(frame: Frame, title: str, unit: str) -> str:
    more = f' <tspan class="unit">{escape(unit)}</tspan>' if unit else ""
    return f'<text x="{frame.left}" y="20" class="title">{escape(title)}{more}</text>'


def _drawn(mark: Mark, across: Place, down: Place) -> str:
    if isinstance(mark, Dot):
        cx, cy = across(mark.at[0]), down(mark.at[1])
        return f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="5.5" style="fill:{mark.colour}" pointer-events="none"/>'

    def path(points: Points) -> str:
        return " ".join(f"{across(a):.1f},{down(b):.1f}" for a, b in points)

    kind = f' class="{mark.css}"' if mark.css else ""
    if isinstance(mark, Band):
        style = f' style="fill:{mark.colour};opacity:0.18"' if mark.colour else ""
        return f'<polygon points="{path([*mark.upper, *reversed(mark.lower)])}"{kind}{style}/>'
    style = f' style="stroke:{mark.colour}"' if mark.colour else ""
    spots = "".join(
        f'<circle cx="{across(a):.1f}" cy="{down(b):.1f}" r="7" class="spot"><title>{escape(said)}</title></circle>'
        for a, b, said in mark.spots
    )
    return f'<polyline points="{path(mark.points)}"{kind}{style}/>{spots}'


def sample(colour: str = "", dashed: bool = False) -> str:
    """A short piece of a line, for a legend."""
    style = f' style="stroke:{colour}"' if colour else ""
    kind = "line dashed" if dashed else "line"
    line = f'<line x1="0" y1="4" x2="34" y2="4" class="{kind}"{style}/>'
    return f'<svg width="34" height="8" aria-hidden="true">{line}</svg>'


def swatch(colour: str) -> str:
    """A spot of a colour, for a legend."""
    return f'<span class="swatch" style="background:{colour}"></span>'


def round_ticks(highest: float) -> list[float]:
    """Four to six round numbers from 0 up to `highest`, which is above 0."""
    step = 10 ** math.floor(math.log10(highest))
    step = next(step * factor for factor in (0.1, 0.2, 0.5, 1.0, 2.0) if highest / (step * factor) < 6.5)
    return [step * index for index in range(int(highest / step + 1e-9) + 1)]
