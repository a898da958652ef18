"""How long a prediction takes while the page's own training runs.

    python tests/bench/bench_while_training.py --data DIR               DIR is a torchvision root with CIFAR-10
    python tests/bench/bench_while_training.py --data DIR --times 4     shorter

A browser starts a training in the Train tab; one client then asks for predictions, one after another and at once
from five places, first without and then with that training beside it. Run it on an otherwise idle machine.
"""

import argparse
import io
import json
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.bench_app import predict_over
from tests.bench.measures import LATENCY_PARTS, photo
from tests.bench.serve import ROOT, server
from tests.browser.chromium import chromium

AT_ONCE = 5
BUDGET = 1.0  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="torchvision root with CIFAR-10")
    parser.add_argument("--times", type=int, default=40, help="predictions one after another, and all of the five")
    parser.add_argument(
        "--patience",
        type=float,
        default=120,
        help="seconds until the server has started, and the training's first steps",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_while_training.json")
    given = parser.parse_args()
    if given.times < 2:
        parser.error("--times must be at least 2.")
    browser = chromium()
    if browser is None:
        sys.exit("This benchmark needs Chromium or Chrome.")
    result = {}
    with (
        tempfile.TemporaryDirectory() as runs,
        server("app.py", patience=given.patience, CONVSCOPE_DATA=given.data, CONVSCOPE_RUNS=runs) as (address, _, _),
        sync_playwright() as playwright,
    ):
        latencies(address, 5)
        result["without"] = measured(address, given.times)
        page = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        page.set_default_timeout(1000 * given.patience)
        begin(page, address, 1000 * given.patience)
        page.goto("about:blank")  # nothing is drawn while the clock runs
        result["with"] = measured(address, given.times)
        page.goto(f"{address}/?tab=train")
        expect(page.locator("#training")).to_contain_text("Your training is running", timeout=1000 * given.patience)
        page.locator("#stop").click()
        expect(page.locator("#stop")).to_be_disabled(timeout=1000 * given.patience)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=2))
    print("| predictions | without training | with training | ratio | budget |\n|---|---|---|---|---|")
    for what, seconds in result["with"].items():
        before = result["without"][what]
        print(f"| {what} | {before:.3f} s | {seconds:.3f} s | {seconds / before:.2f} | {BUDGET:g} s |")


def begin(page: Page, address: str, patience: float) -> None:
    """Start a training in the page that lasts longer than the measurement, and wait for its first steps."""
    page.goto(f"{address}/?tab=train")
    for label, value in {"Epochs": 20, "Pictures": 20_000}.items():
        page.get_by_role("spinbutton", name=label).fill(str(value))
    page.locator("#begin").click()
    expect(page.locator("#training")).to_contain_text("Your training is running", timeout=patience)
    expect(page.locator("#board")).to_contain_text("pictures per second", timeout=patience)


def measured(address: str, times: int) -> dict[str, float]:
    """Median and 95th percentile of seconds."""
    alone = latencies(address, times)
    together: list[float] = []
    threads = [
        threading.Thread(target=lambda: together.extend(latencies(address, max(1, times // AT_ONCE))))
        for _ in range(AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "one after another, median": statistics.median(alone),
        "one after another, p95": statistics.quantiles(alone, n=LATENCY_PARTS)[-1],
        "five at once, median": statistics.median(together),
        "five at once, p95": statistics.quantiles(together, n=LATENCY_PARTS)[-1],
    }


def latencies(address: str, times: int) -> list[float]:
    """Seconds of predictions of pictures that nobody sent before, upload included."""
    buffer = io.BytesIO()
    Image.fromarray(photo(0)).save(buffer, "JPEG", quality=90)
    seconds = []
    with httpx.Client(base_url=f"{address}/gradio_api", timeout=120, verify=False) as http:
        for _ in range(times):
            start = time.perf_counter()
            predict_over(http, buffer.getvalue() + time.time_ns().to_bytes(8, "little"))
            seconds.append(time.perf_counter() - start)
    return seconds


if __name__ == "__main__":
    main()
