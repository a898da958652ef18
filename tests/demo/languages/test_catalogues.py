"""The page in other languages: catalogues, lessons and glossary say all that the English ones do."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from demo.glossary.terms import terms
from demo.languages.catalogues import LANGUAGES, PLACE, SOURCE, CatalogueError, messages, read
from demo.tabs.learn.lesson import FOLDER, Card, lessons
from tests.conftest import App

OTHERS = [code for code in LANGUAGES if code != SOURCE]
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
DATA = re.compile(r"^```yaml\n(.*?)\n```$", re.S | re.M)


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_every_message_of_the_others_and_puts_in_the_same(code: str) -> None:
    found = messages(code)
    assert len(found) > 1_500
    assert set(found) == set(messages(OTHERS[0]))
    assert all(sorted(PLACE.findall(source)) == sorted(PLACE.findall(told)) for source, told in found.items())
    # Most are other words than the English ones; names and formats stay.
    long = [source for source in found if len(source.split()) > 4]
    assert sum(found[source] == source for source in long) < len(long) / 50


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('msgid "{n1} of {n2}"\nmsgstr "{n1} von {n1}"\n', "'{n1} von {n1}' does not put in what '{n1} of {n2}' does"),
        ('msgid "An <a>epoch</a>"\nmsgstr "Eine Epoche"\n', "does not put in"),
        ('msgid "a"\nmsgstr "b"\nnonsense\n', "xx.po cannot be read"),
    ],
)
def test_a_catalogue_that_is_not_as_it_should_be_is_refused_with_its_text(text: str, words: str) -> None:
    with pytest.raises(CatalogueError, match=re.escape(words)):
        read("xx.po", (HEAD + text).encode())


def test_what_is_not_translated_yet_is_left_out() -> None:
    text = 'msgid "a"\nmsgstr ""\n\n#, fuzzy\nmsgid "b"\nmsgstr "B?"\n\nmsgid "c"\nmsgstr "C"\n'
    assert read("xx.po", (HEAD + text).encode()) == {"c": "C"}


@pytest.mark.parametrize("code", OTHERS)
def test_a_lesson_in_another_language_asks_and_checks_the_same(code: str) -> None:
    assert sorted(path.name for path in (FOLDER / code).glob("*.md")) == sorted(
        path.name for path in (FOLDER / SOURCE).glob("*.md")
    )
    for name, lesson in lessons(SOURCE).items():
        told = lessons(code)[name]
        assert told.title != lesson.title and told.idea != lesson.idea
        pairs = list(zip(lesson.cards, told.cards, strict=True))
        assert all(_without_words(one) == _without_words(other) for one, other in pairs)
        for one, other in pairs:
            assert one.html != other.html and len(one.hints) == len(other.hints), other.title
            assert sorted(re.findall(r'data-term="([^"]+)"', one.html)) == sorted(
                re.findall(r'data-term="([^"]+)"', other.html)
            ), other.title
        assert _data(FOLDER / SOURCE / f"{name}.md") == _data(FOLDER / code / f"{name}.md")


def _without_words(card: Card) -> Card:
    said = {"paper": ""} if hasattr(card.check, "paper") else {}
    return replace(card, title="", html="", hints=(), check=replace(card.check, **said))


def _data(path: Path) -> list[dict[str, Any]]:
    blocks = [yaml.safe_load(text) for text in DATA.findall(path.read_text(encoding="utf-8"))]
    for block in blocks:
        block.pop("hints")
        block["check"].pop("paper", None)
    return blocks


@pytest.mark.parametrize("code", OTHERS)
def test_the_glossary_has_every_term_in_every_language(code: str) -> None:
    english, told = terms(SOURCE), terms(code)
    assert set(told) == set(english)
    assert all(told[name].says != english[name].says for name in english)
    assert all(told[name].picture == english[name].picture for name in english)


def test_terms_stand_in_the_order_of_their_letters_whatever_their_accents() -> None:
    titles = [term.title for term in terms("es").values()]
    assert titles.index("\u00e9poca") < titles.index("ventaja")


def test_a_catalogue_and_a_glossary_are_served_by_their_language(app: App) -> None:
    assert httpx.get(f"{app.address}/languages/de.json").json() == messages("de")
    assert httpx.get(f"{app.address}/languages/en.json").json() == {}
    assert httpx.get(f"{app.address}/glossary.json", params={"lang": "de"}).json()[0]["says"] in {
        term.says for term in terms("de").values()
    }
    english = httpx.get(f"{app.address}/glossary.json").json()
    for other in ("xx", "../../etc/passwd", "", "DE"):
        assert httpx.get(f"{app.address}/glossary.json", params={"lang": other}).json() == english
        answer = httpx.get(f"{app.address}/languages/{other}.json")
        assert answer.status_code == 404
    assert "Deutsch" in httpx.get(f"{app.address}/languages/xx.json").json()["detail"]
