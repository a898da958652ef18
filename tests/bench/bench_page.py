"""What a first visit costs: what is fetched, with an empty cache, and how long the first answer takes.

The seconds are those of a machine that is otherwise idle.
"""

import statistics
import time
from collections import defaultdict
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.bench.serve import server
from tests.browser.chromium import chromium

PAGES = {"a link": ("?tab=predict&model=cifar10-cnn", "#answer .verdict"), "the start": ("", "dialog[open] canvas")}
ROUNDS = 5
SETTLED = 3000  # milliseconds after the answer in which what belongs to it may still come


def visits(rounds: int = ROUNDS) -> dict[str, dict[str, float]] | None:
    """By kind of page: kB over the wire until it has answered, and seconds to that; None where there is no Chromium."""
    program = chromium()
    if program is None:
        return None
    with server("app.py") as (address, _, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        found = {}
        for name, (query, answer) in PAGES.items():
            visit(browser, f"{address}/{query}", answer)  # the server's own first time
            taken = [visit(browser, f"{address}/{query}", answer) for _ in range(rounds)]
            sizes, seconds = zip(*taken, strict=True)
            found[name] = {"kB": max(sizes) / 1000, "median_s": statistics.median(seconds)}
        return found


def visit(browser: Browser, url: str, answer: str) -> tuple[float, float]:
    """Bytes over the wire and seconds until the selector `answer` is there, in a browser window of its own."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    sizes: dict[str, float] = defaultdict(float)

    def more(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] += event["encodedDataLength"]

    def whole(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"]

    network = context.new_cdp_session(page)
    network.on("Network.dataReceived", more)  # also of what has not come to its end yet
    network.on("Network.loadingFinished", whole)  # with the headers
    network.send("Network.enable")
    start = time.perf_counter()
    page.goto(url)
    page.locator(answer).first.wait_for()
    seconds = time.perf_counter() - start
    page.wait_for_timeout(SETTLED)
    context.close()
    return sum(sizes.values()), seconds


def rows(found: dict[str, dict[str, float]] | None) -> list[tuple[str, str, str]]:
    """Lines of the table: what, measured, budget."""
    return [
        (f"first visit by {name}, empty cache", f"{one['kB']:.0f} kB, answer after {one['median_s']:.1f} s", "800 kB")
        for name, one in (found or {}).items()
    ]
