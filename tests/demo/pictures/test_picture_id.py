"""Where a picture comes from: every picture with a name is found by it, and nothing else is."""

from html.parser import HTMLParser
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from torchvision.datasets import CIFAR10

from demo import page_events
from demo.errors import UserError
from demo.pictures import datasets, examples, picture_id
from demo.pictures.decode import open_image
from demo.share import sharing
from tests.demo.conftest import HOSTILE, somebody
from tests.photosets import classes

NOWHERE = ["example:", "example:../../etc/passwd", "example:Lion", "cifar-10-batches-py:test", "a:b:c:d", ":::", "::"]
NOWHERE += ["nonsense:test:0", "../../etc:test:0", "/etc:test:0", ".:test:0", HOSTILE, "lion", "\0:test:0"]
NOWHERE += [
    f"small:{place}" for place in ("test:-1", "test:9999", "test:1e0", "test:٣", "nonsense:0", "test:" + "9" * 50)
]


class Tag(HTMLParser):
    """The attributes and the words of what `origin.tag` makes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.attributes: dict[str, str | None] = {}
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag == "p" and not self.attributes
        self.attributes = dict(attributes)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a set of photos in folders, none of it listed yet."""
    classes(tmp_path / "small", {"train/yes": 6, "train/no": 6, "test/yes": 3, "test/no": 3})
    monkeypatch.setenv("CONVSCOPE_DATA", str(tmp_path))
    return "small"


def test_every_example_is_found_by_its_name() -> None:
    for index, path in enumerate(examples.examples().values()):
        value, words = vars(page_events.example(gr.EventData(None, {"index": index}))).values()
        name = Tag(words).attributes["data-picture"]
        assert value == path and bool(name) == bool(index)
        assert picture_id.find(name) == (open_image(path), "")


def test_what_a_picture_is_called_tells_no_class(small: str) -> None:
    called = [picture_id.in_words(picture_id.example_name(index)) for index in range(len(examples.examples()))]
    assert called == list(examples.examples())
    assert picture_id.in_words("small:test:2") == "Small, test picture 2"
    assert picture_id.in_words("digits:validation:12") == "Handwritten digits, validation picture 12"
    for name in (picture_id.OWN, "example:nonsense", *(each for each in NOWHERE if not each.startswith("small:"))):
        assert picture_id.in_words(name) == ""


def test_a_test_picture_of_cifar10_is_found_by_its_number(
    cifar10_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_DATA", str(cifar10_folder))
    data = CIFAR10(str(cifar10_folder), train=False)
    for number in (0, 12, 9_999):
        picture, words = picture_id.find(f"cifar-10-batches-py:test:{number}")
        assert (np.asarray(picture) == data.data[number]).all()
        assert f"true class is {data.classes[data.targets[number]]}" in words
    drawn, words = vars(page_events.test_picture()).values()
    assert picture_id.find(Tag(words).attributes["data-picture"]) == (drawn, Tag(words).words)
    for name in ("cifar-10-batches-py:test:10000", "cifar-10-batches-py:test:-1", "cifar-10-batches-py:tests:1"):
        with pytest.raises(UserError, match="no such picture"):
            picture_id.find(name)


def test_a_picture_of_a_set_is_fetched_when_the_set_has_been_listed(small: str) -> None:
    name = f"{small}:test:2"
    waiting = picture_id.restored(name)
    assert waiting.picture is None and not waiting.refusal
    assert Tag(waiting.truth).attributes["data-wanted"] == name and "seconds" in Tag(waiting.truth).words
    picture, words = vars(sharing.fetched(gr.EventData(None, {"picture": name}))).values()
    assert picture == datasets.picture(datasets.read(small), "test", 2)
    assert Tag(words).attributes["data-picture"] == name and "its true class is" in words
    again = picture_id.restored(name)
    assert (again.picture, again.truth) == (picture, words)
    assert picture_id.restored(name, name) == picture_id.Restored()
    for gone in NOWHERE:
        with pytest.raises(UserError, match="no such picture"):
            picture_id.find(gone)
        assert picture_id.restored(gone).refusal and picture_id.restored(gone).picture is None
        stays, words = vars(sharing.fetched(gr.EventData(None, {"picture": gone}))).values()
        assert stays == gr.skip() and "not here" in words


def test_a_set_that_cannot_be_read_says_so_as_text_and_the_picture_keeps_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "<img src=x onerror=alert(1)>"
    (tmp_path / name).mkdir()
    (tmp_path / name / "labels.csv").write_text("nonsense")
    monkeypatch.setenv("CONVSCOPE_DATA", str(tmp_path))
    stays, words = vars(
        sharing.fetched(gr.EventData(None, {"picture": f"{name}:test:0", "shown": "example:circle"}))
    ).values()
    found = Tag(words)
    assert stays == gr.skip() and "not here" in found.words
    assert name in found.words and found.attributes["data-picture"] == "example:circle"


@pytest.mark.parametrize("data", [None, 5, "x", {}, {"picture": None}, {"picture": ["own"]}, {"picture": 10**400}])
def test_what_is_no_name_leaves_the_picture(data: object) -> None:
    stays, words = vars(sharing.fetched(gr.EventData(None, data))).values()
    assert stays == gr.skip() and "not here" in words


def test_a_picture_of_somebodys_own_has_no_name(picture: Image.Image) -> None:
    assert "data-picture" not in page_events.uploaded(picture).origin
    found = picture_id.restored(picture_id.OWN)
    assert found.picture is None and found.truth is None and "choose one of yours" in found.refusal


def test_a_name_is_no_markup() -> None:
    made = Tag(picture_id.tag('"><script>', "A cat.", "<img src=x onerror=1>"))
    assert made.attributes["data-picture"] == '"><script>' and made.words == "A cat."


@pytest.mark.parametrize("shown", [None, 5, ["own"], {"a": 1}, HOSTILE])
def test_going_back_from_anything_shows_the_asked_picture(shown: object, picture: Image.Image) -> None:
    data = {"query": "?picture=example:circle", "picture": shown}
    shown = page_events.back(picture, 0.0, "", gr.EventData(None, data), somebody()).shown
    assert shown.picture == open_image(examples.examples()["Circle"])
    assert Tag(shown.origin).attributes["data-picture"] == "example:circle"
