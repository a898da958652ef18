"""Lessons as files: those that ship, and what is said of one that is not as it should be."""

from pathlib import Path

import gradio as gr
import pytest

from demo.core.view import View
from demo.tabs.learn.__main__ import main
from demo.tabs.learn.handlers import listed
from demo.tabs.learn.lesson import FOLDER, Card, LessonError, lessons, read

CARDS = [
    pytest.param(card, id=f"{language.name}-{lesson.name}-{number}")
    for language in sorted(FOLDER.iterdir())
    for lesson in lessons(language.name).values()
    for number, card in enumerate(lesson.cards, 1)
]


def test_there_are_eight_lessons_at_least_of_four_to_eight_cards() -> None:
    found = listed(gr.EventData(None, {}))["lessons"]
    assert [lesson["name"] for lesson in found][:8] == [
        *("numbers", "convolution", "relu-pool", "detectors"),
        *("shapes-code", "answers", "learning", "depth-trust"),
    ]
    for lesson in found:
        assert 4 <= lesson["cards"] <= 8 and 5 <= lesson["minutes"] <= 10 and lesson["idea"]


@pytest.mark.parametrize("card", CARDS)
def test_a_card_has_a_text_a_view_that_an_address_can_hold_and_a_hint(card: Card) -> None:
    assert card.html.count("<p>") >= 2 and card.hints and "<strong>" in card.html
    view = View.parse("?" + "&".join(f"{key}={value}" for key, value in card.view.items()))
    for key in set(card.view) & set(vars(view)):
        assert str(getattr(view, key)) == card.view[key]


HEAD = "---\nnumber: 1\ntitle: T\nminutes: 5\nidea: I\n---\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# No head", "head"),
        ("---\nnumber: 1\n---\n", "lacks idea, minutes, title"),
        (HEAD + "## A card\n\nWithout a block.\n", "block of yaml"),
        (HEAD + "## A card\n\n```yaml\ncheck: {name: nonsense}\n```\nText\n", "A card: its check is none of"),
        (HEAD + "## A card\n\n```yaml\ncheck: {name: pixel, rwo: 3}\n```\nText\n", "rwo"),
        (HEAD + "## A card\n\n```yaml\nlight: '#id'\ncheck: {name: pixel}\n```\nText\n", "'#id'"),
        (HEAD + "## A card\n\n```yaml\nview: {tab: nonsense}\ncheck: {name: pixel}\n```\nText\n", "'nonsense'"),
        (
            HEAD + "## A card\n\n```yaml\nlight: nonsense\ncheck: {name: pixel}\n```\nText\n",
            "there are answer, picture",
        ),
        (HEAD + "## A card\n\n```yaml\ncheck: {name: pixel, row: three}\n```\nText\n", "'row' is usually 0"),
        (HEAD + "## A card\n\n```yaml\ncheck: {name: excites, pictures: Lion}\n```\nText\n", "'pictures'"),
        (HEAD + "## A card\n\n```yaml\nhints: [{a: b}]\ncheck: {name: pixel}\n```\nText\n", "hints must be texts"),
        (HEAD + "## A card\n\n```yaml\ncheck: name: pixel\n```\nText\n", "A card: line 1 is no YAML"),
        (HEAD + "Some words.\n\n## A card\n\n```yaml\ncheck: {name: pixel}\n```\nText\n", "before the first card"),
        (HEAD, "there must be one"),
        (HEAD.replace("idea: I", "idea: What it is: this"), "its head: line 4 is no YAML"),
        (HEAD.replace("minutes: 5", "minutes: five"), "'minutes' must be a whole number"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(LessonError, match=f"mine.*{words}"):
        read("mine", text)


def test_a_file_of_windows_and_a_single_hint_are_read_as_well() -> None:
    text = HEAD + "## A card\n\n```yaml\nhints: Look.\ncheck: {name: pixel}\n```\n\nText\n"
    assert read("mine", text.replace("\n", "\r\n")) == read("mine", text)
    assert read("mine", text).cards[0].hints == ("Look.",)


def test_who_writes_a_lesson_is_told_what_is_wrong_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out.count(" cards, ") == len(lessons())
    card = "## A card\n\n```yaml\nview: {step: STEP}\ncheck: {name: shape, step: conv1}\n```\n\nText\n"
    for name, text, said in (
        ("mine.md", HEAD + card.replace("STEP", "conv1"), "Open ?lesson=mine.1"),
        ("mine.md", HEAD + card.replace("STEP", "conv99"), "cifar10-cnn has no step 'conv99'; it has conv1, relu1"),
        ("mine.md", HEAD.replace("idea", "network: none\nidea") + card, "there is no network 'none'"),
        ("My lesson.md", HEAD + card.replace("STEP", "conv1"), "small letters"),
        ("mine.md", "", "between two lines of ---"),
    ):
        (tmp_path / name).write_text(text)
        assert main([str(tmp_path / name)]) == int(not said.startswith("Open"))
        assert said in capsys.readouterr().out
    assert main([str(tmp_path / "nothing.md")]) == 1


def test_markup_in_a_lesson_stays_text() -> None:
    lesson = read("mine", HEAD + "## A card\n\n```yaml\ncheck: {name: pixel}\n```\n\n<img src=x onerror=alert(1)>\n")
    assert "<img" not in lesson.cards[0].html
