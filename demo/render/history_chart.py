"""Learning curves as charts: loss, accuracy and the like by epoch, of one training or of several."""

import math

from demo.render.html import number
from demo.render.svg_chart import Axis, Dot, Frame, Line, Mark, chart, round_ticks, sample
from model_zoo.entries.best_epoch import best_row

Rows = list[dict[str, float]]
FRAME = Frame(width=480, height=300, left=58, right=14, top=34, bottom=44)
LINES = f"<li>{sample()}validation</li><li>{sample(dashed=True)}training</li>"  # what the two kinds of line mean


def loss_and_accuracy(histories: dict[str, Rows], colours: dict[str, str], until: float = 0) -> str:
    """Two charts as SVG.

    Args:
        histories: name -> rows; an epoch that is not whole is a moment within one, and gets no spot.
        colours: name -> colour.
        until: the epoch to which the axis reaches at least.
    """
    accuracy = ("Accuracy", "share of pictures right; higher is better", histories, colours)
    columns = ("train_accuracy", "val_accuracy")
    return loss(histories, colours, until) + by_epoch(*accuracy, columns, top=1.0, until=until)


def loss(histories: dict[str, Rows], colours: dict[str, str], until: float = 0) -> str:
    """The first of the two charts."""
    words = ("Loss", "cross-entropy in nats; lower is better")
    return by_epoch(*words, histories, colours, ("train_loss", "val_loss"), until=until)


def by_epoch(
    heading: str,
    unit: str,
    histories: dict[str, Rows],
    colours: dict[str, str],
    columns: tuple[str | None, str],
    top: float | None = None,
    until: float = 0,
) -> str:
    """One chart; `columns` are those of training (dashed) and validation (solid), `top` the end of its scale."""
    values = [row[c] for rows in histories.values() for row in rows for c in columns if c and math.isfinite(row[c])]
    highest = top or max(values, default=1.0) * 1.05 or 1.0
    last = max(until, 1, *(rows[-1]["epoch"] for rows in histories.values()))
    is_share = columns[1].endswith("accuracy")
    heights = [(tick, f"{tick:.0%}" if is_share else number(tick)) for tick in round_ticks(highest)]
    shown = max(until, *(rows[-1]["epoch"] for rows in histories.values()))
    epochs = [(epoch, str(epoch)) for epoch in range(0, int(shown) + 1, max(1, math.ceil(shown / 10)))]
    marks = [mark for name, rows in histories.items() for mark in _marks(name, rows, colours[name], columns)]
    # Where the axes lie, for a cursor that the browser draws.
    axes = (
        f'data-left="{FRAME.left}" data-right="{FRAME.width - FRAME.right}" data-top="{FRAME.top}" '
        f'data-bottom="{FRAME.height - FRAME.bottom}" data-last="{last:g}"'
    )
    spoken = f"{heading} by epoch, {unit}; the numbers are there as text, too"
    x, y = Axis(0, last, epochs, "epoch (0 = untrained)"), Axis(0, highest, heights)
    return chart(FRAME, x, y, marks, spoken, heading, unit, axes)


def _marks(name: str, rows: Rows, colour: str, columns: tuple[str | None, str]) -> list[Mark]:
    marks: list[Mark] = []
    for column, css in zip(columns, ("line dashed", "line"), strict=True):
        if column is None:
            continue
        # Before training no step is taken: the learning rate starts at epoch 1.
        drawn = rows[1:] if column == "learning_rate" else rows
        points = [(row["epoch"], row[column]) for row in drawn if math.isfinite(row[column])]
        spots = [
            (epoch, value, f"{name}, epoch {epoch:.0f}, {column.replace('_', ' ')}: {number(value)}")
            for epoch, value in points
            if epoch == int(epoch)
        ]
        marks.append(Line(points, colour, css, spots))
    best = best_row(rows)
    if columns[0] and math.isfinite(best[columns[1]]):
        marks.append(Dot((best["epoch"], best[columns[1]]), colour))
    return marks
