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

from demo.core import payloads
from demo.core.handlers import if_latest, user_errors
from demo.core.networks import network, title
from demo.core.payloads import NO_CHOICE, payload
from demo.core.request_sequencer import RequestSequencer
from demo.errors import UserError
from demo.pictures.decode import PictureError
from demo.server.scheduler import scheduled
from demo.tabs.aerial import batch, site_check, survey_map
from demo.tabs.aerial.batch import Results, Upload
from demo.tabs.aerial.orders import STOPPED, Orders, Step
from demo.tabs.aerial.site_check import Check
from demo.tabs.aerial.survey_map import Saved
from model_zoo import Model
from model_zoo.aerial import ground
from model_zoo.trust.judgement import FALSE_ALARMS, too_few

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
    model: str,
    files: list[Upload],
    metres: Any,
    window: Any,
    apart: Any,
    false_alarms: Any,
    asked: float | None,
    request: gr.Request,
) -> Any:
    """What will be done with the photo; nothing new where the reader has chosen something else since.

    Args:
        model, files, metres, window, apart, false_alarms: what is chosen.
        asked: when, by the browser's clock.
        request: of the reader's session.
    """

    def plan() -> str:
        if not files:
            return ""
        chosen = network(model)
        try:
            found = _plan(chosen, files, metres, window, apart, false_alarms)
        except PictureError as error:  # said here, to stay, unlike a passing message
            return f'<p class="trouble">{escape(str(error))}</p>'
        few = too_few(chosen.trust, found.survey.false_alarms)
        said = survey_map.description(found.survey) + survey_map.warning(chosen, payloads.window(window))
        said += few and f" {few}"
        return f"<p>{escape(said)}</p>{_scale(chosen, found)}"

    return if_latest(_LATEST, asked, request, plan)


def forget_plan() -> str:
    """There is no photo any more."""
    return ""


# --------------------------------------------------------------------------------------------------------- long runs


@user_errors
def survey_photo(
    order: str, model: str, files: list[Upload], metres: Any, window: Any, apart: Any, false_alarms: Any = FALSE_ALARMS
) -> Iterator[Step]:
    """The survey of a photo, growing: how far it is, the map, and what to save files from."""
    yield from ORDERS.follow(order, scheduled(_survey)(model, files, metres, window, apart, false_alarms))


def _survey(model: str, files: list[Upload], metres: Any, window: Any, apart: Any, false_alarms: Any) -> Iterator[Step]:
    chosen, upload = network(model), _one(files)
    plan = _plan(chosen, files, metres, window, apart, false_alarms)
    yield progress(0, plan.count, "windows", "the photo is being opened"), gr.skip(), gr.skip()
    seconds, survey = 0.0, plan.survey
    for done, value, kept in survey_map.running(chosen, title(model), upload, plan):
        seconds, survey = value["seconds"], kept.survey
        pace = f"{done / max(seconds, 0.1):.0f} windows per second"
        yield progress(done, plan.count, "windows", pace), value, kept
    few = too_few(chosen.trust, plan.survey.false_alarms)
    said = f"{survey_map.description(plan.survey)} Answered in {seconds:.1f} s.{survey_map.unnamed(chosen, survey)}"
    said += few and f" {few}"
    yield f"<p>{escape(said)}</p>{_scale(chosen, plan)}", gr.skip(), gr.skip()


def _plan(
    model: Model, files: list[Upload], metres: Any, window: Any, apart: Any, false_alarms: Any
) -> survey_map.Plan:
    """What will be done, out of what a browser sent."""
    share = payloads.false_alarms(false_alarms)
    return survey_map.plan(model, _one(files), payloads.window(window), str(apart), payloads.metres(metres), share)


@user_errors
def answer_files(order: str, model: str, files: list[Upload], false_alarms: Any = FALSE_ALARMS) -> Iterator[Step]:
    """Answers for many files, growing: how far it is, the table, and what to save it from."""
    yield from ORDERS.follow(order, scheduled(_answers)(model, files, false_alarms))


def _answers(model: str, files: list[Upload], false_alarms: Any) -> Iterator[Step]:
    if not files:
        raise UserError(NO_FILES)
    run, last, results = secrets.token_hex(8), 0.0, None
    for results in batch.answering(network(model), title(model), files, payloads.false_alarms(false_alarms)):
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
    if kept is None:
        raise UserError(NOTHING_KEPT)
    if data.get("kind") not in ("csv", "geojson"):
        raise UserError(NO_CHOICE)
    return survey_map.file(kept, str(data["kind"]), *_chosen(kept, data))


@user_errors
def check_survey(kept: Saved | None, files: list[Upload], event: gr.EventData) -> tuple[dict[str, Any], Check]:
    """Windows of the survey to mark by eye, and what to keep of them."""
    if kept is None:
        raise UserError(NOTHING_KEPT)
    label, threshold = _chosen(kept, payload(event))
    return site_check.begin(kept, files, label, threshold)


def no_check() -> tuple[dict[str, Any], None]:
    """There are no windows to mark."""
    return {}, None


@user_errors
def estimate_site(check: Check | None, event: gr.EventData) -> dict[str, Any]:
    """What the marks come to."""
    if check is None:
        raise UserError(NOTHING_KEPT)
    found = site_check.estimate(check, site_check.marks_of(payload(event).get("marks"), check.plan))
    return site_check.told(found, check.plan.label)


@user_errors
def fit_site(check: Check | None, event: gr.EventData) -> tuple[dict[str, Any], dict[str, Any], Saved]:
    """A last layer fitted to the marks: what became of it, the map, and what to save files from.

    Where it cannot be fitted, or does not help, the map is the one that was checked.
    """
    if check is None:
        raise UserError(NOTHING_KEPT)
    marks, kept = site_check.marks_of(payload(event).get("marks"), check.plan), check.saved
    estimate = site_check.estimate(check, marks)
    try:
        found = site_check.fit(check, marks)
    except UserError as error:  # said where the figures would be, to stay, unlike a passing message
        told = site_check.told(estimate, check.plan.label)
        return told | {"fitted": site_check.unfitted_words(str(error))}, kept.value, kept
    if found.helps:
        kept = survey_map.refitted(kept, found)
    told = site_check.told(estimate, check.plan.label, found.helps)
    return told | {"fitted": site_check.fitted_words(found, check.plan.label)}, kept.value, kept


@user_errors
def undo_fit(check: Check | None, event: gr.EventData) -> tuple[dict[str, Any], dict[str, Any], Saved]:
    """The map as it was when its check began; what the marks came to stays."""
    if check is None:
        raise UserError(NOTHING_KEPT)
    marks = site_check.marks_of(payload(event).get("marks"), check.plan)
    return site_check.told(site_check.estimate(check, marks), check.plan.label), check.saved.value, check.saved


@user_errors
def save_check(check: Check | None, event: gr.EventData) -> dict[str, str]:
    """Marks, estimates or a fit as a file."""
    data = payload(event)
    kind = data.get("kind")
    if check is None:
        raise UserError(NOTHING_KEPT)
    if kind not in ("marks", "results", "fit"):
        raise UserError(NO_CHOICE)
    return site_check.file(check, site_check.marks_of(data.get("marks"), check.plan), str(kind))


def _chosen(kept: Saved, data: dict[str, Any]) -> tuple[str, float]:
    """Class and threshold out of what a browser sent.

    Raises:
        UserError: they are none of the survey's.
    """
    label, threshold = data.get("label"), data.get("threshold")
    known = isinstance(label, str) and label in kept.survey.classes
    if not known or isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise UserError(NO_CHOICE)
    return str(label), float(threshold)


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


def _scale(model: Model, plan: survey_map.Plan) -> str:
    """What the size of the windows rests on, as HTML."""
    words = ground.in_words(model, plan.survey.window, plan.resolution)
    return f'<p class="quiet">{escape(words)}</p>' if words else ""
