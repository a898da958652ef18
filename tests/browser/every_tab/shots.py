"""Pictures of every tab, and whether something has moved since they were kept.

`make shots` (`python -m tests.browser.every_tab.shots`) takes them anew; look at what has changed before you commit it.
The app runs without any data, so that no picture of a data set is in them.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from demo.core.view import TABS
from tests.bench.serve import server
from tests.browser.actions import PHONE, choose_tab, draw, quiet
from tests.browser.chromium import PATIENCE, chromium

FOLDER = Path(__file__).parent / "shots"
LOOKS = {
    "laptop": {"viewport": {"width": 1366, "height": 768}},
    "laptop-dark": {"viewport": {"width": 1366, "height": 768}, "color_scheme": "dark"},
    "small": {"viewport": {"width": 1280, "height": 720}},
    "phone": PHONE | {"has_touch": True, "is_mobile": True, "device_scale_factor": 1},
}
QUERY = "?tab=explore&step=conv2&channel=3&row=4&column=5"
SEEN = "try { localStorage.setItem('convscope-start', 'seen'); } catch { /* of a page that has none */ }"
RESTS = (
    "!document.querySelector('.pending') && document.getAnimations().every(({ playState }) => playState !== 'running')"
)
# How long the server took is another number each time, and wraps elsewhere.
SAME_TIME = """() => document.querySelectorAll('#probabilities .quiet').forEach((words) => {
  words.textContent = words.textContent.replace(/^[0-9,]+ ms/, '10 ms');
})"""
THERE = {  # by tab, what stands there when its picture can be taken
    "lessons": ("#lessons li",),
    "bench": ("#bench .boards canvas",),
    "teach": ("#teach .open:enabled",),
    "predict": ("#judgement h3",),
    "explore": ("#inspector .detail-of", "#strip .readings span"),
    "why": (".checks figcaption",),
    "compare": ("#lanes canvas",),
    "trust": ("#trust svg",),
    "curves": ("#charts svg[role=img]", "#epochs .map canvas"),
    "data": ("#tensor h3",),
    "photos": ("#survey-start",),
    "train": ("#begin",),
    "own": ("#own .card:nth-child(2) .film", "#own .mine li"),
    "build": ("#build .go:not(:disabled)", "#build .layer"),
}
LEVEL = 8  # of 256 grey levels make one that is kept
EDGE = 2  # levels between neighbouring pixels that are an edge: the light line around a field is three
BLOCK = 16  # pixels: what has moved by less is not noticed, nor how letters are smoothed
TALLER = 24  # pixels: that much taller or shorter a page may be, as a line of text can be

Differences = list[tuple[str, int, int]]  # "new", "missing" or "height"; left and top in pixels


def shots(browser: Browser, address: str, look: str) -> Iterator[tuple[str, np.ndarray]]:
    """Each tab and its picture from top to bottom: uint8 (height, width), grey in levels of `LEVEL`."""
    context = browser.new_context(**LOOKS[look])
    context.set_default_timeout(PATIENCE)
    context.add_init_script(SEEN)
    page = context.new_page()
    page.goto(f"{address}/{QUERY}")
    expect(page.locator("#answer .verdict")).to_have_count(1)
    for tab in TABS:
        choose_tab(page, tab)
        for part in THERE[tab]:
            page.locator(part).first.scroll_into_view_if_needed()  # some parts come only when they are in sight
            expect(page.locator(part).first).to_be_visible()
        yield tab, settled(page)
    context.close()


def settled(page: Page) -> np.ndarray:
    """The page's picture when two in a row are the same."""
    page.evaluate("scrollTo(0, 0)")
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    quiet(page)
    page.wait_for_function(RESTS)
    page.evaluate(SAME_TIME)
    before = picture(page)
    for _ in range(10):
        draw(page)
        now = picture(page)
        if now.shape == before.shape and (now == before).all():
            break
        before = now
    return now


def picture(page: Page) -> np.ndarray:
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled", caret="hide"))).convert("L")
    return np.asarray(shot) // LEVEL


def kept(look: str, tab: str) -> np.ndarray:
    """The picture of a tab as it is kept, in the form of `shots`."""
    with Image.open(FOLDER / look / f"{tab}.webp") as shot:
        return np.asarray(shot.convert("L")) // LEVEL


def differences(before: np.ndarray, now: np.ndarray) -> Differences:
    """The blocks with an edge where there was none near, and those without one where there was one."""
    found: Differences = []
    if abs(len(before) - len(now)) > TALLER:
        found.append(("height", len(before), len(now)))
    blocks = [edges(one[: min(len(before), len(now))]) for one in (before, now)]
    for word, of, other in (("new", blocks[1], blocks[0]), ("missing", blocks[0], blocks[1])):
        found += [(word, int(x) * BLOCK, int(y) * BLOCK) for y, x in np.argwhere(of & ~widened(other))]
    return found


def edges(levels: np.ndarray) -> np.ndarray:
    """Whether each block of `BLOCK` pixels holds an edge: bool (rows, columns)."""
    levels = levels.astype(np.int16)
    steps = np.zeros(levels.shape, bool)
    steps[1:] |= np.abs(np.diff(levels, axis=0)) >= EDGE
    steps[:, 1:] |= np.abs(np.diff(levels, axis=1)) >= EDGE
    height, width = (-(-size // BLOCK) * BLOCK for size in steps.shape)
    padded = np.zeros((height, width), bool)
    padded[: steps.shape[0], : steps.shape[1]] = steps
    return padded.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).any(axis=(1, 3))


def widened(blocks: np.ndarray) -> np.ndarray:
    """These blocks and the eight around each."""
    padded = np.pad(blocks, 1)
    height, width = blocks.shape
    return np.any([padded[y : y + height, x : x + width] for y in range(3) for x in range(3)], axis=0)


def main() -> None:
    """Take all pictures anew."""
    expect.set_options(timeout=PATIENCE)
    settings = {"CONVSCOPE_DATA": "", "CONVSCOPE_RUNS": str(FOLDER / "no-runs")}
    with server("app.py", sys.stderr, **settings) as (address, _, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for look in LOOKS:
            (FOLDER / look).mkdir(parents=True, exist_ok=True)
            for tab, levels in shots(browser, address, look):
                shot = Image.fromarray(levels * LEVEL + LEVEL // 2)
                shot.save(FOLDER / look / f"{tab}.webp", lossless=True, method=6)
                print(look, tab)
        browser.close()


if __name__ == "__main__":
    main()
