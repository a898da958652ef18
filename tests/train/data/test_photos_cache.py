"""Photos are decoded once: what is kept, what is decoded again, and what an interruption costs."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import photosets
from tests.conftest import ROOT
from train.data.cifar10 import DataError
from train.data.photo_set import PhotoSet, read

SIZE = 24


@pytest.fixture
def kaggle(tmp_path: Path) -> Path:
    return photosets.kaggle(tmp_path / "set")


def get(source: Path, **more: object) -> PhotoSet:
    more = {"cache": source.parent / "cache", "progress": False} | more
    return read(source, SIZE, **more)


def pixels(photos: PhotoSet) -> dict[str, bytes]:
    parts = (photos.train, photos.validation, photos.test)
    return {name: row.tobytes() for part in parts for name, row in zip(part.names, part.pictures, strict=True)}


def labelled(photos: PhotoSet) -> dict[str, int]:
    parts = (photos.train, photos.validation)
    return {name: label for part in parts for name, label in zip(part.names, part.labels.tolist(), strict=True)}


def change_unseen(path: Path) -> None:
    """Other contents under the same size and time: only somebody who opens the file can know."""
    status = path.stat()
    path.write_bytes(bytes(status.st_size))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_second_reading_opens_no_photo(kaggle: Path) -> None:
    before = pixels(get(kaggle))
    for path in kaggle.rglob("*.jpg"):
        change_unseen(path)
    assert pixels(get(kaggle)) == before


def test_only_what_changed_is_decoded_again(kaggle: Path) -> None:
    before = pixels(get(kaggle))
    for number in range(1, 30):
        change_unseen(kaggle / "train" / f"{number}.jpg")
    photosets.photo(777, True).save(kaggle / "train" / "30.jpg")
    os.utime(kaggle / "train" / "30.jpg", ns=(1, 1))  # the change is told by any other time, also an older one
    after = pixels(get(kaggle))
    assert after.keys() == before.keys()
    assert [name for name in before if before[name] != after[name]] == ["train/30.jpg"]


def test_another_seed_decodes_nothing_again_and_another_size_does(kaggle: Path) -> None:
    first = get(kaggle)
    labels = labelled(first)
    other = get(kaggle, seed=5)
    assert other.validation.names != first.validation.names and pixels(other) == pixels(first)
    assert labelled(other) == labels
    larger = read(kaggle, 40, cache=kaggle.parent / "cache", progress=False)
    assert larger.train.pictures.shape == (24, 40, 40, 3)
    assert pixels(get(kaggle)) == pixels(first)


def test_a_changed_label_is_seen(kaggle: Path) -> None:
    name = get(kaggle).train.names[0]
    table = kaggle / "train_labels.csv"
    number = Path(name).stem
    old = int(photosets.is_invasive(int(number)))
    table.write_text(table.read_text().replace(f"\n{number},{old}\n", f"\n{number},{1 - old}\n"))
    photos = get(kaggle)
    assert labelled(photos)[name] == 1 - old


def test_a_photo_that_was_broken_and_mended_is_back(kaggle: Path) -> None:
    whole = (kaggle / "train" / "8.jpg").read_bytes()
    (kaggle / "train" / "8.jpg").write_bytes(whole[:700])
    assert "train/8.jpg" not in pixels(get(kaggle))
    (kaggle / "train" / "8.jpg").write_bytes(whole)
    photos = get(kaggle)
    assert "train/8.jpg" in pixels(photos) and not photos.report.broken


def test_several_processes_give_what_one_gives_also_from_a_zip(kaggle: Path, tmp_path: Path) -> None:
    (kaggle / "train" / "8.jpg").write_bytes(b"broken")
    zipped = photosets.zipped(kaggle, tmp_path / "set.zip")
    one, two = get(kaggle, processes=1), get(zipped, processes=2)
    assert pixels(one) == pixels(two) and one.report == two.report and one.report.broken


@pytest.mark.faults(
    "The cache of decoded photos is damaged",
    "It is made again",
)
def test_a_damaged_cache_is_made_again(kaggle: Path) -> None:
    before = pixels(get(kaggle))
    for spoil in (lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"nonsense" + data):
        for kind in ("*.notes", "*.rows"):
            if spoil(b"1") != b"nonsense1" or kind == "*.notes":
                path = next((kaggle.parent / "cache").rglob(kind))
                path.write_bytes(spoil(path.read_bytes()))
                assert pixels(get(kaggle)) == before


def test_old_sets_are_removed(kaggle: Path) -> None:
    for seed in range(6):
        get(kaggle, seed=seed)
    assert len(list((kaggle.parent / "cache").rglob("*.rows"))) == 3


def test_two_at_once_get_the_same(kaggle: Path, tmp_path: Path) -> None:
    found = []
    threads = [threading.Thread(target=lambda: found.append(pixels(get(kaggle)))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and found[0] == found[1] == found[2] == pixels(get(kaggle, cache=tmp_path / "other"))


@pytest.mark.faults(
    "The cache of decoded photos cannot be written",
    "The command says so, and how to choose another folder",
)
def test_a_cache_that_cannot_be_written_is_said(kaggle: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match=r"cannot be kept in .*file.* Name another folder"):
        get(kaggle, cache=tmp_path / "file")


def test_the_default_is_the_users_cache_folder(kaggle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    get(kaggle, cache=None)
    assert list((tmp_path / "home" / "convscope" / "photos").rglob("*.rows"))


@pytest.mark.faults(
    "The command is killed while it decodes photos",
    "Nothing is left running; the next start goes on with what was decoded",
)
@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGKILL")
def test_a_killed_process_loses_nothing_and_leaves_nothing_running(tmp_path: Path) -> None:
    folder, count = tmp_path / "set", 240
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
        large = photosets.photo(1, name == "b").resize((1000, 1000), Image.Resampling.NEAREST)
        large.save(tmp_path / "photo.png")
        for index in range(count // 2):  # bytes behind the picture's end make each file another
            data = (tmp_path / "photo.png").read_bytes() + index.to_bytes(2, "big")
            (folder / name / f"{index}.png").write_bytes(data)
    code = f"""
from train.data import cache, photo_set
cache.SECONDS = 0.05
photo_set.read({str(folder)!r}, {SIZE}, cache={str(tmp_path / "cache")!r}, processes=2)
"""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL)
    part = wait_for(lambda: next((tmp_path / "cache").rglob("*.notes.part"), None), process)
    wait_for(lambda: part.exists() and part.read_bytes().count(b"\n") > 8, process)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    started = children.read_text().split() if children.exists() else []
    assert len(started) >= 2 or not children.exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(running(pid) for pid in started))
    done = [line.split('"')[1] for line in part.read_text().splitlines(keepends=True) if line.endswith("\n")]
    assert 8 < len(done) < count
    for name in done:
        change_unseen(folder / name)  # a photo that was done is not opened again
    photos = get(folder)
    assert len(photos.train) + len(photos.validation) + len(photos.test) == count and not photos.report.broken
    rows = {name: {row for one, row in pixels(photos).items() if one.startswith(name)} for name in ("a/", "b/")}
    assert len(rows["a/"]) == len(rows["b/"]) == 1 and rows["a/"] != rows["b/"]
    assert not list((tmp_path / "cache").rglob("*.part"))


def wait_for(condition, process: subprocess.Popen | None = None):
    deadline = time.monotonic() + 120
    while not (found := condition()):
        assert time.monotonic() < deadline and (process is None or process.poll() is None)
        time.sleep(0.01)
    return found


def running(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_all_splits_are_mapped_from_one_file(tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "set", {"train/a": 2, "train/b": 2, "val/a": 1, "val/b": 1})
    photos = read(folder, 256, cache=tmp_path / "cache", progress=False)
    assert isinstance(photos.train.pictures, np.memmap) and photos.train.pictures.shape == (4, 256, 256, 3)
    file = Path(photos.train.pictures.filename)
    assert file == photos.validation.pictures.filename and file.stat().st_size == 6 * 256 * 256 * 3
