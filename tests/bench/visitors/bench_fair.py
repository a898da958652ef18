"""What thirty visitors wait for while one sends the worst of everything as fast as the server takes it.

    python -m tests.bench fair                 a table and build/bench_fair.json

Run it on an otherwise idle machine (Linux: the bad visitor comes from an address of its own, 127.0.0.2). He sends in
`THREADS` connections, without a pause: pictures that cost much to decode, the largest that are still cheap, events that
do long work, floods of live pictures, questions with bodies of several MB, and uploads. The others press the button
every few seconds, as a class does, and each has a fresh picture of 300 kB.
"""

import argparse
import io
import itertools
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.bench_app import predict_over
from tests.bench.measures import photo, waits
from tests.bench.serve import ROOT, memory, server
from tests.pictures import encoded, noise, with_scans

CLIENTS, EACH = 30, 5
THREADS = 24
PAUSE = 2.0  # seconds between two questions of one of the others, on average
BUDGET = 1.5  # seconds
BAD = "127.0.0.2"


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=EACH, help="questions of each of the others")
    parser.add_argument("--patience", type=float, default=120, help="seconds until the server has started")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_fair.json")
    given = parser.parse_args(words)
    with (
        tempfile.TemporaryDirectory() as folder,
        server("app.py", patience=given.patience, CONVSCOPE_RUNS=folder, TMPDIR=folder) as (address, _, pid),
    ):
        result = {"without": others(address, given.each), "memory_before_MB": memory(pid)}
        bad = Bad(address)
        result |= {"beside": others(address, given.each), "bad": bad.stop(), "memory_after_MB": memory(pid)}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=2))
    print("| thirty others | p50 | p95 | errors | budget |\n|---|---|---|---|---|")
    for name, row in (("alone", result["without"]), ("beside the worst", result["beside"])):
        print(f"| {name} | {row['p50_s']:.2f} s | {row['p95_s']:.2f} s | {row['errors']} | p95 {BUDGET} s, 0 |")
    print(f"what the bad one got: {result['bad']}")
    print(f"memory: {result['memory_before_MB']:.0f} MB, then {result['memory_after_MB']:.0f} MB")


def others(address: str, each: int) -> dict[str, float]:
    """What they wait for."""
    jpegs = [encoded(Image.fromarray(photo(seed)), "JPEG", quality=90) for seed in range(CLIENTS)]
    latencies: list[float] = []
    errors: list[str] = []

    def client(index: int) -> None:
        chance = random.Random(index)
        with httpx.Client(base_url=f"{address}/gradio_api", timeout=120, verify=False) as http:
            for _ in range(each):
                time.sleep(chance.uniform(0, 2 * PAUSE))
                start = time.perf_counter()
                try:
                    predict_over(http, jpegs[index] + time.time_ns().to_bytes(8, "little"))
                except Exception as error:
                    errors.append(repr(error))
                latencies.append(time.perf_counter() - start)

    threads = [threading.Thread(target=client, args=(index,)) for index in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits(latencies, errors)


class Bad:
    """The worst visitor, from the moment it is made."""

    def __init__(self, address: str, threads: int = THREADS) -> None:
        self._address, self._is_over = address, threading.Event()
        self.got: Counter[str] = Counter()
        self._files = worst_pictures()
        self._threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> dict[str, int]:
        """End it; what it got: how it went -> so many times."""
        self._is_over.set()
        for thread in self._threads:
            thread.join(30)
        return dict(self.got)

    def _work(self, number: int) -> None:
        ways: list[Callable[[httpx.Client, int], httpx.Response]] = [self._picture, self._picture, _look, _large, _long]
        # From an address of its own; only Linux has all of 127.0.0.0/8.
        transport = httpx.HTTPTransport(local_address=BAD if sys.platform == "linux" else None)
        with httpx.Client(base_url=self._address, timeout=60, transport=transport) as http:
            for turn in itertools.count(number):
                if self._is_over.is_set():
                    return
                try:
                    answer = ways[turn % len(ways)](http, turn)
                    self.got[f"{ways[turn % len(ways)].__name__.strip('_')} {answer.status_code}"] += 1
                except httpx.HTTPError as error:
                    self.got[type(error).__name__] += 1

    def _picture(self, http: httpx.Client, turn: int) -> httpx.Response:
        name, data = self._files[turn % len(self._files)]
        sent = http.post("/gradio_api/upload", files={"files": (name, data + time.time_ns().to_bytes(8, "little"))})
        if sent.status_code != 200:
            return sent
        file = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
        return _asked(http, "judge", ["imagenet-efficientnet-lite0", file])


def worst_pictures() -> list[tuple[str, bytes]]:
    """Files that cost as much as our limits allow."""
    scans = with_scans(encoded(noise(2400, 2400), "JPEG", progressive=True), 85)
    return [
        ("w.webp", encoded(Image.new("RGB", (8000, 5000)), "WEBP")),
        ("s.jpg", scans[:9_900_000]),
        ("b.jpg", encoded(noise(3900, 3900), "JPEG", quality=50)[:9_900_000]),
        ("a.avif", encoded(noise(1500, 1500), "AVIF", speed=10)),
    ]


def _asked(http: httpx.Client, name: str, data: list[object]) -> httpx.Response:
    asked = http.post(f"/gradio_api/call/{name}", json={"data": data})
    if asked.status_code != 200:
        return asked
    with http.stream("GET", f"/gradio_api/call/{name}/{asked.json()['event_id']}") as answer:
        answer.read()
    return answer


def _look(http: httpx.Client, turn: int) -> httpx.Response:
    buffer = io.BytesIO()
    noise(320, 320, turn % 9).save(buffer, "JPEG")
    return http.post(f"/live?visitor={turn}&tab=explore", content=buffer.getvalue())


def _large(http: httpx.Client, turn: int) -> httpx.Response:
    return _asked(http, "feature_maps", ["cifar10-cnn", {"path": "x" * 4_000_000}, "conv1", ""])


def _long(http: httpx.Client, turn: int) -> httpx.Response:
    return _asked(http, "curves", [[f"cifar10-cnn{n}" for n in range(20_000)]])


if __name__ == "__main__":
    main()
