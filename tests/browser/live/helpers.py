"""What tests of live pictures share."""

from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.actions import open_panel, pixels


class Frames:
    """Those that a page sends: how many, and whether two were ever away at once."""

    def __init__(self, page: Page) -> None:
        self.sent, self.away, self.most = 0, 0, 0
        page.on("request", self._begun)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _begun(self, request: Request) -> None:
        if "/live?" in request.url:
            self.sent += 1
            self.away += 1
            self.most = max(self.most, self.away)

    def _ended(self, request: Request) -> None:
        self.away -= "/live?" in request.url


def open_live(page: Page, button: str) -> Locator:
    open_panel(page, "picture").locator("#live").get_by_role("button", name=button).click()
    pane = page.locator(".live-pane")
    expect(pane).to_be_visible()
    expect(page.locator("#picture-panel")).to_be_hidden()
    return pane


def thumbnails(page: Page) -> list[Any]:
    return [pixels(tile).tolist() for tile in page.locator("#strip .tile canvas").all()[:4]]
