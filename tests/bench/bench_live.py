"""How many live pictures a second the server looks at, for one visitor and for many, and what others wait meanwhile.

    python tests/bench/bench_live.py                  a table and build/bench_live.json
    python tests/bench/bench_live.py --seconds 3      quicker

Every visitor does what the page does: it sends a frame, another one each time, the next one when the answer has come
and the pause that the server asked for is over. The browser's own work is in its own row: it films with a
pretended camera. Run it on an otherwise idle machine.
"""

import argparse
import io
import json
import os
import platform
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench import bench_explore
from tests.bench.measures import photo, waits
from tests.bench.serve import ROOT, server
from tests.browser.chromium import chromium

SECONDS = 8.0
CROWDS = (1, 10, 30)
ASKERS, EACH = 4, 4  # who explore beside them, and the steps that each looks at
NAME = "cifar10-cnn"
SIDE = 128  # pixels of a frame, as the page makes it for this network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for which each crowd looks")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_live.json")
    given = parser.parse_args()
    result = {"machine": f"{os.cpu_count()} cores, {platform.platform()}", "python": platform.python_version()}
    result |= measure(given.seconds)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=2))
    for what, measured, budget in rows(result):
        print(f"| {what:<58} | {measured:<46} | {budget:<17} |")


def measure(seconds: float = SECONDS) -> dict[str, Any]:
    """`crowds`: by number of visitors, what each gets; `browser`: pictures a second there, None without a Chromium;
    `alone` and `beside`: what ordinary questions wait for, without and with the largest crowd."""
    with server("app.py") as (address, _, _):
        crowds = {str(count): crowd(address, count, seconds) for count in CROWDS}
        found = {"crowds": crowds, "browser": in_browser(address, seconds)}
        page = bench_explore.Page.of(address)
        found["alone"] = bench_explore.crowd(page, NAME, ASKERS, EACH)
        with visitors(address, CROWDS[-1]):
            found["beside"] = bench_explore.crowd(page, NAME, ASKERS, EACH)
        return found


def rows(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What was measured beside its budget."""
    found = []
    if result["browser"] is not None:
        found.append(("live pictures a second, one visitor, browser", f"{result['browser']:.1f}", "5"))
    for count, each in result["crowds"].items():
        who = "one visitor" if count == "1" else f"each of {count} visitors"
        measured = f"{each['mean']:.1f} (least {each['least']:.1f}), p95 {each['p95_s']:.2f} s, {each['errors']} errors"
        found.append((f"live pictures a second, {who}", measured, "5" if count == "1" else ""))
    alone, beside = result["alone"], result["beside"]
    what = f"{ASKERS} explorers, p95, alone; beside {CROWDS[-1]} who look"
    found.append((what, f"{alone['p95_s']:.2f} s; {beside['p95_s']:.2f} s, {beside['errors']} errors", "1 s"))
    return found


def frames(number: int, count: int = 12) -> list[bytes]:
    """JPEGs of a picture that moves, as a camera's frames are sent."""
    whole = Image.fromarray(photo(number)).resize((240, 180))
    found = []
    for step in range(count):
        buffer = io.BytesIO()
        whole.crop((4 * step, 10, 4 * step + SIDE, 10 + SIDE)).save(buffer, "JPEG", quality=85)
        found.append(buffer.getvalue())
    return found


class Visitor:
    """One page with a live picture."""

    def __init__(self, address: str, number: int) -> None:
        self.address = f"{address}/live?model={NAME}&tab=explore&step=conv2&visitor=v{number}"
        self.frames = frames(number)
        self.latencies: list[float] = []
        self.errors: list[str] = []

    def look(self, end: threading.Event) -> None:
        turn = 0
        # verify=False: the address is plain HTTP, and loading certificates would cost more than the requests.
        with httpx.Client(timeout=60, verify=False) as http:
            while not end.is_set():
                start = time.perf_counter()
                answer = http.post(self.address, content=self.frames[turn % len(self.frames)])
                found = answer.json()
                if answer.status_code == 200:
                    self.latencies.append(time.perf_counter() - start)
                elif answer.status_code != 429:  # where there is no time, a newer frame follows later
                    self.errors.append(answer.text[:200])
                turn += 1
                end.wait(found["next_ms"] / 1000)


@contextmanager
def visitors(address: str, count: int) -> Iterator[list[Visitor]]:
    """So many pages with live pictures, as long as this lasts."""
    all_of_them, end = [Visitor(address, number) for number in range(count)], threading.Event()
    threads = [threading.Thread(target=visitor.look, args=(end,)) for visitor in all_of_them]
    for thread in threads:
        thread.start()
    try:
        yield all_of_them
    finally:
        end.set()
        for thread in threads:
            thread.join()


def crowd(address: str, count: int, seconds: float) -> dict[str, float]:
    """Pictures a second that visitors get, once the server knows how many there are: the mean and the least."""
    with visitors(address, count) as all_of_them:
        time.sleep(2)
        before = [len(visitor.latencies) for visitor in all_of_them]
        time.sleep(seconds)
        rates = [(len(visitor.latencies) - old) / seconds for visitor, old in zip(all_of_them, before, strict=True)]
    latencies = [each for visitor in all_of_them for each in visitor.latencies]
    errors = [each for visitor in all_of_them for each in visitor.errors]
    return {"mean": sum(rates) / count, "least": min(rates)} | waits(latencies, errors)


def in_browser(address: str, seconds: float) -> float | None:
    """Pictures a second that the page itself measures, in the Explore tab, with a pretended camera."""
    browser = chromium()
    if browser is None:
        return None
    arguments = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=browser, args=arguments).new_page()
        page.add_init_script("localStorage.setItem('convscope-start', 'seen')")
        page.goto(f"{address}/?tab=explore&step=conv2&model={NAME}")
        page.wait_for_function("document.querySelector('#channel .chain button')")
        page.locator("#bar [data-opens=picture-panel]").click()
        page.locator("#live [data-kind=camera]").click()
        page.wait_for_function("/picture/.test(document.querySelector('.live-pane .rate')?.textContent)")
        page.wait_for_timeout(1000 * seconds)
        return float(page.locator(".live-pane .rate").inner_text().split()[0])


if __name__ == "__main__":
    main()
