"""The server where a machine is not as on ours: all of it at once, since each start takes seconds."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from demo.pictures.decode import open_image
from tests.bench.serve import free_port
from tests.conftest import ROOT, SHIPPED
from tests.helpers import events_of, send, upload
from tests.photosets import four_blocks, tiles
from tests.pictures import encoded, noise

pytestmark = pytest.mark.slow
NOBODY = 65534


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """This repository with one network in a folder with spaces and umlauts: somebody else's, which nobody can write."""
    copy = tmp_path / "Schöne Übung 1 & 2"
    for part in ("demo", "model_zoo", "train"):
        leave = shutil.ignore_patterns("__pycache__", "*.pyi", *(set(SHIPPED) - {SHIPPED[0]}))
        shutil.copytree(ROOT / part, copy / part, ignore=leave)
    shutil.copy(ROOT / "app.py", copy)
    folders = [copy, *(path for path in copy.rglob("*"))]
    for path in folders:
        path.chmod(0o555 if path.is_dir() else 0o444)
        if os.getuid() == 0:
            os.chown(path, NOBODY, NOBODY)
    yield copy
    for path in folders:
        if path.is_dir():
            path.chmod(0o755)


def without_privileges() -> list[str]:
    """The beginning of a command that obeys the permissions of files, as root does not."""
    if os.getuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root, and no setpriv: permissions say nothing")
    return [setpriv, "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"]


@contextmanager
def started(checkout: Path, host: str, log: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of the server of a checkout."""
    port = free_port()
    settings = {"GRADIO_SERVER_NAME": host.strip("[]"), "GRADIO_SERVER_PORT": str(port)}
    with log.open("w") as file:
        process = subprocess.Popen(
            [*without_privileges(), sys.executable, "app.py"],
            cwd=checkout,
            env=environment | settings,
            stdout=file,
            stderr=file,
            umask=0o077,
        )
    address, until = f"http://{host}:{port}", time.monotonic() + 120
    try:
        while True:
            try:
                httpx.get(f"{address}/healthz", timeout=5).raise_for_status()
                break
            except httpx.TransportError:
                assert process.poll() is None and time.monotonic() < until, log.read_text()
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.faults("The path of the checkout has spaces and umlauts", "The page starts and answers")
@pytest.mark.faults(
    "The checkout is read-only, and somebody else's", "The page starts and answers; nothing is written there"
)
@pytest.mark.faults("There is no HOME", "The page starts and answers")
@pytest.mark.faults("The umask is 077", "The page starts and answers")
@pytest.mark.faults("The locale is C", "The page starts and answers")
@pytest.mark.faults("The server listens on an address of IPv6", "The page starts and answers")
@pytest.mark.faults("The folder of data is read-only", "Its sets are shown all the same")
@pytest.mark.faults("The folder of runs is read-only", "The page starts and answers")
@pytest.mark.faults(
    "The folder of data goes while the server runs", "The Data tab says how to get sets of pictures; all else answers"
)
def test_a_machine_that_is_not_as_ours(checkout: Path, tmp_path: Path) -> None:
    data, runs, passing = tmp_path / "Daten", tmp_path / "Läufe", tmp_path / "tmp"
    tiles(data / "tiles", four_blocks()[:8])
    runs.mkdir()
    passing.mkdir()
    for path in (runs, data, *data.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV")}
    environment = kept | {
        "LC_ALL": "C",
        "OMP_NUM_THREADS": "1",
        "TMPDIR": str(passing),
        "CONVSCOPE_DATA": str(data),
        "CONVSCOPE_RUNS": str(runs),
    }
    log = tmp_path / "log.txt"
    try:
        with started(checkout, "[::1]", log, environment) as address:
            picture = encoded(noise(30, 20), "PNG")
            file, events = upload(address, "Füße.png", picture), events_of(address)
            answered, output = send(address, events["predict"], [SHIPPED[0], file, ""])
            assert answered, output
            (tmp_path / "same.png").write_bytes(picture)
            assert output["data"][0]["label"] == expected(tmp_path / "same.png")
            _, output = send(address, events["opened_2"], [])
            assert "tiles" in str(output["data"])
            data.chmod(0o755)
            shutil.move(data, tmp_path / "gone")
            answered, output = send(address, events["opened_2"], [])
            assert answered and "There are no sets of pictures on this server yet" in str(output["data"])
            assert send(address, events["predict"], [SHIPPED[0], file, ""])[0]
    finally:
        for path in (tmp_path / "gone", tmp_path / "gone" / "tiles", tmp_path / "gone" / "tiles" / "tiles", runs):
            if path.exists():
                path.chmod(0o755)
    assert "Traceback" not in log.read_text()
    assert not list(checkout.rglob("__pycache__")) and not list(runs.iterdir())
    assert [path.stat().st_mode & 0o077 for path in passing.iterdir()] == [0]


def expected(file: Path) -> str:
    """The class that the network gives first, worked out here."""
    import model_zoo

    return model_zoo.load(SHIPPED[0]).predict(open_image(file))[0][0]
