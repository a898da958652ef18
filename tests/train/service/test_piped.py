"""A process that trains what it is sent: one that takes nothing is ended, and its end is told."""

import time
from pathlib import Path

import pytest

from train.service import piped
from train.service.piped import PipedProcess

LARGE = bytes(10_000_000)  # more than a pipe holds


def test_a_process_that_takes_nothing_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piped, "TAKING", 1.0)
    with PipedProcess(tmp_path, ["-c", "import time; time.sleep(600)"]) as process:
        process.send(LARGE)
        assert process.ended(20)
        assert "ended from outside" in process.failure()


def test_a_process_that_fails_says_why_and_one_that_was_to_end_says_nothing(tmp_path: Path) -> None:
    with PipedProcess(tmp_path, ["-c", "raise SystemExit('No pictures.')"]) as process:
        process.send(LARGE)
        assert process.ended(20) and process.failure() == "No pictures."
    with PipedProcess(tmp_path, ["-c", "import time; print('ready', flush=True); time.sleep(600)"]) as process:
        while not (tmp_path / "log.txt").read_text():
            time.sleep(0.01)
        process.ask_to_end()
        assert process.ended(20) and process.failure() == ""
