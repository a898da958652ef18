"""The glossary: its file, the words that the page marks, and how it is served."""

import re
from pathlib import Path

import orjson
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.glossary.route import ADDRESS, route
from demo.glossary.terms import PICTURES, GlossaryError, read, terms
from demo.render.html import term
from demo.tabs.learn.lesson import LessonError
from demo.tabs.learn.lesson import read as read_lesson

DEMO = Path(__file__).parents[2] / "demo"
# How a fragment marks a word: in HTML, as an attribute in JavaScript, with the helpers, and in a lesson.
MARKS = re.compile(
    r"""data-term="([^"{]+)"|'data-term': '([^']+)'|\bterm\(["']([a-z0-9-]+)["']|\]\(term:([^)]+)\)"""
    r"""|^const TERMS = \{(.*)\};$""",
    re.M,
)


def marked() -> dict[str, list[str]]:
    """Name of a term -> the files that mark it."""
    found: dict[str, list[str]] = {}
    for path in sorted(DEMO.rglob("*")):
        if path.suffix not in {".py", ".js", ".html", ".md"} or "glossary" in path.parts or path.name == "terms.js":
            continue
        for *single, several in MARKS.findall(path.read_text(encoding="utf-8")):
            for name in (*filter(None, single), *re.findall(r": '([^']+)'", several)):
                found.setdefault(name, []).append(path.name)
    return found


def test_every_marked_word_is_in_the_file_and_every_term_of_the_file_is_marked_somewhere() -> None:
    used = marked()
    assert set(used) - set(terms()) == set()
    assert set(terms()) - set(used) == set()


def test_every_term_is_one_plain_sentence_in_alphabetical_order() -> None:
    found = list(terms().values())
    assert [each.title.casefold() for each in found] == sorted(each.title.casefold() for each in found)
    assert len({word.casefold() for each in found for word in (each.title,)}) == len(found) > 50
    for each in found:
        assert re.fullmatch(r"[A-Z][^\n]*\.", each.says) and ". " not in each.says.replace("e.g. ", ""), each.name
        assert len(each.says) <= 220 and "\N{EM DASH}" not in each.says, each.name
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each.name)
    assert {each.picture for each in found} == {"", *PICTURES}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: {}", "a: needs `says`"),
        ("a: x", "a: needs"),
        ("a: {says: X., much: 1}", "a: needs"),
        ("a: {says: X., picture: cat}", "'cat'"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_with_its_term(text: str, words: str) -> None:
    with pytest.raises(GlossaryError, match=words):
        read(text)


def test_the_terms_are_served_as_they_stand_in_the_file() -> None:
    answer = TestClient(Starlette(routes=[route()])).get(f"/{ADDRESS}")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    assert [each["name"] for each in orjson.loads(answer.content)] == list(terms())
    assert orjson.loads(answer.content)[0].keys() == {"name", "title", "says", "also", "picture"}


def test_a_marked_word_is_text_whatever_it_holds() -> None:
    assert term("feature-map") == '<dfn data-term="feature-map">feature map</dfn>'
    assert term("stride", '<b>"x"</b>') == '<dfn data-term="stride">&lt;b&gt;&quot;x&quot;&lt;/b&gt;</dfn>'


HEAD = "---\nnumber: 1\ntitle: T\nminutes: 5\nidea: I\n---\n## A card\n\n```yaml\ncheck: {name: pixel}\n```\n\n"


def test_a_lesson_marks_terms_and_is_refused_where_it_names_one_that_there_is_not() -> None:
    lesson = read_lesson("mine", HEAD + "The [step & width](term:stride) is 2.\n")
    assert '<dfn data-term="stride">step &amp; width</dfn> is 2' in lesson.cards[0].html
    with pytest.raises(LessonError, match=r"mine, A card: the glossary has no term 'nonsense'"):
        read_lesson("mine", HEAD + "The [x](term:nonsense).\n")
