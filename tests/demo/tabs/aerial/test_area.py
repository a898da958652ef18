"""What the page says of area and of scale, and a map checked by eye."""

import base64
import csv
import io
import json
import re
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import model_zoo
from demo.core.inference import run
from demo.errors import UserError
from demo.pictures.decode import given_size, open_image
from demo.tabs.aerial import batch, handlers, survey_map
from demo.tabs.aerial.batch import Upload
from demo.tabs.aerial.site_check import Check
from demo.tabs.aerial.survey_map import Saved
from demo.tabs.predict import predict
from model_zoo import Model
from model_zoo.aerial import site_check as site_checks
from model_zoo.aerial.site_check import COVERS
from tests.photosets import photo as drawn_photo

HEIGHT = '<rdf:Description drone-dji:RelativeAltitude="+10.0" drone-dji:CalibratedFocalLength="1000"/>'
CURVE = {"class": "invasive", "probabilities": [0.0, 1.0], "covers": [0.0, 0.6], "errors": [-0.05, 0.1]}
CURVE |= {"level": 0.9, "photos": 21, "windows": 3024, "found_on": "21 photos of one flight"}


@pytest.fixture(scope="module")
def model() -> Model:
    """It knows of 1 m of ground and of 100 pixels, and is calibrated; it has no idea of strange photos."""
    shipped = model_zoo.load("cifar10-cnn")
    preprocessing = shipped.card["preprocessing"] | {"window": 100, "window_metres": 1.0}
    classes = ["invasive" if label == "frog" else label for label in shipped.classes]
    card = {"title": "Plants", "classes": classes, "decision": {"class": "invasive", "threshold": 0.3}, "cover": CURVE}
    return replace(
        shipped, card=shipped.card | {"preprocessing": preprocessing} | card, trust=None
    )  # it knows no photos


@pytest.fixture(scope="module")
def upload(tmp_path_factory: pytest.TempPathFactory) -> Upload:
    path = tmp_path_factory.mktemp("photo") / "field.jpg"
    drawn_photo(1, True, 800, 600).save(path)
    return Upload("field.jpg", path)


def survey_of(model: Model, upload: Upload, *choices: Any) -> tuple[dict[str, Any], Saved]:
    plan = survey_map.plan(model, upload, *(choices or (None, "side by side", 8.0)))  # a photo of 8 m
    *_, (_, value, kept) = survey_map.running(model, "Network", upload, plan)
    return value, kept


def test_the_area_comes_with_its_interval_and_its_meaning(model: Model, upload: Upload) -> None:
    value, kept = survey_of(model, upload)
    covered = 0.6 * kept.survey.grid("invasive").mean()
    words = value["area"]["words"]
    found = re.fullmatch(r"“invasive” covers about ([\d.]+) % .* 90 % interval: ([\d.]+) to ([\d.]+) %\.", words)
    assert found is not None
    share, low, high = (float(text) / 100 for text in found.groups())
    assert share == pytest.approx(covered, abs=0.006) and low < share < high
    assert value["area"]["label"] == "invasive"
    assert "21 photos of one flight" in value["area"]["meaning"]
    assert value["unfamiliar"] == [] and value["left_out"] == ""
    assert kept.survey.unfamiliar is None  # nobody judged, which is not to say that all are familiar
    rows = list(csv.DictReader(io.StringIO(survey_map.file(kept, "csv", "invasive", 0.5)["text"])))
    assert np.mean([float(row["cover"]) for row in rows]) == pytest.approx(covered, abs=1e-3)


def test_the_metadata_choose_the_window_and_a_wrong_one_gets_no_area(model: Model, tmp_path: Path) -> None:
    """From 10 m with a focal length of 1,000 pixels a pixel shows 1 cm at full size and 2 cm at half."""
    for size, window in (((800, 600), 100), ((400, 300), 50)):
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0xA002] = 800
        path = tmp_path / f"{size[0]}.jpg"
        drawn_photo(1, True, *size).save(path, xmp=HEIGHT.encode(), exif=exif)
        plan = survey_map.plan(model, Upload(path.name, path), None, "side by side")
        assert (plan.survey.window, plan.is_alike) == (window, True)
    half = Upload("400.jpg", tmp_path / "400.jpg")
    value, _ = survey_of(model, half, 100, "side by side")
    assert value["area"] is None
    given = survey_map.plan(model, half, None, "side by side", 4.0)  # metres, before what the camera wrote
    assert given.survey.window == 100 and given.resolution.metres == pytest.approx(0.01)
    with pytest.raises(UserError, match="is not believed"):
        survey_map.plan(model, half, None, "side by side", 0.001)


@pytest.mark.parametrize("metres", [None, 2.72])
def test_no_area_is_told_while_the_answers_are_in_doubt(upload: Upload, metres: float | None) -> None:
    """A drawing is unlike all that the network learned from, whether or not one knows how much ground it shows."""
    shipped = model_zoo.load("invasive-resnet")
    model = replace(shipped, card=shipped.card | {"cover": CURVE})
    plan = survey_map.plan(model, upload, None, "side by side", metres)
    (_, value, kept), *_ = survey_map.running(model, "Network", upload, plan)
    assert (plan.survey.window, plan.is_alike) == (250, None if metres is None else True)
    assert "unlike those of the training pictures" in value["doubt"]
    assert value["area"] is None and kept.curve is None


def test_unfamiliar_windows_are_named(upload: Upload) -> None:
    """What the network does not know, by its own judgement, is left out, listed and counted."""
    judging = model_zoo.load("invasive-resnet")
    value, kept = survey_of(judging, upload, 200, "side by side")
    with Image.open(upload.path) as photo:
        boxes = kept.survey.boxes().reshape(-1, 4).tolist()
        strange = [index for index, box in enumerate(boxes) if judging.judge(photo.crop(box)).is_unfamiliar]
    assert value["unfamiliar"] == strange and strange
    assert f"{len(strange)} window" in value["left_out"] and "left out of all shares" in value["left_out"]
    assert kept.survey.counted().sum() == len(boxes) - len(strange)


def test_the_share_of_false_alarms_can_be_set(upload: Upload) -> None:
    """Windows are unfamiliar by what `Model.judge` says at that share, and the files tell it."""
    judging, unfamiliar = model_zoo.load("invasive-resnet"), []
    for share in (0.001, 0.05, 0.6):
        plan = survey_map.plan(judging, upload, 200, "side by side", 8.0, share)
        *_, (_, value, kept) = survey_map.running(judging, "Network", upload, plan)
        with Image.open(upload.path) as photo:
            boxes = kept.survey.boxes().reshape(-1, 4).tolist()
            judged = [judging.judge(photo.crop(box), share).is_unfamiliar for box in boxes]
        unfamiliar.append([number for number, strange in enumerate(judged) if strange])
        assert value["unfamiliar"] == unfamiliar[-1]
        rows = list(csv.DictReader(io.StringIO(survey_map.file(kept, "csv", "invasive", 0.5)["text"])))
        assert {row["false_alarms"] for row in rows} == {f"{share:g}"}
        assert [row["unfamiliar"] for row in rows] == [str(int(bool(strange))) for strange in judged]
        about = json.loads(survey_map.file(kept, "geojson", "invasive", 0.5)["text"])["properties"]
        assert (about["false_alarms"], about["unfamiliar"]) == (share, len(unfamiliar[-1]))
        assert f"{100 * share:g} % of the windows that it knows" in value["left_out"] or not unfamiliar[-1]
    assert set(unfamiliar[0]) <= set(unfamiliar[1]) <= set(unfamiliar[2]) and unfamiliar[2]


# ----------------------------------------------------------------------------------------------------- checked by eye


def sent(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


@pytest.fixture(scope="module")
def kept(model: Model, upload: Upload) -> Saved:
    return survey_of(model, upload)[1]


def test_windows_are_marked_and_estimated(kept: Saved, upload: Upload) -> None:
    value, check = handlers.check_survey(kept, [upload], sent(label="invasive", threshold=0.3))
    assert len(value["windows"]) == 40 and value["covers"] == list(COVERS)
    assert sorted(each["index"] for each in value["windows"]) == sorted(chain(*value["needed"]))
    with Image.open(io.BytesIO(base64.b64decode(value["windows"][0]["url"].partition(",")[2]))) as crop:
        assert crop.size == (288, 288)
        (left, top, right, bottom) = kept.survey.boxes().reshape(-1, 4)[value["windows"][0]["index"]]
        with Image.open(upload.path) as photo:
            middle = np.asarray(photo.crop((left, top, right, bottom)).resize((192, 192)), float)
        assert np.abs(np.asarray(crop, float)[48:240, 48:240] - middle).mean() < 8
    marks = {str(each["index"]): "5 to 25 %" for each in value["windows"]}
    found = handlers.estimate_site(check, sent(marks=marks))
    assert found["head"].startswith(
        "By your 40 marks, “invasive” covers 15 % of the ground; 90 % interval: 15 to 15 %."
    )
    assert found["interval"] == "90 % interval"  # of the same level as the map's own
    assert found["rows"][0] == ("Windows covered by at least 5 %", "100 %", "100 to 100 %")
    saved = handlers.save_check(check, sent(kind="results", marks=marks))
    assert saved["name"] == "field-results.csv" and "share of ground covered,invasive,,0.15000" in saved["text"]
    assert {row["level"] for row in csv.DictReader(io.StringIO(saved["text"]))} == {"0.9"}
    saved = handlers.save_check(check, sent(kind="marks", marks=marks))
    assert len(saved["text"].splitlines()) == 41


def test_the_map_follows_a_layer_fitted_to_the_marks_and_goes_back(upload: Upload) -> None:
    """The windows that are bright have the plant, whatever the network thinks of it."""
    kept = survey_of(model_zoo.load("invasive-resnet"), upload, 50, "side by side")[1]
    value, check = handlers.check_survey(kept, [upload], sent(label="invasive", threshold=0.387))
    with Image.open(upload.path) as photo:
        boxes = kept.survey.boxes().reshape(-1, 4).tolist()
        light = [float(np.asarray(photo.crop(box).convert("L"), float).mean()) for box in boxes]
    picked = [each["index"] for each in value["windows"]]
    middle = np.median([light[index] for index in picked])
    marks = {str(index): "5 to 25 %" if light[index] > middle else "none" for index in picked}
    told, shown, fitted = handlers.fit_site(check, sent(marks=marks))
    words = told["fitted"]
    assert words["applied"] and "follow the fitted layer" in words["head"]
    assert "the threshold before the fit, 38.7%" in told["rows"][1][0] and "as it was" in told["note"]
    losses = [float(each) for each in re.findall(r"(?:loss of|with) (\d\.\d{3})", words["head"])]
    assert len(losses) == 2 and losses[1] < losses[0]
    before, after = kept.survey.grid("invasive").ravel(), fitted.survey.grid("invasive").ravel()
    assert np.corrcoef(light, after)[0, 1] > np.corrcoef(light, before)[0, 1] + 0.1
    assert shown["run"] != kept.value["run"] and shown["photo"] == kept.value["photo"]
    assert (shown["threshold"], shown["fitted"], shown["area"]["label"]) == (0.5, 40, "invasive")
    rows = list(csv.DictReader(io.StringIO(survey_map.file(fitted, "csv", "invasive", 0.5)["text"])))
    assert [float(row["probability"]) for row in rows] == pytest.approx(after, abs=1e-5)
    assert [float(row["cover"]) for row in rows] == pytest.approx(0.15 * after, abs=1e-4)
    about = json.loads(survey_map.file(fitted, "geojson", "invasive", 0.5)["text"])["properties"]
    assert fitted.area is not None and about["area"] == pytest.approx(fitted.area.share, abs=1e-4)
    assert fitted.area.level == about["area_level"] == 0.9 and "; 90 % interval" in shown["area"]["words"]
    saved = handlers.save_check(check, sent(kind="fit", marks=marks))
    assert saved["name"] == "field-fit.csv" and len(saved["text"].splitlines()) == 3
    assert [row["area_level"] for row in csv.DictReader(io.StringIO(saved["text"]))] == ["", "0.9"]
    told, shown, again = handlers.undo_fit(check, sent(marks=marks))
    assert "fitted" not in told and shown == kept.value and again is kept
    assert "the map’s threshold, 38.7%" in told["rows"][1][0] and "as it was" not in told["note"]


def test_a_fit_that_does_not_help_or_has_too_few_marks_leaves_the_map(upload: Upload) -> None:
    kept = survey_of(model_zoo.load("invasive-resnet"), upload, 50, "side by side")[1]
    value, check = handlers.check_survey(kept, [upload], sent(label="invasive", threshold=0.387))
    picked = [each["index"] for each in value["windows"]]
    alike = {str(index): "none" for index in picked}
    told, shown, left = handlers.fit_site(check, sent(marks=alike))
    assert (
        "Too few marks of one kind: the plant covers at least 5 % in 0 of them, and less in 40"
        in told["fitted"]["head"]
    )
    assert not told["fitted"]["applied"] and left is kept and shown == kept.value
    with pytest.raises(gr.Error, match="Too few marks of one kind"):
        handlers.save_check(check, sent(kind="fit", marks=alike))
    rng = np.random.default_rng(0)  # percentages that mean what they say, and nothing in the windows to better them
    sure = np.where(rng.random(kept.survey.probabilities[..., 0].size) < 0.5, 0.85, 0.15)
    values = np.stack([1 - sure, sure], -1).astype(np.float32).reshape(kept.survey.probabilities.shape)
    honest = replace(kept, survey=replace(kept.survey, probabilities=values))
    drawn = Check(honest, site_checks.plan(honest.survey, "invasive", 0.5, seed=1))
    marks = {str(index): "5 to 25 %" if rng.random() < sure[index] else "none" for index in drawn.plan.picked}
    told, shown, left = handlers.fit_site(drawn, sent(marks=marks))
    assert not told["fitted"]["applied"] and "the map stays as it was" in told["fitted"]["head"]
    assert left is honest and shown == honest.value


def test_marks_that_no_page_sends_are_refused(kept: Saved, upload: Upload) -> None:
    value, check = handlers.check_survey(kept, [upload], sent(label="invasive", threshold=0.3))
    first = str(value["windows"][0]["index"])
    with pytest.raises(gr.Error, match="Too few marks yet"):
        handlers.estimate_site(check, sent(marks={first: "none"}))
    for marks in (None, [], {first: "lots"}, {"x": "none"}, {first: 0.5}, {str(n): "none" for n in range(99)}):
        with pytest.raises(gr.Error, match="marks that cannot be understood"):
            handlers.estimate_site(check, sent(marks=marks))
    with pytest.raises(gr.Error, match="cannot be understood"):
        handlers.save_check(check, sent(kind="exe", marks={}))
    for wrong in ({"label": "frog", "threshold": 0.3}, {"label": "invasive", "threshold": 2}, {}):
        with pytest.raises(gr.Error, match="cannot be understood"):
            handlers.check_survey(kept, [upload], sent(**wrong))
    for call in (handlers.estimate_site, handlers.fit_site, handlers.undo_fit, handlers.save_check):
        with pytest.raises(gr.Error, match="nothing to save any more"):
            call(None, sent(kind="marks", marks={}))


def test_a_check_of_another_photo_is_refused(kept: Saved, upload: Upload) -> None:
    for files in ([], [replace(upload, name="other.jpg")]):
        with pytest.raises(gr.Error, match="of another photo"):
            handlers.check_survey(kept, files, sent(label="invasive", threshold=0.3))


# -------------------------------------------------------------------------------------- whole photos in the wrong place


def test_the_answer_for_a_whole_photo_leads_to_its_survey(model: Model, upload: Upload, tmp_path: Path) -> None:
    picture = open_image(upload.path)
    assert given_size(picture) == (800, 600) and min(picture.size) < 600
    made = run(model, picture)
    text = predict.seen(made)
    assert "Its threshold" not in predict.probabilities(made)  # nothing is decided
    assert "800 × 600 pixels; Plants learned from squares of 100" in text and "data-survey" in text
    drawn_photo(1, True, 250, 250).save(tmp_path / "tile.png")
    for network, path in ((model, tmp_path / "tile.png"), (model_zoo.load("cifar10-cnn"), upload.path)):
        assert "data-survey" not in predict.seen(run(network, open_image(path)))


def test_a_table_decides_nothing_for_whole_photos(model: Model, upload: Upload, tmp_path: Path) -> None:
    drawn_photo(1, True, 120, 120).save(tmp_path / "tile.png")
    *_, results = batch.answering(model, "Network", [upload, Upload("tile.png", tmp_path / "tile.png")])
    assert [(one.whole, one.decision is None) for one in results.answers] == [(True, True), (False, False)]
    assert "1 of them, marked below, shows far more ground" in batch.summary(results)
    whole, tile = csv.DictReader(io.StringIO(batch.table(results)))
    assert whole["decision"] == "" and "survey it" in whole["problem"]
    assert tile["decision"] in ("yes", "no") and tile["problem"] == ""
