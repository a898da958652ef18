"""Networks of one visitor: kept under names that nobody can guess, listed for that visitor alone, deleted in time."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest

import model_zoo
from demo.core.networks import choices, given_names, lines
from demo.errors import UserError
from demo.private import networks
from model_zoo.entries.folders import SHIPPED, private_folder
from tests.pictures import noise

NAME = "cifar10-resnet"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONVSCOPE_PRIVATE", str(tmp_path / "private"))
    return tmp_path / "private"


def copied(folder: Path) -> None:
    for name in ("card.json", "model.safetensors", "history.csv"):
        shutil.copy(SHIPPED / NAME / name, folder)


def keep(session: str = "mine") -> str:
    return networks.keep(copied, session)


def age(name: str, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(private_folder() / name.partition(":")[2], (then, then))


def test_only_its_visitor_finds_it(place: Path):
    name, picture = keep(), noise(48, 32)
    assert dict(model_zoo.load(name).predict(picture)) == pytest.approx(dict(model_zoo.load(NAME).predict(picture)))
    assert name not in model_zoo.names()
    assert (model_zoo.load(NAME).title + " (yours)", name) in choices("mine")
    assert lines("mine")[name] == lines("mine")[NAME]
    for other in ("another", None, ""):
        assert name not in [each for _, each in choices(other)] and name not in lines(other)
    assert len(name.partition(":")[2]) == 22
    assert place.stat().st_mode & 0o77 == 0


def test_the_page_is_told_what_its_visitor_called_things() -> None:
    name, known = keep(), model_zoo.load(NAME)
    assert given_names(name, "mine") == {"titles": [known.title], "classes": list(known.classes)}
    assert given_names(name, "another") == {"titles": [known.title], "classes": list(known.classes)}  # by a link
    assert given_names(NAME, "mine") == {"titles": [known.title], "classes": []}
    assert given_names(NAME, "another") == {"titles": [], "classes": []}


def test_a_browser_brings_its_names_back():
    name = keep("before the reload")
    gone = f"{name[:-1]}{'A' if name[-1] != 'A' else 'B'}"
    sent = json.dumps([name, gone, "cifar10-cnn", "private:../../etc", 3, None])
    assert networks.known_to_browser(sent) == [name]
    networks.remember(networks.known_to_browser(sent), "after it")
    assert networks.mine("after it") == [name]


@pytest.mark.parametrize("sent", ["", "{", "3", '{"a": 1}', "[" * 9000, "[[]]", None, 5, b"[]", "x" * 20_000])
def test_what_is_no_list_of_names_is_none(sent: object):
    assert networks.known_to_browser(sent) == []


@pytest.mark.parametrize("token", ["", "../runs", "a" * 21, "a" * 23, "a/b", "." * 22])
def test_no_other_folder_is_reached(token: str):
    keep()
    with pytest.raises(KeyError):
        model_zoo.load(f"private:{token}")


def test_they_are_deleted_after_some_hours_and_when_wanted():
    old, new, unwanted = keep(), keep(), keep()
    age(old, networks.KEPT_SECONDS + 1)
    age(new, networks.KEPT_SECONDS - 60)
    networks.sweep()
    assert networks.mine("mine") == [new, unwanted]
    with pytest.raises(KeyError):
        model_zoo.load(old)
    with pytest.raises(UserError, match="not one of yours"):
        networks.delete(unwanted, "another")
    networks.delete(unwanted, "mine")
    assert networks.mine("mine") == [new]
    with pytest.raises(UserError, match="deleted already"):
        networks.delete(unwanted, "mine")


def test_where_there_is_no_room_the_oldest_go(monkeypatch: pytest.MonkeyPatch):
    first = keep()
    size = sum(file.stat().st_size for file in (private_folder() / first.partition(":")[2]).iterdir())
    monkeypatch.setattr(networks, "MOST_BYTES", int(2.5 * size))
    age(first, 100)
    second = keep()
    age(second, 50)
    third = keep()
    networks.sweep()
    assert networks.mine("mine") == [second, third]


def test_what_cannot_be_written_leaves_nothing(place: Path):
    def fails(folder: Path) -> None:
        (folder / "card.json").write_text("{}")
        raise ValueError("it is no network")

    with pytest.raises(ValueError, match="no network"):
        networks.keep(fails, "mine")
    assert not list(place.iterdir())


@pytest.mark.faults(
    "There is no room on the disk for a network that a visitor adds",
    "It is refused in a sentence, and nothing is left behind",
)
def test_no_room_on_the_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CONVSCOPE_PRIVATE", str(tmp_path / "file" / "below"))
    with pytest.raises(UserError, match="no room"):
        keep()


def test_of_one_visitor_only_some_are_listed():
    names = [keep() for _ in range(networks.MOST_NETWORKS + 2)]
    assert networks.mine("mine") == names[2:]


def test_what_else_stands_in_the_folder_stays(place: Path):
    name = keep()
    others = [place / "photos of the garden", place / ".git"]
    for folder in others:
        (folder / "inside").mkdir(parents=True)
        os.utime(folder, (0, 0))
    left = place / f"{networks.WRITING}cut off"
    left.mkdir()
    for path in (left, place / name.partition(":")[2]):
        os.utime(path, (0, 0))
    networks.sweep()
    assert sorted(place.iterdir()) == sorted(others)
