"""What is sent of the whole network: its size, the maps, what channels read, and which blocks."""

import gradio as gr
import numpy as np
import orjson
import pytest
from PIL import Image

import model_zoo
from demo.core.inference import Inference, run
from demo.render.html import ALPHABET, unpack
from demo.tabs.explore.overview import overview
from demo.tabs.explore.whole_network import whole_network
from model_zoo.explain.contributions import contributions, entries_per_channel
from tests.conftest import SHIPPED

LIMIT = 300_000


def sent(made: Inference, blocks: list[int] | None = None, step: str = "") -> dict:
    return orjson.loads(whole_network.whole(made, step, blocks))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_answer_stays_within_its_limit(name: str, picture: Image.Image) -> None:
    made = run(model_zoo.load(name), picture)
    count = len(overview.blocks(made.steps))
    for blocks in (None, list(range(count)), *([number] for number in range(count))):
        assert len(whole_network.whole(made, "", blocks)) <= LIMIT, blocks
    assert whole_network.whole(made) is whole_network.whole(made)  # kept


@pytest.mark.parametrize("name", [SHIPPED[0], "cifar10-fast"])
def test_the_maps_are_those_of_the_walk(name: str, picture: Image.Image) -> None:
    made = run(model_zoo.load(name), picture)
    found = sent(made, list(range(99)))
    entries = entries_per_channel(made.steps, made.x)
    assert list(found["columns"]) == [step.name for step in made.steps]
    for step in made.steps:
        column, values = found["columns"][step.name], step.output[0].numpy()
        assert (column["channels"], column["entries"]) == (len(values) // entries[step.name], entries[step.name])
        maps = unpack(column["maps"])
        if column["peaks"]:
            maps = maps * unpack(column["peaks"])
        if values.ndim == 1:
            assert np.abs(maps.ravel() - values).max() <= np.abs(values).max() / 31
        elif maps.shape == values.shape:
            assert np.abs(maps - values).max() <= np.abs(values).max() / 31
        elif all(n % m == 0 for n, m in zip(values.shape, maps.shape, strict=True)):
            step_of = [n // m for n, m in zip(values.shape, maps.shape, strict=True)][1:]
            blocks = values.reshape(len(values), maps.shape[1], step_of[0], maps.shape[2], step_of[1]).mean((2, 4))
            assert np.abs(maps - blocks).max() <= np.abs(values).max() / 31
    assert sum(found["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert found["classes"][int(np.argmax(found["probabilities"]))] == made.ranking[0][0]
    assert found["answer"] == made.answer.name
    levels = np.asarray(made.model.picture(made.x), np.float32).transpose(2, 0, 1) / 255
    assert np.abs(unpack(found["input"]) - levels).max() < 0.01


def test_what_a_channel_reads_is_what_brings_most(picture: Image.Image) -> None:
    made = run(model_zoo.load(SHIPPED[0]), picture)
    found, letters = sent(made), ALPHABET.decode()
    for step in ("conv1", "conv4", "fc1"):
        (read,) = found["columns"][step]["reads"]
        matrix = contributions(made.steps, made.x, [step])[step][0].matrix
        assert read["channels"] == matrix.shape[1] and read["each"] == min(8, matrix.shape[1])
        for channel in (0, len(matrix) - 1):
            sizes, text = np.abs(matrix[channel]), read["top"][3 * read["each"] * channel :]
            largest = sizes.max()
            for place, expected in enumerate(np.argsort(-sizes, kind="stable")[: read["each"]]):
                high, low, weight = (letters.index(letter) for letter in text[3 * place : 3 * place + 3])
                assert sizes[64 * high + low] == pytest.approx(sizes[expected])
                assert (weight - 32) / 31 == pytest.approx(matrix[channel, 64 * high + low] / (largest or 1), abs=0.017)
            share = unpack(read["share"])[channel, 0, 0]
            assert share == pytest.approx(largest / sizes.sum(), abs=0.01)
    assert found["columns"]["relu1"]["reads"] == [
        {"source": "conv1", "channels": 32, "first": 0, "amounts": None, "top": None}
    ]


def test_a_long_network_is_folded_and_its_blocks_can_be_asked_for(picture: Image.Image) -> None:
    made = run(model_zoo.load("invasive-resnet"), picture)
    blocks = overview.blocks(made.steps)
    last = [block.steps[-1] for block in blocks]
    assert list(sent(made)["columns"]) == last
    opened = sent(made, step="layer2.0.bn1")
    number = next(n for n, block in enumerate(blocks) if block.name == "layer2.0")
    assert opened["open"] == [number] and set(opened["columns"]) == {*last, *blocks[number].steps}
    assert sent(made, [number, 99]) == opened
    assert len(opened["columns"]["layer2.0.add"]["reads"]) == 2


@pytest.mark.parametrize("asked", ["nonsense", [-1, True, "2", 10**9], {}, None])
def test_nonsense_from_a_browser_is_left_out(asked: object, picture: Image.Image) -> None:
    event = gr.EventData(None, {"query": "?step=conv1", "ticket": 3, "blocks": asked})
    found = whole_network.wanted("?", SHIPPED[0], picture, event)
    assert found["ticket"] == 3 and "pool1" in found["columns"]


def test_an_unknown_network_is_refused(picture: Image.Image) -> None:
    with pytest.raises(gr.Error):
        whole_network.wanted("?", "nonsense", picture, gr.EventData(None, {"query": "?", "ticket": 1}))
