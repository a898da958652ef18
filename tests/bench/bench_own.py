"""Visitors who teach own classes at once, each 20 pictures one by one, on a page that runs.

python -m tests.bench.bench_own http://127.0.0.1:7860 10

Prints the seconds until a picture is added, until the answer has followed it, and until the network is made: median,
95 % and longest; and what was said of the waiting time.
"""

import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.own_pictures import KINDS, pictures, png

BODY = "imagenet-efficientnet-lite0"
EACH = 10  # pictures of a class
PATIENCE = 120  # seconds


def token(address: str, session: str, component: str = "own") -> str:
    """That of a new visitor, by the event of one of the page's components."""
    config = httpx.get(f"{address}/config", timeout=PATIENCE).json()
    number = next(each["id"] for each in config["components"] if each["props"].get("elem_id") == component)
    event = next(each for each in config["dependencies"] if [number, "ask"] in [list(at) for at in each["targets"]])
    asked = {"data": [None] * len(event["inputs"]), "event_data": {}, "fn_index": event["id"], "session_hash": session}
    httpx.post(f"{address}/gradio_api/queue/join", json=asked, timeout=PATIENCE).raise_for_status()
    query = f"{address}/gradio_api/queue/data?session_hash={session}"
    with httpx.stream("GET", query, timeout=PATIENCE) as stream:
        for line in stream.iter_lines():
            if '"process_completed"' in line:
                return json.loads(json.loads(line.removeprefix("data:"))["output"]["data"][0])["token"]
    raise RuntimeError("the page gave no token")


def taught(address: str, at: int) -> dict[str, list[float]]:
    """Seconds of one visitor, by what they were spent on; `told`: how many were foretold for the network."""
    client = httpx.Client(timeout=PATIENCE, headers={"X-Visitor": token(address, f"bench{time.time_ns()}")})
    found: dict[str, list[float]] = {"add": [], "answer": [], "network": [], "told": []}

    def ask(action: str, content: bytes | dict[str, Any], **query: object) -> Any:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        words = {name: str(value) for name, value in query.items()}
        while (answer := client.post(f"{address}/own/{action}", content=data, params=words)).status_code == 429:
            time.sleep(answer.json()["next_ms"] / 1000)
        assert answer.status_code == 200, answer.text
        return answer.json()

    seed = time.time_ns() + 1000 * at  # the server keeps the features of pictures that it has seen
    labels = {kind: ask("add-class", {"name": kind})["class"] for kind in KINDS}
    for number in range(EACH):
        for kind, label in labels.items():
            picture = png(pictures(kind, 1, seed=seed + number)[0].resize((256, 256)))
            start = time.perf_counter()
            ask("add", picture, **{"class": label, "name": f"{kind}{number}"})
            found["add"].append(time.perf_counter() - start)
            start = time.perf_counter()
            while (look := ask("look", {"body": BODY}))["learned"] < look["of"]:
                pass
            found["answer"].append(time.perf_counter() - start)
    start = time.perf_counter()
    job = ask("make", {"body": BODY})
    found["told"].append(job.get("seconds", 0))
    while job["state"] in ("waiting", "running"):
        time.sleep(0.5)
        job = ask("state", {})
    assert job["state"] == "done", job
    found["network"].append(time.perf_counter() - start)
    return found


def main(address: str, visitors: int) -> None:
    """Measure and print."""
    with ThreadPoolExecutor(visitors) as pool:
        all_of = list(pool.map(lambda at: taught(address, at), range(visitors)))
    for name in ("add", "answer", "network", "told"):
        seconds = sorted(value for one in all_of for value in one[name])
        late = seconds[int(0.95 * (len(seconds) - 1))]
        print(f"{name:8} median {statistics.median(seconds):.2f} s, 95 % {late:.2f} s, longest {seconds[-1]:.2f} s")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
