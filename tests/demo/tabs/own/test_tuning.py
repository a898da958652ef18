"""Fine-tuning as the page asks for it: real small trainings of networks for own classes, in processes of their own."""

import json
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

import model_zoo
from demo.errors import UserError
from demo.private import networks as private
from demo.tabs.own import handlers
from demo.tabs.own.tuning import CHANGED, NO_EPOCH, OFF, SWITCH, improved
from demo.visitors.visitors import VISITORS
from tests.demo.tabs.own.conftest import BODY, PATIENCE, Somebody
from tests.own_pictures import png
from tests.train.own.conftest import digit, numbers
from train.service import own
from train.service.tuning import Tuning

KNOWS = BODY, (3, 8), 12  # a network that tells threes and eights apart without a mistake, frozen as it is
UNSURE = BODY, (1, 8), 24


def made(somebody: Somebody, body: str, values: tuple[int, int], count: int) -> dict[str, Any]:
    """What the page shows of a network for two digits, with so many pictures of each."""
    for value in values:
        label = somebody.ask("add-class", name=f"digit {value}")["class"]
        for at in numbers(value, count):
            assert "picture" in somebody.give(label, digit(at), f"{at}.png")
    somebody.ask("make", body=body, title="Digits")
    order = somebody.waited()
    assert order["state"] == "done", order
    return order["result"]


def running(somebody: Somebody, key: str = "epoch") -> dict[str, Any]:
    """How its fine-tuning stands once it tells so much of it."""
    until = time.monotonic() + PATIENCE
    while key not in (found := somebody.ask("tuning")):
        assert found["state"] in ("waiting", "running") and time.monotonic() < until, found
        time.sleep(0.05)
    return found


def test_a_network_is_trained_further_by_the_figures_that_are_told(somebody: Somebody, other: Somebody) -> None:
    result = made(somebody, *UNSURE)
    offer = result["tuning"]
    assert offer["why"] == "" and 0 < offer["seconds"] <= offer["limit"] == 120 and offer["held"] > 4
    assert somebody.ask("tune", name=result["name"])["state"] in ("waiting", "running")
    assert "already" in somebody.ask("tune", name=result["name"])["told"]
    assert other.ask("tuning") == {} and "told" in other.ask("tune", name=result["name"])
    under_way = running(somebody)
    assert under_way["said"].startswith("Pass ") and 0 <= under_way["share"] <= 1 and under_way["seconds"] > 0
    order = somebody.waited("tuning")
    assert order["state"] == "done", order
    found = order["result"]
    assert found["held"] == offer["held"] and found["title"] == "Digits (yours)"
    assert private.mine("somebody") == [found["name"]] and private.mine("another") == []
    assert found["is_replaced"] == (found["name"] != result["name"])
    sides = [(found[side]["right"], found[side]["loss"]) for side in ("before", "after")]
    assert not found["is_replaced"] or improved(*sides)
    model = model_zoo.load(found["name"])
    assert model.card["own"]["body"]["name"] == BODY
    # Either way it cannot be trained further again, which would come to the same.
    assert "told" in somebody.ask("tune", name=found["name"])
    assert somebody.send("home", json.dumps({"name": found["name"]})).content.startswith(b"PK")


def test_a_network_is_replaced_only_for_more_right_answers_at_no_higher_loss() -> None:
    assert improved((0.7, 0.8), (0.8, 0.8)) and improved((0.7, 0.8), (0.8, 0.5))
    assert not improved((0.7, 0.8), (0.7, 0.1)) and not improved((0.7, 0.8), (0.9, 0.81))


def test_a_network_in_the_place_of_another_has_its_place_in_the_list(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        shutil.copytree(model_zoo.load(BODY).folder, folder, dirs_exist_ok=True)

    first, second = private.keep(write, "somebody"), private.keep(write, "somebody")
    with pytest.raises(UserError, match="not one of yours"):
        private.replace(first, write, "another")
    new = private.replace(first, write, "somebody")
    assert private.mine("somebody") == [new, second] and model_zoo.load(new).classes
    with pytest.raises(UserError, match="deleted already"):
        private.replace(first, write, "somebody")
    # A page that showed it shows the new one, and compares it with the same ones as before.
    event = gr.EventData(None, {"name": new, "was": first})
    found = handlers.lists(first, [first, second], event, gr.Request(session_hash="somebody"))
    assert found.model.value == new and found.compared.value == [new, second]
    event = gr.EventData(None, {"name": second, "was": ""})
    found = handlers.lists(new, [new], event, gr.Request(session_hash="somebody"))
    assert found.model.value is None and found.compared.value == [new]


def test_a_network_that_gets_no_better_stays(somebody: Somebody) -> None:
    result = made(somebody, *KNOWS)
    before = (model_zoo.load(result["name"]).folder / "model.safetensors").read_bytes()
    somebody.ask("tune", name=result["name"])
    found = somebody.waited("tuning")["result"]
    assert not found["is_replaced"] and found["after"]["right"] <= found["before"]["right"] == found["held"]
    assert found["name"] == found["was"] == result["name"] and private.mine("somebody") == [result["name"]]
    assert (model_zoo.load(result["name"]).folder / "model.safetensors").read_bytes() == before


def test_two_visitors_train_in_turn_and_one_stops(somebody: Somebody, other: Somebody) -> None:
    results = [made(somebody, *UNSURE), made(other, *KNOWS)]
    somebody.ask("tune", name=results[0]["name"])
    running(somebody, "epoch")
    waiting = other.ask("tune", name=results[1]["name"])
    assert (waiting["state"], waiting["place"]) == ("waiting", 1) and waiting["seconds"] > 1
    assert "epoch" not in waiting  # which is the other one's
    assert somebody.ask("stop-tuning")["state"] == "running"
    assert somebody.waited("tuning")["state"] == "stopped"
    assert private.mine("somebody") == [results[0]["name"]]
    assert other.waited("tuning")["state"] == "done"
    # Stopped, it can be ordered again, and given up while it waits or as the page is closed.
    assert somebody.ask("tune", name=results[0]["name"])["state"] in ("waiting", "running")
    somebody.client.post("/own/close", content=somebody.token)
    until = time.monotonic() + PATIENCE
    while children():
        assert time.monotonic() < until
        time.sleep(0.1)


def children() -> list[int]:
    """The processes that train for this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words, status = (path / "cmdline").read_bytes(), (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if b"train.service.tune_worker" in words and int(status[1]) == os.getpid():
            found.append(int(path.name))
    return found


@pytest.mark.faults(
    "The process that fine-tunes own classes is killed",
    "The page says so; the network stays as it was before",
)
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system has no list of processes in /proc")
def test_a_training_that_is_killed_is_told_and_the_network_stays(somebody: Somebody) -> None:
    result = made(somebody, *KNOWS)
    somebody.ask("tune", name=result["name"])
    running(somebody)
    (process,) = children()
    os.kill(process, signal.SIGKILL)
    order = somebody.waited("tuning")
    assert order["state"] == "failed" and "signal 9" in order["said"] and order["said"].endswith("stays as it is.")
    assert private.mine("somebody") == [result["name"]]


def test_what_cannot_be_trained_further_is_said(somebody: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    result = made(somebody, *KNOWS)
    for name in ("cifar10-cnn", "private:../..", None, 3):
        assert somebody.ask("tune", name=name)["told"].endswith(".")
    # With less time than a process needs to begin, nothing is reached.
    monkeypatch.setenv(SWITCH, "0.5")
    somebody.ask("tune", name=result["name"])
    assert somebody.waited("tuning")["said"] == NO_EPOCH
    monkeypatch.setenv(SWITCH, "0")
    assert somebody.ask("tune", name=result["name"])["told"] == OFF
    somebody.ask("make", body=BODY)
    assert somebody.waited()["result"]["tuning"] == {"why": OFF}
    monkeypatch.setenv(SWITCH, "")
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    assert somebody.ask("tune", name=result["name"])["told"] == OFF
    monkeypatch.delenv("CONVSCOPE_TRAINING")
    monkeypatch.setenv(SWITCH, "soon")  # no number: as if nothing were said
    somebody.ask("make", body=BODY)
    result = somebody.waited()["result"]
    assert result["tuning"]["limit"] == 120
    number = next(iter(VISITORS.get(somebody.token).held))
    somebody.ask("delete", pictures=[number])
    assert somebody.ask("tune", name=result["name"])["told"] == CHANGED


def test_a_class_of_one_scene_cannot_be_held_out(somebody: Somebody) -> None:
    for value in (3, 8):
        label = somebody.ask("add-class", name=f"digit {value}")["class"]
        for at in numbers(value, 4):
            name = "burst" if value == 8 else str(at)
            somebody.send("add", png(digit(at)), **{"class": label, "name": f"{at}.png", "photo": name})
    somebody.ask("make", body=BODY)
    assert "pictures of several scenes" in somebody.waited()["result"]["tuning"]["why"]


def test_a_process_without_its_entry_says_why(tmp_path: Path) -> None:
    pictures = [own.of_image(digit(at), f"{at}.png") for value in (3, 8) for at in numbers(value, 6)]
    collection = own.Collection(("three", "eight"), tuple(pictures), (0,) * 6 + (1,) * 6)
    taught = own.teach(collection, [own.Body.of(model_zoo.load(BODY))])
    with Tuning(tmp_path, tmp_path / "nowhere", 1, 1) as tuning:
        tuning.write_start(taught)
        for piece in tuning.pieces(taught):
            tuning.send(piece)
        assert tuning.ended(PATIENCE)
        assert "nowhere" in tuning.failure() and tuning.rows() == []
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".png", ".jpg")]
