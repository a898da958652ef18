"""The Photos tab, for people in the field: a whole photo as a map of answers, and many files as a table."""

import functools
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from demo.core.components import PlainNumber
from demo.core.handlers import ASKED, SILENT_EVENT, SPOKEN, if_latest, user_errors
from demo.core.networks import network, title
from demo.core.request_sequencer import RequestSequencer
from demo.errors import UserError
from demo.pictures.decode import PHOTO
from demo.server.scheduler import alone, scheduled
from demo.tabs.aerial import batch as many
from demo.tabs.aerial import survey_map
from demo.tabs.aerial.batch import Results, Upload
from demo.tabs.aerial.components import Files, FileTable, Order, SurveyMap
from demo.tabs.aerial.survey_map import APART, Saved
from model_zoo.common.picture_file import accepted

DELETED = "What is given here goes to the server that runs this page and is deleted there within four hours."
ABOUT_SURVEY = (
    "Where in a large photo is it? The photo is covered with square windows, and the network that is chosen beside "
    "answers for each as if it were a picture of its own. That tells something only where a window shows the same kind "
    f"of thing, from about as far, as the pictures that the network learned from. {DELETED}"
)
ABOUT_MANY = (
    "Answers for a whole folder of pictures. Each is answered as in the Predict tab: the network sees its largest "
    f"centred square. {many.LIMITS} {DELETED}"
)
LIMITS = f"{accepted()}, up to {PHOTO.bytes / 1e6:.0f} MB and {PHOTO.pixels / 1e6:.0f} million pixels"
WAITING = '<p class="quiet">Waiting for its turn: this server works on one such order at a time.</p>'
STOPPED = "<p>Stopped. What was answered until then is below.</p>"
NO_PHOTO = "Choose a photo first."
NO_FILES = "Choose some pictures, or a zip of pictures, first."
NOTHING_KEPT = "There is nothing to save any more: this page has been idle for too long. Please run it again."
KEPT_SECONDS = 2 * 3600  # for which a session's results can be saved
NEWS = 0.7  # seconds between two looks at a growing table
SAVE = """(file) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.text], { type: file.type }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}"""


Step = tuple[str, Any, Any]
"""What a long run gives again and again: how far it is, the widget's value, and what to keep to save files from."""
_LATEST = RequestSequencer()  # when each reader last chose what to survey
_taken_back: deque[str] = deque(maxlen=1000)  # orders
_past: deque[str] = deque(maxlen=1000)  # orders that have ended, or that another has followed in the page


@dataclass(frozen=True)
class Part:
    """The components of one half of the tab."""

    files: Files
    choices: tuple[Any, ...]  # inputs besides the network and the files
    start: gr.Button
    stop: gr.Button
    said: gr.HTML
    shown: SurveyMap | FileTable
    order: Order  # which run the page shows; see `to_json`
    kept: gr.State
    saved: gr.JSON


@dataclass(frozen=True)
class Tab:
    survey: Part
    many: Part


def layout() -> Tab:
    """The contents of the tab."""
    with gr.Tabs(elem_id="photo-kinds"):
        with gr.Tab("Survey map of a whole photo"):
            gr.HTML(f"<p>{ABOUT_SURVEY}</p>", elem_classes="about", apply_default_css=False, js_on_load=None)
            with gr.Row():
                with gr.Column(scale=3, min_width=280):
                    files = Files(
                        label=f"Photo ({LIMITS})",
                        height=130,
                        elem_id="survey-photo",
                    )
                    buttons = _buttons("survey", "Survey this photo")
                with gr.Column(scale=2, min_width=260):
                    window = PlainNumber(
                        0,
                        label="Window, side in pixels of the photo",
                        info="0: as the network was trained, where its card says so; or a sixteenth of the photo",
                        precision=0,
                        elem_id="window",
                    )
                    apart = gr.Radio(list(APART), value=next(iter(APART)), label="Windows stand", elem_id="apart")
            survey = _part("survey", files, (window, apart), buttons, SurveyMap)
        with gr.Tab("Many files"):
            gr.HTML(f"<p>{ABOUT_MANY}</p>", elem_classes="about", apply_default_css=False, js_on_load=None)
            files = Files(
                label="Pictures, or a zip of them",
                file_count="multiple",
                height=160,
                elem_id="many-files",
            )
            table = _part("many", files, (), _buttons("many", "Answer for all of them"), FileTable)
    return Tab(survey, table)


def _buttons(name: str, order: str) -> tuple[gr.Button, gr.Button]:
    with gr.Row():
        start = gr.Button(order, variant="primary", size="md", min_width=150, elem_id=f"{name}-start")
        stop = gr.Button("Stop", size="md", min_width=90, interactive=False, elem_id=f"{name}-stop")
    return start, stop


def _part(
    name: str, files: Files, choices: tuple[Any, ...], buttons: tuple[gr.Button, gr.Button], widget: type
) -> Part:
    said = gr.HTML(html_template=SPOKEN, elem_id=f"{name}-said", apply_default_css=False, js_on_load=None)
    shown = widget(value={}, elem_id=f"{name}-result")
    kept = gr.State(None, time_to_live=KEPT_SECONDS)
    return Part(files, choices, *buttons, said, shown, Order(), kept, gr.JSON(visible="hidden"))


def wire(tab: Tab, model: gr.Radio) -> None:
    """The events of the tab; `model` offers the networks."""
    survey = tab.survey
    looked_at = [model.input, survey.files.upload, *(each for choice in survey.choices for each in _changes(choice))]
    inputs = [model, survey.files, *survey.choices]
    asking = {"inputs": [*inputs, gr.Number(visible=False)], "js": ASKED, "trigger_mode": "multiple"} | SILENT_EVENT
    gr.on(looked_at, look_at_photo, outputs=survey.said, **asking)
    survey.files.clear(forget_plan, None, survey.said, queue=False, **SILENT_EVENT)
    for part, run, save in ((survey, survey_photo, save_survey), (tab.many, answer_files, save_table)):
        buttons = [part.start, part.stop]
        waiting = part.start.click(wait, part.order, [part.order, part.said, *buttons], queue=False, **SILENT_EVENT)
        inputs, outputs = [part.order, model, part.files, *part.choices], [part.said, part.shown, part.kept]
        told = SILENT_EVENT | {"show_progress": "minimal", "show_progress_on": part.said}  # the place of those who wait
        running = waiting.then(run, inputs, outputs, trigger_mode="multiple", **told, **alone("photos"))
        # Each end counts: one that came while another is looked at would else be dropped.
        ended = {"queue": False, "trigger_mode": "multiple"} | SILENT_EVENT
        running.then(ready, part.order, buttons, **ended)
        running.failure(give_up, part.order, buttons, **ended)
        # Not `cancels`: with Gradio 6.31 the cancelled event then counts as failed, which the page would show.
        part.stop.click(stop, part.order, [part.said, *buttons], queue=False, **SILENT_EVENT)
        saving = part.shown.save(save, part.kept, part.saved, queue=False, **SILENT_EVENT)
        saving.success(None, part.saved, None, js=SAVE, api_visibility="private")


# --- handlers: plain values in and out; whatever comes from the browser is checked here or in what is called here ----


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
        found = survey_map.plan(chosen, _one(files), side, str(apart))
        return f"<p>{survey_map.description(found)}{escape(survey_map.warning(chosen, side))}</p>"

    return if_latest(_LATEST, asked, request, plan)


def told(run: Callable[..., Iterator[Step]]) -> Callable[..., Iterator[Step]]:
    """A long run that ends when its order, the first argument, is taken back.

    Expected errors are said where its progress was, to stay there, unlike a passing message.
    """

    @functools.wraps(run)
    def wrapped(order: str, *args: Any) -> Iterator[Step]:
        try:
            if order not in _taken_back:
                for step in run(order, *args):
                    if order in _taken_back:
                        break
                    yield step
        except UserError as error:
            if order not in _taken_back:
                yield f'<p class="trouble">{escape(str(error))}</p>', gr.skip(), gr.skip()
        finally:
            is_followed = order in _past
            _past.append(order)
        if order in _taken_back and not is_followed:  # a step may have come after the page said so
            yield STOPPED, gr.skip(), gr.skip()

    return wrapped


@user_errors
@told
@scheduled
def survey_photo(order: str, model: str, files: list[Upload], window: Any, apart: Any) -> Iterator[Step]:
    """The survey of a photo, growing: how far it is, the map, and what to save files from."""
    chosen, upload = network(model), _one(files)
    empty = survey_map.plan(chosen, upload, _window(window), str(apart))
    count = len(empty.lefts) * len(empty.tops)
    yield progress(0, count, "windows", "the photo is being opened"), gr.skip(), gr.skip()
    for done, value, kept in survey_map.running(chosen, title(model), upload, empty):
        pace = f"{done / max(value['seconds'], 0.1):.0f} windows per second"
        yield progress(done, count, "windows", pace), value, kept
    yield f"<p>{survey_map.description(empty)} Answered in {value['seconds']:.1f} s.</p>", gr.skip(), gr.skip()


@user_errors
@told
@scheduled
def answer_files(order: str, model: str, files: list[Upload]) -> Iterator[Step]:
    """Answers for many files, growing: how far it is, the table, and what to save it from."""
    if not files:
        raise UserError(NO_FILES)
    run, last, results = secrets.token_hex(8), 0.0, None
    for results in many.answering(network(model), title(model), files):
        done = len(results.answers) + len(results.troubles)
        if time.monotonic() - last >= NEWS:
            last = time.monotonic()
            yield progress(min(done, results.count), results.count, "files", ""), many.value(results, run), results
    yield "", many.value(results, run), results


@user_errors
def save_survey(kept: Saved | None, event: gr.EventData) -> dict[str, str]:
    """The survey as a file, for the class and threshold that the reader has chosen."""
    data = event._data if isinstance(event._data, dict) else {}
    kind, label, threshold = data.get("kind"), data.get("label"), data.get("threshold")
    if kept is None:
        raise UserError(NOTHING_KEPT)
    known = kind in ("csv", "geojson") and label in kept.survey.classes
    if not known or isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise UserError("The page sent a choice that cannot be understood. Please reload it.")
    return survey_map.file(kept, kind, label, float(threshold))


@user_errors
def save_table(kept: Results | None) -> dict[str, str]:
    """The answers as a file."""
    if kept is None:
        raise UserError(NOTHING_KEPT)
    return {"name": "answers.csv", "type": "text/csv", "text": many.table(kept)}


def forget_plan() -> str:
    """There is no photo any more."""
    return ""


def wait(former: str = "") -> tuple[Any, ...]:
    """An order was given, under a name of its own; it may have to wait for others.

    Args:
        former: the order that the page showed until then.
    """
    _past.append(former)
    return secrets.token_hex(8), WAITING, *_buttons_while(True)


def ready(order: str) -> tuple[Any, ...]:
    """A run is over; the next order can be given if it was that of the order that the page shows by now.

    After one that was taken back the buttons are right already, and may soon be those of the next.
    """
    if order in _taken_back or order not in _past:
        return gr.skip(), gr.skip()
    return _buttons_while(False)


def give_up(order: str) -> tuple[Any, ...]:
    """A run failed, perhaps before it began: the next order can be given, and nothing is left to run unseen."""
    _taken_back.append(order)
    return _buttons_while(False)


def stop(order: str) -> tuple[Any, ...]:
    """The order is taken back, whether it waits or runs."""
    _taken_back.append(order)
    return STOPPED, *_buttons_while(False)


# --- what they show ---------------------------------------------------------------------------------------------------


def progress(done: int, count: int, what: str, more: str) -> str:
    """A bar and numbers, as HTML."""
    more = f", {more}" if more else ""
    return (
        f'<div class="training"><progress value="{done / max(1, count):.3f}" aria-label="done"></progress>'
        f'<p class="number">{done:,} of {count:,} {what}{more}.</p></div>'
    )


def _buttons_while(busy: bool) -> tuple[gr.Button, gr.Button]:
    return gr.Button(interactive=not busy), gr.Button(interactive=busy)


def _changes(choice: Any) -> list[Any]:
    """The events by which a choice is made; a number is made up when it is left, not with every digit."""
    return [choice.submit, choice.blur] if isinstance(choice, PlainNumber) else [choice.input]


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
