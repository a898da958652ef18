"""The terms of the page, as `en.yaml` explains them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize

import yaml

from demo.languages.catalogues import SOURCE

FOLDER = Path(__file__).parent
PICTURES = ("map", "kernel", "field")  # that the browser can draw of the page's network
KEYS = {"title", "says", "also", "picture"}


class GlossaryError(ValueError):
    """The file of the terms is not as it should be; the message names the term."""


@dataclass(frozen=True)
class Term:
    """A word and what it means."""

    name: str  # by which a fragment marks it
    title: str
    says: str  # one sentence
    also: tuple[str, ...] = ()  # other words for it
    picture: str = ""  # one of `PICTURES`, or ""


@cache
def terms(language: str = SOURCE) -> dict[str, Term]:
    """All terms of a language by name, in the alphabetical order of their titles.

    Raises:
        GlossaryError: a term is not as it should be.
    """
    return read((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))


def read(text: str) -> dict[str, Term]:
    """The terms in the text of a file, by name.

    Raises:
        GlossaryError: a term is not as it should be.
    """
    found = [_term(name, data) for name, data in yaml.safe_load(text).items()]
    return {term.name: term for term in sorted(found, key=lambda term: _plain(term.title))}


def _plain(title: str) -> str:
    """For the order: capitals and accents make no difference."""
    return "".join(sign for sign in normalize("NFD", title.casefold()) if not combining(sign))


def _term(name: str, data: Any) -> Term:
    if not isinstance(data, dict) or set(data) - KEYS or not isinstance(data.get("says"), str):
        raise GlossaryError(f"{name}: needs `says`, a sentence, and has at most {', '.join(sorted(KEYS))}.")
    if data.get("picture", "") not in (*PICTURES, ""):
        raise GlossaryError(f"{name}: there is no picture {data['picture']!r}.")
    title = data.get("title", name.replace("-", " "))
    return Term(name, title, data["says"], tuple(data.get("also", ())), data.get("picture", ""))
