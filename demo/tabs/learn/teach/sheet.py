"""A whole lesson as a sheet to print, with its key: each card's question, and what is right for the page's picture."""

import re
from contextlib import suppress
from typing import Any

import gradio as gr
from PIL import Image

import model_zoo
from demo.core.handlers import user_errors
from demo.core.inference import Inference, infer
from demo.core.networks import given, network
from demo.core.payloads import payload, text
from demo.core.view import View
from demo.errors import UserError
from demo.pictures import picture_id
from demo.share.worksheet.exercise import tasks
from demo.share.worksheet.exercise_model import Task
from demo.share.worksheet.lesson_sheet import Exercise, lesson_sheet
from demo.tabs.learn.check import Here
from demo.tabs.learn.lesson import Card, lessons
from demo.tabs.learn.picture_checks import ValueAt
from model_zoo.explain.sums import back, explain

NO_LESSON = "There is no such lesson. Please choose one from the list."
NO_KEY = "With this picture or network there is no key: {}"
NOT_SETS = re.compile(r"</?dfn[^>]*>")  # marks of the glossary, which paper does not open


@user_errors
def printed_lesson(model: str, picture: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """A lesson on paper: `name` of the file and `html`, a whole document.

    Raises:
        UserError: there is no such lesson, or no picture.
    """
    data = payload(event)
    lesson = lessons().get(text(data, "lesson"))
    if lesson is None:
        raise UserError(NO_LESSON)
    image = given(picture)
    exercises = [exercise(card, card.view.get("model", model), image) for card in lesson.cards]
    first = infer(View(model=lesson.cards[0].view.get("model", model)), image)
    called = picture_id.in_words(text(data, "picture"))
    html = lesson_sheet(lesson.title, lesson.idea, first, exercises, called)
    return {"kind": "sheet", "name": f"lesson-{lesson.name}.html", "html": html}


def exercise(card: Card, name: str, picture: Image.Image) -> Exercise:
    """A card on paper, for a network and a picture; a value of a step with its calculation."""
    model = network(name if name in model_zoo.names() else model_zoo.names()[0])
    here, check = Here(model, picture), card.check
    try:
        key = check.key(here)
    except UserError as error:
        key = NO_KEY.format(error)
    calculation: list[Task] = []
    if isinstance(check, ValueAt):
        with suppress(UserError, ValueError):
            calculation = _calculation(here.made, check)
    return Exercise(
        title=card.title,
        html=NOT_SETS.sub("", card.html),
        network=model.title,
        fields=tuple(check.fields(model)) if check.form == "numbers" else (),
        options=tuple(check.options(model)) if check.form == "choice" else (),
        key=key,
        tasks=tuple(calculation),
    )


def _calculation(made: Inference, check: ValueAt) -> list[Task]:
    place = (check.step, check.channel, check.row, check.column)
    return tasks(back(made.steps, made.x, explain(made.steps, made.x, *place)), made.model.classes)[0]
