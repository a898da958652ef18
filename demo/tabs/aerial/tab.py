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
from demo.tabs.aerial.components import Files, FileTable, Order, SiteCheck, SurveyMap
from demo.tabs.aerial.survey_map import APART
from model_zoo.common.picture_file import accepted
from model_zoo.trust.judgement import FALSE_ALARMS

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
TELL = calling("tabs/aerial/site_check.js", "tell")


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
class CheckPart:
    """The components of a check by eye of the survey."""

    shown: SiteCheck
    kept: gr.State
    outcome: gr.JSON
    saved: gr.JSON


@dataclass(frozen=True)
class Tab:
    survey: Part
    many: Part
    check: CheckPart


def layout() -> Tab:
    """The contents of the tab."""
    with gr.Tabs(elem_id="photo-kinds", overflow_behavior="wrap"):
        with gr.Tab("Survey map of a whole photo"):
            gr.HTML(f"<p>{ABOUT_SURVEY}</p>", elem_classes="about", apply_default_css=False, js_on_load=None)
            with gr.Row():
                with gr.Column(scale=3, min_width=280):
                    files = Files(
                        label=f"Photo ({LIMITS})",
                        height=156,
                        elem_id="survey-photo",
                    )
                    buttons = _buttons("survey", "Survey this photo")
                with gr.Column(scale=2, min_width=260):
                    metres = PlainNumber(
                        0,
                        label="Ground that the photo shows from left to right, metres",
                        info="0: what the camera wrote into the file, where it did",
                        elem_id="metres",
                    )
                    window = PlainNumber(
                        0,
                        label="Window, side in pixels of the photo",
                        info="0: as much ground as the network was trained on",
                        precision=0,
                        elem_id="window",
                    )
                    apart = gr.Radio(list(APART), value=next(iter(APART)), label="Windows stand", elem_id="apart")
                    alarms = _false_alarms("windows", "survey-false-alarms")
            survey = _part("survey", files, (metres, window, apart, alarms), buttons, SurveyMap)
            kept = gr.State(None, time_to_live=KEPT_SECONDS)
            hidden = (gr.JSON(visible="hidden"), gr.JSON(visible="hidden"))
            check = CheckPart(SiteCheck(elem_id="site-check"), kept, *hidden)
        with gr.Tab("Many files"):
            gr.HTML(f"<p>{ABOUT_MANY}</p>", elem_classes="about", apply_default_css=False, js_on_load=None)
            files = Files(
                label="Pictures, or a zip of them",
                file_count="multiple",
                height=160,
                elem_id="many-files",
            )
            alarms = _false_alarms("pictures", "many-false-alarms")
            table = _part("many", files, (alarms,), _buttons("many", "Answer for all of them"), FileTable)
    return Tab(survey, table, check)


def _false_alarms(of: str, name: str) -> PlainNumber:
    return PlainNumber(
        FALSE_ALARMS,
        label="False alarms",
        info=f"the share of known {of} that may be called unfamiliar, between 0 and 1",
        elem_id=name,
    )


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
    gr.on(looked_at, **looking(survey, model))
    survey.files.clear(handlers.forget_plan, None, survey.said, queue=False, **SILENT_EVENT)
    _wire_run(survey, model, handlers.survey_photo, handlers.save_survey)
    _wire_run(tab.many, model, handlers.answer_files, handlers.save_table)
    _wire_check(survey, tab.check)


def looking(survey: Part, model: gr.Radio) -> dict[str, Any]:
    """Settings of an event after which the page says what will be done with the photo."""
    inputs = [model, survey.files, *survey.choices, gr.Number(visible=False)]
    event = {"fn": handlers.look_at_photo, "inputs": inputs, "outputs": survey.said, "js": ASKED}
    return event | {"trigger_mode": "multiple"} | SILENT_EVENT


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


def _wire_check(survey: Part, check: CheckPart) -> None:
    """Windows are drawn for the map that is shown, marked in the browser, and the marks made estimates."""
    survey.shown.check(
        handlers.check_survey,
        [survey.kept, survey.files],
        [check.shown, check.kept],
        api_visibility="private",
        show_progress="minimal",
        **alone("photos"),
    )
    # Of a map that is made anew the windows of the one before tell nothing.
    survey.start.click(handlers.no_check, None, [check.shown, check.kept], queue=False, **SILENT_EVENT)
    for event, handler in ((check.shown.fit, handlers.fit_site), (check.shown.undo, handlers.undo_fit)):
        fitted = [check.outcome, survey.shown, survey.kept]
        done = event(handler, check.kept, fitted, queue=False, **SILENT_EVENT)
        done.success(None, check.outcome, None, js=TELL, api_visibility="private")
    for event, handler, found, script in (
        (check.shown.estimate, handlers.estimate_site, check.outcome, TELL),
        (check.shown.save, handlers.save_check, check.saved, SAVE),
    ):
        done = event(handler, check.kept, found, queue=False, **SILENT_EVENT)
        done.success(None, found, None, js=script, api_visibility="private")


def _changes(choice: Any) -> list[Any]:
    """The events by which a choice is made; a number is made up when it is left, not with every digit."""
    return [choice.submit, choice.blur] if isinstance(choice, PlainNumber) else [choice.input]
