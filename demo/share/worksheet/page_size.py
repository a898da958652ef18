"""How large the letters of a worksheet are, so that it fits on its pages."""

from collections.abc import Sequence

from demo.share.worksheet.exercise_model import Gap, Grid, Grids, Line, Piece, Task

PAPER = 250.0  # millimetres of a Letter page's height that are planned for, which is the shorter one
LETTERS = 10.5  # points, where there is room; at least 7
LINE = 1.35 * LETTERS * 25.4 / 72  # millimetres
ACROSS = 515.0  # points between the margins of an A4 page, the narrower one
TITLE, SPACE, CELL = 6.4, 0.5, 3.0  # ems of worksheet.css: a row's title, what is between grids, and a cell at least


def size_style(tasks: Sequence[Task], questions: Sequence[str]) -> str:
    """CSS for the letters' size with which everything fits on its page; all other sizes follow from it."""
    lines = 17.5 + sum(3.2 + (len(asked) > 90) for asked in questions)
    beside = 0.0  # the height of a narrow task that stands alone in its row
    for task in tasks:
        height = _lines(task)
        lines += height if is_wide(task) or not beside else max(0.0, height - beside)
        beside = 0.0 if is_wide(task) or beside else height
    widest = max((_width(part) for task in tasks if is_wide(task) for part in _grids(task)), default=1.0)
    size = LETTERS * min(1.0, max(0.66, min(PAPER / (lines * LINE), ACROSS / (widest * LETTERS))))
    wide = max((len(row) for task in tasks for row in _rows(task)), default=1)
    return f"body {{ font-size: {size:.2f}pt; --cell: {CELL if wide <= 4 else 2.4}em; }}"


def _width(row: Grids) -> float:
    """About how many ems a row of grids takes in the key, whose numbers are bold."""
    wide = TITLE + SPACE * len(row.parts)
    for one in row.parts:
        if isinstance(one, Grid):
            longest = max(len(_answer(piece)) for cells in one.cells for piece in cells)
            wide += len(one.cells[0]) * max(CELL, 0.4 + 0.62 * longest)
        else:
            wide += 0.7 * len(_answer(one))
    return wide


def _answer(piece: Piece) -> str:
    return piece.answer if isinstance(piece, Gap) else piece


def _lines(task: Task) -> float:
    """About how many lines of text a task takes."""
    across = 88 if is_wide(task) else 42
    heights = 2.9 + len(task.lead) // across
    for part in task.body:
        if isinstance(part, Grids):
            heights += 1.9 + 1.45 * max((len(one.cells) for one in part.parts if isinstance(one, Grid)), default=0)
    return heights + 1.5 * sum(isinstance(part, Line) for part in task.body) * (
        0.6 if task.operation != "linear" else 1
    )


def is_wide(task: Task) -> bool:
    """Whether it needs the whole width; two others stand side by side."""
    return task.operation in ("convolution", "linear", "softmax") or max(map(len, _rows(task)), default=0) > 4


def _grids(task: Task) -> list[Grids]:
    return [part for part in task.body if isinstance(part, Grids)]


def _rows(task: Task) -> list[tuple[Piece, ...]]:
    return [row for part in _grids(task) for one in part.parts if isinstance(one, Grid) for row in one.cells]
