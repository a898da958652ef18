"""Pictures that cost much: decoded by a process of their own, within bounds, and nobody else pays for them."""

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

from demo.pictures import workers
from demo.pictures.decode import PHOTO, PictureError, open_image, open_photo
from demo.pictures.workers import Died, Pool, Worker
from model_zoo.common import picture_file
from model_zoo.common.picture import SHORT_SIDE
from model_zoo.common.picture_file import Limits
from tests.conftest import ROOT
from tests.pictures import black_png, encoded, noise, saved, with_scans

PATIENCE = 60  # seconds; nothing takes that long unless it would for ever
linux = pytest.mark.skipif(sys.platform != "linux", reason="the system bounds processes, and /proc lists them")


def children(pid: int | None = None) -> set[int]:
    """The processes that decode pictures for a process, for this one where none is named."""
    found = set()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(each.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            is_worker = b"picture_worker" in each.joinpath("cmdline").read_bytes()
        except OSError:
            continue
        if is_worker and parent == (pid or os.getpid()):
            found.add(int(each.name))
    return found


@pytest.fixture(scope="module")
def heavy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that takes a second or two."""
    return saved(tmp_path_factory.mktemp("heavy") / "p.webp", Image.new("RGB", (7000, 5500)), format="WEBP")


@pytest.mark.parametrize(
    ("kind", "side", "more"),
    [("WEBP", 2100, {}), ("PNG", 2100, {"bits": 1}), ("AVIF", 200, {}), ("JPEG", 1400, {"progressive": True})],
)
def test_the_pixels_are_those_of_any_other_picture(tmp_path: Path, kind: str, side: int, more: dict[str, int]) -> None:
    picture = noise(side, side - 3).quantize(2) if "bits" in more else noise(side, side - 3)
    path = saved(tmp_path / "p", picture, format=kind, **more)
    assert not picture_file.is_light(path, PHOTO)
    assert open_photo(path) == picture_file.open_picture(path, PHOTO)
    here = picture_file.open_picture(path, PHOTO, SHORT_SIDE, 2048)
    assert open_image(path) == open_image(path.read_bytes()) == here


@pytest.mark.parametrize(("kind", "size"), [("JPEG", (4000, 3000)), ("PNG", (1600, 1200)), ("WEBP", (1600, 1200))])
def test_usual_pictures_are_decoded_where_they_are_asked_for(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    path = saved(tmp_path / "p", Image.new("RGB", size), format=kind)
    assert picture_file.is_light(path, PHOTO)


def test_what_cannot_be_used_is_told_in_the_same_words(tmp_path: Path) -> None:
    path = saved(tmp_path / "p.png", noise(2200, 2200))
    path.write_bytes(path.read_bytes()[:9_000_000])
    with pytest.raises(PictureError, match=r"^This PNG picture is damaged or incomplete\. Please save .*\.$"):
        open_image(path)


@linux
def test_a_process_that_dies_amid_a_picture_costs_that_picture_alone(heavy: Path) -> None:
    open_image(heavy)
    (worker,) = children()
    told: list[str] = []

    def ask() -> None:
        try:
            for _ in range(20):
                open_photo(heavy)
        except PictureError as error:
            told.append(str(error))

    asking = threading.Thread(target=ask)
    asking.start()
    state = Path(f"/proc/{worker}/stat")
    before = state.read_text().split()[13]
    while state.read_text().split()[13] == before:  # processor time: it has begun
        time.sleep(0.01)
    os.kill(worker, signal.SIGKILL)
    asking.join(PATIENCE)
    assert told == ["This picture is damaged or incomplete, or too large for this server. Please save or download it "
                    "again, or choose another."]  # fmt: skip
    assert open_image(heavy).size == (334, 262)
    os.kill(*children(), signal.SIGKILL)  # while it rests
    assert open_image(heavy).size == (334, 262)
    assert children().isdisjoint({worker})


@linux
def test_a_picture_has_so_much_processor_time(heavy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WHOLE_SECONDS", 0)  # of which the system makes one
    pool = Pool(1)
    slow = with_scans(encoded(noise(3000, 3000), "JPEG", progressive=True), 50)
    with pytest.raises(picture_file.PictureError, match="takes too long; please save it anew with another program"):
        pool.picture(slow, Limits(10**9, 10**9))
    monkeypatch.undo()
    assert pool.picture(heavy, PHOTO, SHORT_SIDE).size == (334, 262)
    pool.close()


@linux
def test_a_picture_has_so_much_memory(tmp_path: Path) -> None:
    worker = Worker()
    bomb = black_png(tmp_path / "p.png", 22_000, 22_000)
    try:
        assert worker.picture(bomb, Limits(10**9, 10**9), (None, None), 60) == {"memory": True}
        small = worker.picture(saved(tmp_path / "q.png", noise(30, 20)), PHOTO, (None, None), 60)
        assert np.array_equal(np.asarray(small), np.asarray(noise(30, 20)))
    finally:
        worker.close()
    with pytest.raises(Died):
        worker.picture(bomb, PHOTO, (None, None), 1)


@linux
def test_the_processes_are_light_and_end_with_the_server(heavy: Path) -> None:
    code = f"""
import sys, time
from demo.pictures.decode import open_image
open_image({str(heavy)!r})
print("ready", flush=True)
time.sleep({PATIENCE})
"""
    server = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert server.stdout and server.stdout.readline() == b"ready\n"
        (worker,) = children(server.pid)
        mapped = Path(f"/proc/{worker}/maps").read_text()
        assert "torch" not in mapped and "numpy" in mapped
    finally:
        server.kill()  # it cannot clean up
        server.communicate()
    end = time.monotonic() + PATIENCE
    while Path(f"/proc/{worker}").exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not Path(f"/proc/{worker}").exists()
