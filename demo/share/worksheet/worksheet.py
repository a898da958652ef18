"""A worksheet to print: one value's calculation with gaps on the first page, and its key on the second."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from demo.core.inference import Inference, maps
from demo.errors import UserError
from demo.render.colormap import colours
from demo.render.html import data_url, number
from demo.share.worksheet.exercise import tasks
from demo.share.worksheet.exercise_model import Gap, Grid, Grids, Line, Piece, Task
from demo.share.worksheet.exercise_sums import PRODUCTS
from demo.share.worksheet.page_size import is_wide, size_style
from model_zoo.explain.receptive_field import field_box
from model_zoo.explain.sums import back, explain, probability
from model_zoo.graph import edits
from model_zoo.graph.op_names import INPUT
from model_zoo.graph.position import Position

STYLE = Path(__file__).with_name("worksheet.css").read_text(encoding="utf-8")
SIDE = 384  # pixels of the pictures' sides, about
NOTHING = "This value is handed on as it is: there is nothing to calculate. For a worksheet choose one of another step."


def worksheet(made: Inference, position: Position) -> dict[str, str]:
    """A self-contained page for print, of two pages on A4 or Letter, about one value.

    Of the picture it holds what the network gets, no more. The chosen step may be of any kind that `sums.explain`
    knows; of the last step the way goes on to the probability.

    Returns:
        `name` of the file, `html`: a whole document without script and without anything from elsewhere but a button
        that prints it.

    Raises:
        UserError: no such step or value, or nothing to calculate; the message says which.
    """
    try:
        chain = back(made.steps, made.x, explain(made.steps, made.x, *position))
    except ValueError as error:
        raise UserError(str(error)) from error
    if position.step == made.answer.name and made.is_logit(made.answer):
        chain = [probability(made.steps, position.channel), *chain]
    found, precision = tasks(chain, made.model.classes)
    if not found:
        raise UserError(NOTHING)
    parts = Sheet(made, position, tuple(found), precision.results)
    title = f"{made.model.title}: {_place(position, _shape(made, position))}"
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"worksheet-{made.model.name}-{'-'.join(map(str, position))}.html")
    return {"name": name, "html": _document(title, parts)}


@dataclass(frozen=True)
class Sheet:
    """What a worksheet is about."""

    made: Inference
    position: Position
    tasks: tuple[Task, ...]
    decimals: int  # of results


def _document(title: str, sheet: Sheet) -> str:
    size = size_style(sheet.tasks, [asked for asked, _ in _questions(sheet)])
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Worksheet: {escape(title)}</title>'
        f'<style>{STYLE}{size}</style></head><body><main class="page">{_students(title, sheet)}</main>'
        f'<main class="page">{_key(title, sheet)}</main>'
        '<button class="print" onclick="print()">Print: page 1 for the students, page 2 is the key</button>'
        "</body></html>"
    )


def _students(title: str, sheet: Sheet) -> str:
    questions = "".join(f'<li>{escape(asked)}<div class="line"></div></li>' for asked, _ in _questions(sheet))
    return (
        '<div class="names"><b>ConvScope worksheet</b><span>Name</span><span class="line"></span>'
        '<span>Date</span><span class="line"></span></div>'
        f"<h1>How a network gets one of its numbers</h1><p>{escape(title)}.{_changes(sheet.made)}</p>"
        f'<div class="start">{_pictures(sheet)}<ol class="how">'
        "<li>Fill the gaps from top to bottom; each task goes on with the result of the one before.</li>"
        f"{_rounding(sheet)}"
        "<li>Rows and columns are counted from 0, as in the program.</li>"
        f"</ol></div>{tasks_html(sheet.tasks, solved=False)}"
        f'<section class="questions"><h2>Questions</h2><ol>{questions}</ol></section>'
    )


def _key(title: str, sheet: Sheet) -> str:
    answers = "".join(f"<li>{escape(asked)} <b>{escape(answer)}</b></li>" for asked, answer in _questions(sheet))
    exact = "; ".join(f"{escape(task.step)} {number(task.exact)}" for task in sheet.tasks)
    return (
        f'<div class="names"><b>ConvScope worksheet: key</b><span>{escape(title)}</span></div><h1>Key</h1>'
        f"{tasks_html(sheet.tasks, solved=True)}"
        f'<section class="questions"><h2>Questions</h2><ol>{answers}</ol></section>'
        '<p class="small">Everything is calculated from the numbers as printed. The network itself calculates with '
        f"more decimals and gets {exact}.</p>"
    )


def _rounding(sheet: Sheet) -> str:
    """What the reader is told about rounding, where anything of the sheet needs it."""
    parts = [part for task in sheet.tasks for part in task.body]
    where = []
    if any("≈" in piece for part in parts if isinstance(part, Line) for piece in part.pieces if isinstance(piece, str)):
        where.append("where it says ≈")
    if any(isinstance(one, Grid) and one.caption == PRODUCTS for p in parts if isinstance(p, Grids) for one in p.parts):
        where.append("in every field of products")
    if not where:
        return ""
    phrase = ", and ".join(where)
    return f"<li>{phrase[0].upper()}{phrase[1:]}, round to {sheet.decimals} decimals, halves away from zero.</li>"


# ------------------------------------------------------------------------------------------------------------ pictures


def _pictures(sheet: Sheet) -> str:
    made, position = sheet.made, sheet.position
    size = made.model.size
    box = field_box(made.steps, size, size, *position)
    image = enlarged(made.model.picture(made.x))
    seen = "What the chosen value sees of it is not known."
    if box is not None:
        inside = box.within(size, size)
        _outline(image, (inside.left, inside.top, inside.right, inside.bottom), image.width / size)
        what = _seen(inside.bottom - inside.top, inside.right - inside.left, size)
        seen = f"The frame is what the chosen value depends on: {what}."
    figures = figure(image, f"The network’s input, {size} × {size} pixels. {seen}")
    shape = _shape(made, position)
    if len(shape) == 3 and shape[1] * shape[2] > 1 and position.step != INPUT:
        values = maps(next(step for step in made.steps if step.name == position.step))[position.channel]
        limit = float(np.abs(values).max())
        drawn = enlarged(Image.fromarray(np.rint(colours(values, limit)).astype(np.uint8)))
        _outline(drawn, (position.column, position.row, position.column + 1, position.row + 1), drawn.width / shape[2])
        caption = (
            f"Channel {position.channel} of {position.step}, {shape[1]} × {shape[2]} values "
            f"from {number(values.min())} to {number(values.max())}: red above 0, white 0, blue below. The frame is "
            "the chosen value."
        )
        figures += figure(drawn, caption)
    return figures


def figure(image: Image.Image, caption: str) -> str:
    """A picture with words below it, as HTML."""
    return f'<figure><img src="{data_url(image)}" alt=""><figcaption>{escape(caption)}</figcaption></figure>'


def enlarged(image: Image.Image) -> Image.Image:
    """Its pixels as squares of whole numbers of pixels, about `SIDE` of them on a side."""
    times = max(1, round(SIDE / max(image.size)))
    return image.resize((times * image.width, times * image.height), Image.Resampling.NEAREST)


def _outline(image: Image.Image, box: Sequence[int], times: float) -> None:
    """Black around white, to be seen on anything; left, top, right and bottom in values, not pixels."""
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    left, top, right, bottom = (round(edge * times) for edge in box)
    draw = ImageDraw.Draw(image)
    draw.rectangle((left, top, right - 1, bottom - 1), outline="white", width=6)
    draw.rectangle((left, top, right - 1, bottom - 1), outline="black", width=3)


def _seen(height: int, width: int, size: int) -> str:
    return "all of it" if min(height, width) >= size else f"{height} × {width} pixels"


def _shape(made: Inference, position: Position) -> tuple[int, ...]:
    if position.step == INPUT:
        return tuple(made.x.shape[1:])
    return next(step for step in made.steps if step.name == position.step).shape[1:]


def _place(position: Position, shape: Sequence[int]) -> str:
    if len(shape) == 1:
        return f"entry {position.channel} of {position.step}"
    return f"{position.step}, channel {position.channel}, row {position.row}, column {position.column}"


def _changes(made: Inference) -> str:
    if not made.edits:
        return ""
    return f" With changes to the network: {escape('; '.join(edits.words(edit) for edit in made.edits))}."


# --------------------------------------------------------------------------------------------------------------- tasks


def _questions(sheet: Sheet) -> list[tuple[str, str]]:
    """One for each kind of task, and one about what the value sees; four at most."""
    asked = list(dict(task.question for task in sheet.tasks).items())[-3:]
    size = sheet.made.model.size
    box = field_box(sheet.made.steps, size, size, *sheet.position)
    if box is None:
        return asked
    inside = box.within(size, size)
    height, width = inside.bottom - inside.top, inside.right - inside.left
    answer = f"{height} × {width} = {height * width:,} of {size * size:,}."
    return [*asked, ("How many pixels of the picture does the chosen value depend on?", answer)]


def tasks_html(found: Sequence[Task], solved: bool) -> str:
    """Tasks as HTML, with gaps or with what belongs into them."""
    sections = "".join(
        f'<section class="task{" wide" if is_wide(task) else ""}"><h2>{index}. {escape(task.step)}'
        f"{'' if task.step == task.operation else f' <span>({escape(task.operation)})</span>'}</h2>"
        f"<p>{escape(task.lead)}</p>{''.join(_part(part, solved) for part in task.body)}</section>"
        for index, task in enumerate(found, 1)
    )
    return f'<div class="tasks">{sections}</div>'


def _part(part: Line | Grids, solved: bool) -> str:
    if isinstance(part, Line):
        alone = " alone" if isinstance(part.pieces[0], Gap) else ""  # it goes on with what was found out above
        return f'<p class="calculation{alone}">{"".join(_piece(piece, solved) for piece in part.pieces)}</p>'
    title = f'<span class="title">{escape(part.title)}</span>' if part.title else ""
    inside = ""
    for is_grid, run in groupby(part.parts, lambda one: isinstance(one, Grid)):
        drawn = [_grid(one, solved) if isinstance(one, Grid) else _piece(one, solved) for one in run]
        inside += "".join(drawn) if is_grid else f"<span>{' '.join(drawn)}</span>"
    return f'<div class="grids">{title}{inside}</div>'


def _piece(piece: Piece, solved: bool) -> str:
    if not isinstance(piece, Gap):
        return escape(piece)
    return f'<span class="key">{piece.answer}</span>' if solved else '<span class="gap"></span>'


def _grid(grid: Grid, solved: bool) -> str:
    def cell(row: int, column: int, piece: Piece) -> str:
        outside = "outside" if (row, column) in grid.padding else ""
        winner = "winner" if solved and (row, column) == grid.winner else ""
        kind = " ".join(filter(None, (outside, winner)))
        content = (_piece(piece, solved) if solved else "") if isinstance(piece, Gap) else escape(piece)
        return f"<td{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{content}</td>"

    rows = "".join(
        f"<tr>{''.join(cell(r, c, piece) for c, piece in enumerate(row))}</tr>" for r, row in enumerate(grid.cells)
    )
    return f"<table><caption>{escape(grid.caption)}</caption>{rows}</table>"
