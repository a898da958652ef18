"""Node.js, which runs the page's own modules."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import ROOT

PROGRAM = (
    "%s\nprocess.stdin.setEncoding('utf8'); let text = ''; for await (const part of process.stdin) text += part;\n"
)
PROGRAM += "console.log(JSON.stringify(answer(JSON.parse(text))));"


@pytest.fixture(scope="session")
def node() -> Callable[[str, Any], Any]:
    """A function that runs a module which exports `answer`, and gives what that makes of a value, both as JSON."""
    program = shutil.which("node")
    if program is None and os.environ.get("CI") == "true":
        pytest.fail("no Node.js was found")
    if program is None:
        pytest.skip("Node.js is not installed")

    def run(script: str, value: Any) -> Any:
        arguments = [program, "--input-type=module", "--eval", PROGRAM % script]
        made = subprocess.run(arguments, input=json.dumps(value), cwd=ROOT, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)

    return run
