"""What the server knows of lessons: which there are, their cards, and whether what somebody did on one is right."""

from dataclasses import replace
from typing import Any

import gradio as gr
from PIL import Image

from demo.classroom import classes
from demo.core.handlers import user_errors
from demo.core.networks import network
from demo.core.payloads import is_whole, payload, text, ticket
from demo.core.view import View
from demo.errors import UserError
from demo.languages.catalogues import SOURCE, known
from demo.tabs.learn.check import Done, Here
from demo.tabs.learn.lesson import Card, Lesson, lessons
from demo.tabs.learn.numbers import readings

NO_LESSON = "There is no such lesson, or no such card in it. Please choose one from the list."
MOST_NUMBERS = 8


def listed(event: gr.EventData) -> dict[str, Any]:
    """Name, title, minutes, idea, number of cards and their titles, of each lesson, in the language of the page."""
    return {
        "lessons": [
            {
                "name": lesson.name,
                "title": lesson.title,
                "minutes": lesson.minutes,
                "idea": lesson.idea,
                "cards": len(lesson.cards),
                "titles": [card.title for card in lesson.cards],
            }
            for lesson in lessons(known(payload(event).get("language"))).values()
        ]
    }


@user_errors
def opened(model: str, event: gr.EventData) -> dict[str, Any]:
    """A lesson with all its cards, asked as the chosen network needs it.

    Raises:
        UserError: there is no such lesson.
    """
    data = payload(event)
    lesson = _lesson(data, known(data.get("language")))
    return {
        "kind": "lesson",
        "ticket": ticket(data),
        "name": lesson.name,
        "title": lesson.title,
        "model": model,
        "cards": [_told(card, model) for card in lesson.cards],
    }


def _told(card: Card, model: str) -> dict[str, Any]:
    shown = network(card.view.get("model", model))
    return {
        "title": card.title,
        "html": card.html,
        "view": card.view,
        "light": card.light,
        "hide": card.hide,
        "hints": list(card.hints),
        "network": shown.title,
        **card.check.asked(shown),
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
        here = Here.of(model, picture, done.view.edits)
        verdicts = [cards[number].check.judge(here, replace(done, numbers=each)) for each in _numbers(data)]
        which, verdict = next(((i, each) for i, each in enumerate(verdicts) if each.right), (0, verdicts[0]))
    except UserError as error:
        return answer | {"refused": True, "right": False, "words": str(error)}
    if data.get("class"):
        check, place = cards[number].check, f"{text(data, 'lesson')}.{number + 1}"
        guess = check.guess(replace(done, numbers=_numbers(data)[which]), verdict.right)
        wanted = guess if verdict.right else check.wanted(here)
        classes.report(data["class"], place, guess, verdict.right, wanted)
    return answer | {"refused": False, "right": verdict.right, "words": verdict.words}


def _lesson(data: dict[str, Any], language: str = SOURCE) -> Lesson:
    found = lessons(language).get(text(data, "lesson"))
    if found is None:
        raise UserError(NO_LESSON)
    return found


def _numbers(data: dict[str, Any]) -> list[tuple[float, ...]]:
    """What was typed into the fields, in each way that it can be read; one way without any number where it cannot."""
    given = data.get("numbers")
    texts = given if isinstance(given, list) and len(given) <= MOST_NUMBERS else []
    return (readings(texts) if all(isinstance(each, str) for each in texts) else []) or [()]


def _done(data: dict[str, Any]) -> Done:
    bench = data.get("bench")
    return Done(
        choice=text(data, "choice"),
        view=View.parse(text(data, "query")),
        bench=bench if isinstance(bench, dict) else {},
    )
