"""Lessons, as the files below `lessons/` write them: one file for each lesson and language.

---
number: 1                  # its place in the list
title: A picture is numbers
minutes: 6
idea: One sentence for the list.
network: cifar10-cnn       # that its cards open, unless they say another
---
## The heading of a card

```yaml
view: {tab: explore, step: conv1}          # what the page shows: keys of its address, `network` for the model
light: map                                 # a name of `targets.TARGETS`
hide: answer                               # out of sight until the card is answered; a name of a link's parts
check: {name: value, step: conv1, row: 3}  # a name of `checks.CHECKS` with its arguments
hints: [A first hint., A second one.]
```

The card's text, as Markdown; [words](term:stride) are explained by the glossary.
"""

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

from demo.core.view import View
from demo.glossary.terms import terms
from demo.render.html import term
from demo.share.links import PARTS
from demo.tabs.learn.check import Check
from demo.tabs.learn.checks import CHECKS
from demo.tabs.learn.targets import TARGETS

FOLDER = Path(__file__).parent / "lessons"
SOURCE = "en"
HEAD = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.S)
CARD = re.compile(r"^## ([^\n]+)\n+```yaml\n(.*?)\n```\n(.*?)(?=^## |\Z)", re.S | re.M)
# Of the address, what a card may set; `network` stands for `model`.
VIEW_KEYS = {
    "tab",
    "step",
    "channel",
    "row",
    "column",
    "network",
    "picture",
    "edits",
    "epoch",
    "view",
    "bench",
    "panel",
}
HEAD_KEYS = {"number", "title", "minutes", "idea", "network"}
CARD_KEYS = {"view", "light", "hide", "check", "hints"}
TERM = re.compile(r'<a href="term:([^"]*)">(.*?)</a>')
_markdown = MarkdownIt("commonmark", {"html": False})


class LessonError(ValueError):
    """A lesson's file is not as it should be; the message names the place."""


@dataclass(frozen=True)
class Card:
    """One card of a lesson."""

    title: str
    html: str
    view: dict[str, str]  # keys and values of the page's address
    light: str  # a CSS selector, or ""
    hide: str  # likewise
    check: Check
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Lesson:
    """A lesson in one language."""

    name: str
    number: int
    title: str
    minutes: int
    idea: str
    cards: tuple[Card, ...]


@cache
def lessons(language: str = SOURCE) -> dict[str, Lesson]:
    """All lessons of a language by name, in their order.

    Raises:
        LessonError: a file cannot be read.
    """
    found = [read(path.stem, path.read_text(encoding="utf-8")) for path in sorted((FOLDER / language).glob("*.md"))]
    return {lesson.name: lesson for lesson in sorted(found, key=lambda each: each.number)}


def read(name: str, text: str) -> Lesson:
    """A lesson out of the text of its file.

    Raises:
        LessonError: it is not as it should be.
    """
    whole = HEAD.match(text)
    if not whole:
        raise LessonError(f"{name}: it does not begin with a head between two lines of ---.")
    head = _known(yaml.safe_load(whole[1]), HEAD_KEYS, name)
    if missing := HEAD_KEYS - {"network"} - set(head):
        raise LessonError(f"{name}: its head lacks {', '.join(sorted(missing))}.")
    found = CARD.findall(whole[2])
    if len(found) != len(re.findall(r"^## ", whole[2], re.M)):
        raise LessonError(f"{name}: a card's heading must be followed by a block of yaml.")
    cards = tuple(_card(f"{name}, {title}", title, yaml.safe_load(data), body, head) for title, data, body in found)
    return Lesson(name, head["number"], head["title"], head["minutes"], head["idea"], cards)


def _card(place: str, title: str, data: Any, body: str, head: dict[str, Any]) -> Card:
    data = _known(data, CARD_KEYS, place)
    view = _known(data.get("view", {}), VIEW_KEYS, place)
    model = view.pop("network", head.get("network"))
    asked = ({"model": model} if model else {}) | {key: str(value) for key, value in view.items()}
    if View.parse(View(tab=asked.get("tab", "")).query()).tab != asked.get("tab", View().tab):
        raise LessonError(f"{place}: there is no tab {asked['tab']!r}.")
    hideable = {name: part.selectors for name, part in PARTS.items() if part.selectors}
    for key, known in (("light", TARGETS), ("hide", hideable)):
        if data.get(key, "") not in (*known, ""):
            raise LessonError(f"{place}: there is no {data[key]!r} for {key!r}.")
    return Card(
        title=title,
        html=_html(place, body),
        view=asked,
        light=TARGETS.get(data.get("light", ""), ""),
        hide=hideable.get(data.get("hide", ""), ""),
        check=_check(place, data.get("check")),
        hints=tuple(data.get("hints", ())),
    )


def _html(place: str, body: str) -> str:
    """The card's text, with its links to terms as marked words."""
    html = _markdown.render(body.strip())
    if unknown := [name for name, _ in TERM.findall(html) if name not in terms()]:
        raise LessonError(f"{place}: the glossary has no term {unknown[0]!r}.")
    return TERM.sub(lambda found: term(found[1], unescape(found[2])), html)


def _check(place: str, data: Any) -> Check:
    arguments = dict(data) if isinstance(data, dict) else {}
    kind = CHECKS.get(arguments.pop("name", ""))
    if kind is None:
        raise LessonError(f"{place}: its check is none of {', '.join(CHECKS)}.")
    try:
        return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()})
    except TypeError as error:
        raise LessonError(f"{place}: {error}") from error


def _known(data: Any, keys: set[str], place: str) -> dict[str, Any]:
    if not isinstance(data, dict) or (unknown := set(data) - keys):
        raise LessonError(f"{place}: {sorted(unknown) if isinstance(data, dict) else 'no keys with values'}.")
    return dict(data)
