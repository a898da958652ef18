"""The Lessons tab, the strip of cards and the Teach tab: their layout and events."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.core.handlers import SILENT_EVENT, tell_when_unanswered
from demo.tabs.learn.components import LessonCards, LessonList
from demo.tabs.learn.handlers import checked, listed, opened
from demo.tabs.learn.teach.components import Teach
from demo.tabs.learn.teach.contents import contents
from demo.tabs.learn.teach.sheet import printed_lesson


def layout() -> LessonList:
    """The contents of the tab."""
    return LessonList(elem_id="lessons", padding=False)


def cards_layout() -> LessonCards:
    """The strip, which stands beside all tabs."""
    return LessonCards(elem_id="lesson", padding=False)


def teach_layout() -> Teach:
    """The contents of the Teach tab."""
    return Teach(elem_id="teach", padding=False)


@dataclass(frozen=True)
class PageParts:
    """What of the page a check is about."""

    model: gr.Radio
    picture: gr.Image


def wire(found: LessonList, cards: LessonCards, teach: Teach, page: PageParts, **limit: Any) -> None:
    """The events.

    Args:
        found: what `layout` returned.
        cards: what `cards_layout` returned.
        teach: what `teach_layout` returned.
        page: the page's network and picture.
        limit: concurrency of events that run a network.
    """
    often: dict[str, Any] = {"trigger_mode": "multiple"} | SILENT_EVENT
    tell_when_unanswered(found.list(listed, None, found, queue=False, **often), "lessons")
    tell_when_unanswered(cards.open(opened, page.model, cards, queue=False, **often), "lesson")
    tell_when_unanswered(cards.check(checked, [page.model, page.picture], cards, **often, **limit), "lesson")
    tell_when_unanswered(teach.list(contents, None, teach, queue=False, **often), "teach")
    making = teach.sheet(printed_lesson, [page.model, page.picture], teach, **often, **limit)
    making.failure(None, js=Teach.UNMADE, trigger_mode="multiple", api_visibility="private")
