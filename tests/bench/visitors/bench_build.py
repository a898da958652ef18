"""A class that trains small networks at once, on a page that runs: how long until each has learned, and what was told.

    python -m tests.bench.visitors.bench_build http://127.0.0.1:7860 10            digits, two convolutions, 10 passes
    python -m tests.bench.visitors.bench_build http://127.0.0.1:7860 10 --pair     each two networks beside each other
    python -m tests.bench.visitors.bench_build http://127.0.0.1:7860 10 --cifar    4,000 pictures of CIFAR-10, 4 passes

Prints the seconds until the first, the middle and the last visitor has a network, what each was told at the beginning,
and what one visitor alone takes on the same machine in the same run.
"""

import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.bench.bench_own import token

NETWORK = "c16k3p1,n,r,m2,c32k3p1,n,r,m2"
EVERY = 0.5  # seconds between two questions, as the page asks them
PATIENCE = 120  # seconds for an answer


def visitor(address: str) -> httpx.Client:
    """Somebody who has opened the page."""
    return httpx.Client(timeout=PATIENCE, headers={"X-Visitor": token(address, f"bench{time.time_ns()}", "build")})


def trained(client: httpx.Client, address: str, order: dict[str, Any]) -> tuple[float, float, list[float]]:
    """Seconds until one visitor's networks have learned, how many were told, and the shares that were right."""

    def ask(action: str, question: dict[str, Any]) -> dict[str, Any]:
        while (answer := client.post(f"{address}/build/{action}", content=json.dumps(question))).status_code == 429:
            time.sleep(answer.json()["next_ms"] / 1000)
        assert answer.status_code == 200, answer.text
        return answer.json()

    began = time.perf_counter()
    job = ask("train", order)
    told = job.get("seconds", 0.0)
    while job["state"] in ("waiting", "running"):
        time.sleep(EVERY)
        job = ask("state", {})
    assert job["state"] == "done", job
    result = job["result"]
    return time.perf_counter() - began, told, [each["right"] / result["held"] for each in result["made"]]


def main(address: str, visitors: int, words: list[str]) -> None:
    """Measure and print."""
    order = {"set": "digits", "variants": [NETWORK], "epochs": 10, "rate": 0.01, "seed": 0, "pictures": 4000}
    if "--pair" in words:
        order["variants"] = [NETWORK, "c8k3p1,r,m2"]
    if "--cifar" in words:
        order |= {"set": "cifar10", "epochs": 4}
    alone = [trained(visitor(address), address, order)[0] for _ in range(2)][-1]  # the first reads the pictures as well
    print(f"one visitor alone: {alone:.1f} s")
    everybody = [visitor(address) for _ in range(visitors)]
    with ThreadPoolExecutor(visitors) as pool:
        found = list(pool.map(lambda client: trained(client, address, order), everybody))
    seconds, told = sorted(each[0] for each in found), sorted(each[1] for each in found)
    first, middle, last = seconds[0], statistics.median(seconds), seconds[-1]
    print(f"{visitors} at once: first {first:.1f} s, median {middle:.1f} s, last {last:.1f} s")
    print(f"the last was told {told[-1]:.0f} s; {last / (visitors * alone):.2f} of {visitors} times one alone")
    print(f"right on pictures held out: {min(min(each[2]) for each in found):.1%} and more")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
