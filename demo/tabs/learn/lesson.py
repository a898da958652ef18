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
from dataclasses import dataclass, fields
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

from demo.core.view import View
from demo.glossary.terms import terms
from demo.languages.catalogues import SOURCE
from demo.render.html import term
from demo.share.links import PARTS
from demo.tabs.learn.check import Check
from demo.tabs.learn.checks import CHECKS
from demo.tabs.learn.targets import TARGETS

FOLDER = Path(__file__).parent / "lessons"
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
HEAD_KINDS = {"number": int, "title": str, "minutes": int, "idea": str, "network": str}
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
    """All lessons of a language by name, in their order; one that nobody has translated stands there in English.

    Raises:
        LessonError: a file cannot be read.
    """
    files = {path.stem: path for folder in (SOURCE, language) for path in sorted((FOLDER / folder).glob("*.md"))}
    found = [read(name, path.read_text(encoding="utf-8")) for name, path in files.items()]
    return {lesson.name: lesson for lesson in sorted(found, key=lambda each: each.number)}


def read(name: str, text: str) -> Lesson:
    """A lesson out of the text of its file.

    Raises:
        LessonError: it is not as it should be.
    """
    whole = HEAD.match(text.replace("\r\n", "\n"))
    if not whole:
        raise LessonError(f"{name}: it does not begin with a head between two lines of ---.")
    head = _known(_yaml(whole[1], f"{name}, its head"), set(HEAD_KINDS), f"{name}, its head")
    if missing := set(HEAD_KINDS) - {"network"} - set(head):
        raise LessonError(f"{name}: its head lacks {', '.join(sorted(missing))}.")
    for key, value in head.items():
        if type(value) is not HEAD_KINDS[key]:
            kind = "a whole number" if HEAD_KINDS[key] is int else "a text"
            raise LessonError(f"{name}: in its head {key!r} must be {kind}, not {value!r}.")
    found = CARD.findall(whole[2])
    if not found or len(found) != len(re.findall(r"^## ", whole[2], re.M)):
        raise LessonError(f"{name}: each card is a heading with ## that a block of yaml follows; there must be one.")
    if not whole[2].lstrip().startswith("## "):
        raise LessonError(f"{name}: what stands before the first card would be seen by nobody.")
    cards = tuple(
        _card(f"{name}, {title}", title, _yaml(data, f"{name}, {title}"), body, head) for title, data, body in found
    )
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
            raise LessonError(f"{place}: there is no {data[key]!r} for {key!r}; there are {', '.join(known)}.")
    return Card(
        title=title,
        html=_html(place, body),
        view=asked,
        light=TARGETS.get(data.get("light", ""), ""),
        hide=hideable.get(data.get("hide", ""), ""),
        check=_check(place, data.get("check")),
        hints=_hints(place, data.get("hints", [])),
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
    usual = {field.name: field.default for field in fields(kind)}
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()}
    for key, value in _known(given, set(usual), f"{place}, its check").items():
        kinds = (int, float) if type(usual[key]) in (int, float) else type(usual[key])
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise LessonError(f"{place}: in its check {key!r} is usually {usual[key]!r} and cannot be {value!r}.")
    return kind(**given)


def _hints(place: str, data: Any) -> tuple[str, ...]:
    hints = [data] if isinstance(data, str) else data
    if not isinstance(hints, list) or not all(isinstance(hint, str) for hint in hints):
        raise LessonError(
            f"{place}: its hints must be texts. One with a colon or a quote in it needs quotes around it."
        )
    return tuple(hints)


def _yaml(text: str, place: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise LessonError(
            f"{place}: line {line} is no YAML ({getattr(error, 'problem', error)}). A text with a colon in it needs "
            "quotes around it."
        ) from error


def _known(data: Any, keys: set[str], place: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise LessonError(f"{place}: there are no keys with values.")
    if unknown := set(data) - keys:
        raise LessonError(
            f"{place}: {', '.join(map(repr, sorted(unknown)))} is not known; {', '.join(sorted(keys))} are."
        )
    return dict(data)
