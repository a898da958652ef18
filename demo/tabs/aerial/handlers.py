"""What the Survey tab does: plain values in and out; what a browser sends is checked here or in what is called here.

A long run is a plain generator. `survey_photo` and `answer_files` say in one line how it is run: in turns with all
other long work of the server (`scheduled`), for as long as its order stands (`ORDERS.follow`).
"""

import secrets
import time
from collections.abc import Iterator
from html import escape
from typing import Any

import gradio as gr

from demo.core.handlers import if_latest, user_errors
from demo.core.networks import network, title
from demo.core.payloads import payload
from demo.core.request_sequencer import RequestSequencer
from demo.errors import UserError
from demo.pictures.decode import PictureError
from demo.server.scheduler import scheduled
from demo.tabs.aerial import batch, survey_map
from demo.tabs.aerial.batch import Results, Upload
from demo.tabs.aerial.orders import STOPPED, Orders, Step
from demo.tabs.aerial.survey_map import Saved

WAITING = '<p class="quiet">Waiting for its turn: this server works on one such order at a time.</p>'
NO_PHOTO = "Choose a photo first."
NO_FILES = "Choose some pictures, or a zip of pictures, first."
NOTHING_KEPT = "There is nothing to save any more: this page has been idle for too long. Please run it again."
NEWS = 0.7  # seconds between two looks at a growing table

ORDERS = Orders()
_LATEST = RequestSequencer()  # when each reader last chose what to survey


# ------------------------------------------------------------------------------------------------------ what will be


@user_errors
def look_at_photo(
    model: str, files: list[Upload], window: Any, apart: Any, asked: float | None, request: gr.Request
) -> Any:
    """What will be done with the photo; nothing new where the reader has chosen something else since.

    Args:
        model, files, window, apart: what is chosen.
        asked: when, by the browser's clock.
        request: of the reader's session.
    """

    def plan() -> str:
        if not files:
            return ""
        chosen, side = network(model), _window(window)
        try:
            found = survey_map.plan(chosen, _one(files), side, str(apart))
        except PictureError as error:  # said here, to stay, unlike a passing message
            return f'<p class="trouble">{escape(str(error))}</p>'
        return f"<p>{survey_map.description(found)}{escape(survey_map.warning(chosen, side))}</p>"

    return if_latest(_LATEST, asked, request, plan)


def forget_plan() -> str:
    """There is no photo any more."""
    return ""


# --------------------------------------------------------------------------------------------------------- long runs


@user_errors
def survey_photo(order: str, model: str, files: list[Upload], window: Any, apart: Any) -> Iterator[Step]:
    """The survey of a photo, growing: how far it is, the map, and what to save files from."""
    yield from ORDERS.follow(order, scheduled(_survey)(model, files, window, apart))


def _survey(model: str, files: list[Upload], window: Any, apart: Any) -> Iterator[Step]:
    chosen, upload = network(model), _one(files)
    empty = survey_map.plan(chosen, upload, _window(window), str(apart))
    count = len(empty.lefts) * len(empty.tops)
    yield progress(0, count, "windows", "the photo is being opened"), gr.skip(), gr.skip()
    seconds, survey = 0.0, empty
    for done, value, kept in survey_map.running(chosen, title(model), upload, empty):
        seconds, survey = value["seconds"], kept.survey
        pace = f"{done / max(seconds, 0.1):.0f} windows per second"
        yield progress(done, count, "windows", pace), value, kept
    said = f"{survey_map.description(empty)} Answered in {seconds:.1f} s.{survey_map.unnamed(chosen, survey)}"
    yield f"<p>{escape(said)}</p>", gr.skip(), gr.skip()


@user_errors
def answer_files(order: str, model: str, files: list[Upload]) -> Iterator[Step]:
    """Answers for many files, growing: how far it is, the table, and what to save it from."""
    yield from ORDERS.follow(order, scheduled(_answers)(model, files))


def _answers(model: str, files: list[Upload]) -> Iterator[Step]:
    if not files:
        raise UserError(NO_FILES)
    run, last, results = secrets.token_hex(8), 0.0, None
    for results in batch.answering(network(model), title(model), files):
        done = len(results.answers) + len(results.troubles)
        if time.monotonic() - last >= NEWS:
            last = time.monotonic()
            said = progress(min(done, results.count), results.count, "files", "")
            yield said, batch.value(results, run), results
    if results is not None:
        yield "", batch.value(results, run), results


# ------------------------------------------------------------------------------------------------------------ orders


def wait(former: str = "") -> tuple[Any, ...]:
    """An order was given, under a name of its own; it may have to wait for others.

    Args:
        former: the order that the page showed until then.
    """
    return ORDERS.new(former), WAITING, *_buttons_while(True)


def ready(order: str) -> tuple[Any, ...]:
    """A run is over; the next order can be given if it was that of the order that the page shows by now.

    After one that was taken back the buttons are right already, and may soon be those of the next.
    """
    return _buttons_while(False) if ORDERS.has_ended(order) else (gr.skip(), gr.skip())


def give_up(order: str) -> tuple[Any, ...]:
    """A run failed, perhaps before it began: the next order can be given, and nothing is left to run unseen."""
    ORDERS.take_back(order)
    return _buttons_while(False)


def stop(order: str) -> tuple[Any, ...]:
    """The order is taken back, whether it waits or runs."""
    ORDERS.take_back(order)
    return STOPPED, *_buttons_while(False)


def _buttons_while(busy: bool) -> tuple[gr.Button, gr.Button]:
    """Start and Stop."""
    return gr.Button(interactive=not busy), gr.Button(interactive=busy)


# ------------------------------------------------------------------------------------------------------------ saving


@user_errors
def save_survey(kept: Saved | None, event: gr.EventData) -> dict[str, str]:
    """The survey as a file, for the class and threshold that the reader has chosen."""
    data = payload(event)
    kind, label, threshold = data.get("kind"), data.get("label"), data.get("threshold")
    if kept is None:
        raise UserError(NOTHING_KEPT)
    known = kind in ("csv", "geojson") and label in kept.survey.classes
    if not known or isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise UserError("The page sent a choice that cannot be understood. Please reload it.")
    return survey_map.file(kept, str(kind), str(label), float(threshold))


@user_errors
def save_table(kept: Results | None) -> dict[str, str]:
    """The answers as a file."""
    if kept is None:
        raise UserError(NOTHING_KEPT)
    return {"name": "answers.csv", "type": "text/csv", "text": batch.table(kept)}


# ------------------------------------------------------------------------------------------------------------- parts


def progress(done: int, count: int, what: str, more: str) -> str:
    """A bar and numbers, as HTML."""
    more = f", {more}" if more else ""
    return (
        f'<div class="training"><progress value="{done / max(1, count):.3f}" aria-label="done"></progress>'
        f'<p class="number">{done:,} of {count:,} {what}{more}.</p></div>'
    )


def _one(files: list[Upload]) -> Upload:
    if not files:
        raise UserError(NO_PHOTO)
    return files[0]


def _window(value: Any) -> int | None:
    """The side of the windows out of what a browser sent; None for 0 or nothing, the network's own."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 or not 0 <= value <= 100_000:
        raise UserError("Please give the side of the windows as a whole number of pixels, or 0.")
    return int(value) or None
