"""`python -m train survey` of a folder: every photo once, whoever works and whatever is interrupted."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import model_zoo
from model_zoo.aerial import results
from tests.conftest import ROOT
from tests.photosets import photo as drawn
from tests.train.helpers import untrained_entry
from train.__main__ import main

PHOTOS = 6


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return untrained_entry(tmp_path_factory.mktemp("runs") / "plants", ("other", "hogweed"))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some in a folder within the folder, one that is none, and a text."""
    folder = tmp_path_factory.mktemp("photos") / "flight"
    (folder / "north").mkdir(parents=True)
    for number in range(PHOTOS):
        place = folder / "north" if number % 2 else folder
        drawn(number, number % 2 == 0, 150, 100).save(place / f"{number}.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xffdamaged")
    (folder / "notes.txt").write_text("windy")
    return folder


def words(entry: Path, photos: Path, out: Path, *more: str) -> list[str]:
    named = ["survey", str(entry), str(photos), "--out", str(out), "--class", "hogweed", "--window", "50"]
    return [*named, *more]


def rows(out: Path) -> dict[str, dict[str, str]]:
    with (out / "surveys.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert len({row["photo"] for row in found}) == len(found)
    return {row["photo"]: row for row in found}


@pytest.fixture(scope="module")
def alone(entry: Path, photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("alone") / "out"
    assert main(words(entry, photos, out)) == 0
    return out


def test_every_photo_has_its_files_and_a_row(entry: Path, photos: Path, alone: Path) -> None:
    found, model = rows(alone), model_zoo.load_folder(entry)
    assert set(found) == {"broken.jpg", *(f"{'north/' if n % 2 else ''}{n}.png" for n in range(PHOTOS))}
    assert "broken.jpg is damaged or incomplete" in found.pop("broken.jpg")["problem"]
    for name, row in found.items():
        from PIL import Image

        from model_zoo.aerial.survey import survey

        expected = survey(model, Image.open(photos / name), window=50)
        assert float(row["share"]) == pytest.approx(results.share(expected, "hogweed", 0.5), abs=1e-5)
        assert int(row["windows"]) == 6 and not row["problem"]
        place = (alone / name).parent
        assert {path.suffix for path in place.glob(f"{Path(name).stem}-survey.*")} == {".png", ".csv", ".geojson"}


def test_an_interrupted_survey_goes_on(
    entry: Path, photos: Path, alone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Path(shutil.copytree(alone, tmp_path / "out"))
    lines = (out / "surveys.csv").read_text().splitlines(keepends=True)
    (out / "surveys.csv").write_text("".join(lines[:3]) + lines[3][:5])  # ended amid the third row
    kept = {line.split(",")[0] for line in lines[1:3]}
    times = {name: {path: path.stat().st_mtime_ns for path in files_of(out, name)} for name in rows(alone)}
    assert main(words(entry, photos, out)) == 0
    assert f"{PHOTOS + 1} photos, 2 of them before; 1 could not be surveyed" in capsys.readouterr().out
    assert rows(out) == rows(alone)
    for name in rows(alone):
        again = {path: path.stat().st_mtime_ns for path in files_of(out, name)}
        assert (again == times[name]) is (name in kept or not again)


def files_of(out: Path, name: str) -> list[Path]:
    return list((out / name).parent.glob(f"{Path(name).stem}-survey.*"))


def test_what_cannot_be_done_is_said(
    entry: Path, photos: Path, alone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "twins").mkdir()
    for name in ("a.png", "a.jpg"):
        drawn(1, True, 60, 60).save(tmp_path / "twins" / name)
    for folder, out, more, said in (
        (photos, alone, ["--threshold", "0.3"], "Name another folder"),
        (tmp_path / "empty", tmp_path / "out", [], "There are no photos"),
        (tmp_path / "twins", tmp_path / "out", [], "would write the same files"),
        (photos, tmp_path / "out", ["--workers", "0"], "at least 1"),
        (photos / "0.png", tmp_path / "out", ["--workers", "2"], "is none"),
    ):
        assert main(words(entry, folder, out, *more)) == 1
        assert said in (error := capsys.readouterr().err) and "Traceback" not in error


@pytest.mark.slow
def test_two_processes_find_the_same(entry: Path, photos: Path, alone: Path, tmp_path: Path) -> None:
    assert main(words(entry, photos, tmp_path / "out", "--workers", "2")) == 0
    assert rows(tmp_path / "out") == rows(alone)


@pytest.mark.slow
@pytest.mark.faults(
    "A worker of Ray is killed amid a survey of many photos",
    "Another one surveys what it was at; every photo has one row",
)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_with_ray_a_killed_worker_loses_nothing(entry: Path, photos: Path, alone: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    many = tmp_path / "many"
    for number in range(4):
        shutil.copytree(photos, many / str(number))
    code = (
        "import sys, ray; from train.__main__ import main\n"
        "ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    out, mark = tmp_path / "out", str(tmp_path / "only-of-this-test")
    environment = os.environ | {"CONVSCOPE_RUNS": mark, "RAY_USAGE_STATS_ENABLED": "0"}
    command = [sys.executable, "-c", code, *words(entry, many, out, "--ray", "local")]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    killed: list[int] = []

    def is_ours(process: Path) -> bool:
        """Whether it is a worker of this test's Ray that is at a survey."""
        try:
            mine = mark.encode() in (process / "environ").read_bytes()
            return mine and (process / "cmdline").read_bytes().startswith(b"ray::Map")
        except OSError:
            return False

    def kill() -> None:
        while process.poll() is None and not killed:
            busy = [int(path.name) for path in Path("/proc").glob("[0-9]*") if is_ours(path)]
            if busy and list(out.rglob("*-survey.csv")):
                os.kill(busy[0], signal.SIGKILL)
                killed.append(busy[0])
            time.sleep(0.01)

    thread = threading.Thread(target=kill)
    thread.start()
    _, told = process.communicate(timeout=300)
    thread.join()
    assert process.returncode == 0, told
    assert killed
    expected = {f"{n}/{name}": row["share"] for n in range(4) for name, row in rows(alone).items()}
    assert {name: row["share"] for name, row in rows(out).items()} == expected
