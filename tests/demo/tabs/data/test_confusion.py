"""The Data tab: a network's confusion matrix, and the pictures behind its cells."""

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from torchvision import datasets

import model_zoo
from demo.errors import UserError
from demo.pictures import datasets as picture_sets
from demo.pictures.datasets import CIFAR10, PictureSet
from demo.tabs.data import confusion, tab
from tests.conftest import SHIPPED


def shown(source: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(source.split(",")[1])))


def event(data: Any) -> gr.EventData:
    return gr.EventData(None, data)


def test_the_board_shows_the_matrix_of_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_DATA", "/nonexistent")
    card = model_zoo.load(SHIPPED[0]).card
    html = confusion.board(SHIPPED[0])
    for true, row in enumerate(card["metrics"]["test"]["confusion_matrix"]):
        for predicted, count in enumerate(row):
            words = f"{count:,} of {card['classes'][true]} answered {card['classes'][predicted]}, "
            assert words in html
    assert "<button" not in html and "10,000 test pictures" in html


@pytest.mark.parametrize("value", [None, [], "x", [[1]], [[-1] * 10] * 10, [[1.5] * 10] * 10, [["<b>"] * 10] * 10])
def test_a_card_with_another_matrix_has_none(value: object, hostile_entry: str) -> None:
    model = model_zoo.load(hostile_entry)
    assert confusion.matrix(model) is not None and "<script>" not in confusion.board(hostile_entry)
    test = {**model.card["metrics"]["test"], "confusion_matrix": value}
    changed = type(model)(model.name, model.net, model.card | {"metrics": {"test": test}}, [], model.folder)
    assert confusion.matrix(changed) is None


def test_cells_are_counted_at_the_threshold_of_the_card() -> None:
    model = model_zoo.load(SHIPPED[0])
    shares = np.array([[0.9, 0.1], [0.69, 0.31], [0.71, 0.29], [0.2, 0.8]])
    two = replace(model, card=model.card | {"classes": ["not invasive", "invasive"], "threshold": 0.3})
    assert confusion.decide(two, shares).tolist() == [0, 1, 0, 1]
    turned = replace(two, card=two.card | {"classes": ["invasive", "not invasive"]})
    assert confusion.decide(turned, shares[:, ::-1]).tolist() == [1, 1, 1, 0]  # it is the second one's
    untold = replace(two, card={key: value for key, value in two.card.items() if key != "threshold"})
    assert confusion.decide(untold, shares).tolist() == [0, 0, 0, 1]
    named = replace(untold, card=untold.card | {"decision": {"class": "invasive", "threshold": 0.3}})
    assert confusion.decide(named, shares).tolist() == [0, 1, 0, 1]
    assert confusion.decide(model, np.eye(10)[[3, 7]]).tolist() == [3, 7]


def test_the_pictures_behind_a_cell(cifar10_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_DATA", str(cifar10_folder))
    monkeypatch.setattr(confusion, "MOST", 120)
    steps = list(tab.behind(SHIPPED[0], event({"true": "3", "predicted": "3"})))
    assert any("of 120 test pictures" in step.get("message", "") for step in steps)
    value, model, found = steps[-1], model_zoo.load(SHIPPED[0]), picture_sets.read(CIFAR10)
    expected = []
    for row in range(120):
        label, share = model.predict(picture_sets.picture(found, "test", row))[0]
        if label == "cat" and found.parts["test"].labels[row] == 3:
            expected.append((-share, row, f"cat {share:.1%}"))
    assert [(sample["row"], sample["text"]) for sample in value["samples"]] == [one[1:] for one in sorted(expected)]
    assert value["counted"].startswith(f"1 to {len(expected)} of {len(expected)} among 120 test pictures")
    official = datasets.CIFAR10(str(cifar10_folder), train=True)
    for row in (0, 1, 4_999):
        number = found.parts["validation"].numbers[row]
        assert np.array_equal(np.asarray(picture_sets.picture(found, "validation", row)), official.data[number])
        assert found.parts["validation"].labels[row] == official.targets[number]
    first = value["samples"][0]
    assert shown(first["src"]).tobytes() == picture_sets.picture(found, "test", first["row"]).tobytes()
    for data in (None, {}, {"true": 3, "predicted": 3}, {"true": "3"}, {"true": "3", "predicted": "10"}, {"true": "²"}):
        with pytest.raises(gr.Error):
            list(tab.behind(SHIPPED[0], event(data)))


def test_a_set_of_other_classes_is_refused(tiles: PictureSet) -> None:
    with pytest.raises(UserError, match="are not those of"):
        list(confusion.answers(model_zoo.load(SHIPPED[0]), tiles))
