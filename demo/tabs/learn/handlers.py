"""What the server knows of lessons: which there are, their cards, and whether what somebody did on one is right."""

import math
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import user_errors
from demo.core.networks import network
from demo.core.payloads import is_whole, payload, text, ticket
from demo.core.view import View
from demo.errors import UserError
from demo.tabs.learn.check import Done, Here
from demo.tabs.learn.lesson import Card, Lesson, lessons

NO_LESSON = "There is no such lesson, or no such card in it. Please choose one from the list."
MOST_NUMBERS = 8


def listed() -> dict[str, Any]:
    """Name, title, minutes, idea and number of cards of each lesson."""
    return {
        "lessons": [
            {
                "name": lesson.name,
                "title": lesson.title,
                "minutes": lesson.minutes,
                "idea": lesson.idea,
                "cards": len(lesson.cards),
            }
            for lesson in lessons().values()
        ]
    }


@user_errors
def opened(model: str, event: gr.EventData) -> dict[str, Any]:
    """A lesson with all its cards, asked as the chosen network needs it.

    Raises:
        UserError: there is no such lesson.
    """
    data = payload(event)
    lesson = _lesson(data)
    return {
        "kind": "lesson",
        "ticket": ticket(data),
        "name": lesson.name,
        "title": lesson.title,
        "model": model,
        "cards": [_told(card, model) for card in lesson.cards],
    }


def _told(card: Card, model: str) -> dict[str, Any]:
    return {
        "title": card.title,
        "html": card.html,
        "view": card.view,
        "light": card.light,
        "hide": card.hide,
        "hints": list(card.hints),
        **card.check.asked(network(card.view.get("model", model))),
    }


@user_errors
def checked(model: str, picture: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """Whether what somebody did on a card is right, and in words what is the case.

    `refused` instead of `right` says that it cannot be judged yet, and `words` why.

    Raises:
        UserError: there is no such card.
    """
    data = payload(event)
    number = data.get("card")
    cards = _lesson(data).cards
    if not is_whole(number) or number >= len(cards):
        raise UserError(NO_LESSON)
    answer = {"kind": "verdict", "ticket": ticket(data), "card": number}
    done = _done(data)
    try:
        verdict = cards[number].check.judge(Here.of(model, picture, done.view.edits), done)
    except UserError as error:
        return answer | {"refused": True, "right": False, "words": str(error)}
    return answer | {"refused": False, "right": verdict.right, "words": verdict.words}


def _lesson(data: dict[str, Any]) -> Lesson:
    found = lessons().get(text(data, "lesson"))
    if found is None:
        raise UserError(NO_LESSON)
    return found


def _done(data: dict[str, Any]) -> Done:
    given = data.get("numbers")
    numbers = given if isinstance(given, list) and len(given) <= MOST_NUMBERS else []
    usable = all(type(each) in (int, float) and math.isfinite(each) for each in numbers)
    bench = data.get("bench")
    return Done(
        choice=text(data, "choice"),
        numbers=tuple(float(each) for each in numbers) if usable else (),
        view=View.parse(text(data, "query")),
        bench=bench if isinstance(bench, dict) else {},
    )
