"""The components of lessons."""

from typing import Any

from demo.core.components import JsonHTML
from demo.server.modules import mounting


class LessonList(JsonHTML):
    """The list of lessons. Its module fetches all of it when the tab is open.

    Its event `list` is answered with the value; see `demo.tabs.learn.handlers.listed`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            {},
            html_template='<div class="lesson-list"></div>',
            js_on_load=mounting("tabs/learn/lesson_list.js", "list"),
            apply_default_css=False,
            **kwargs,
        )


class LessonCards(JsonHTML):
    """The strip with the cards of the lesson that the address names, beside all tabs; nothing without one.

    Its events: `open`, for the cards of a lesson, and `check`, with what somebody did on a card; the value is the last
    answer, see `demo.tabs.learn.handlers`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            {},
            html_template='<section class="lesson-cards" aria-label="Lesson" hidden></section>',
            js_on_load=mounting("tabs/learn/lesson_cards.js", "open", "check"),
            apply_default_css=False,
            **kwargs,
        )
