"""What breaks when everything that the server answers gets values that no page sends.

    python -m tests.bench fuzz                     a line for each thing that broke, and the memory it took

Numbers of all sizes, texts of all lengths, deep lists, values of wrong kinds: as inputs of events, as what they carry,
and at the addresses beside them (fuzz_routes.py). The server may take `MOST_MB` of memory, watched from outside, since
a limit on addresses would hit PyTorch's own; beyond that it is ended. An answer in words is right, as is one that
changes nothing; an error without words, a stack of calls in the log, an answer that does not come and a server that
ends are not.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parents[3]))

from demo.server.bad_requests import FAILED
from demo.server.gradio_compat import EVENT_NAMES
from tests.bench.bench_own import token
from tests.bench.serve import memory, server
from tests.bench.visitors import fuzz_routes

MOST_MB = 2000
PATIENCE = 60  # seconds for one answer
AT_ONCE = 4
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]
# As they stand in JSON: numbers that Python's own writer would not write come as text.
VALUES = {
    "huge": 10**30,
    "large": 2**31,
    "negative": -1,
    "small": 1e-308,
    "float": 1e308,
    "long": "9" * 100_000,
    "deep": DEEP,
    "many": list(range(50_000)),
    "names": {str(n): n for n in range(20_000)},
    "none": None,
    "true": True,
    "markup": "<script>\x00</script>",
    "digits": "1" * 5000,
    "file": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
}
FILES = {"image", "file", "uploadbutton"}
RAW = {"NaN": "NaN", "infinite": "Infinity", "thousand digits": "1" * 1000}


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patience", type=float, default=120, help="seconds until the server has started")
    parser.add_argument("--each", type=int, default=len(VALUES | RAW), help="values that each address gets")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        with log.open("w") as file, server("app.py", file, given.patience, **folders(folder)) as (address, _, pid):
            found = list(broken(address, pid, given.each))
            print(f"{len(found)} things broke; memory at the end {memory(pid):.0f} MB")
        print("\n".join(found))
        if "Traceback" in log.read_text():
            print(f"the log has a stack of calls:\n{log.read_text()[-3000:]}")


def folders(place: str) -> dict[str, str]:
    """Settings by which all that a server writes stands below one folder."""
    return {"CONVSCOPE_RUNS": f"{place}/runs", "TMPDIR": place, "GRADIO_TEMP_DIR": f"{place}/gradio"}


def broken(address: str, pid: int, each: int) -> Iterator[str]:
    """What broke, a line for each.

    Args:
        each: how many of the values every event and every address gets.
    """
    values = list(({name: json.dumps(value) for name, value in VALUES.items()} | RAW).items())
    asked = [*_events(address), *_routes(address)]
    jobs = [
        (what, ask, *values[(at * each + n) % len(values)]) for at, (what, ask) in enumerate(asked) for n in range(each)
    ]
    with _bounded(pid) as ended, ThreadPoolExecutor(AT_ONCE) as pool:
        for told in pool.map(lambda job: _told(*job), jobs):
            if told:
                yield told
        yield from ended


@contextmanager
def _bounded(pid: int) -> Iterator[list[str]]:
    """Ends the server when it takes too much memory, before the machine has none left; says so in the list."""
    told: list[str] = []
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.05) and not told:
            if (taken := memory(pid)) > MOST_MB:
                told.append(f"the server took {taken:.0f} MB")
                os.kill(pid, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield told
    finally:
        is_over.set()


Ask = Callable[[str, str], str]  # name of a value, and its JSON -> how it went wrong; "" where it did not


def _told(what: str, ask: Ask, name: str, text: str) -> str:
    try:
        wrong = ask(name, text)
    except httpx.HTTPError as error:
        wrong = repr(error)
    return f"{what} with {name}: {wrong}" if wrong else ""


def _events(address: str) -> Iterator[tuple[str, Ask]]:
    """All events of the page and all endpoints for programs."""
    config = httpx.get(f"{address}/config", timeout=PATIENCE).json()
    kinds = {part["id"]: part["type"] for part in config["components"]}
    for event in config["dependencies"]:
        if event["backend_fn"]:
            # A file is a file: what else is sent for one is refused before our handlers see the rest.
            event["files"] = [kinds.get(part) in FILES for part in event["inputs"]]
            yield event["api_name"] or str(event["id"]), partial(_asked, address, event)


def _routes(address: str) -> Iterator[tuple[str, Ask]]:
    http = httpx.Client(base_url=address, timeout=PATIENCE)
    visitor = token(address, f"fuzz{time.time_ns()}")
    for route in fuzz_routes.ROUTES:
        yield f"/{route.path}", lambda _, text, route=route: fuzz_routes.asked(http, route, text, visitor)


def _asked(address: str, event: dict[str, Any], name: str, text: str) -> str:
    session = f"fuzz{time.time_ns()}"
    carried = ", ".join(f'"{each}": {text}' for each in EVENT_NAMES)
    given = ", ".join("null" if is_file and name != "file" else text for is_file in event["files"])
    body = f'{{"fn_index": {event["id"]}, "session_hash": "{session}", "data": [{given}], "event_data": {{{carried}}}}}'
    with httpx.Client(base_url=f"{address}/gradio_api", timeout=PATIENCE) as http:
        asked = http.post("/queue/join", content=body, headers={"content-type": "application/json"})
        if asked.status_code == 200:
            return _followed(http, session)
    return "" if asked.status_code < 500 or asked.status_code == 503 else f"status {asked.status_code}"


def _followed(http: httpx.Client, session: str) -> str:
    end = time.monotonic() + PATIENCE
    with http.stream("GET", "/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if time.monotonic() > end:
                return "no answer"
            told = json.loads(line[5:]) if line.startswith("data:") else {}
            if not isinstance(told, dict):
                return f"the stream of answers ends with {told!r}"
            if told.get("msg") == "process_completed":
                error = (told.get("output") or {}).get("error")
                if told["success"] or (error and error != FAILED):
                    return ""
                return f"an error that says {error!r}"
    return "no end"


if __name__ == "__main__":
    main()
