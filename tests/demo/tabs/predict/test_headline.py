"""The words before an answer, and what the Answer tab says of whether a network knows pictures like it."""

import re
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
import torch
from PIL import Image

import model_zoo
from demo.core.inference import Inference, infer
from demo.core.view import View
from demo.pictures.decode import open_image
from demo.pictures.drawings.files import DRAWINGS
from demo.pictures.patterns import gradio_photographs
from demo.tabs.predict import predict, steadiness, tab
from demo.tabs.predict.headline import AGREE, headline, of_judgement
from demo.tabs.predict.knows import UNKNOWN, knows, limit, of_known, typical
from model_zoo.trust.judgement import Judgement, unjudged
from tests.conftest import SHIPPED
from tests.helpers import unmarked

SHIP = "Drawing of a ship"
JUDGED = [name for name in SHIPPED if model_zoo.load(name).trust is not None]
needs_judge = pytest.mark.skipif("cifar10-resnet" not in JUDGED, reason="no entry with a judge")


def made(name: str, picture: Image.Image, edits: str = "") -> Inference:
    return infer(View(model=name, edits=edits), picture)


def opened(path: Path) -> Image.Image:
    """All but the edge of a picture: an example's own pass is kept, and other tests count how often it is made."""
    picture = open_image(path)
    return picture.crop((1, 1, picture.width - 1, picture.height - 1))


def judgement(*shares: float, unfamiliar: bool | None = False, typicality: float | None = None) -> Judgement:
    found = unjudged(torch.tensor([shares]).log())[0]
    usual = None if unfamiliar is None else 0.001 if unfamiliar else 0.5
    return replace(found, is_unfamiliar=unfamiliar, typicality=typicality or usual)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (judgement(0.97, 0.02, 0.01), "The network is sure:"),
        (judgement(0.48, 0.41, 0.11), "The network is torn between"),
        (judgement(0.7, 0.2, 0.1), "The network thinks:"),
        (judgement(0.44, 0.2, 0.19, 0.17), "The network is unsure, its best guess:"),
        (
            judgement(0.99, 0.01, unfamiliar=True),
            "This looks unlike anything it learned from; the better of its two words",
        ),
        (
            judgement(0.99, 0.01, 0, unfamiliar=True),
            "This looks unlike anything it learned from; the best of its three words",
        ),
        (judgement(0.97, 0.02, 0.01, typicality=0.101), "The network is sure:"),
        (judgement(0.97, 0.02, 0.01, typicality=0.09), "This is just within what it knows; it says:"),
        (judgement(0.48, 0.41, 0.11, typicality=0.06), "This is just within what it knows; it is torn between"),
        (
            judgement(0.97, 0.02, 0.01, typicality=0.03, unfamiliar=True),
            "This is just outside what it knows; the best of its three words would be",
        ),
        (
            judgement(0.97, 0.02, 0.01, typicality=0.025, unfamiliar=True),
            "This looks unlike anything it learned from; the best of its three words",
        ),
        (judgement(0.99, 0.01, unfamiliar=None), "It is unknown whether it knows such pictures; it says:"),
    ],
)
def test_the_words_follow_the_judgement(found: Judgement, words: str) -> None:
    said = of_judgement(found, len(found.probabilities))
    assert said.words.startswith(words)
    assert said.is_sure == ("sure:" in words and "unsure" not in words)


@needs_judge
@pytest.mark.parametrize(
    ("typicality", "unfamiliar", "words"),
    [
        (0.5, False, "Yes, it looks like what it knows:</strong> 50 of 100 known pictures look at least as strange"),
        (0.07, False, "Just within what it knows:</strong> 7 of 100 known pictures look at least as strange"),
        (0.03, True, "Just outside what it knows:</strong> 3 of 100 known pictures look at least as strange"),
        (0.01, True, "No:</strong> 1 of 100 known pictures look at least as strange"),
    ],
)
def test_on_either_side_of_the_line_both_numbers_are_said(typicality: float, unfamiliar: bool, words: str) -> None:
    judge = model_zoo.load("cifar10-resnet").trust
    assert judge is not None
    found = judgement(0.9, 0.1, typicality=typicality, unfamiliar=unfamiliar)
    page = unmarked(typical(judge, found))
    assert words in page
    assert ("the line beyond which a picture is called strange is at 5 of 100" in page) == words.startswith("Just")
    said = found.words
    assert ("just outside" in said or "just within" in said) == ("the line to strange ones is at 5%" in said)
    assert ("just" in said) == words.startswith("Just")


@pytest.mark.parametrize("name", SHIPPED)
def test_no_network_is_sure_of_an_unfamiliar_or_unjudged_picture(name: str) -> None:
    for path in (*(drawing.path for drawing in DRAWINGS.values()), *gradio_photographs().values()):
        found = made(name, opened(path))
        judged, said = found.judgement, predict.answer(found)
        if "is sure" in said:
            assert judged.is_unfamiliar is False and max(judged.probabilities) >= 0.9
            assert "data-sure" in said
        if judged.is_unfamiliar is None:
            assert UNKNOWN in knows(found) and "unknown" in said
        elif judged.is_unfamiliar:
            assert ("just outside what it knows" if judged.is_borderline else "unlike anything it") in said
            assert "void here" in knows(found)
        elif judged.is_borderline:
            assert "just within what it knows" in said and "Just within what it knows:" in knows(found)
        else:
            assert "Yes, it looks like what it knows" in knows(found)


@needs_judge
def test_a_ship_is_one_and_a_lion_is_no_frog() -> None:
    ship = made("cifar10-resnet", opened(DRAWINGS[SHIP].path))
    assert "The network is sure:" in predict.answer(ship) and "<strong>ship</strong>" in predict.answer(ship)
    assert steadiness.agreeing(ship) >= AGREE * steadiness.COPIES
    assert tab.steady("?", "cifar10-resnet", ship.picture) == gr.skip()
    lion = made("cifar10-resnet", opened(gradio_photographs()["Lion"]))
    assert "is sure" not in predict.answer(lion)


@pytest.mark.skipif("invasive-resnet" not in JUDGED, reason="the entry has no judge")
def test_a_plain_green_square_is_nothing_to_be_sure_of() -> None:
    green = made("invasive-resnet", Image.new("RGB", (200, 200), (40, 120, 40)))
    assert "is sure" not in predict.answer(green)


@needs_judge
def test_changes_are_never_called_sure_and_the_real_network_is_judged() -> None:
    ship = opened(DRAWINGS[SHIP].path)
    step = next(each for each in made("cifar10-resnet", ship).steps if each.operation == "convolution")
    found = made("cifar10-resnet", ship, f"{step.name}.0:off")
    assert found.edits and not headline(found).is_sure and "without your changes" in knows(found)


def test_where_copies_disagree_the_headline_says_so() -> None:
    name = JUDGED[0] if JUDGED else SHIPPED[0]
    for draw in DRAWINGS.values():
        found = made(name, opened(draw.path))
        count = steadiness.agreeing(found)
        assert 0 <= count <= steadiness.COPIES
        said = predict.steadied(View(model=name), found.picture)
        if not headline(found).is_sure or count >= AGREE * steadiness.COPIES:
            assert said is None
        else:
            assert f"only {count} of {steadiness.COPIES}" in said and "data-sure" not in said


@pytest.mark.parametrize(
    ("typicality", "words"),
    [
        (0.63, "63 of 100"),
        (0.03, "3 of 100"),
        (0.0042, "4 of 1,000"),
        (0.0002, "fewer than 1 of 1,000"),
        (1.0, "100 of 100"),
    ],
)
def test_a_share_is_said_as_a_count(typicality: float, words: str) -> None:
    assert of_known(typicality) == words


@pytest.mark.parametrize("name", JUDGED)
def test_the_line_of_the_histogram_is_where_pictures_become_unfamiliar(name: str) -> None:
    judge = model_zoo.load(name).trust
    for share in (0.01, 0.05, 0.2):
        line = limit(judge.held, share)
        beyond = judge.held > line
        assert (beyond.double().mean() <= share) and (1 + int(beyond.sum())) / (len(judge.held) + 1) <= share + 1e-9


@pytest.mark.parametrize("name", JUDGED)
def test_the_answer_tab_draws_the_known_pictures_and_names_the_set(name: str) -> None:
    for path in (DRAWINGS[SHIP].path, gradio_photographs()["Lion"]):
        found = made(name, opened(path))
        page = unmarked(knows(found))
        assert len(re.findall("<polyline[^>]*(?:here|dashed)", page)) == 2 and 'role="img"' in page
        assert (
            f"{of_known(found.judgement.typicality)} known pictures look at least as strange" in page
            or "none of" in page
        )
        if not found.judgement.is_unfamiliar:
            names = re.search(r"Cannot be excluded at 90%: <strong>(.*?)</strong>", page)
            everything = len(found.judgement.prediction_set) == len(found.model.classes)
            assert everything or names[1] == ", ".join(found.judgement.prediction_set)
