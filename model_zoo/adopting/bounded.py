"""A stranger's network is read, built and run in a process of its own, so that a bad one harms nothing else."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from model_zoo.adopting import worker
from model_zoo.adopting.errors import AdoptError
from model_zoo.adopting.worker import Order

ROOT = Path(__file__).parents[2]
PATIENCE = 180  # seconds, on a machine with much else to do
FAILED = "This file could not be read: it is damaged, or it takes more memory or time than this server gives to one."

log = logging.getLogger(__name__)


def write_bounded(order: Order) -> None:
    """Write the entry of a stranger's network into the folder of its order.

    Raises:
        AdoptError: it is no network that can be shown here, or too large or slow; the message is a sentence.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", worker.__name__],
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
            input=json.dumps(vars(order)).encode(),
            capture_output=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as error:
        raise AdoptError(worker.SLOW_READING) from error
    lines = done.stdout.decode(errors="replace").strip().splitlines()
    if done.returncode or not lines:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
        log.warning("A network could not be read, exit status %s: %s", done.returncode, last[:200])
        raise AdoptError(FAILED)
    trouble = json.loads(lines[-1])["trouble"]
    if trouble is not None:
        raise AdoptError(trouble)
