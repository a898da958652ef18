"""`python -m train`, as a user runs it: real processes, real pictures, small trainings."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import model_zoo
from model_zoo.entries import entry
from model_zoo.entries.best_epoch import best_row
from tests.conftest import ROOT, fully
from tests.train.helpers import command, digest, interrupted, refused, run, run_here
from train.__main__ import main

SMALL = ["--no-judge", "--limit", "300", "--threads", "1", "--seed", "3"]


@pytest.fixture(scope="module")
def finished(cifar10_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three epochs that nothing disturbed."""
    out = tmp_path_factory.mktemp("runs") / "undisturbed"
    done = run("cifar10-cnn-regularised", "--data", cifar10_folder, "--out", out, "--epochs", 3, *SMALL)
    assert done.returncode == 0, done.stderr
    return out


def test_a_run_folder_is_an_entry_of_the_zoo(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_RUNS", str(finished.parent))
    assert "undisturbed" in model_zoo.names()
    model = model_zoo.load("undisturbed")
    assert [row["epoch"] for row in model.history] == [0, 1, 2, 3]
    assert model.history[0]["val_accuracy"] < 0.25  # ten classes, untrained
    assert model.card["recipe"]["seed"] == 3 and model.card["recipe"]["epochs"] == 3
    assert model.card["metrics"]["test"]["pictures"] == 300
    assert not (finished / "checkpoint.safetensors").exists()


def test_evaluate_prints_the_figure_of_the_card_as_json(finished: Path, cifar10_folder: Path) -> None:
    done = run("evaluate", finished, "--data", cifar10_folder, "--limit", 300)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    card = json.loads((finished / "card.json").read_text())
    assert result["accuracy"] == pytest.approx(card["metrics"]["test"]["accuracy"], abs=1e-9)
    assert sum(map(sum, result["confusion_matrix"])) == 300
    assert sum(row[i] for i, row in enumerate(result["confusion_matrix"])) == round(300 * result["accuracy"])
    assert set(result["accuracy_per_class"]) == set(card["classes"])


def test_evaluate_on_validation_looks_at_the_pictures_that_were_kept_back(
    finished: Path, cifar10_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--data", str(cifar10_folder), "--split", "validation", "--limit", "300"]
    assert main(["evaluate", str(finished), *words]) == 0
    printed = capsys.readouterr().out
    best = best_row(model_zoo.load_folder(finished).history)
    assert "300 validation pictures" in printed
    assert json.loads(printed.splitlines()[-1])["loss"] == pytest.approx(best["val_loss"], rel=1e-3)

    everything = Path(shutil.copytree(finished, tmp_path / "everything"))
    history = everything / entry.HISTORY
    header, *rows = history.read_text().splitlines()
    hidden = [index for index, name in enumerate(header.split(",")) if name.startswith("val_")]
    rows = [["nan" if i in hidden else cell for i, cell in enumerate(row.split(","))] for row in rows]
    history.write_text("\n".join([header, *map(",".join, rows), ""]))
    assert main(["evaluate", str(everything), *words]) == 1
    assert "none were kept back for validation" in capsys.readouterr().err


@pytest.mark.faults(
    "A training is interrupted",
    "The run folder is a network all the same; `--resume` goes on to the weights that it would have had",
)
@pytest.mark.parametrize("stop", fully([signal.SIGINT, signal.SIGKILL], signal.SIGKILL), ids=["ctrl-c", "kill -9"])
def test_an_interrupted_run_is_loadable_and_resumes_to_the_same_weights(
    stop: signal.Signals, finished: Path, cifar10_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "interrupted"
    arguments = ("cifar10-cnn-regularised", "--data", cifar10_folder, "--out", out, "--epochs", 3, *SMALL)
    process, errors = interrupted(command(*arguments), out, stop=stop)
    if stop == signal.SIGINT:
        assert process.returncode == 130
        assert "--resume" in errors and "Traceback" not in errors
        assert len(model_zoo.load_folder(out).history) >= 2
    resumed = run(*arguments, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "resumed after epoch" in resumed.stderr + resumed.stdout
    assert digest(out / entry.WEIGHTS) == digest(finished / entry.WEIGHTS)
    without_time = [{**row, "seconds": 0} for row in entry.read_history(out)]
    assert without_time == [{**row, "seconds": 0} for row in entry.read_history(finished)]


@pytest.mark.faults(
    "The disk is full",
    "The training ends with a sentence; the files of the last epoch are whole",
)
def test_a_full_disk_is_said_and_leaves_the_older_files_whole(
    finished: Path, cifar10_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "full"
    arguments = ("cifar10-cnn-regularised", "--data", cifar10_folder, "--out", out, "--epochs", 3, *SMALL)
    process, errors = interrupted(command(*arguments), out, stop=signal.SIGTERM)  # which is as Ctrl-C
    assert process.returncode == 130 and "go on with --resume" in errors and "Traceback" not in errors
    before = {path: digest(path) for path in out.rglob("*") if path.is_file()}
    # A limit on the size of files stands for a full disk: both fail in the middle of writing.
    done = subprocess.run(
        ["prlimit", "--fsize=1000000", *command(*arguments, "--resume")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"Writing to {out} failed" in done.stderr and "--resume" in done.stderr
    assert before == {path: digest(path) for path in out.rglob("*") if path.is_file()}
    resumed = run(*arguments, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert digest(out / entry.WEIGHTS) == digest(finished / entry.WEIGHTS)


def test_a_finished_run_is_never_overwritten(
    finished: Path, cifar10_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digest(finished / entry.WEIGHTS)
    words = ["cifar10-cnn", "--data", cifar10_folder, "--out", finished, *SMALL]
    for arguments, said in ((words, "finished"), ([*words, "--resume"], "nothing to resume")):
        assert run_here(*arguments) == 1 and said in capsys.readouterr().err
    assert digest(finished / entry.WEIGHTS) == before


@pytest.mark.faults(
    "The data are not there, and there is no network",
    "The command says which file to put into which folder",
)
def test_missing_data_without_network_say_what_to_put_where(tmp_path: Path) -> None:
    # A proxy that does not exist stands for a machine without network.
    text = refused("cifar10-cnn", "--data", tmp_path, "--out", tmp_path / "run", https_proxy="http://127.0.0.1:9")
    assert "cifar-10-python.tar.gz" in text and str(tmp_path) in text


def test_a_mistyped_folder_of_pictures_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--data", str(tmp_path / "dta")]
    for command_ in (["cifar10-cnn", "--out", str(tmp_path / "run")], ["evaluate", "cifar10-cnn"]):
        assert main([*command_, *words]) == 1
        assert f"There is no folder {tmp_path / 'dta'}. Make it first" in capsys.readouterr().err
    assert main(["unpack", str(tmp_path / "dta"), str(tmp_path / "photos")]) == 1
    assert main(["invasive-resnet", "--out", str(tmp_path / "run"), "--cache", str(tmp_path / "cache"), *words]) == 1
    assert not list(tmp_path.iterdir())


def test_a_resume_of_nothing_leaves_nothing(cifar10_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs" / "mistyped"
    words = ["cifar10-cnn", "--data", str(cifar10_folder), "--out", str(out), "--resume", *SMALL]
    assert main(words) == 1 and not list(tmp_path.iterdir())
    out.mkdir(parents=True)  # a folder that was there stays
    assert main(words) == 1 and out.is_dir() and not list(out.iterdir())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--epochs", "0"], "--epochs must be from 1"),
        (["--learning-rate", "-1"], "--learning-rate must be from"),
        (["--device", "quantum"], "no device 'quantum'"),
        (["--threads", "0"], "0 is not a whole number from 1 to 1024"),
        (["--limit", "-3"], "-3 is not a whole number from 1 on"),
        (["--epochs", "many"], "invalid int value"),
        (["--seed", "-1"], "-1 is not a whole number from 0 to 2147483647"),
        (["--seed", str(10**30)], "is not a whole number from 0 to"),
        (["--snapshots", "0,11"], "names epoch 11, but the training ends after 10"),
    ],
)
def test_absurd_values_are_refused_with_a_sentence(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(["cifar10-cnn", "--data", str(tmp_path), "--out", str(tmp_path / "run"), *arguments])
    except SystemExit as ended:
        status = ended.code
    text = capsys.readouterr().err
    assert status in (1, 2) and words in text and not (tmp_path / "run").exists()


@pytest.mark.faults(
    "Ctrl-C while PyTorch is being loaded",
    "The command ends without a traceback",
)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ctrl_c_while_pytorch_is_loaded_is_no_traceback(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("cifar10-cnn", "--data", tmp_path, "--out", tmp_path / "run"), cwd=ROOT, stderr=subprocess.PIPE
    )
    maps, deadline = Path(f"/proc/{process.pid}/maps"), time.monotonic() + 120
    while "libtorch" not in maps.read_text():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    assert b"Traceback" not in process.communicate(timeout=120)[1] and process.returncode in (-signal.SIGINT, 130)


@pytest.mark.faults(
    "The folder for a run cannot be written",
    "That is said before anything is trained",
)
def test_a_folder_that_cannot_be_written_is_said_before_training(cifar10_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    text = refused("cifar10-cnn", "--data", cifar10_folder, "--out", tmp_path / "file" / "run", *SMALL)
    assert "cannot be written" in text


def test_evaluate_of_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    assert "There is no network named 'nonsense'" in refused("evaluate", "nonsense", "--data", tmp_path)
