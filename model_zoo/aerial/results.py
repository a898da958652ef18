"""What a survey comes to: values to draw, shares of windows and of ground, and files for other programs."""

import csv
import io
import json
from dataclasses import dataclass

import numpy as np

from model_zoo.aerial.cover import Area, CoverCurve, area
from model_zoo.aerial.survey import Survey, edges
from model_zoo.common.csv_export import plain


@dataclass(frozen=True, eq=False)
class Cells:
    """What to draw: the rectangles that the edges of the windows make, each with a value."""

    xs: np.ndarray  # int (columns + 1,): edges in pixels of the photo
    ys: np.ndarray  # int (rows + 1,)
    values: np.ndarray  # float32 (rows, columns, classes): mean over the windows that cover the cell; NaN: none yet


def cells(result: Survey) -> Cells:
    """The mean probability at every place of the photo, of all windows that cover it."""
    xs, across = edges(result.lefts, result.window)
    ys, down = edges(result.tops, result.window)
    known = ~np.isnan(result.probabilities)
    values = np.einsum("yr,xc,rck->yxk", down, across, np.where(known, result.probabilities, 0), optimize=True)
    count = np.einsum("yr,xc,rck->yxk", down, across, known.astype(np.float64), optimize=True)
    with np.errstate(invalid="ignore"):  # 0 / 0 where no window has an answer yet
        return Cells(xs, ys, (values / count).astype(np.float32))


def share(result: Survey, label: str, threshold: float) -> float:
    """The share of windows whose probability reaches the threshold, of all that count, 0..1.

    It is no share of ground: a window counts as a whole, however little of it a plant covers."""
    counts = result.counted()
    return float((result.grid(label)[counts] >= threshold).mean()) if counts.any() else 0.0


# --------------------------------------------------------------------------------------------------------- in words


def words(result: Survey, label: str, threshold: float, curve: CoverCurve | None = None) -> str:
    """The area with its interval, what that means, and the share of windows, a sentence each."""
    found = area(result, curve) if curve and curve.label == label else None
    sentences = [area_words(found, label), meaning(found)] if found else [no_area(label, result)]
    return " ".join([*sentences, windows_words(result, label, threshold), left_out(result)]).strip()


def area_words(found: Area, label: str) -> str:
    """The estimated area in a sentence, which says of what part of the photo it is."""
    known = f"the {percent(found.counted)} of this photo’s windows that the network knows"
    where = "this photo" if found.counted == 1 else known
    return (
        f"“{label}” covers about {percent(found.share)} of the ground in {where}; {percent(found.level)} interval: "
        f"{bounds(found.low, found.high)}."
    )


def meaning(found: Area) -> str:
    """What the interval holds, and what it does not."""
    return (
        f"Calibrated on {found.found_on}; so far off were the estimates of such photos where they had no part in the "
        "calibration. The interval does not hold what other sites, seasons, heights and cameras add: there only a "
        "check by eye tells."
    )


def no_area(label: str, result: Survey) -> str:
    """Why there is no area."""
    if result.unfamiliar is not None and result.unfamiliar.all():
        return f"How much ground “{label}” covers is not told: no window looks like what the network learned from."
    return (
        f"How much ground “{label}” covers is not told: the network is not calibrated for that, or the size of these "
        "windows is not that of its training, or its answers are in doubt."
    )


def windows_words(result: Survey, label: str, threshold: float) -> str:
    """The share of windows in a sentence, with its definition."""
    grid, counts = result.grid(label), result.counted()
    reach = int((grid[counts] >= threshold).sum())
    return (
        f"{reach:,} of {int(counts.sum()):,} windows of {result.window:,} x {result.window:,} pixels "
        f"({share(result, label, threshold):.1%}) reach a probability of {threshold:.0%} for {label}. That is a share "
        "of windows, each of which counts as a whole, and not of ground."
    )


def left_out(result: Survey) -> str:
    """How many windows do not count, in a sentence; "" where all do."""
    count = 0 if result.unfamiliar is None else int(result.unfamiliar.sum())
    if not count:
        return ""
    every = result.unfamiliar.size if result.unfamiliar is not None else 1
    those = "window" if count == 1 else "windows"
    look, left = ("does", "it is") if count == 1 else ("do", "they are")
    return (
        f"{count:,} {those} ({count / every:.1%} of all) {look} not look like what the network learned from: {left} "
        f"left out of all shares. The line is drawn so that {100 * result.false_alarms:.3g} % of the windows that it "
        "knows are called so as well."
    )


def bounds(low: float, high: float) -> str:
    """An interval of shares: "3.2 to 12 %"."""
    return f"{percent(low).removesuffix(' %')} to {percent(high)}"


def percent(value: float) -> str:
    """A share with as many digits as it deserves: "0.4 %", "6.2 %", "57 %"."""
    return f"{100 * value:.0f} %" if value >= 0.0995 else f"{100 * value:.1f} %"


# ------------------------------------------------------------------------------------------------------------- files


def table(result: Survey, label: str, threshold: float, curve: CoverCurve | None = None) -> str:
    """CSV with a row per window: x, y (upper left corner), width and height in pixels, probability, decision (1 where
    the probability reaches the threshold, else 0), the class that these are of, cover (estimated, 0..1; empty without
    a calibration), unfamiliar (1, 0; empty where nobody judged) and the share of false alarms at which that was judged
    (empty likewise). Windows without an answer are left out."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    of_answer = ("probability", "decision", "class", "cover")
    rows.writerow(("x", "y", "width", "height", *of_answer, "unfamiliar", "false_alarms"))
    at = "" if result.unfamiliar is None else f"{result.false_alarms:g}"
    for (left, top, right, bottom), value, cover, strange in _answered(result, label, curve):
        known = ("" if cover is None else f"{cover:.5f}", "" if strange is None else int(strange), at)
        box = (left, top, right - left, bottom - top)
        rows.writerow((*box, f"{value:.6f}", int(value >= threshold), plain(label), *known))
    return text.getvalue()


def geojson(
    result: Survey,
    label: str,
    threshold: float,
    photo: str = "",
    curve: CoverCurve | None = None,
    told: Area | None = None,
) -> str:
    """A GeoJSON FeatureCollection (RFC 7946) with a square per window. It has no place on Earth: the coordinates are
    pixels of the photo, which every feature's property `coordinates` says. The area is `told`, or the curve's."""
    where = "pixels of the photo from its upper left corner, x to the right, y downwards"
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]],
            },
            "properties": {"class": label, "probability": round(value, 6), "decision": value >= threshold}
            | ({} if cover is None else {"cover": round(cover, 5)})
            | ({} if strange is None else {"unfamiliar": strange})
            | {"coordinates": where},
        }
        for (left, top, right, bottom), value, cover, strange in _answered(result, label, curve)
    ]
    found = (told or area(result, curve)) if curve and curve.label == label else None
    about = {
        "coordinates": where,
        "photo": photo,
        "width": result.width,
        "height": result.height,
        "window": result.window,
        "class": label,
        "threshold": threshold,
        "share_of_windows": round(share(result, label, threshold), 6),
    }
    if result.unfamiliar is not None:
        about |= {"unfamiliar": int(result.unfamiliar.sum()), "false_alarms": result.false_alarms}
    if found:
        about |= {"area": round(found.share, 5), "area_low": round(found.low, 5), "area_high": round(found.high, 5)}
        about["area_level"] = found.level
    return json.dumps({"type": "FeatureCollection", "properties": about, "features": features}) + "\n"


def _answered(
    result: Survey, label: str, curve: CoverCurve | None
) -> list[tuple[list[int], float, float | None, bool | None]]:
    """Box, probability, cover and whether it is unfamiliar, of each window that has an answer."""
    grid = result.grid(label)
    covers = curve(grid) if curve and curve.label == label else np.full(grid.shape, None)
    strange = np.full(grid.shape, None) if result.unfamiliar is None else result.unfamiliar
    boxes = result.boxes().reshape(-1, 4).tolist()
    each = zip(boxes, grid.ravel().tolist(), covers.ravel().tolist(), strange.ravel().tolist(), strict=True)
    return [one for one in each if one[1] == one[1]]
