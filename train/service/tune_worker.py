"""`python -m train.service.tune_worker`: trains a network for own classes further, at low priority, for a parent that
watches; what to do, and the pictures, come from standard input (`train/tools/own/tune_stream.py`).

All of it is read before PyTorch is loaded, so that whoever sends does not wait for that. Then it is as in worker.py:
the parent keeps the pipe open for as long as it lives, and when it closes, the training ends.
"""

import json
import os
import sys
import threading

from train.service import worker

STOPPED = 130  # exit status after SIGTERM


def main() -> int:
    """Train; returns the exit status, and the last line that is written says why it is not 0."""
    worker.give_way()
    order = json.loads(_line())
    pixels = _exactly(order["bytes"])
    threading.Thread(target=worker.end_with_parent, daemon=True).start()

    from train.tools.own import tune_stream

    try:
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
