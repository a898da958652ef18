"""Which class a map and a table are about, where the card names one and where it names none."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

import model_zoo
from demo.tabs.aerial import batch, survey_map
from demo.tabs.aerial.batch import Upload
from model_zoo import Model
from model_zoo.aerial.survey import survey
from tests.photosets import photo as drawn_photo


@pytest.fixture(scope="module")
def reed() -> Model:
    """As after a training on folders `dry_reed` and `other`, in which nothing is of more interest than the other."""
    model = model_zoo.load("invasive-resnet")
    card = {key: value for key, value in model.card.items() if key != "decision"}
    return replace(model, card=card | {"title": "Reed", "classes": ["dry_reed", "other"]})


@pytest.fixture(scope="module")
def upload(tmp_path_factory: pytest.TempPathFactory) -> Upload:
    path = tmp_path_factory.mktemp("photo") / "field.png"
    drawn_photo(1, True, 300, 200).save(path)
    return Upload("field.png", path)


def test_no_class_is_mapped_without_a_word(reed: Model, upload: Upload) -> None:
    before = survey_map.warning(reed, None)
    assert "Reed tells dry_reed and other apart, and its card names none of them to look for" in before
    assert "choose another one in it" in before
    plan = survey_map.plan(reed, upload, 100, "side by side")
    *_, (_, value, kept) = survey_map.running(reed, "Reed", upload, plan)
    assert value["label"] is None
    assert value["own"] is False  # 50 % is nobody's own threshold
    means = kept.survey.probabilities.mean(axis=(0, 1))
    after = survey_map.unnamed(reed, kept.survey)
    assert f"The map begins with {reed.classes[means.argmax()]}, the most probable one on the whole" in after


def test_a_named_class_is_mapped_at_its_own_threshold(reed: Model, upload: Upload) -> None:
    named = replace(reed, card=reed.card | {"decision": {"class": "dry_reed", "threshold": 0.3}})
    assert survey_map.warning(named, None) == ""
    plan = survey_map.plan(named, upload, 100, "side by side")
    *_, (_, value, kept) = survey_map.running(named, "Reed", upload, plan)
    assert (value["label"], value["threshold"], value["own"]) == ("dry_reed", 0.3, True)
    assert survey_map.unnamed(named, kept.survey) == ""


def test_a_table_decides_only_for_a_named_class(reed: Model, upload: Upload) -> None:
    *_, results = batch.answering(reed, "Reed", [upload])
    shares = dict(reed.predict(drawn_photo(1, True, 300, 200)))
    (one,) = results.answers
    assert (results.label, one.decision) == (None, None)
    assert (one.answer, one.probability) == pytest.approx((max(shares, key=shares.get), max(shares.values())))
    assert "It has no threshold for a decision" in batch.summary(results)
    named = replace(reed, card=reed.card | {"decision": {"class": "dry_reed", "threshold": 0.3}})
    *_, results = batch.answering(named, "Reed", [upload])
    (one,) = results.answers
    assert one.decision is (shares["dry_reed"] >= 0.3)
    assert one.probability == pytest.approx(shares["dry_reed"], abs=1e-6)
    assert re.search(r"field\.png,\w+,dry_reed,0\.\d+,(yes|no),", batch.table(results))


def test_a_survey_saved_as_a_table_names_its_class(reed: Model, upload: Upload, tmp_path: Path) -> None:
    result = survey(reed, drawn_photo(1, True, 300, 200), window=100)
    saved = survey_map.file(survey_map.Saved("field.png", result), "csv", "dry_reed", 0.5)
    assert saved["name"] == "field-dry_reed-0.50.csv"
    assert {row["class"] for row in csv.DictReader(io.StringIO(saved["text"]))} == {"dry_reed"}
