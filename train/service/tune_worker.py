"""`python -m train.service.tune_worker`: trains what comes through standard input, at low priority, for a parent that
watches: a network for own classes further (`train/tools/own/tune_stream.py`), or, with the word `small`, small networks
of the page (`train/tools/small/small_stream.py`).

All of it is read before PyTorch is loaded, so that whoever sends does not wait for that; with `small` PyTorch comes
first, as such a process may be started before there is anything to do. Then it is as in worker.py: the parent keeps the
pipe open for as long as it lives, and when it closes, the training ends.
"""

import importlib
import json
import os
import sys
import threading

from train.service import worker

SMALL = "small"
STOPPED = 130  # exit status after SIGTERM


def main() -> int:
    """Train; returns the exit status, and the last line that is written says why it is not 0."""
    worker.give_way()
    if SMALL in sys.argv[1:]:
        importlib.import_module("train.tools.small.small_stream")
    order = json.loads(_line())
    pixels = _exactly(order["bytes"])
    threading.Thread(target=worker.end_with_parent, daemon=True).start()

    try:
        if SMALL in sys.argv[1:]:
            from train.tools.small import small_stream

            small_stream.obey(order, pixels)
        else:
            from train.tools.own import tune_stream

            tune_stream.obey(order, pixels)
    except KeyboardInterrupt:
        return STOPPED
    except MemoryError:
        print("The memory of the server was full.", file=sys.stderr)
    except (ValueError, RuntimeError, OSError) as error:  # DataError, BrokenEntry and TrainingError among them
        print(str(error).splitlines()[0] if str(error) else type(error).__name__, file=sys.stderr)
    else:
        return 0
    return 1


def _line() -> bytes:
    found = bytearray()
    while not found.endswith(b"\n"):
        found += _some(1)
    return bytes(found)


def _exactly(count: int) -> bytes:
    found = bytearray()
    while len(found) < count:
        found += _some(min(count - len(found), 2**20))
    return bytes(found)


def _some(most: int) -> bytes:
    # Not sys.stdin, which would read on into what `end_with_parent` watches.
    data = os.read(0, most)
    if not data:  # the parent has gone
        sys.exit(1)
    return data


if __name__ == "__main__":
    sys.exit(main())
