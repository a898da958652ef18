"""Frames of a live picture: the same values as for an upload, and what becomes of frames that are none."""

import io
from typing import Any

import pytest
from PIL import Image

import model_zoo
from demo.core.inference import infer
from demo.core.view import View
from demo.errors import UserError
from demo.live.look import FRAME, NO_FRAME, frame, look
from demo.pictures.decode import open_image
from demo.tabs.explore import step_view
from demo.tabs.explore.what_if import what_if
from demo.tabs.predict import predict
from tests.conftest import SHIPPED
from tests.pictures import noise

NAME = SHIPPED[0]


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WebP"])
@pytest.mark.parametrize("edits", ["", "conv1.3:off"])
def test_a_frame_has_the_values_of_the_same_file_uploaded(kind: str, edits: str) -> None:
    data = encoded(noise(128, 128), kind)
    view = View(model=NAME, tab="explore", step="conv2", channel=5, edits=edits)
    made = infer(view, open_image(data))
    explored = step_view.show(view, made)
    shown = look(view.query(), data)
    assert shown.grid == explored.grid
    assert shown.channel == explored.channel
    assert shown.strip is not None
    assert shown.strip.items() <= explored.strip.items()
    assert shown.strip["thumbnails"] == explored.strip["thumbnails"]
    assert shown.answer == predict.answer(made)
    assert shown.whatif.items() <= what_if.bar(made).items()
    label, probability = model_zoo.load(NAME).predict(open_image(data))[0]
    assert edits or (shown.label == label and f"{probability:.1%}" in shown.answer)


def test_only_what_the_open_tab_shows_is_sent() -> None:
    shown = look(View(model=NAME).query(), encoded(noise(64, 64)))
    assert (shown.strip, shown.grid, shown.channel) == (None, None, None)
    assert "bars" in str(shown.probabilities)
    assert "<img" in str(shown.seen)


def test_no_value_is_chosen_on_a_picture_that_moves() -> None:
    shown = look(View(model=NAME, tab="explore", step="conv1", row=3, column=4).query(), encoded(noise(64, 64)))
    assert shown.grid is not None
    assert (shown.grid["row"], shown.grid["column"]) == (None, None)


def test_frames_take_nobody_elses_place_in_the_caches() -> None:
    picture = noise(32, 32)
    first = infer(View(model=NAME), picture)
    for seed in range(3):
        look(View(model=NAME, tab="explore").query(), encoded(noise(32, 32).rotate(90 * seed + 90)))
    assert infer(View(model=NAME), picture).steps is first.steps
    frames = infer(View(model=NAME), picture.rotate(90), keep=False)
    assert infer(View(model=NAME), picture.rotate(90)).steps is not frames.steps


def test_an_address_that_makes_no_sense_is_settled() -> None:
    assert look("model=nothing&tab=explore&step=x&channel=999999", encoded(noise(32, 32))).grid is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"data:image/png;base64,AAAA",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + bytes(100),
        encoded(noise(64, 64))[:300],
        bytes(FRAME.bytes + 1),
        encoded(Image.new("RGB", (4000, 4000))),
        encoded(noise(8, 8)).replace(b"IHDR", b"IHDX"),
    ],
    ids=["nothing", "text", "svg", "gif", "cut", "too many bytes", "too many pixels", "damaged"],
)
def test_what_is_no_frame_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(UserError) as refused:
        frame(data)
    text = str(refused.value)
    assert text[0].isupper() and text.endswith(".")
    assert data or text == NO_FRAME
