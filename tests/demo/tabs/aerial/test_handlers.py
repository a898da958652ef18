"""The Survey tab's handlers: plain values in, what the page shows out."""

import base64
import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import model_zoo
from demo.errors import UserError
from demo.pictures.decode import open_photo, photo_size
from demo.tabs.aerial import handlers, survey_map
from demo.tabs.aerial.batch import Upload
from demo.tabs.aerial.components import Files
from demo.tabs.aerial.orders import STOPPED
from demo.tabs.aerial.survey_map import Saved
from model_zoo.aerial.survey import Survey, survey
from tests.conftest import SHIPPED
from tests.photosets import photo as drawn_photo
from tests.pictures import REFUSED, black_png

NAME = SHIPPED[0]


@pytest.fixture(scope="module")
def upload(tmp_path_factory: pytest.TempPathFactory) -> Upload:
    path = tmp_path_factory.mktemp("photo") / "field.jpg"
    drawn_photo(1, True, 640, 360).save(path, quality=92)
    return Upload("My field.jpg", path)


@pytest.fixture
def order() -> str:
    return handlers.wait()[0]


def floats(text: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)


def picked(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


# ---------------------------------------------------------------------------------------------------- a whole photo


def test_a_survey_grows_to_what_the_network_says_of_every_window(order: str, upload: Upload) -> None:
    steps = list(handlers.survey_photo(order, NAME, [upload], 0, 130, "half overlapping"))
    expected = survey(model_zoo.load(NAME), open_photo(upload.path), window=130, stride=65)
    rows, columns, classes = expected.probabilities.shape
    value, kept = steps[-2][1:]
    assert (value["width"], value["height"], value["window"]) == (640, 360, 130)
    assert (len(value["tops"]), len(value["lefts"]), len(value["classes"])) == (rows, columns, classes)
    shown = np.moveaxis(floats(value["windows"], classes, rows, columns), 0, -1)
    assert np.allclose(shown, expected.probabilities, atol=1e-5)
    assert np.allclose(kept.survey.probabilities, expected.probabilities, atol=1e-5)
    cells = floats(value["cells"], classes, len(value["ys"]) - 1, len(value["xs"]) - 1)
    assert np.allclose(cells.sum(axis=0), 1, atol=1e-5)
    assert value["label"] is None and value["threshold"] == 0.5 and value["own"] is False
    assert f"{rows * columns} windows of 130 × 130 pixels. Answered in" in steps[-1][0]
    assert kept.photo == "My field.jpg"


def test_the_photo_is_sent_small_and_upright(order: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn_photo(2, True, 2000, 300).save(tmp_path / "a.jpg", exif=exif)
    upload = Upload("a.jpg", tmp_path / "a.jpg")
    assert photo_size(upload.path) == (300, 2000) == open_photo(upload.path).size
    *_, (_, value, _), _ = handlers.survey_photo(order, NAME, [upload], 0, 0, "side by side")
    data = value["photo"].removeprefix("data:image/jpeg;base64,")
    with Image.open(io.BytesIO(base64.b64decode(data))) as sent:
        assert sent.size == (210, survey_map.DRAWN) and not sent.getexif()
    assert (value["width"], value["height"]) == (300, 2000)


def test_what_will_be_done_is_said_before(upload: Upload) -> None:
    said = handlers.look_at_photo(NAME, [upload], 0, 0, "side by side", 0.05, 0.0, gr.Request())
    assert said.startswith(
        "<p>640 × 360 pixels: 16 × 9 = 144 windows of 40 × 40 pixels. CIFAR-10 CNN tells 10 kinds of things apart, and "
        "its card names none of them to look for: the map begins with the class that is most probable"
    )
    made = [each.title for each in map(model_zoo.load, SHIPPED) if "window" in each.card["preprocessing"]]
    assert ("was made for photos like this" in said) == bool(made) and all(each in said for each in made[:1])
    assert "31 × 17 = 527 windows" in handlers.look_at_photo(
        NAME, [upload], None, None, "half overlapping", None, 0.0, gr.Request()
    )
    assert handlers.look_at_photo(NAME, [], 0, 0, "side by side", 0.05, 0.0, gr.Request()) == ""


@pytest.mark.parametrize(
    ("window", "apart", "words"),
    [
        (361, "side by side", "from 1 to 360 pixels wide"),
        (8, "half overlapping", "windows; at most 5,000"),
        (1, "side by side", "windows; at most 50,000"),
        (40.5, "side by side", "whole number of pixels"),
        ("forty", "side by side", "whole number of pixels"),
        (True, "side by side", "whole number of pixels"),
        (float("nan"), "side by side", "whole number of pixels"),
        (-3, "side by side", "whole number of pixels"),
        (40, "far away", "side by side or half overlapping"),
        (40, None, "side by side or half overlapping"),
    ],
)
def test_windows_that_cannot_be_are_refused_with_a_sentence(
    order: str, upload: Upload, window: Any, apart: Any, words: str
) -> None:
    with pytest.raises(gr.Error, match=words):
        handlers.look_at_photo(NAME, [upload], 0, window, apart, 0.05, 0.0, gr.Request())
    (step,) = handlers.survey_photo(order, NAME, [upload], 0, window, apart)
    assert words in step[0] and 'class="trouble"' in step[0]  # it stays to be read, and what was there stays


@pytest.mark.parametrize("metres", [-1, "ten", True, float("nan"), 1e6])
def test_metres_that_cannot_be_are_refused_with_a_sentence(order: str, upload: Upload, metres: Any) -> None:
    (step,) = handlers.survey_photo(order, NAME, [upload], metres, 0, "side by side")
    assert "in metres, or 0" in step[0] and 'class="trouble"' in step[0]


@pytest.mark.parametrize("share", [0, 1, -0.1, 5, "a lot", True, float("nan"), [0.05]])
def test_shares_of_false_alarms_that_cannot_be_are_refused_with_a_sentence(
    order: str, upload: Upload, share: Any
) -> None:
    words = "The share of false alarms must be between 0 and 1, such as 0.05"
    (step,) = handlers.survey_photo(order, NAME, [upload], 0, 0, "side by side", share)
    assert words in step[0] and 'class="trouble"' in step[0]
    (step,) = handlers.answer_files(handlers.wait()[0], NAME, [upload], share)
    assert words in step[0]
    with pytest.raises(gr.Error, match=words):
        handlers.look_at_photo(NAME, [upload], 0, 0, "side by side", share, 0.0, gr.Request())


def test_a_share_that_too_few_pictures_were_held_back_for_is_said(order: str, upload: Upload) -> None:
    model = model_zoo.load("invasive-resnet")
    assert model.trust is not None
    held = len(model.trust.held)
    words = f"{held:,} known pictures were held back, which is enough for a share of false alarms from"
    said = handlers.look_at_photo("invasive-resnet", [upload], 0, 180, "side by side", 1e-5, 0.0, gr.Request())
    assert words in said and "not for 1e-05" in said
    *_, (said, _, _) = handlers.survey_photo(order, "invasive-resnet", [upload], 0, 180, "side by side", 1e-5)
    assert words in said
    *_, (_, value, kept) = handlers.answer_files(handlers.wait()[0], "invasive-resnet", [upload], 1e-5)
    assert words in value["words"] and value["answers"][0]["is_unfamiliar"] is None
    (row,) = csv.DictReader(io.StringIO(handlers.save_table(kept)["text"]))
    assert float(row["typicality"]) > 0 and (row["unfamiliar"], row["false_alarms"]) == ("", "1e-05")


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_are_no_photo_are_refused_with_a_sentence(order: str, tmp_path: Path, name: str) -> None:
    write, words = REFUSED[name]
    *_, (said, _, _) = handlers.survey_photo(order, NAME, [Upload(name, write(tmp_path / name))], 0, 0, "side by side")
    assert words in said


def test_a_photo_has_larger_limits_but_has_some(order: str, tmp_path: Path) -> None:
    def said(path: Path) -> str:
        return list(handlers.survey_photo(order, NAME, [Upload(path.name, path)], 0, 0, "side by side"))[-1][0]

    assert "8,000 x 6,300 = 50 million pixels" in said(black_png(tmp_path / "a.png", 8000, 6300))
    assert photo_size(black_png(tmp_path / "b.png", 8000, 6200)) == (8000, 6200)
    path = black_png(tmp_path / "c.png", 100, 100)
    path.write_bytes(path.read_bytes().ljust(41_000_000, b"\0"))
    assert "41 MB; at most 40 MB" in said(path)


def test_other_wrong_orders(order: str, upload: Upload) -> None:
    assert handlers.NO_PHOTO in next(handlers.survey_photo(order, NAME, [], 0, 0, "side by side"))[0]
    assert "no network named" in next(handlers.survey_photo(order, "nonsense", [upload], 0, 0, "side by side"))[0]
    assert handlers.NO_FILES in next(handlers.answer_files(order, NAME, []))[0]
    hostile = Upload("<script>alert(1)</script>.jpg", Path("/nowhere/<b>"))
    assert "<b>" not in next(handlers.survey_photo(order, "<b>x", [hostile], 0, 0, "side by side"))[0]


def test_an_order_that_is_taken_back_ends(order: str, upload: Upload) -> None:
    run = handlers.survey_photo(order, NAME, [upload], 0, 40, "side by side")
    next(run), next(run)
    assert handlers.stop(order)[0] == STOPPED
    assert [step[0] for step in run] == [STOPPED]
    other = handlers.wait()[0]
    assert len(list(handlers.survey_photo(other, NAME, [upload], 0, 180, "side by side"))) > 2  # which is another's
    waiting = handlers.wait()[0]
    handlers.stop(waiting)
    assert [step[0] for step in handlers.answer_files(waiting, NAME, [upload])] == [STOPPED]  # it only waited


def enabled(buttons: tuple[Any, ...]) -> list[bool | None]:
    """Whether Start and Stop can be pressed from now on; None where they stay as they are."""
    return [getattr(button, "interactive", None) for button in buttons]


def test_an_order_that_follows_one_taken_back_is_left_alone_by_it(order: str, upload: Upload) -> None:
    run = handlers.survey_photo(order, NAME, [upload], 0, 40, "side by side")
    next(run), next(run)
    handlers.stop(order)
    after, _, *buttons = handlers.wait(order)
    assert enabled(buttons) == [False, True]
    assert list(run) == []  # nothing of it is said over what is said of the next
    assert list(handlers.survey_photo(order, NAME, [], 0, 40, "side by side")) == []  # nor of one that only waited
    assert enabled(handlers.ready(after)) == [None, None] == enabled(handlers.ready(order))
    other = handlers.survey_photo(after, NAME, [upload], 0, 180, "side by side")
    next(other)
    assert enabled(handlers.ready(after)) == [None, None]
    assert "Answered in" in list(other)[-1][0]
    assert enabled(handlers.ready(after)) == [True, False]


@pytest.mark.parametrize("begun", [True, False])
def test_after_a_failure_the_next_order_can_be_given_and_the_failed_one_does_not_run(
    order: str, upload: Upload, begun: bool
) -> None:
    run = handlers.survey_photo(order, NAME, [upload], 0, 40, "side by side")
    if begun:
        next(run)
    assert enabled(handlers.give_up(order)) == [True, False]
    assert [step[0] for step in run] == [STOPPED]


# ---------------------------------------------------------------------------------------------------- saved files


@pytest.fixture(scope="module")
def kept() -> Saved:
    values = np.array([[0.25, 0.75]], dtype=np.float32)
    return Saved("=My field.jpg", Survey(("a", "b/c"), 15, 10, 10, (0, 5), (0,), np.stack([1 - values, values], -1)))


def test_the_map_is_saved_for_the_class_and_threshold_chosen(kept: Saved) -> None:
    saved = handlers.save_survey(kept, picked(kind="csv", label="b/c", threshold=0.5))
    assert saved["name"] == "My-field-b-c-0.50.csv" and saved["type"] == "text/csv"
    assert [row["decision"] for row in csv.DictReader(io.StringIO(saved["text"]))] == ["0", "1"]
    saved = handlers.save_survey(kept, picked(kind="geojson", label="a", threshold=0))
    assert saved["name"] == "My-field-a-0.00.geojson"
    features = json.loads(saved["text"])["features"]
    assert [feature["properties"]["decision"] for feature in features] == [True, True]


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"kind": "exe"},
        {"label": "c"},
        {"threshold": "0.5"},
        {"threshold": 2},
        {"threshold": float("nan")},
    ],
)
def test_choices_that_no_page_makes_are_refused(kept: Saved, data: Any) -> None:
    right = {"kind": "csv", "label": "a", "threshold": 0.5}
    sent = right | data if isinstance(data, dict) and data else data
    with pytest.raises(gr.Error, match="cannot be understood"):
        handlers.save_survey(kept, SimpleNamespace(_data=sent))


def test_nothing_to_save_is_said() -> None:
    for save in (
        lambda: handlers.save_survey(None, picked(kind="csv", label="a", threshold=0.5)),
        lambda: handlers.save_table(None),
    ):
        with pytest.raises(gr.Error, match="nothing to save any more"):
            save()


def test_the_table_grows_and_is_saved(order: str, upload: Upload, tmp_path: Path) -> None:
    bad = Upload("bad.jpg", tmp_path / "bad.jpg")
    bad.path.write_text("no photo")
    *_, (said, value, kept) = handlers.answer_files(order, NAME, [upload, bad])
    assert said == "" and [row["file"] for row in value["answers"]] == ["My field.jpg"]
    assert [row["file"] for row in value["troubles"]] == ["bad.jpg"]
    lines = handlers.save_table(kept)["text"].splitlines()
    assert len(lines) == 3 and lines[1].startswith("My field.jpg,")


def test_uploads_keep_the_name_that_their_owner_gave(tmp_path: Path) -> None:
    files = Files(file_count="multiple")
    path = tmp_path / "sanitised.jpg"
    path.write_bytes(b"1")
    payload = files.data_model([{"path": str(path), "orig_name": "=cmd.jpg"}, {"path": str(path)}])
    assert files.preprocess(payload) == [Upload("=cmd.jpg", path), Upload("sanitised.jpg", path)]
    assert files.preprocess(None) == []
    with pytest.raises(gr.Error, match="upload the photos as files"):
        files.preprocess(files.data_model([{"path": "", "url": "data:,"}]))


def test_a_network_that_looks_for_a_plant_is_warned_about_when_the_windows_are_a_guess(upload: Upload) -> None:
    model = model_zoo.load(NAME)
    looking = replace(model, card=model.card | {"classes": ["frog", "hogweed"], "decision": {"class": "frog"}})
    assert "their size is a guess" in survey_map.warning(looking, None)
    assert "names none" not in survey_map.warning(looking, None)
    assert survey_map.warning(looking, 250) == ""
    told = looking.card | {"preprocessing": looking.card["preprocessing"] | {"window": 250}}
    assert survey_map.warning(replace(looking, card=told), None) == ""


def test_plans_are_refused_as_sentences_for_the_user(upload: Upload) -> None:
    with pytest.raises(UserError):
        survey_map.plan(model_zoo.load(NAME), upload, 361, "side by side")
