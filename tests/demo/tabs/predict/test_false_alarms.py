"""The share of false alarms that a reader sets in the Answer tab, and which the address holds."""

import re
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from PIL import Image

import model_zoo
from demo import page_events
from demo.core.inference import infer
from demo.core.view import View
from demo.pictures.decode import open_image
from demo.pictures.drawings.files import DRAWINGS
from demo.share import links
from demo.tabs.predict.headline import headline
from demo.tabs.predict.knows import knows
from demo.tabs.predict.tab import alarms_handler

NAME = "cifar10-resnet"
SET = alarms_handler(page_events.renewed_view)


def sent(share: Any) -> Any:
    return SimpleNamespace(_data={"false_alarms": share})


def test_the_answer_is_judged_at_the_share_of_the_address() -> None:
    model, picture = model_zoo.load(NAME), open_image(DRAWINGS["Drawing of a ship"].path)
    typical = model.judge(picture).typicality
    assert typical is not None and 0.01 < typical < 0.9
    for share, strange in ((round(typical - 0.005, 4), False), (round(typical + 0.005, 4), True)):
        view = View.parse(f"?model={NAME}&false_alarms={share}")
        assert view.false_alarms == share and View.parse(view.query()) == view
        made = infer(view, picture)
        assert made.judgement == model.judge(picture, share)
        assert (made.judgement.is_unfamiliar, headline(made).is_void) == (strange, strange)
        assert f'value="{share:g}" data-false-alarms' in knows(made)


@pytest.mark.parametrize("text", ["0", "1", "1.5", "-0.1", "nan", "0.0", "1e-3", "5%", "", "0.0000000001"])
def test_other_shares_in_an_address_are_the_usual_one(text: str) -> None:
    view = View.parse(f"?model={NAME}&false_alarms={text}")
    assert view.false_alarms is None and "false_alarms" not in view.query()
    said = links.lost_in_words(f"?model={NAME}&false_alarms={text}", view)
    assert ("the share of false alarms could not be restored" in said) is bool(text)


def test_a_share_that_is_set_renews_the_answer(picture: Image.Image) -> None:
    state = SET("?step=conv1", NAME, picture, 0.0, sent(0.9), gr.Request())
    assert "false_alarms=0.9" in state.address
    assert "Unlike what it learned from" in state.answer or "outside what it knows" in state.answer
    assert "90 of 100" in state.judgement or re.search(r"<strong>No:</strong>", state.judgement)
    state = SET(state.address, NAME, picture, 0.0, sent(0.05), gr.Request())
    assert "false_alarms" not in state.address and 'value="0.05"' in state.judgement


@pytest.mark.parametrize("share", [0, 1, -2, "much", True, float("nan"), [0.1]])
def test_a_share_that_cannot_be_is_refused_in_a_sentence(share: Any, picture: Image.Image) -> None:
    with pytest.raises(gr.Error, match=r"The share of false alarms must be between 0 and 1, such as 0\.05"):
        SET("?", NAME, picture, 0.0, sent(share), gr.Request())


def test_where_too_few_pictures_were_held_back_nothing_is_called_known(picture: Image.Image) -> None:
    made = infer(View(model=NAME, false_alarms=0.00001), picture)
    page = knows(made)
    assert made.judgement.is_unfamiliar is None and "<strong>Unknown:</strong>" in page and "were held back" in page
    assert "Yes, it looks like" not in page and "from here on called strange" not in page
    assert headline(made).words == "It is unknown whether it knows such pictures; it says:"
