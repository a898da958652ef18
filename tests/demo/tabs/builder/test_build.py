"""Small networks as the page orders them: real trainings on digits, in processes of their own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import model_zoo
from demo.private import networks as private
from demo.tabs.builder.training import NO_TIME, OFF, SWITCH, TOO_FEW
from model_zoo.graph.walk import walk
from tests.demo.tabs.builder.conftest import Builder
from tests.own_pictures import pictures, png
from train.data import digits

pytestmark = pytest.mark.slow
FIRST, SECOND = "c6k3p1,n,r,m2,d20", "c4k3,r,m2,l16,r"
SCRIPT = """
import { program } from './demo/tabs/builder/page/code.js';
import { count, parse } from './demo/tabs/builder/page/layers.js';
export const answer = ({ text, settings, about }) =>
  program(count(parse(text), about.channels, about.side, about.classes), settings, about);
"""


def weights(name: str) -> dict[str, torch.Tensor]:
    return model_zoo.load(name).net.state_dict()


@pytest.fixture
def order(somebody: Builder) -> dict[str, Any]:
    """Two networks beside each other, trained."""
    assert somebody.train(FIRST, SECOND)["state"] in ("waiting", "running")
    assert "already" in somebody.train(FIRST)["told"]
    found = somebody.waited()
    assert found["state"] == "done", found
    return found


def test_two_networks_learn_beside_each_other_as_each_would_alone(
    order: dict[str, Any], somebody: Builder, node: Callable[[str, Any], Any], tmp_path: Path
) -> None:
    result = order["result"]
    first, second = result["made"]
    assert private.mine("somebody") == [first["name"], second["name"]]
    assert result["held"] == 360 and result["train"] == 1437 and not result["is_cut"]
    assert [len(each["rows"]) for each in result["curves"]] == [4, 4]
    held = digits.digits()[1]
    for made in (first, second):
        model = model_zoo.load(made["name"])
        # What the page told is what the entry answers, for the digits that it never met.
        x = ((held.pictures.float() / 255) / (16 / 17)).expand(-1, 3, -1, -1)
        with torch.inference_mode():
            right = int((model.net(x).argmax(1) == held.labels).sum())
        assert right == made["right"] > made["before"]
        assert model.card["metrics"]["validation"]["pictures"] == 360
        assert [row["epoch"] for row in model.history] == [0, 1, 2, 3] and model.epochs == (0, 1, 2, 3)
        assert made["step"] in [step.name for step in walk(model.net, x[:1])]
        assert sum(weight.numel() for weight in model.net.parameters()) - 3 == made["weights"]  # 3 make grey of colours
    # Alone it comes to the same weights: the same start, order and dropout.
    somebody.train(FIRST)
    alone = somebody.waited()["result"]["made"][0]
    ours, theirs = weights(first["name"]), weights(alone["name"])
    assert ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)
    # So does the code that the page shows, in a process of its own.
    settings = {"set": "digits", "variants": [FIRST], "epochs": 3, "rate": 0.01, "seed": 0, "pictures": 2000}
    about = {"channels": 1, "side": 8, "classes": 10, "train": 1437, "held": 360}
    text = node(SCRIPT, {"text": FIRST, "settings": settings, "about": about})
    (tmp_path / "small.py").write_text(f"{text}\ntorch.save(net.state_dict(), 'net.pt')\n")
    done = subprocess.run([sys.executable, "small.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == f"pass 3: {first['right']} of 360 held-out pictures right"
    saved = list(torch.load(tmp_path / "net.pt").values())
    mine = [value for name, value in ours.items() if name != "grey.weight"]
    assert all(torch.allclose(a.float(), b.float(), atol=1e-3) for a, b in zip(mine, saved, strict=True))


def test_visitors_take_turns_and_are_told_how_long(somebody: Builder, other: Builder) -> None:
    somebody.train(FIRST, epochs=50)
    waiting = other.train(SECOND, epochs=1)
    assert waiting["state"] == "waiting" and waiting["place"] == 1 and waiting["seconds"] > 0
    running = somebody.waited(("running",))
    while "curves" not in running:
        running = somebody.ask("state")
    assert "told" in somebody.train(SECOND)  # one of each, so that nobody is served twice before another
    # Stopped, it leaves what it has learned so far.
    somebody.ask("stop")
    stopped = somebody.waited()
    assert stopped["state"] == "done" and stopped["result"]["is_stopped"] and stopped["result"]["is_cut"]
    assert 0 < stopped["result"]["at"] < 50
    model = model_zoo.load(stopped["result"]["made"][0]["name"])
    assert model.card["built"]["passes"] == pytest.approx(stopped["result"]["at"], abs=1e-3)
    # The other's turn comes now, though the first orders again at once and then stands behind.
    again = somebody.train(FIRST, epochs=1)
    assert again["state"] == "waiting" or other.ask("state")["state"] == "done"
    assert other.waited()["state"] == "done"
    assert private.mine("another") == [other.ask("state")["result"]["made"][0]["name"]]
    somebody.ask("stop")
    assert somebody.waited()["state"] in ("stopped", "done")


def test_what_its_time_is_too_short_for_ends_with_what_it_has(
    somebody: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, "0.4")
    somebody.train("c16k3p1,n,r,m2,c32k3p1,n,r,m2", epochs=50)
    found = somebody.waited()
    assert found["state"] == "done", found
    result = found["result"]
    assert result["is_cut"] and not result["is_stopped"] and 0 < result["at"] < 50
    assert model_zoo.load(result["made"][0]["name"]).card["built"]["is_cut"]
    assert NO_TIME.endswith("smaller network.")
    monkeypatch.setenv(SWITCH, "0")
    assert somebody.train(FIRST)["told"] == OFF and somebody.ask("begin")["why"] == OFF


def test_own_classes_are_learned_from_as_well(somebody: Builder) -> None:
    assert somebody.train(FIRST, set="own")["told"] == TOO_FEW
    assert {each["name"]: each["why"] for each in somebody.ask("begin")["sets"]}["own"] == TOO_FEW
    for kind in ("stripes", "discs"):
        label = somebody.send("/own/add-class", json.dumps({"name": kind})).json()["class"]
        for at, picture in enumerate(pictures(kind, 10)):
            somebody.send("/own/add", png(picture), **{"class": label, "name": f"{kind}{at}.png"})
    assert {each["name"]: each["classes"] for each in somebody.ask("begin")["sets"]}["own"] == 2
    somebody.train("c8k3p1,r,m4", set="own", epochs=5)
    found = somebody.waited()
    assert found["state"] == "done", found
    result = found["result"]
    assert result["train"] + result["held"] == 20 and result["held"] >= 2
    model = model_zoo.load(result["made"][0]["name"])
    assert model.classes == ("stripes", "discs") and model.size == 32
    assert model.card["data"]["name"].startswith("own pictures")
    right = sum(model.predict(picture)[0][0] == "stripes" for picture in pictures("stripes", 10))
    assert right > 5


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"variants": ["c16k7,c16k7"]}, "Layer 2: A 7 × 7 kernel does not fit into 2 × 2; padding 3 would keep"),
        ({"variants": ["l999,l999"]}, "weights are too many here"),
        ({"set": "own"}, "too few pictures"),
        ({"variants": ["r"] * 3}, "One network or 2"),
        ({"variants": []}, "One network or 2"),
        ({"variants": ["__import__('os')"]}, "no layer"),
        ({"variants": ["r," * 10_000]}, "too long"),
        ({"epochs": 51}, "from 1 to 50, not 51"),
        ({"epochs": 0}, "from 1 to 50"),
        ({"rate": 1e300}, "step size"),
        ({"rate": 0}, "step size"),
        ({"seed": 10**9}, "seed"),
        ({"set": "cifar10", "pictures": 10**6}, "from 2,000 to 10,000"),
        ({"set": "../../etc"}, "cannot be understood"),
        ({"variants": "r"}, "cannot be understood"),
        ({"variants": [1]}, "cannot be understood"),
        ({"epochs": True}, "cannot be understood"),
        ({"epochs": 2.5}, "cannot be understood"),
        ({"rate": "fast"}, "cannot be understood"),
        ({"rate": None}, "cannot be understood"),
        ({"set": None}, "cannot be understood"),
    ],
)
def test_a_hostile_order_gets_a_sentence(somebody: Builder, more: dict[str, Any], words: str) -> None:
    assert words in somebody.train("r", **more)["told"]
    assert somebody.ask("state") == {}


def test_a_strangers_question_is_refused_in_words(somebody: Builder) -> None:
    for action, content in (("train", "[]"), ("train", "{"), ("train", '{"epochs": NaN}'), ("fly", "{}")):
        answer = somebody.send(f"/build/{action}", content)
        assert answer.status_code == 422 and answer.json()["told"].endswith(".")
    somebody.token = "unknown"
    assert somebody.send("/build/state", "{}").status_code == 422
