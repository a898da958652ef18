"""Why a change has no effect: said from the real tensors, and only where it is so."""

import pytest
import torch
from PIL import Image

import model_zoo
from demo.core.inference import Inference, run
from demo.pictures.decode import open_image
from demo.pictures.drawings.files import DRAWINGS
from demo.render.html import number
from demo.tabs.explore.what_if import what_if
from demo.tabs.explore.what_if.no_effect import why_nothing
from model_zoo import Step
from tests.conftest import SHIPPED


def changed(picture: Image.Image, edits: str) -> Inference:
    return run(model_zoo.load(SHIPPED[0]), picture, edits)


def channels(picture: Image.Image, step: str) -> torch.Tensor:
    """(channels, height, width) without any change."""
    made = changed(picture, "")
    return next(each for each in made.steps if each.name == step).output[0]


@pytest.mark.parametrize(("step", "after"), [("conv1", "relu1"), ("conv2", "relu2"), ("conv4", "relu4")])
def test_what_relu_had_removed(picture: Image.Image, step: str, after: str) -> None:
    highest = channels(picture, step).amax((1, 2))
    gone = int((highest <= 0).nonzero()[0])
    for factor in ("off", "x0.5", "x2"):
        made = changed(picture, f"{step}.{gone}:{factor}")
        assert torch.equal(made.logits, made.original_logits)
        (why,) = what_if.bar(made)["nothing"]
        assert why.startswith(f"{after} (ReLU) sets all of this channel's values to 0 anyway")
        assert f"the highest is {number(float(highest[gone]))}" in why


def test_a_channel_that_is_nothing_already(picture: Image.Image) -> None:
    gone = int((channels(picture, "relu1").amax((1, 2)) == 0).nonzero()[0])
    (why,) = why_nothing(changed(picture, f"relu1.{gone}:off"))
    assert why == f"Channel {gone} of relu1 is 0 everywhere for this picture already."


def test_a_change_that_is_too_small_to_be_seen(picture: Image.Image) -> None:
    made = changed(picture, "conv1.3:x0.99")
    (why,) = why_nothing(made)
    moved = float((made.logits - made.original_logits).abs().max())
    assert why.startswith("The change of channel 3 of conv1 reaches the logits") and number(moved) in why


def test_nothing_is_said_of_a_change_that_does_something(picture: Image.Image) -> None:
    made = changed(picture, "")
    label = int(made.logits.argmax())
    assert why_nothing(made) == []
    assert why_nothing(changed(picture, f"fc3.{label}:off")) == []


def test_each_of_several_changes_is_explained(picture: Image.Image) -> None:
    steps: list[Step] = changed(picture, "").steps
    gone = [
        f"{step.name}.{int((step.output[0].amax((1, 2)) <= 0).nonzero()[0])}:off"
        for step in steps
        if step.name in ("conv1", "conv3")
    ]
    found = why_nothing(changed(picture, "~".join(gone)))
    assert [text.split()[0] for text in found] == ["relu1", "relu3"]


def test_a_sure_answer_tells_by_its_lead() -> None:
    """The first drawing: its probability is all but 1, and stays so while its lead in logits changes."""
    sure = open_image(DRAWINGS["Drawing of a ship"].path)
    made = changed(sure, "conv1.3:off")
    real, now = made.original_logits.double(), made.logits.double()
    label = int(real.argmax())
    assert real.softmax(0)[label] > 0.995 and abs(now.softmax(0)[label] - real.softmax(0)[label]) < 0.0005
    leads = [float(logits[label] - logits[torch.arange(len(logits)) != label].max()) for logits in (real, now)]
    found = what_if.bar(made)
    assert [found["lead"]["before"], found["lead"]["now"]] == pytest.approx(leads, abs=1e-5)
    assert abs(leads[1] - leads[0]) > 0.5
    assert found["nothing"] == []  # something changes
