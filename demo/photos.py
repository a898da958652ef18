"""The Photos tab, for people in the field: a whole photo as a map of answers, and many files as a table."""

import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import gradio as gr

from demo import many, survey_map
from demo.handlers import in_words
from demo.images import PHOTO
from demo.many import Results, Upload
from demo.networks import network, title
from demo.survey_map import APART, Kept
from demo.widgets import PlainNumber
from demo.widgets.photos import Files, FileTable, SurveyMap
from demo.words import ForUser

ABOUT_SURVEY = (
    "Where in a large photo is it? The photo is covered with square windows, and the network that is chosen beside "
    "answers for each as if it were a picture of its own. That tells something only where a window shows the same kind "
    "of thing, from about as far, as the pictures that the network learned from."
)
ABOUT_MANY = (
    "Answers for a whole folder of pictures. Each is answered as in the Predict tab: the network sees its largest "
    f"centred square. {many.LIMITS}"
)
LIMITS = f"JPEG, PNG or WebP, up to {PHOTO.bytes / 1e6:.0f} MB and {PHOTO.pixels / 1e6:.0f} million pixels"
WAITING = '<p class="quiet">Waiting for its turn: this server works on one such order at a time.</p>'
STOPPED = "<p>Stopped. What was answered until then is below.</p>"
NO_PHOTO = "Choose a photo first."
NO_FILES = "Choose some pictures, or a zip of pictures, first."
NOTHING_KEPT = "There is nothing to save any more: this page has been idle for too long. Please run it again."
KEPT_SECONDS = 2 * 3600  # for which a session's results can be saved
NEWS = 0.7  # seconds between two looks at a growing table
# The region stands from the start, so that a screen reader speaks what comes into it.
SPOKEN = '<div aria-live="polite">${value}</div>'
CALM: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# Long work: one order at a time for all visitors, and not in the way of single answers.
ALONE: dict[str, Any] = {"concurrency_id": "photos", "concurrency_limit": 1}
SAVE = """(file) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.text], { type: file.type }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}"""


@dataclass(frozen=True)
class Part:
    """The components of one half of the tab."""

    files: Files
    choices: tuple[Any, ...]  # inputs besides the network and the files
    start: gr.Button
    stop: gr.Button
    said: gr.HTML
    shown: SurveyMap | FileTable
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
                files = Files(
                    label=f"Photo ({LIMITS})",
                    file_types=[".jpg", ".jpeg", ".png", ".webp"],
                    height=130,
                    scale=3,
                    min_width=280,
                    elem_id="survey-photo",
                )
                with gr.Column(scale=2, min_width=260):
                    window = PlainNumber(
                        None,
                        label="Window, side in pixels of the photo",
                        info="empty: as the network was trained, or a sixteenth of the photo",
                        placeholder="the network’s own",
                        precision=0,
                        elem_id="window",
                    )
                    apart = gr.Radio(list(APART), value=next(iter(APART)), label="Windows stand", elem_id="apart")
            survey = _part("survey", "Survey this photo", files, (window, apart), SurveyMap)
        with gr.Tab("Many files"):
            gr.HTML(f"<p>{ABOUT_MANY}</p>", elem_classes="about", apply_default_css=False, js_on_load=None)
            files = Files(
                label="Pictures, or a zip of them",
                file_count="multiple",
                file_types=[".jpg", ".jpeg", ".png", ".webp", ".zip"],
                height=160,
                elem_id="many-files",
            )
            table = _part("many", "Answer for all of them", files, (), FileTable)
    return Tab(survey, table)


def _part(name: str, order: str, files: Files, choices: tuple[Any, ...], widget: type) -> Part:
    with gr.Row():
        start = gr.Button(order, variant="primary", size="md", elem_id=f"{name}-start")
        stop = gr.Button("Stop", size="md", interactive=False, elem_id=f"{name}-stop")
    said = gr.HTML(html_template=SPOKEN, elem_id=f"{name}-said", apply_default_css=False, js_on_load=None)
    shown = widget(value={}, elem_id=f"{name}-result")
    kept = gr.State(None, time_to_live=KEPT_SECONDS)
    return Part(files, choices, start, stop, said, shown, kept, gr.JSON(visible="hidden"))


def wire(tab: Tab, model: gr.Radio) -> None:
    """The events of the tab; `model` offers the networks."""
    survey = tab.survey
    survey.files.upload(look, [model, survey.files, *survey.choices], survey.said, **CALM)
    survey.files.clear(lambda: "", None, survey.said, queue=False, **CALM)
    for part, run, save in ((survey, survey_photo, save_survey), (tab.many, answer_files, save_table)):
        buttons = [part.start, part.stop]
        waiting = part.start.click(wait, None, [part.said, *buttons], queue=False, **CALM)
        outputs = [part.said, part.shown, part.kept]
        running = waiting.then(run, [model, part.files, *part.choices], outputs, **CALM, **ALONE)
        running.then(ready, None, buttons, queue=False, **CALM)
        running.failure(failed, None, [part.said, *buttons], queue=False, **CALM)
        part.stop.click(stopped, None, [part.said, *buttons], cancels=[running], queue=False, **CALM)
        saving = part.shown.save(save, part.kept, part.saved, queue=False, **CALM)
        saving.success(None, part.saved, None, js=SAVE, api_visibility="private")


# --- handlers: plain values in and out; whatever comes from the browser is checked here or in what is called here ----


@in_words
def look(model: str, files: list[Upload], window: Any, apart: Any) -> str:
    """What will be done with the photo that was just given."""
    plan = survey_map.plan(network(model), _one(files), _window(window), str(apart))
    return f"<p>{survey_map.description(plan)}</p>"


@in_words
def survey_photo(model: str, files: list[Upload], window: Any, apart: Any) -> Iterator[tuple[str, Any, Kept | None]]:
    """The survey of a photo, growing: how far it is, the map, and what to save files from."""
    chosen, upload = network(model), _one(files)
    empty = survey_map.plan(chosen, upload, _window(window), str(apart))
    count = len(empty.lefts) * len(empty.tops)
    yield progress(0, count, "windows", "the photo is being opened"), {}, None
    for done, value, kept in survey_map.running(chosen, title(model), upload, empty):
        pace = f"{done / max(value['seconds'], 0.1):.0f} windows per second"
        yield progress(done, count, "windows", pace), value, kept
    yield f"<p>{survey_map.description(empty)} Answered in {value['seconds']:.1f} s.</p>", gr.skip(), gr.skip()


@in_words
def answer_files(model: str, files: list[Upload]) -> Iterator[tuple[str, Any, Results]]:
    """Answers for many files, growing: how far it is, the table, and what to save it from."""
    if not files:
        raise ForUser(NO_FILES)
    run, last, results = secrets.token_hex(8), 0.0, None
    for results in many.answering(network(model), title(model), files):
        done = len(results.answers) + len(results.troubles)
        if time.monotonic() - last >= NEWS:
            last = time.monotonic()
            yield progress(min(done, results.count), results.count, "files", ""), rows(results, run), results
    yield "", rows(results, run), results


@in_words
def save_survey(kept: Kept | None, event: gr.EventData) -> dict[str, str]:
    """The survey as a file, for the class and threshold that the reader has chosen."""
    data = event._data if isinstance(event._data, dict) else {}
    kind, label, threshold = data.get("kind"), data.get("label"), data.get("threshold")
    if kept is None:
        raise ForUser(NOTHING_KEPT)
    known = kind in ("csv", "geojson") and label in kept.survey.classes
    if not known or isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise ForUser("The page sent a choice that cannot be understood. Please reload it.")
    return survey_map.file(kept, kind, label, float(threshold))


@in_words
def save_table(kept: Results | None) -> dict[str, str]:
    """The answers as a file."""
    if kept is None:
        raise ForUser(NOTHING_KEPT)
    return {"name": "answers.csv", "type": "text/csv", "text": many.table(kept)}


def wait() -> tuple[Any, ...]:
    """An order was given; it may have to wait for others."""
    return WAITING, gr.Button(interactive=False), gr.Button(interactive=True)


def ready() -> tuple[Any, ...]:
    """The next order can be given."""
    return gr.Button(interactive=True), gr.Button(interactive=False)


def failed() -> tuple[Any, ...]:
    """Nothing is said besides the message."""
    return "", *ready()


def stopped() -> tuple[Any, ...]:
    """The order was taken back."""
    return STOPPED, *ready()


# --- what they show ---------------------------------------------------------------------------------------------------


def progress(done: int, count: int, what: str, more: str) -> str:
    """A bar and numbers, as HTML."""
    more = f", {more}" if more else ""
    return (
        f'<div class="training"><progress value="{done / max(1, count):.3f}" aria-label="done"></progress>'
        f'<p class="number">{done:,} of {count:,} {what}{more}.</p></div>'
    )


def rows(results: Results, run: str) -> dict[str, Any]:
    """The value of the table. `run` tells one order from the next."""
    return {
        "run": run,
        "words": summary(results),
        "label": results.label,
        "threshold": results.threshold,
        "answers": [asdict(one) for one in results.answers],
        "troubles": [asdict(one) for one in results.troubles],
    }


def summary(results: Results) -> str:
    """The table in a sentence or two."""
    answered = len(results.answers)
    text = f"{results.network} has answered for {answered:,} file{'' if answered == 1 else 's'}."
    if not answered:
        return "None of the files could be answered." if results.troubles else "Nothing has been answered yet."
    if results.threshold is not None:
        found = sum(bool(one.decision) for one in results.answers)
        return (
            f"{text} {found:,} of them reach its threshold of {results.threshold:.0%} for {results.label}, which was "
            "chosen on other pictures."
        )
    return f"{text} It has no threshold for a decision; the table shows how probable each answer is."


def _one(files: list[Upload]) -> Upload:
    if not files:
        raise ForUser(NO_PHOTO)
    return files[0]


def _window(value: Any) -> int | None:
    """The side of the windows out of what a browser sent; None where the field is empty."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 or not 1 <= value <= 100_000:
        raise ForUser("Please give the side of the windows as a whole number of pixels, or leave it empty.")
    return int(value)
