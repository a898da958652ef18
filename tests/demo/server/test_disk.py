"""Files of visitors have a budget, oldest first; a full disk is a sentence."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from demo import launching
from demo.server import disk
from demo.server.disk import FULL, VARIABLE, Room, is_full, trim, upload_budget
from tests.bench.serve import server
from tests.conftest import ROOT

# A server whose every file may have so many bytes: what the system does then is what it does on a full disk.
SMALL = """
import resource, runpy, signal, sys
sys.path.insert(0, {root!r})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
runpy.run_path({app!r}, run_name="__main__")
"""


def files(folder: Path, count: int, size: int = 1000) -> list[Path]:
    """Each in a folder of its own, as Gradio keeps them, one second older than the next."""
    made = []
    for number in range(count):
        path = folder / f"hash{number}" / "photo.jpg"
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes(size))
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
        made.append(path)
    return made


def test_the_oldest_go_first(tmp_path: Path) -> None:
    made = files(tmp_path, 10)
    assert trim(tmp_path, 4500) == 4000
    assert [path.exists() for path in made] == 6 * [False] + 4 * [True]
    assert not made[0].parent.exists()
    assert trim(tmp_path, 4500) == 4000


def test_what_is_young_stays(tmp_path: Path) -> None:
    made = files(tmp_path, 4)
    os.utime(made[3])
    assert trim(tmp_path, 0, younger=600) == 1000 and made[3].exists()


def test_room_is_made_before_uploads_are_beyond_their_budget(tmp_path: Path) -> None:
    room = Room(tmp_path, 20_000)
    for round_ in range(20):
        room.make(3000)
        files(tmp_path / str(round_), 3)
        assert sum(path.stat().st_size for path in tmp_path.rglob("*.jpg")) <= 20_000


def test_a_full_disk_is_known_whatever_was_made_of_it() -> None:
    assert is_full(OSError(errno.ENOSPC, "")) and not is_full(OSError(errno.ENOENT, "")) and not is_full(None)
    other = RuntimeError("something else")
    other.__cause__ = OSError(errno.EDQUOT, "")
    assert is_full(other)


def test_what_the_page_begins_with_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first picture of a page that somebody opens after the folder of uploads was full."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    monkeypatch.setattr(disk, "_held", set())
    launching.built()
    first = set((tmp_path / "gradio").rglob("*.*"))
    assert first
    files(tmp_path / "gradio", 5)
    trim(tmp_path / "gradio", 0)
    assert set((tmp_path / "gradio").rglob("*.*")) == first


@pytest.mark.parametrize("text", ["0", "-5", "many", "1e3"])
def test_a_wrong_budget_is_told_at_the_start(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(ValueError, match=f"{VARIABLE} says how many MB"):
        upload_budget()
    told = subprocess.run([sys.executable, "app.py"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert told.returncode == 1 and VARIABLE in told.stderr and "Traceback" not in told.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the system bounds files")
def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    script, log = tmp_path / "small.py", tmp_path / "log.txt"
    script.write_text(SMALL.format(root=str(ROOT), app=str(ROOT / "app.py")))
    folder = {"GRADIO_TEMP_DIR": str(tmp_path / "gradio"), "TMPDIR": str(tmp_path), "CONVSCOPE_RUNS": str(tmp_path)}
    with (
        log.open("w") as file,
        server(str(script), file, **folder) as (address, _, _),
        httpx.Client(timeout=60) as http,
    ):
        sent = http.post(f"{address}/gradio_api/upload", files={"files": ("photo.jpg", bytes(5_000_000))})
        assert sent.status_code == 507 and sent.json()["detail"] == FULL
        zipped = http.post(f"{address}/own/zip?name=a", content=bytes(5_000_000))
        assert zipped.json()["told"]
        small = http.post(f"{address}/gradio_api/upload", files={"files": ("photo.jpg", bytes(50_000))})
        assert small.status_code == 200
    assert "Traceback" not in log.read_text()
