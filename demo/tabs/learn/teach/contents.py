"""What a teacher chooses from: lessons with their cards, networks, pictures, and what of the page can be hidden."""

from functools import cache
from typing import Any

import gradio as gr

import model_zoo
from demo.classroom import classes
from demo.core.handlers import user_errors
from demo.core.networks import choices, network
from demo.core.payloads import payload
from demo.languages.catalogues import known
from demo.pictures import examples, picture_id
from demo.share.links import PARTS
from demo.tabs.learn.check import Check
from demo.tabs.learn.lesson import Card, Lesson, lessons


@user_errors
def contents(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
    """All of it, as JSON; lessons in the page's language, networks those that the visitor may use."""
    titles = list(examples.examples())
    return {
        "kind": "contents",
        "lessons": [_lesson(each) for each in lessons(known(payload(event).get("language"))).values()],
        "networks": choices(request.session_hash),
        "pictures": [[title, picture_id.example_name(i)] for i, title in enumerate(titles)],
        "parts": [[part.words, name] for name, part in PARTS.items()],
        "hours": classes.hours(),
    }


def _lesson(lesson: Lesson) -> dict[str, Any]:
    return {"name": lesson.name, "title": lesson.title, "cards": [_card(card) for card in lesson.cards]}


def _card(card: Card) -> dict[str, Any]:
    model = card.view.get("model", model_zoo.names()[0])
    options = _options(card.check, model) if card.check.form == "choice" else ()
    return {"title": card.title, "view": card.view, "options": list(options), "mark": card.check.mark}


@cache
def _options(check: Check, model: str) -> tuple[str, ...]:
    return tuple(check.options(network(model)))
