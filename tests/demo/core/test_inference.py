"""The walks behind the explorer: made once for whoever looks at the same picture, and the same for all of them."""

import gc
import weakref

import pytest
import torch
from PIL import Image

import model_zoo
from demo.core.inference import WALK_BYTES, infer
from demo.core.view import View
from demo.tabs.explore import step_view
from demo.tabs.explore.inspector import inspector
from model_zoo.graph.position import Position
from tests.conftest import SECOND, SHIPPED

NAME, OFF = SHIPPED[0], "conv1.3:off"


def test_a_picture_is_walked_once_and_another_network_picture_or_change_anew(picture: Image.Image) -> None:
    first = infer(View(model=NAME), picture)
    assert infer(View(model=NAME, step="conv2", channel=3), picture.copy()).steps is first.steps
    changed = infer(View(model=NAME, edits=OFF), picture)
    assert changed.original is first.steps
    for view, shown in (
        (View(model=SECOND), picture),
        (View(model=NAME), picture.rotate(90)),
        (View(model=NAME, edits="conv1.4:off"), picture),
    ):
        other = infer(view, shown)
        assert not torch.equal(other.steps[-1].output, first.steps[-1].output)
        assert not torch.equal(other.steps[-1].output, changed.steps[-1].output)
        model = model_zoo.load(view.model)
        fresh = model_zoo.walk(model.net, model.prepare(shown), other.edits)
        assert torch.equal(other.steps[-1].output, fresh[-1].output)


def test_the_input_is_prepared_once_whatever_is_changed(picture: Image.Image) -> None:
    first = infer(View(model=NAME), picture)
    moved = infer(View(model=NAME, edits="input:shift.3.0"), picture)
    assert moved.prepared is first.prepared and torch.equal(first.prepared, first.model.prepare(picture))
    assert not torch.equal(moved.x, moved.prepared)


def test_whoever_looks_at_a_walk_leaves_it_as_it_is(picture: Image.Image) -> None:
    for edits in ("", OFF):
        made = infer(View(model=NAME, edits=edits), picture)
        before = [step.output.clone() for step in made.steps]
        for step in made.steps:
            view = View(model=NAME, step=step.name, channel=1, edits=edits)
            step_view.show(view, made)
            step_view.show_channel(view, made)
            inspector.inspect(made, Position(step.name, 1, 0, 0))
            inspector.film(made, step.name, 1)
        assert all(torch.equal(step.output, was) for step, was in zip(made.steps, before, strict=True))


def test_walks_that_are_kept_take_no_more_memory_than_they_may_with_the_weights_changed_for_them(
    picture: Image.Image,
) -> None:
    name = "cifar10-fast"
    layers = [step.name for step in infer(View(model=name), picture).steps if step.operation == "convolution"]
    seen = []
    for value in range(30):
        edits = "~".join(f"{layer}.0.0.0.0:w{value}" for layer in layers)
        seen += [weakref.ref(step) for step in infer(View(model=name, edits=edits), picture).steps]
    gc.collect()
    kept = [step for each in seen if (step := each()) is not None]
    weights = sum(step.module.weight.nbytes for step in kept if step.edits)
    assert weights > WALK_BYTES / 2 and weights + sum(step.output.nbytes for step in kept) <= WALK_BYTES


@pytest.mark.parametrize("name", SHIPPED)
def test_the_answer_is_what_the_network_gives_bit_for_bit(name: str, picture: Image.Image) -> None:
    made = infer(View(model=name), picture)
    with torch.inference_mode():
        assert torch.equal(made.logits, made.model.net(made.model.prepare(picture))[0])
    assert made.ranking == made.model.predict(picture)
    assert made.original_logits is made.logits or torch.equal(made.original_logits, made.logits)
    assert 0 < made.seconds < 60
    assert made.labels(made.answer) == list(made.model.classes) and made.labels(made.steps[0]) == []
