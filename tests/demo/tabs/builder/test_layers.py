"""Shapes, weights, refusals and code of small networks: the browser's, the server's and torch's, on random lists."""

import random
from collections.abc import Callable
from typing import Any

import pytest
import torch

from model_zoo.common import layers
from model_zoo.common.layers import KINDS, MOST_LAYERS, MOST_WEIGHTS, LayerError
from model_zoo.nets.small_cnn import SmallCNN

CASES = 500
SCRIPT = """
import { count, encode, parse } from './demo/tabs/builder/page/layers.js';
import { layersInCode } from './demo/tabs/builder/page/code.js';
export const answer = (cases) => cases.map(({ text, channels, side, classes }) => {
  const layers = parse(text);
  const network = count(layers, channels, side, classes);
  return {
    ...network, text: encode(layers),
    code: network.words ? '' : layersInCode(network, { channels, side }),
  };
});
"""
SETTINGS = """
import { encode, parse } from './demo/tabs/builder/page/settings.js';
export const answer = (texts) => texts.map((text) => [parse(text), encode(parse(text))]);
"""


def layer(chance: random.Random) -> str:
    """A layer that can often stand there, and sometimes has a number out of range."""
    number = chance.randint
    return chance.choice(
        [
            f"c{chance.choice([1, 4, 8, 16, 32, 300])}k{number(1, 7)}s{number(1, 3)}p{number(0, 3)}",
            f"c{number(1, 12)}k3p1",
            "n",
            "r",
            f"m{number(2, 3)}",
            f"a{number(2, 4)}s{number(1, 3)}",
            "g",
            f"d{number(1, 99)}",
            f"l{chance.choice([3, 10, 64, 2000])}",
        ]
    )


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    chance = random.Random(5)
    sizes = [(1, 8, 10), (3, 32, 10), (3, 32, 2)]
    found = []
    for _ in range(CASES):
        text = ",".join(layer(chance) for _ in range(chance.choice([0, 1, 2, 3, 4, 5, 6, 9, 26])))
        found.append({"text": text} | dict(zip(("channels", "side", "classes"), chance.choice(sizes), strict=True)))
    return found


def counted(case: dict[str, Any]) -> layers.Network | str:
    """What the server makes of it, or why it refuses it."""
    try:
        return layers.count(layers.parse(case["text"]), case["channels"], case["side"], case["classes"])
    except LayerError as error:
        return str(error)


def test_the_browser_counts_and_refuses_as_the_server_does(
    cases: list[dict[str, Any]], node: Callable[[str, Any], Any]
) -> None:
    refused = 0
    for case, browser in zip(cases, node(SCRIPT, cases), strict=True):
        server = counted(case)
        if isinstance(server, str):
            refused += 1
            if server == f"{MOST_LAYERS} layers are the most here.":
                continue  # the browser leaves what is beyond them out, and adds none
            number = f"Layer {browser['wrong'] + 1}: " if browser["wrong"] >= 0 else ""
            assert f"{number}{browser['words']}" == server, case
            continue
        assert browser["words"] == "" and browser["text"] == server.text
        assert [tuple(each["shape"]) for each in browser["counted"]] == [each.shape for each in server.counted]
        assert [each["weights"] for each in browser["counted"]] == [each.weights for each in server.counted]
        assert browser["weights"] == server.weights and browser["work"] == pytest.approx(server.work)
    assert 50 < refused < CASES - 50  # both ways are tried


def test_shapes_and_weights_are_those_of_torch_and_the_code_makes_the_same_network(
    cases: list[dict[str, Any]], node: Callable[[str, Any], Any]
) -> None:
    for case, browser in zip(cases, node(SCRIPT, cases), strict=True):
        found = counted(case)
        if isinstance(found, str):
            continue
        torch.manual_seed(3)
        net = SmallCNN(found.text, case["classes"], case["channels"], case["side"]).eval()
        x, shapes = torch.zeros(2, case["channels"], case["side"], case["side"]), []
        for name, module in net.named_children():
            x = module(x)
            if name != "flatten":
                shapes.append((tuple(x.shape[1:]), sum(weight.numel() for weight in module.parameters())))
        assert shapes == [(each.shape, each.weights) for each in found.counted], case
        made: dict[str, Any] = {"nn": torch.nn}
        torch.manual_seed(3)
        exec(browser["code"], made)
        ours, theirs = list(net.state_dict().values()), list(made["net"].state_dict().values())
        assert len(ours) == len(theirs) and all(map(torch.equal, ours, theirs)), case


def test_what_never_can_be_built_is_refused_where_a_card_asks_for_it() -> None:
    for text in ("c9999k3", "x", "c16", "l64,c8k3", "c8k3;import os", "m2" + ",r" * 30, "r," * 500, "l1024,l1024", "³"):
        with pytest.raises(LayerError):
            SmallCNN(text)
    with pytest.raises(LayerError, match=f"{MOST_WEIGHTS:,} are the most"):
        SmallCNN("l200")
    assert set(KINDS) == set("cnrmagdl")


def test_the_address_holds_what_is_set_whoever_wrote_it(node: Callable[[str, Any], Any]) -> None:
    whole = "cifar10~a:c16k5s2,n,r,a2~b:l64,d50~epochs:3~rate:0.001~seed:7~pictures:8000"
    texts = ["", whole, "own~a:", "a:<b>,r,c3k3~seed:-1~epochs:900~rate:5~pictures:1~moon~b:" + "r," * 40]
    (usual, _), (first, again), (own, _), (strange, _) = node(SETTINGS, texts)
    assert again == whole
    assert (first["set"], first["variants"]) == ("cifar10", ["c16k5s2,n,r,a2", "l64,d50"])
    assert own["variants"] == [""] and own["set"] == "own"
    assert {**strange, "variants": []} == {**usual, "variants": []}
    assert strange["variants"] == ["r,c3k3", ",".join("r" * MOST_LAYERS)]
