"""The Survey tab, for people in the field: a whole photo as a map of answers, and many files as a table.

Its layout and events; what they do stands in `demo.tabs.aerial.handlers`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.core.components import PlainNumber
from demo.core.handlers import ASKED, SILENT_EVENT, SPOKEN
from demo.pictures.decode import PHOTO
from demo.server.modules import calling
from demo.server.scheduler import alone
from demo.tabs.aerial import batch, handlers
from demo.tabs.aerial.components import Files, FileTable, Order, SurveyMap
from demo.tabs.aerial.survey_map import APART
from model_zoo.common.picture_file import accepted

DELETED = "What is given here goes to the server that runs this page and is deleted there within four hours."
ABOUT_SURVEY = (
    "Where in a large photo is it? The photo is covered with square windows, and the network that is chosen above "
    "answers for each as if it were a picture of its own. That tells something only where a window shows the same kind "
    f"of thing, from about as far, as the pictures that the network learned from. {DELETED}"
)
ABOUT_MANY = (
    "Answers for a whole folder of pictures. Each is answered as in the Answer tab: the network sees its largest "
    f"centred square. {batch.LIMITS} {DELETED}"
)
LIMITS = f"{accepted()}, up to {PHOTO.bytes / 1e6:.0f} MB and {PHOTO.pixels / 1e6:.0f} million pixels"
KEPT_SECONDS = 2 * 3600  # for which a session's results can be saved
SAVE = calling("static/lib/save.js", "saveText")


@dataclass(frozen=True)
class Part:
    """The components of one half of the tab."""

    files: Files
    choices: tuple[Any, ...]  # inputs besides the network and the files
    start: gr.Button
    stop: gr.Button
    said: gr.HTML
    shown: SurveyMap | FileTable
    order: Order  # which run the page shows; see `orders`
    kept: gr.State
    saved: gr.JSON


@dataclass(frozen=True)
class Tab:
    survey: Part
    many: Part


def layout() -> Tab:
    """The contents of the tab."""
    with gr.Tabs(elem_id="photo-kinds", overflow_behavior="wrap"):
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
    return Part(files, choices, *buttons, said, shown, Order("", visible="hidden"), kept, gr.JSON(visible="hidden"))


def wire(tab: Tab, model: gr.Radio) -> None:
    """The events of the tab; `model` offers the networks."""
    survey = tab.survey
    looked_at = [model.input, survey.files.upload, *(each for choice in survey.choices for each in _changes(choice))]
    inputs = [model, survey.files, *survey.choices]
    asking = {"inputs": [*inputs, gr.Number(visible=False)], "js": ASKED, "trigger_mode": "multiple"} | SILENT_EVENT
    gr.on(looked_at, handlers.look_at_photo, outputs=survey.said, **asking)
    survey.files.clear(handlers.forget_plan, None, survey.said, queue=False, **SILENT_EVENT)
    _wire_run(survey, model, handlers.survey_photo, handlers.save_survey)
    _wire_run(tab.many, model, handlers.answer_files, handlers.save_table)


def _wire_run(part: Part, model: gr.Radio, run: Callable[..., Any], save: Callable[..., Any]) -> None:
    """Start, progress, end, Stop and saving of one half of the tab."""
    buttons = [part.start, part.stop]
    waiting = part.start.click(
        handlers.wait, part.order, [part.order, part.said, *buttons], queue=False, **SILENT_EVENT
    )
    running = waiting.then(
        run,
        [part.order, model, part.files, *part.choices],
        [part.said, part.shown, part.kept],
        trigger_mode="multiple",
        api_visibility="private",
        show_progress="minimal",  # the place of those who wait
        show_progress_on=part.said,
        **alone("photos"),
    )
    # Each end counts: one that came while another is looked at would else be dropped.
    ended = {"queue": False, "trigger_mode": "multiple"} | SILENT_EVENT
    running.then(handlers.ready, part.order, buttons, **ended)
    running.failure(handlers.give_up, part.order, buttons, **ended)
    # Not `cancels`: with Gradio 6.31 the cancelled event then counts as failed, which the page would show.
    part.stop.click(handlers.stop, part.order, [part.said, *buttons], queue=False, **SILENT_EVENT)
    saving = part.shown.save(save, part.kept, part.saved, queue=False, **SILENT_EVENT)
    saving.success(None, part.saved, None, js=SAVE, api_visibility="private")


def _changes(choice: Any) -> list[Any]:
    """The events by which a choice is made; a number is made up when it is left, not with every digit."""
    return [choice.submit, choice.blur] if isinstance(choice, PlainNumber) else [choice.input]
