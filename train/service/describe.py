"""What a set of pictures holds, listed by a process of its own exactly as a training would take it."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from train.service.orders import Refused

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "python -m train"  # with which its sentences begin


def describe(source: Path, folder: Path, seconds: float) -> dict[str, Any]:
    """What `python -m train describe SOURCE --json` finds, in the form that train/commands/describe.py states.

    Args:
        source: a folder or zip of pictures.
        folder: where the process may write.
        seconds: after which it is ended.

    Raises:
        Refused: why the set cannot be listed.
    """
    with tempfile.TemporaryDirectory(dir=folder) as place:
        file = Path(place) / "set.json"
        try:
            done = subprocess.run(
                [sys.executable, "-m", "train", "describe", str(source.absolute()), "--json", str(file)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Refused("it took too long, or the server is full.") from error
        if done.returncode != 0 or not file.is_file():
            said = (done.stderr.strip().splitlines() or ["the process that reads it was ended."])[-1]
            raise Refused(said.removeprefix(f"{PROGRAM}: "))
        return json.loads(file.read_text(encoding="ascii"))
