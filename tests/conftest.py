"""Shared fixtures: where the real data are, the shipped networks, and the app as it runs for a user."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in the app; on a busy machine more threads wait for each other

ROOT = Path(__file__).parents[1]
WEIGHTS = ROOT / "model_zoo" / "weights"
SHIPPED = sorted(path.parent.name for path in WEIGHTS.glob("*/card.json"))
LEARNED = {name: json.loads((WEIGHTS / name / "card.json").read_text())["data"]["name"] for name in SHIPPED}
CIFAR10 = [name for name in SHIPPED if LEARNED[name] == "CIFAR-10"]


def fully(values: Iterable[Any], *always: Any) -> list[Any]:
    """Values of a parameter, of which those that are not among `always` are tried by `-m full` alone."""
    return [value if value in always else pytest.param(value, marks=pytest.mark.full) for value in values]


# For what takes minutes on pictures of more than 128 x 128 pixels.
SHIPPED_BY_TIME = [
    pytest.param(name, marks=pytest.mark.full)
    if json.loads((WEIGHTS / name / "card.json").read_text())["preprocessing"]["size"] > 128
    else name
    for name in SHIPPED
]
SECOND = "cifar10-cnn-regularised"  # another network than the first, with the same steps
os.environ["CONVSCOPE_RUNS"] = str(ROOT / "no-runs")  # what somebody trained in this folder is no part of the tests


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, as browsers and servers are waited for; each needs memory."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    cores = os.cpu_count() or 1
    return max(1, min(cores + 1, int(memory / 7e9)) if memory else cores)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On CI a test in a browser that fails is tried once more, as its machine may be too busy; pytest lists these."""
    if os.environ.get("CI"):
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def cifar10_folder() -> Path:
    """A torchvision root with CIFAR-10, from CONVSCOPE_DATA; tests that need it are skipped where it is not."""
    folder = Path(os.environ.get("CONVSCOPE_DATA") or "/nonexistent")
    if not (folder / "cifar-10-batches-py" / "test_batch").is_file():
        pytest.skip("CONVSCOPE_DATA names no folder with cifar-10-batches-py")
    return folder


def data_folder(name: str) -> Path:
    """A set of pictures in CONVSCOPE_DATA; tests that need it are skipped where it is not."""
    folder = Path(os.environ.get("CONVSCOPE_DATA") or "/nonexistent") / name
    if not folder.is_dir():
        pytest.skip(f"CONVSCOPE_DATA names no folder with {name}")
    return folder


@dataclass(frozen=True)
class App:
    """A running `python app.py`."""

    address: str  # http://127.0.0.1:PORT
    pid: int
    log: Path  # its stderr


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app in a process of its own, with a run folder whose only entry is half written."""
    from tests.bench.serve import server  # here, so that tests of the parts do not depend on it

    folder = tmp_path_factory.mktemp("app")
    unfinished = folder / "runs" / "unfinished"
    unfinished.mkdir(parents=True)
    shutil.copy(WEIGHTS / SHIPPED[0] / "card.json", unfinished)
    environment = {
        "CONVSCOPE_RUNS": str(folder / "runs"),
        "GRADIO_TEMP_DIR": str(folder / "gradio"),
        "TMPDIR": str(folder),
        "OMP_NUM_THREADS": "1",
    }
    path = folder / "log.txt"
    try:
        with path.open("w") as log, server("app.py", log, **environment) as (address, _, pid):
            yield App(address, pid, path)
    except RuntimeError as error:
        pytest.fail(f"{error}:\n{path.read_text()}", pytrace=False)
    assert "Traceback" not in path.read_text()


@pytest.fixture
def at_most_one_line_of_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test asks the app for, the server's log gets a line at most."""
    if "app" not in request.fixturenames:
        yield
        return
    log = request.getfixturevalue("app").log
    before = len(log.read_text())
    yield
    assert len(log.read_text()[before:].splitlines()) <= 1, log.read_text()[before:]
