"""Trainings that a server starts: real processes, real pictures, small trainings."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import model_zoo
from tests.conftest import ROOT
from tests.train.helpers import PATIENCE, wait
from train.entry.run_folder import KEPT, new_folder, read_progress
from train.service.queue import (
    ALL_PICTURES,
    ARCHIVE_BYTES,
    FAILED,
    FINISHED,
    MOST_EACH,
    RUNNING,
    STOPPED,
    WAITING,
    Order,
    Queue,
    Refused,
    Training,
    check,
    downloaded,
    has_pictures,
    recipes,
    started,
)

SMALL = Order("cifar10-cnn", epochs=1, learning_rate=0.001, batch_size=50, pictures=100, seed=3)
LONG = replace(SMALL, epochs=90)


def mine(queue: Queue, ticket: str) -> Training:
    training = queue.look(ticket).mine
    assert training is not None
    return training


def epochs(training: Training) -> int:
    """How many epochs its entry holds; -1 without an entry."""
    try:
        return len(model_zoo.load_folder(training.folder).history) - 1 if training.folder else -1
    except model_zoo.BrokenEntry:
        return -1


def test_one_trains_and_the_others_wait_for_their_turn(
    cifar10_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(threads=1)
    first, second, third, fourth = (
        queue.order(order, cifar10_folder, tmp_path) for order in (SMALL, SMALL, LONG, SMALL)
    )
    assert len({first, second, third, fourth}) == 4
    queue.stop(second)
    assert mine(queue, second).state == STOPPED and mine(queue, second).folder is None
    wait(lambda: mine(queue, first).state == RUNNING)
    assert [queue.look(ticket).place for ticket in (first, third, fourth)] == [0, 1, 2]
    assert queue.look("nobody").running.ticket == first and queue.look("nobody").mine is None

    while not mine(queue, first).ended:
        assert mine(queue, third).state == mine(queue, fourth).state == WAITING
        time.sleep(0.1)
    done = mine(queue, first)
    assert done.state == FINISHED and done.reason == ""
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path))
    model = model_zoo.load(done.folder.name)
    assert [row["epoch"] for row in model.history] == [0, 1]
    assert model.card["recipe"]["seed"] == 3 and model.card["recipe"]["batch_size"] == 50
    assert model.card["metrics"]["test"]["pictures"] == 100
    assert abs(datetime.now() - started(done.folder.name)) < timedelta(hours=1)

    # The third one goes on for long; stopped in a later epoch, it leaves what it had learned until then.
    wait(lambda: epochs(mine(queue, third)) >= 2)
    moving = mine(queue, third)
    assert moving.trail and moving.progress.share == moving.progress.at / LONG.epochs
    assert all(point.pictures == 100 and point.images_per_second > 0 for point in moving.trail)
    assert sorted(point.at for point in moving.trail) == [point.at for point in moving.trail]
    queue.stop(third)
    wait(lambda: mine(queue, third).ended)
    assert mine(queue, third).state == STOPPED
    kept = model_zoo.load_folder(mine(queue, third).folder)
    assert 2 <= len(kept.history) - 1 < LONG.epochs and "test" not in kept.card["metrics"]
    queue.stop(fourth)
    wait(lambda: queue.look("").running is None)
    assert queue.look("").waiting == 0
    for ticket in (first, second, third, fourth, "nobody"):
        with pytest.raises(Refused, match="Only the browser that started one can stop it"):
            queue.stop(ticket)


@pytest.mark.faults(
    "The run folder cannot be made, or CIFAR-10 cannot be downloaded",
    "The training fails in a sentence that names the folder or the file; the next one begins",
)
def test_a_failure_says_why_in_the_words_of_the_training(
    cifar10_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A proxy that does not exist stands for a machine without network.
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    (tmp_path / "file").write_text("in the way")
    queue = Queue(threads=1)
    blocked = queue.order(SMALL, cifar10_folder, tmp_path / "file" / "runs")
    missing = queue.order(SMALL, tmp_path / "empty", tmp_path / "runs")
    wait(lambda: mine(queue, missing).ended)
    assert mine(queue, blocked).state == mine(queue, missing).state == FAILED
    assert "file" in mine(queue, blocked).reason and mine(queue, blocked).folder is None
    assert mine(queue, missing).reason.startswith("CIFAR-10 is not in ")
    assert "cifar-10-python.tar.gz" in mine(queue, missing).reason
    assert epochs(mine(queue, missing)) == -1


@pytest.mark.faults(
    "The process of a training is killed",
    "The page says so with the signal; the network as it was after the last epoch stays",
)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_training_that_is_killed_is_a_failure_in_words(cifar10_folder: Path, tmp_path: Path) -> None:
    queue = Queue(threads=1)
    ticket = queue.order(LONG, cifar10_folder, tmp_path)
    wait(lambda: epochs(mine(queue, ticket)) >= 0)
    os.kill(process_of(mine(queue, ticket).folder), signal.SIGKILL)
    wait(lambda: mine(queue, ticket).ended)
    assert mine(queue, ticket).state == FAILED and "signal 9" in mine(queue, ticket).reason
    assert epochs(mine(queue, ticket)) >= 0


def process_of(folder: Path) -> int:
    """The number of the process that was started with this folder."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        if str(folder).encode() in path.read_bytes():
            return int(path.parent.name)
    raise AssertionError("There is no such process.")


@pytest.mark.faults(
    "The server is killed amid a training",
    "The training notices, saves and ends; no process is left over",
)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_training_ends_with_its_server_and_has_lower_priority(cifar10_folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from train.service.queue import Order, Queue\n"
        f"Queue(1).order({LONG!r}, Path(sys.argv[1]), Path(sys.argv[2])); time.sleep({PATIENCE})"
    )
    server = subprocess.Popen([sys.executable, "-c", code, cifar10_folder, tmp_path], cwd=ROOT)
    try:
        wait(lambda: bool(list(tmp_path.glob("live-*/history.csv"))))
        (folder,) = tmp_path.glob("live-*")
        training = process_of(folder)
        own = os.getpriority(os.PRIO_PROCESS, server.pid)
        assert os.getpriority(os.PRIO_PROCESS, training) == min(19, own + 10)
        session = Path(f"/proc/{training}/autogroup")  # there where Linux weighs sessions against each other
        assert not session.exists() or session.read_text().split()[-1] == "10"
    finally:
        server.kill()  # it cannot do anything about it
        server.wait()
    wait(lambda: "Stopped" in (folder / "log.txt").read_text())
    assert not (folder / "progress.json").exists()
    assert model_zoo.load_folder(folder).history


# ------------------------------------------------------------------------------------------------ values and queue


@pytest.mark.parametrize("name", recipes())
def test_every_recipe_can_be_ordered_with_its_own_values(name: str) -> None:
    recipe = recipes()[name]
    check(Order(name, recipe.epochs, recipe.learning_rate, recipe.batch_size, pictures=2_000, seed=0))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"recipe": "nonsense"}, "no recipe named 'nonsense'; known are cifar10-cnn"),
        ({"recipe": "evaluate"}, "no recipe"),
        ({"recipe": "--help"}, "no recipe"),
        ({"epochs": 0}, r"^The epochs must be from 1 to .*, not 0\."),
        ({"epochs": 101}, r"The number of epochs must be from 1 to 100, not 101\."),
        ({"learning_rate": 0.0}, "^The learning rate must be from"),
        ({"learning_rate": float("nan")}, "^The learning rate must be from"),
        ({"batch_size": -5}, "^The batch size must be from"),
        ({"pictures": 99}, r"The number of pictures must be from 100 to 45,000, not 99\."),
        ({"pictures": ALL_PICTURES + 1}, "number of pictures"),
        ({"seed": -1}, "The seed must be from 0"),
        ({"seed": 2**31}, "The seed must be from 0"),
        ({"pictures": ALL_PICTURES, "epochs": 100}, "at most 20 epochs"),
    ],
)
def test_values_out_of_range_are_refused_before_anything_starts(
    values: dict[str, object], words: str, tmp_path: Path
) -> None:
    queue = Queue(threads=1)
    with pytest.raises(Refused, match=words):
        queue.order(replace(SMALL, **values), tmp_path, tmp_path)
    assert queue.look("").running is None and not list(tmp_path.iterdir())


# --------------------------------------------------------------------------------------------------------- folders

GOOD = {"epoch": 3, "epochs": 10, "seen": 1280, "pictures": 2000, "loss": 1.23, "accuracy": 0.55}
GOOD |= {"images_per_second": 800.0, "seconds_left": 18.4}


def test_progress_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "progress.json").write_text(json.dumps(GOOD | {"more": "of a later version"}))
    progress = read_progress(tmp_path)
    assert {name: getattr(progress, name) for name in GOOD} == GOOD
    assert progress.at == pytest.approx(2.64) and progress.share == pytest.approx(0.264)


WRONG = [{"epoch": 0}, {"epoch": 11}, {"seen": 2001}, {"seen": -1}, {"pictures": 0, "seen": 0}, {"loss": None}]
WRONG += [{"loss": float("nan")}, {"epoch": "x"}, {"epoch": float("inf")}]


@pytest.mark.parametrize(
    "text", ["", '{"epoch": 3, "epo', "[]", "5", "[" * 100_000, *(json.dumps(GOOD | values) for values in WRONG)]
)
def test_progress_that_cannot_be_understood_is_none(text: str, tmp_path: Path) -> None:
    assert read_progress(tmp_path) is None
    (tmp_path / "progress.json").write_text(text)
    assert read_progress(tmp_path) is None


def test_the_last_twenty_run_folders_are_kept_and_what_others_put_there(tmp_path: Path) -> None:
    for day in range(1, 26):
        (tmp_path / f"live-202601{day:02}-120000").mkdir()
    others = ["live-20250101-12000", "live-mine", "cifar10-cnn", "live-20250101-120000.bak"]
    for name in others:
        (tmp_path / name).mkdir()
    (tmp_path / "live-20240101-120000").symlink_to(tmp_path / "cifar10-cnn")
    new = new_folder(tmp_path)
    ours = sorted(path.name for path in tmp_path.iterdir() if started(path.name) and not path.is_symlink())
    assert len(ours) == KEPT and new.name in ours and ours[0] == "live-20260107-120000"
    assert all((tmp_path / name).is_dir() for name in others) and (tmp_path / "live-20240101-120000").is_symlink()
    assert new_folder(tmp_path) != new


def test_how_much_of_the_pictures_is_there(tmp_path: Path) -> None:
    assert downloaded(tmp_path / "nothing") == downloaded(tmp_path) == 0
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(bytes(12_345))
    assert downloaded(tmp_path) == 12_345 < ARCHIVE_BYTES and not has_pictures(tmp_path)


def test_the_pictures_are_known_to_be_there(cifar10_folder: Path) -> None:
    assert has_pictures(cifar10_folder)


def test_those_who_order_take_turns(cifar10_folder: Path, tmp_path: Path) -> None:
    queue = Queue(threads=1)
    first = queue.order(LONG, cifar10_folder, tmp_path, "school")
    wait(lambda: mine(queue, first).state == RUNNING)
    school = [queue.order(SMALL, cifar10_folder, tmp_path, "school") for _ in range(MOST_EACH)]
    with pytest.raises(Refused, match="waiting already"):
        queue.order(SMALL, cifar10_folder, tmp_path, "school")
    home = queue.order(SMALL, cifar10_folder, tmp_path, "home")
    assert [queue.look(each).place for each in (home, *school[:3])] == [1, 2, 3, 4]
    for ticket in school:
        queue.stop(ticket)
    queue.stop(first)
    wait(lambda: mine(queue, home).ended)
    assert mine(queue, home).state == FINISHED
