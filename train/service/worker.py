"""`python -m train.service.worker ARGUMENTS`: what `python -m train ARGUMENTS` does, at low priority, for a parent that
watches.

The parent keeps a pipe to this process's standard input open for as long as it lives. When it closes, in whatever way
the parent ended, the training stops as it does after SIGTERM: the run folder holds the last finished epoch.

This module imports nothing of the training: its process becomes that of `python -m train`, as `runpy` starts it.
"""

import os
import runpy
import signal
import threading
from contextlib import suppress
from pathlib import Path

NICE = 10  # of 19; beside a busy process of normal priority on the same core it gets about a tenth of the time


def main() -> None:
    """Train; ends with the exit status of `python -m train`."""
    give_way()
    threading.Thread(target=end_with_parent, daemon=True).start()
    runpy.run_module("train", run_name="__main__", alter_sys=True)


def give_way() -> None:
    """Low priority, against the processes of other sessions, too."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    # Linux may weigh whole sessions against each other; then a process's value counts within its own session alone,
    # and the session has a value in this file (man 7 sched, "The autogroup feature").
    if hasattr(os, "getsid") and os.getsid(0) == os.getpid():
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(NICE))


def end_with_parent() -> None:
    """Returns never: when the parent's end of the pipe closes, this process gets SIGTERM."""
    # Not sys.stdin, whose lock Python wants to have when it ends.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
