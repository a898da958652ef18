"""What several benchmarks share: a stopwatch and pictures."""

import json
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from PIL import Image

LATENCY_PARTS = 20  # for the 95th percentile


def waits(latencies: list[float], errors: list[str]) -> dict[str, float]:
    """What clients waited for in seconds, and how many errors they got; the first few are printed."""
    for error in errors[:3]:
        print(error, file=sys.stderr)
    return {
        "p50_s": statistics.median(latencies),
        "p95_s": statistics.quantiles(latencies, n=LATENCY_PARTS)[-1],
        "errors": len(errors),
    }


def timed(call: Callable[[], object], times: int = 60) -> dict[str, float]:
    """Median milliseconds and kB of what `call` returns."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        answer = call()
        taken.append(1000 * (time.perf_counter() - start))
    return {"median_ms": statistics.median(taken), "kB": len(json.dumps(answer, default=str)) / 1000}


def photo(seed: int) -> np.ndarray:
    """A made-up 800 x 600 picture that takes about 300 kB as a JPEG; every seed gives another."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 255, (60, 80, 3), dtype=np.uint8)).resize((800, 600), 3)
    noise = random.normal(0, 22, (600, 800, 1))
    return np.clip(np.asarray(coarse) + noise, 0, 255).astype(np.uint8)
