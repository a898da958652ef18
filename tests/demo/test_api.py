"""The endpoint /judge: what a program gets of how far an answer can be trusted."""

import json

import pytest
from PIL import Image

import model_zoo
from demo.api import judge
from demo.errors import UserError
from tests.conftest import SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_program_gets_the_judgement(name: str, picture: Image.Image) -> None:
    model = model_zoo.load(name)
    found, expected = judge(name, picture), model.judge(picture, neighbours=5)
    assert (
        json.loads(json.dumps(found)) == json.loads(json.dumps(found))
        and found["label"] == model.predict(picture)[0][0]
    )
    assert list(found["probabilities"].values()) == pytest.approx(list(expected.probabilities), abs=1e-9)
    assert (found["typicality"], found["is_unfamiliar"]) == (expected.typicality, expected.is_unfamiliar)
    assert found["prediction_set"] == expected.prediction_set and found["words"] == expected.words
    assert [each["index"] for each in found["nearest"]] == [each.index for each in expected.nearest]


def test_more_false_alarms_find_more_strange(picture: Image.Image) -> None:
    for name in SHIPPED:
        found = judge(name, picture)
        if found["typicality"] is not None and 0.001 < found["typicality"] < 0.99:
            assert judge(name, picture, found["typicality"] + 1e-6)["is_unfamiliar"]
            assert not judge(name, picture, found["typicality"] - 1e-6)["is_unfamiliar"]


@pytest.mark.parametrize("share", [0, 1, -1, 2, "0.05", None, float("nan"), [0.1]])
def test_a_share_that_is_none_is_refused_in_words(share: object, picture: Image.Image) -> None:
    with pytest.raises(UserError, match=r"The share of false alarms must be between 0 and 1, such as 0\.05"):
        judge(SHIPPED[0], picture, share)
    with pytest.raises(UserError, match=r"The coverage must be between 0 and 1, such as 0\.9"):
        judge(SHIPPED[0], picture, 0.05, share)


def test_an_unknown_network_is_refused(picture: Image.Image) -> None:
    with pytest.raises(UserError, match="There is no network named"):
        judge("nonsense", picture)
