"""Values that go between page and handler as they are."""

import inspect
import json
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from demo.core.outputs import values
from demo.core.raw_events import raw_handler, to_json
from demo.core.uploads import opened, remember
from demo.tabs.explore import handlers
from tests.conftest import SHIPPED


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def test_a_picture_is_read_from_the_folder_of_uploads_alone(
    uploads: Path, tmp_path: Path, picture: Image.Image
) -> None:
    picture.save(uploads / "a.png")
    assert opened(str(uploads / "a.png")).size == picture.size
    picture.save(tmp_path / "b.png")
    (uploads / "link.png").symlink_to(tmp_path / "b.png")
    outside = tmp_path / "b.png", uploads / ".." / "b.png", uploads / "link.png", uploads / "none.png"
    for path in outside:
        with pytest.raises(gr.Error, match="no longer on the server"):
            opened(str(path))
    with pytest.raises(gr.Error, match="as a file"):
        opened(None)


def test_a_file_that_was_written_anew_is_read_anew(uploads: Path) -> None:
    path = uploads / "a.png"
    for size in ((40, 30), (50, 30)):
        Image.new("RGB", size).save(path)
        assert opened(str(path)).size == size


def test_a_picture_that_the_server_sent_is_not_decoded_again(uploads: Path, picture: Image.Image) -> None:
    path = str(uploads / "a.png")
    picture.save(path)
    remember(path, picture)
    assert opened(path) is picture
    Image.new("RGB", (40, 30)).save(path)
    assert opened(path).size == (40, 30)


def test_only_dictionaries_become_text() -> None:
    value = {"a": [1.5, -0.0, 1e-300], "b": {"c": None, "d": "\N{MULTIPLICATION SIGN}"}}
    assert json.loads(to_json(value)) == value
    assert [to_json(each) for each in (gr.skip(), "?x", None)] == [gr.skip(), "?x", None]


def test_a_handler_answers_the_same_as_it_does_in_words(uploads: Path, picture: Image.Image) -> None:
    picture.save(uploads / "a.png")
    handler = raw_handler(handlers.detail)
    event = gr.EventData(None, {"step": "conv2", "channel": 9})
    query, text = handler("?", SHIPPED[0], {"path": str(uploads / "a.png")}, event)
    address, channel = values(handlers.detail("?", SHIPPED[0], opened(str(uploads / "a.png")), event))
    assert (query, json.loads(text)) == (address, json.loads(to_json(channel)))
    assert inspect.signature(handler) == inspect.signature(handlers.detail)  # by which Gradio finds the event's data
    with pytest.raises(gr.Error, match="Give it a picture first"):
        handler("?", SHIPPED[0], None, event)
