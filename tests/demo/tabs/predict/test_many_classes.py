"""A network of a thousand classes in the Answer tab: it knows the page's own pictures, and five of them suffice."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

import model_zoo
from demo.core.inference import Inference, infer
from demo.core.networks import facts, lines
from demo.core.view import View
from demo.pictures.decode import open_image
from demo.pictures.examples import examples
from demo.tabs.predict.predict import BEST, answer, probabilities
from demo.tabs.predict.stability import MOST_SHOWN, report, stability

NAME = "imagenet-efficientnet-lite0"


def made(title: str) -> Inference:
    return infer(View(model=NAME), open_image(Path(examples()[title])))


def rows(table: str) -> dict[str, float]:
    found = re.findall(r'<th scope="row">(.*?)</th>.*?data-value="(.*?)"', table)
    return {unescape(label): float(value) for label, value in found}


@pytest.mark.parametrize(
    ("title", "label", "group"),
    [
        ("Lion", "lion", "animal"),
        ("Cheetah", "cheetah", "animal"),
        ("Drawing of a frog", "tree frog", "animal"),
        ("Drawing of a bird", "hummingbird", "animal"),
        ("Drawing of a ship", "container ship", "vehicle"),
        ("Drawing of an airplane", "airliner", "vehicle"),
    ],
)
def test_it_has_the_right_word_for_the_pages_own_pictures(title: str, label: str, group: str) -> None:
    found = made(title)
    assert found.ranking[0][0] == label
    assert f"<strong>{label}</strong>" in answer(found) and "It is unknown whether it knows such pictures" in answer(
        found
    )
    best, groups = re.findall(r"<table.*?</table>", probabilities(found))
    assert list(rows(best).items()) == found.ranking[:BEST]
    summed = sum(share for name, share in found.ranking if found.model.groups[found.model.classes.index(name)] == group)
    assert next(iter(rows(groups).items())) == (group, pytest.approx(summed))


def test_every_class_can_be_searched() -> None:
    found = made("Lion")
    page = probabilities(found)
    data = json.loads(unescape(re.findall(r'data-all="(.*?)"', page)[0]))
    assert [label for label, _ in data] == [label for label, _ in found.ranking]
    assert [share for _, share in data] == pytest.approx([share for _, share in found.ranking], rel=0.01)
    assert len(page) < 50_000  # it comes anew with every picture


def test_of_the_copies_answers_only_the_most_frequent_have_a_bar() -> None:
    picture = open_image(Path(examples()["Tower at dusk"]))
    shares = {label: share for label, share in stability(NAME, picture).items() if share}
    shown = rows(report(NAME, picture))
    assert list(shown.items()) == list(shares.items())[:MOST_SHOWN]
    assert len(shares) <= MOST_SHOWN or f"{len(shares) - MOST_SHOWN} other answers" in report(NAME, picture)


def test_what_is_said_of_the_network_stays_short() -> None:
    said = facts(NAME)
    assert len(said) < 1200 and "animal (398)" in said and "Trained elsewhere" in said and "Apache License 2.0" in said
    assert lines()[NAME].startswith("1,000 classes: animal, household, vehicle … · 75.1% right, as published")
    assert model_zoo.load(NAME).history == []
