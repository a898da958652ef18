"""What breaks when every event of the page gets values that no page sends.

    python -m tests.bench fuzz                     a line for each thing that broke, and the memory it took

Numbers of all sizes, texts of all lengths, deep lists, values of wrong kinds: as inputs and as what events carry. The
server may take `MOST_MB` of memory, watched from outside (a limit on addresses would hit PyTorch's own); more is
reported. An answer in words is right, as is one that changes nothing; an error without words, a stack of calls in
the log, an answer that does not come and a server that ends are not.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))

from demo.server.bad_requests import FAILED
from demo.server.gradio_compat import EVENT_NAMES
from tests.bench.serve import memory, server

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
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        settings = {"CONVSCOPE_RUNS": folder, "TMPDIR": folder, "GRADIO_TEMP_DIR": str(Path(folder) / "gradio")}
        with log.open("w") as file, server("app.py", file, given.patience, **settings) as (address, _, pid):
            found = list(broken(address, pid))
            print(f"{len(found)} things broke; memory at the end {memory(pid):.0f} MB")
        print("\n".join(found))
        if "Traceback" in log.read_text():
            print(f"the log has a stack of calls:\n{log.read_text()[-3000:]}")


def broken(address: str, pid: int, only: Sequence[str] = ()) -> Iterator[str]:
    """What broke, a line for each.

    Args:
        only: names of values; all where it is empty.
    """
    config = httpx.get(f"{address}/config", timeout=PATIENCE).json()
    events = [each for each in config["dependencies"] if each["backend_fn"]]
    values = {name: json.dumps(value) for name, value in VALUES.items()} | RAW
    kinds = {part["id"]: part["type"] for part in config["components"]}
    for event in events:  # a file is a file: what else is sent for one is refused before our handlers see the rest
        event["files"] = [kinds.get(each) in FILES for each in event["inputs"]]
    jobs = [(event, name, text) for name, text in values.items() for event in events if not only or name in only]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for wrong in pool.map(lambda job: _asked(address, pid, *job), jobs):
            if wrong:
                yield wrong


def _asked(address: str, pid: int, event: dict[str, Any], name: str, text: str) -> str:
    """How it went wrong; "" where it did not."""
    what = f"{event['api_name'] or event['id']} with {name}"
    session = f"fuzz{time.time_ns()}"
    carried = ", ".join(f'"{each}": {text}' for each in EVENT_NAMES)
    given = ", ".join("null" if is_file and name != "file" else text for is_file in event["files"])
    body = f'{{"fn_index": {event["id"]}, "session_hash": "{session}", "data": [{given}], "event_data": {{{carried}}}}}'
    try:
        with httpx.Client(base_url=f"{address}/gradio_api", timeout=PATIENCE) as http:
            asked = http.post("/queue/join", content=body, headers={"content-type": "application/json"})
            wrong = "" if asked.status_code < 500 or asked.status_code == 503 else f"status {asked.status_code}"
            if asked.status_code == 200:
                wrong = _followed(http, session)
    except httpx.HTTPError as error:
        wrong = repr(error)
    taken = memory(pid)
    if taken > MOST_MB:
        wrong += f" the server takes {taken:.0f} MB"
    return f"{what}: {wrong}" if wrong else ""


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
