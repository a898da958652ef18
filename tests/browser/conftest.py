"""A headless Chromium that visits the running app and takes note of everything that goes wrong in it."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.chromium import CHROMIUMS, PATIENCE, chromium
from tests.conftest import ROOT, App


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """A function that starts a browser, with further arguments."""
    path = chromium()
    if path is None and os.environ.get("REQUIRE_BROWSER"):
        pytest.fail("REQUIRE_BROWSER is set and no Chromium was found")
    if path is None:
        pytest.skip(f"none of {', '.join(CHROMIUMS)} is installed")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield lambda *more: playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *more])


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def allowed() -> list[str]:
    """Patterns of console messages that a test provokes; it adds them itself."""
    return []


# Of a browser whose reader has met the start before.
SEEN = "try { localStorage.setItem('convscope-start', 'seen'); } catch { /* of a page that has none */ }"
# What Gradio says now and then when it closes a stream of answers while another question is on its way.
CLOSED = (
    r"^AbortError: signal is aborted without reason\s+at .*\s+at \S+\.close ",
    "^Unexpected error Connection errored",
    # The same stream, when the page is loaded again while it is open.
    "net::ERR_INCOMPLETE_CHUNKED_ENCODING",
    "^TypeError: network error$",
    # It cancels a question whose number the server has yet to tell it.
    "status of 422 .*/gradio_api/(cancel|reset)$",
)
Visit = Callable[..., Page]
# A folder: all texts that the page shows in any test are written there, for the catalogues of other languages.
TEXTS = os.environ.get("CONVSCOPE_TEXTS")
PHRASE = ROOT / "demo" / "static" / "lib" / "on_demand" / "languages" / "phrase.js"
_PHRASES = PHRASE.read_text(encoding="utf-8").replace("export ", "")
_TELLER = Path(__file__).with_name("texts.js").read_text(encoding="utf-8")
RECORDER = f"(() => {{ {_PHRASES} \n {_TELLER} }})()"


@pytest.fixture
def visit(app: App, browser: Browser, allowed: list[str]) -> Iterator[Visit]:
    """A function that opens the page at a query in a browser window of its own, and waits until it can be used.

    The start, which whoever comes for the first time meets, is shown only where `start` is true. Into `texts` goes
    every text that the page shows. The other arguments are those of playwright's `new_context`.
    At the end of the test, any request to another host, any error in the console and any uncaught exception in a window
    fails it.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def visit(query: str = "", start: bool = False, texts: list[str] | None = None, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1366, "height": 860}} | options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("request", lambda request: problems.append(request.url) if outside(request.url, app) else None)
        context.on("console", lambda message: problems.append(_told(message)) if message.type == "error" else None)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        if not start:
            context.add_init_script(SEEN)
        if TEXTS or texts is not None:
            context.expose_function("tellTexts", lambda told: keep_texts(told, texts))
            context.add_init_script(RECORDER)
        page = context.new_page()
        page.goto(f"{app.address}/{query}")
        expect(page.locator("#answer .verdict")).to_have_count(1)  # comes with everything that depends on the address
        expect(page).to_have_url(re.compile(r"\?.*model="))
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not [text for text in problems if not any(re.search(pattern, text) for pattern in (*CLOSED, *allowed))]


def _told(message: ConsoleMessage) -> str:
    """What the console says, and of which address where it does not say that itself."""
    return f"{message.text} {message.location['url']}" if "Failed to load" in message.text else message.text


def keep_texts(told: list[list[str]], texts: list[str] | None) -> None:
    """Each is the text, its element's tag, the id near to it, and the text around it."""
    if texts is not None:
        texts.extend(text for text, *_ in told)
    if TEXTS:
        with (Path(TEXTS) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(text, ensure_ascii=False) + "\n" for text in told)


def outside(url: str, app: App) -> bool:
    return not url.startswith((f"{app.address}/", "data:", "blob:"))
