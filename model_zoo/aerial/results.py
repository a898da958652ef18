"""What a survey comes to: values to draw, an estimated share of ground, and files for other programs."""

import csv
import io
import json
from dataclasses import dataclass

import numpy as np

from model_zoo.aerial.survey import Survey
from model_zoo.common.csv_export import plain


@dataclass(frozen=True, eq=False)
class Cells:
    """What to draw: the rectangles that the edges of the windows make, each with a value."""

    xs: np.ndarray  # int (columns + 1,): edges in pixels of the photo
    ys: np.ndarray  # int (rows + 1,)
    values: np.ndarray  # float32 (rows, columns, classes): mean over the windows that cover the cell; NaN: none yet


def cells(result: Survey) -> Cells:
    """The mean probability at every place of the photo, of all windows that cover it."""
    xs, across = _edges(result.lefts, result.window)
    ys, down = _edges(result.tops, result.window)
    known = ~np.isnan(result.probabilities)
    values = np.einsum("yr,xc,rck->yxk", down, across, np.where(known, result.probabilities, 0), optimize=True)
    count = np.einsum("yr,xc,rck->yxk", down, across, known.astype(np.float64), optimize=True)
    with np.errstate(invalid="ignore"):  # 0 / 0 where no window has an answer yet
        return Cells(xs, ys, (values / count).astype(np.float32))


def _edges(starts: tuple[int, ...], window: int) -> tuple[np.ndarray, np.ndarray]:
    """All edges in order, and which windows cover each stretch between two of them: 0 or 1 (stretches, windows)."""
    begin = np.array(starts)
    edges = np.unique(np.concatenate([begin, begin + window]))
    low = edges[:-1, None]
    return edges, ((begin <= low) & (low < begin + window)).astype(np.float64)


def share(result: Survey, label: str, threshold: float) -> float:
    """The estimated share of ground with the class: the windows whose probability reaches the threshold, of all that
    have an answer, 0..1. A window counts as a whole, so that plants smaller than a window are overestimated."""
    grid = result.grid(label)
    answered = ~np.isnan(grid)
    return float((grid[answered] >= threshold).mean()) if answered.any() else 0.0


def words(result: Survey, label: str, threshold: float) -> str:
    """The share in a sentence, with its definition."""
    grid = result.grid(label)
    answered = int((~np.isnan(grid)).sum())
    reach = int((grid >= threshold).sum())
    return (
        f"{reach:,} of {answered:,} windows of {result.window:,} x {result.window:,} pixels "
        f"({share(result, label, threshold):.1%}) reach a probability of {threshold:.0%} for {label}. That is the "
        "estimated share of ground; each window counts as a whole."
    )


def table(result: Survey, label: str, threshold: float) -> str:
    """CSV with a row per window: x, y (upper left corner), width and height in pixels, probability, decision (1 where
    the probability reaches the threshold, else 0), and the class that these are of. Windows without an answer are left
    out."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("x", "y", "width", "height", "probability", "decision", "class"))
    for (left, top, right, bottom), value in _answered(result, label):
        rows.writerow((left, top, right - left, bottom - top, f"{value:.6f}", int(value >= threshold), plain(label)))
    return text.getvalue()


def geojson(result: Survey, label: str, threshold: float, photo: str = "") -> str:
    """A GeoJSON FeatureCollection (RFC 7946) with a square per window. It has no place on Earth: the coordinates are
    pixels of the photo, which every feature's property `coordinates` says."""
    where = "pixels of the photo from its upper left corner, x to the right, y downwards"
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]],
            },
            "properties": {
                "class": label,
                "probability": round(value, 6),
                "decision": value >= threshold,
                "coordinates": where,
            },
        }
        for (left, top, right, bottom), value in _answered(result, label)
    ]
    about = {
        "coordinates": where,
        "photo": photo,
        "width": result.width,
        "height": result.height,
        "window": result.window,
        "class": label,
        "threshold": threshold,
        "share": round(share(result, label, threshold), 6),
    }
    return json.dumps({"type": "FeatureCollection", "properties": about, "features": features}) + "\n"


def _answered(result: Survey, label: str) -> list[tuple[list[int], float]]:
    values = result.grid(label).ravel().tolist()
    boxes = result.boxes().reshape(-1, 4).tolist()
    return [(box, value) for box, value in zip(boxes, values, strict=True) if value == value]
