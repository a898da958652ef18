"""Crop: any text makes one or none, and its square lies within every picture."""

import io
import itertools
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from demo.core import uploads
from demo.core.components import ImageInput
from demo.core.crop import SMALLEST, Crop
from demo.core.raw_events import raw_handler
from demo.core.shown_picture import CroppedPicture
from demo.core.view import View
from demo.server.gradio_compat import SWITCH

KIND = "image/png;crop=500,0,500"


@pytest.mark.parametrize("text", ["250,0,500", "0,0,1000", "1000,1000,100"])
def test_a_crop_comes_back_from_its_text(text: str) -> None:
    assert str(Crop.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "crop"),
    [
        ("-5,2000,5", Crop(0, 1000, SMALLEST)),
        ("999999,-999999,999999", Crop(1000, 0, 1000)),
        ("007,0,0500", Crop(7, 0, 500)),
    ],
)
def test_numbers_are_brought_within_their_ranges(text: str, crop: Crop) -> None:
    assert Crop.parse(text) == crop


@pytest.mark.parametrize(
    "text",
    [None, 5, [1, 2, 3], "", "1,2", "1,2,3,4", "a,b,c", "1.5,2,300", "1,2,3 ", "١,٢,٣", "1;2;3", "1e2,0,0", "9" * 99],
)
def test_any_other_text_is_none(text: object) -> None:
    assert Crop.parse(text) is None


def test_the_same_square_at_any_size() -> None:
    crop = Crop(500, 250, 500)
    assert crop.box(1200, 400) == (600, 100, 800, 300)
    assert crop.box(600, 200) == (300, 50, 400, 150)
    assert crop.box(3, 1) == (2, 0, 3, 1)


def test_every_square_lies_within_every_picture() -> None:
    numbers = (0, 1, 333, 500, 999, 1000)
    for left, top, size in itertools.product(numbers, numbers, (SMALLEST, 101, 999, 1000)):
        for width, height in itertools.product((1, 2, 3, 31, 256, 2048), repeat=2):
            x, y, right, bottom = Crop(left, top, size).box(width, height)
            assert 0 <= x < right <= width and 0 <= y < bottom <= height
            assert right - x == bottom - y >= max(1, (size * min(width, height) - 500) // 1000)


def test_it_stands_in_the_address_of_a_view() -> None:
    view = View(model="m", picture="example:lion", crop=Crop(250, 0, 500))
    assert view.query() == "?model=m&picture=example:lion&crop=250,0,500"
    assert View.parse(view.query()) == view
    assert View.parse("?crop=nonsense") == View() == View.parse("?crop=")
    assert View.of_page(view.query(), "m").crop is None  # the picture beside it is that square


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: Image.Image) -> str:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    picture.save(tmp_path / "a.png")
    return str(tmp_path / "a.png")


def sent(path: str, kind: str | None) -> dict[str, object]:
    return {"path": path, "mime_type": kind, "meta": {"_type": "gradio.FileData"}}


def test_a_handler_gets_the_square_by_either_way(file: str, picture: Image.Image) -> None:
    square = picture.crop(Crop(500, 0, 500).box(*picture.size))
    box = ImageInput(type="filepath", image_mode=None, render=False)
    seen = raw_handler(lambda query, model, shown, event: shown)
    data = box.data_model.model_validate(sent(file, KIND))
    for found in (box.preprocess(data), seen("", "", sent(file, KIND), None)):
        assert found.size == square.size and found.tobytes() == square.tobytes()
    assert box.preprocess(data) is box.preprocess(data) is seen("", "", sent(file, KIND), None)  # worked out once
    other = box.preprocess(box.data_model.model_validate(sent(file, "image/png;crop=0,0,500")))
    assert other is not box.preprocess(data)
    for kind in (None, "", "image/png", "image/png;crop=", "image/png;crop=x", ";crop=1,2", "crop=1,2,3", "\0" * 999):
        assert box.preprocess(box.data_model.model_validate(sent(file, kind))).size == picture.size


def test_a_picture_that_the_server_sends_tells_its_crop(file: str) -> None:
    box = ImageInput(type="filepath", image_mode=None, format="png", render=False)
    whole = uploads.opened(file)
    for given in (file, whole):
        answer = box.postprocess(CroppedPicture(given, Crop(500, 0, 500)))
        assert answer.mime_type.endswith(";crop=500,0,500")
        assert box.preprocess(answer).tobytes() == uploads.cropped(whole, Crop(500, 0, 500)).tobytes()
        assert box.preprocess(box.postprocess(given)).size == whole.size
    assert box.postprocess(None) is None


def test_where_gradio_keeps_no_types_the_whole_is_shown(
    file: str, picture: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, "file types")
    box = ImageInput(type="filepath", image_mode=None, render=False)
    assert box.preprocess(box.data_model.model_validate(sent(file, KIND))).size == picture.size
    assert "crop" not in str(box.postprocess(CroppedPicture(file, Crop(0, 0, 500))).mime_type)


def test_a_crop_of_a_file_that_is_gone_is_refused_like_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    with pytest.raises(gr.Error, match="no longer on the server"):
        uploads.shown(str(tmp_path / "none.png"), KIND)
    (tmp_path / "text.png").write_bytes(io.BytesIO(b"I am a text").getvalue())
    with pytest.raises(gr.Error, match="not a picture"):
        uploads.shown(str(tmp_path / "text.png"), KIND)
