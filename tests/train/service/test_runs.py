"""Trained networks of a server, named and deleted by whoever started them."""

import json
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

import model_zoo
from tests.conftest import WEIGHTS
from tests.train.helpers import wait
from train.service import runs as run_folders
from train.service.queue import Order, Queue, Refused

NAME = "live-20260102-030405"
MINE, OTHER = "my-ticket", "a ticket of somebody else"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder of run folders with one that holds a network."""
    shutil.copytree(WEIGHTS / "cifar10-cnn", tmp_path / "runs" / NAME)
    run_folders.sign(tmp_path / "runs" / NAME, MINE)
    return tmp_path / "runs"


def test_who_started_a_training_names_its_network(runs: Path) -> None:
    before = json.loads((runs / NAME / "card.json").read_text())
    queue = Queue(threads=1)  # of a server that was started anew: it knows no training
    assert queue.may_edit(runs, NAME, MINE)
    assert queue.rename(runs, NAME, "  Ümit's   frogs <3 ", MINE) == "Ümit's frogs <3"
    model = model_zoo.load_folder(runs / NAME)
    assert model.title == "Ümit's frogs <3" and model.card == before | {"title": model.title}
    text = (runs / NAME / "README.md").read_text()
    assert "\n# Ümit's frogs <3\n" in text and before["title"] not in text.split("## Figures")[0].split("---")[-1]
    assert not list((runs / NAME).glob("*.tmp")) and not (runs / NAME / "run.lock").exists()


def test_who_started_a_training_deletes_it(runs: Path) -> None:
    (runs / "mine").mkdir()
    Queue(threads=1).delete(runs, NAME, MINE)
    assert [path.name for path in runs.iterdir()] == ["mine"]
    with pytest.raises(Refused, match="no training of that name"):
        Queue(threads=1).delete(runs, NAME, MINE)


@pytest.mark.parametrize("ticket", [OTHER, "", None, 5, "\udcff"])
def test_others_may_not_unless_the_host_allows_it(runs: Path, ticket: object, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(threads=1)
    assert not queue.may_edit(runs, NAME, ticket)
    for action in (lambda: queue.rename(runs, NAME, "x", ticket), lambda: queue.delete(runs, NAME, ticket)):
        with pytest.raises(Refused, match=r"Only the browser that started a training .* CONVSCOPE_RUNS_EDITABLE=on"):
            action()
    assert model_zoo.load_folder(runs / NAME).title == "CIFAR-10 CNN"
    monkeypatch.setenv("CONVSCOPE_RUNS_EDITABLE", "on")
    assert queue.rename(runs, NAME, "x", ticket) == "x"
    queue.delete(runs, NAME, ticket)
    assert not (runs / NAME).exists()


def test_a_run_folder_without_an_owner_is_nobodys(runs: Path) -> None:
    (runs / NAME / run_folders.OWNER).unlink()
    assert not Queue(threads=1).may_edit(runs, NAME, "") and not Queue(threads=1).may_edit(runs, NAME, MINE)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../runs/" + NAME, NAME + "/", "mine", "linked", NAME + "\0", NAME.replace("01", "1"), None]
)
def test_nothing_outside_of_a_servers_own_run_folders_is_touched(
    runs: Path, name: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_RUNS_EDITABLE", "on")
    shutil.copytree(runs / NAME, runs / "mine")  # of `python -m train --out runs/mine`
    (runs / "live-20260102-030406").symlink_to(runs / "mine")
    name = "live-20260102-030406" if name == "linked" else name
    before = sorted(path for path in runs.rglob("*"))
    for action in (Queue(1).delete, lambda *words: Queue(1).rename(*words[:2], "x", words[2])):
        with pytest.raises(Refused, match="no training of that name"):
            action(runs, name, MINE)
    assert before == sorted(path for path in runs.rglob("*"))


@pytest.mark.parametrize("title", ["", "   ", "x" * 61, "a\x00b", "a\u202eb", None, 5])
def test_names_that_cannot_be_shown_are_refused(runs: Path, title: object) -> None:
    with pytest.raises(Refused, match="a name of 1 to 60 characters"):
        Queue(threads=1).rename(runs, NAME, title, MINE)


@pytest.mark.faults(
    "A run is to be deleted that another server trains in",
    "It is refused in a sentence; the training goes on",
)
def test_a_folder_that_another_server_trains_in_is_left_alone(runs: Path) -> None:
    with FileLock(runs / NAME / "run.lock"):
        for action in (Queue(1).delete, lambda *words: Queue(1).rename(*words[:2], "x", words[2])):
            with pytest.raises(Refused, match="still being trained"):
                action(runs, NAME, MINE)
    Queue(1).delete(runs, NAME, MINE)


def test_a_training_that_left_no_network_has_no_name_and_can_be_deleted(runs: Path) -> None:
    (runs / NAME / "card.json").unlink()
    with pytest.raises(Refused, match="left no network"):
        Queue(1).rename(runs, NAME, "x", MINE)
    Queue(1).delete(runs, NAME, MINE)
    assert not (runs / NAME).exists()


def test_what_is_being_trained_cannot_be_deleted_until_it_is_stopped(cifar10_folder: Path, tmp_path: Path) -> None:
    order = Order("cifar10-cnn", epochs=90, learning_rate=0.001, batch_size=50, pictures=100, seed=3)
    queue = Queue(threads=1)
    ticket = queue.order(order, cifar10_folder, tmp_path)
    wait(lambda: any(tmp_path.glob("*/card.json")))
    folder = queue.look(ticket).mine.folder
    assert queue.may_edit(tmp_path, folder.name, ticket) and not queue.may_edit(tmp_path, folder.name, OTHER)
    with pytest.raises(Refused, match="still being trained"):
        queue.delete(tmp_path, folder.name, ticket)
    assert ticket not in "".join(path.read_text() for path in folder.glob("*.txt"))  # the secret stands nowhere
    queue.stop(ticket)
    wait(lambda: queue.look(ticket).mine.ended)
    assert queue.rename(tmp_path, folder.name, "Stopped early", ticket) == "Stopped early"
    assert model_zoo.load_folder(folder).title == "Stopped early"
    queue.delete(tmp_path, folder.name, ticket)
    assert not list(tmp_path.iterdir())
