"""How fast the explorer is: 30 people who look around at once, and every step's data and server time.

    python tests/bench/bench_explore.py                           a table and build/bench_explore.json
    python tests/bench/bench_explore.py --clients 3 --each 2      quicker

Every client has a picture of its own and goes through a network as fast as it is answered: it chooses a step, then two
channels of it, then a value, whose calculation it gets; each client begins at another step. Latency is what a client
waits for, from the request to the whole answer. Run it on an otherwise idle machine.
"""

import argparse
import io
import json
import os
import platform
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.measures import photo, timed, waits
from tests.bench.serve import ROOT, server

CLIENTS, EACH = 30, 5  # people; steps that each of them looks at
RESIDUAL = "invasive-resnet"  # where it does not ship: its architecture at its size, with random weights
NETWORKS = ("cifar10-cnn", "cifar10-fast", RESIDUAL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--each", type=int, default=EACH, help="steps that each client looks at")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_explore.json")
    given = parser.parse_args()
    result = {"machine": f"{os.cpu_count()} cores, {platform.platform()}", "python": platform.python_version()}
    result |= measure(given.clients, given.each)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=2))
    for what, measured, budget in rows(result):
        print(f"| {what:<58} | {measured:<46} | {budget:<17} |")


def measure(clients: int = CLIENTS, each: int = EACH) -> dict[str, Any]:
    """`steps`: by network and step, milliseconds and kB; `crowds`: by network, what many clients at once wait for."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CONVSCOPE_RUNS"] = folder
        write_residual(Path(folder))
        with server("app.py", CONVSCOPE_RUNS=folder) as (address, _, _):
            crowds = {name: crowd(Page.of(address), name, clients, each) for name in NETWORKS}
        return {"clients": clients, "each": each, "crowds": crowds, "steps": steps()}


def rows(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What was measured beside its budget."""
    found = []
    for name, each in result["steps"].items():
        slowest, largest = (max(each, key=lambda step, key=key, of=each: of[step][key]) for key in ("median_ms", "kB"))
        slow = f"{each[slowest]['median_ms']:.1f} ms ({slowest})"
        large = f"{each[largest]['kB']:.0f} kB ({largest})"
        found.append((f"{name}, {len(each)} steps: slowest, largest", f"{slow}, {large}", "15 ms, 300 kB"))
    for name, crowd_ in result["crowds"].items():
        what = f"{result['clients']} explorers at once, {name}: p50, p95"
        waits = f"{crowd_['p50_s']:.2f} s, {crowd_['p95_s']:.2f} s, {crowd_['errors']} errors"
        found.append((what, waits, "p95 1 s, no error"))
    return found


# --------------------------------------------------------------------------------------------------- step by step


def write_residual(runs: Path) -> None:
    """The residual network of the photo recipes as an entry of the run folder, where it does not ship."""
    import model_zoo
    from model_zoo import nets
    from model_zoo.entries import entry

    if RESIDUAL in model_zoo.names():
        return
    card: dict[str, Any] = {key: {} for key in ("data", "recipe", "environment", "metrics")}
    card |= {
        "name": RESIDUAL,
        "title": "Residual, random weights",
        "net": {"file": "invasive_resnet", "arguments": {}},
        "classes": ["other", "invasive"],
        "preprocessing": {"size": 128, "mean": [0.4] * 3, "std": [0.2] * 3, "interpolation": "bicubic"},
    }
    state = nets.build("invasive_resnet", {}).state_dict()
    entry.write(runs / RESIDUAL, state, card, [dict.fromkeys(entry.HISTORY_COLUMNS, 0.0)], "")


def steps(times: int = 9) -> dict[str, dict[str, dict[str, float]]]:
    """By network and step: median milliseconds on one torch thread and kB of the answer when the step is chosen.

    The picture is one that was looked at before, as it is for every click but the first.
    """
    import torch

    import model_zoo
    from demo.api import feature_maps
    from demo.core.inference import infer
    from demo.core.view import View
    from demo.tabs.explore.step_view import show_step

    torch.set_num_threads(1)
    picture = Image.fromarray(photo(0)).resize((512, 384))
    found: dict[str, dict[str, dict[str, float]]] = {}
    for name in model_zoo.names():
        views = {step["name"]: View(model=name, step=step["name"]) for step in feature_maps(name, picture)["steps"]}
        found[name] = {
            step: timed(lambda view=view: vars(show_step(view, infer(view, picture))), times)
            for step, view in views.items()
        }
    return found


# ------------------------------------------------------------------------------------------------ many people at once


@dataclass(frozen=True)
class Page:
    """A running page, and which of its events are which."""

    address: str
    pick: int
    detail: int
    explain: int

    @classmethod
    def of(cls, address: str) -> "Page":
        config = httpx.get(f"{address}/config", timeout=120, verify=False).raise_for_status().json()
        ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        events = {tuple(target): one["id"] for one in config["dependencies"] for target in one["targets"]}
        names = ("strip", "pick"), ("grid", "detail"), ("inspector", "explain")
        return cls(address, *(events[ids[widget], name] for widget, name in names))


def crowd(page: Page, name: str, clients: int, each: int) -> dict[str, float]:
    """Seconds that clients wait for an answer, all at once."""
    latencies: list[float] = []
    errors: list[str] = []
    begin = threading.Barrier(clients + 1)

    def client(index: int) -> None:
        # verify=False: the address is plain HTTP, and loading certificates would cost more than the requests.
        with httpx.Client(base_url=f"{page.address}/gradio_api", timeout=120, verify=False) as http:
            person = Person(http, page, name, index)
            begin.wait()
            for turn in range(each):
                for action in person.look_at(index + 7 * turn):
                    start = time.perf_counter()
                    try:
                        action()
                    except Exception as error:
                        errors.append(repr(error))
                    latencies.append(time.perf_counter() - start)

    threads = [threading.Thread(target=client, args=(index,)) for index in range(clients)]
    for thread in threads:
        thread.start()
    begin.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    return {"answers_per_s": len(latencies) / seconds} | waits(latencies, errors)


class Person:
    """One browser's questions to the page, about a picture of its own."""

    def __init__(self, http: httpx.Client, page: Page, name: str, index: int) -> None:
        self.http, self.page, self.name = http, page, name
        self.session = uuid.uuid4().hex  # one for as long as the page is open, as in a browser
        buffer = io.BytesIO()
        Image.fromarray(photo(index)).save(buffer, "JPEG", quality=90)
        files = {"files": ("photo.jpg", buffer.getvalue() + time.time_ns().to_bytes(8, "little"), "image/jpeg")}
        self.picture = {
            "path": http.post("/upload", files=files).raise_for_status().json()[0],
            "meta": {"_type": "gradio.FileData"},
        }
        self.query = f"?model={name}&tab=explore"
        data = {"data": [name, self.picture, ""]}
        call = http.post("/call/feature_maps", json=data).raise_for_status().json()["event_id"]
        with http.stream("GET", f"/call/feature_maps/{call}") as answer:
            text = "".join(answer.iter_text())
        self.steps = json.loads(next(line[6:] for line in text.splitlines() if line.startswith("data: ")))[0]["steps"]

    def look_at(self, number: int) -> Iterator[Callable[[], None]]:
        """What is asked about one step, one question after another."""
        step = self.steps[number % len(self.steps)]
        channels, rows, columns = (*step["shape"], 1, 1)[:3]
        yield lambda: self.ask(self.page.pick, {"step": step["name"]})
        for channel in (1 % channels, channels // 2):
            yield lambda channel=channel: self.ask(self.page.detail, {"step": step["name"], "channel": channel})
        place = {"step": step["name"], "channel": channels // 2, "row": rows // 2, "column": columns // 3}
        yield lambda: self.ask(self.page.explain, place | {"ticket": number})

    def ask(self, event: int, event_data: dict[str, Any]) -> None:
        """Send an event as the page does, and wait for the whole answer.

        Raises:
            RuntimeError: the server refused or failed.
        """
        body = {"data": [self.query, self.name, self.picture], "event_data": event_data, "fn_index": event}
        self.http.post("/queue/join", json=body | {"session_hash": self.session}).raise_for_status()
        with self.http.stream("GET", "/queue/data", params={"session_hash": self.session}) as answer:
            for line in answer.iter_lines():
                message = json.loads(line[6:]) if line.startswith("data: ") else {}
                if message.get("msg") == "process_completed":
                    if not message["success"]:
                        raise RuntimeError(str(message["output"])[:200])
                    if isinstance(message["output"]["data"][0], str):
                        self.query = message["output"]["data"][0]
                    return
        raise RuntimeError("The answer ended early.")


if __name__ == "__main__":
    main()
