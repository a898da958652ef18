"""The page within a page of another server."""

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import App

pytestmark = pytest.mark.browser


def test_a_page_elsewhere_cannot_show_the_app_in_a_frame(app: App, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.route(
        "http://elsewhere.example/",
        lambda route: route.fulfill(body=f"<iframe src='{app.address}'></iframe>", content_type="text/html"),
    )
    page.goto("http://elsewhere.example/")
    page.wait_for_function("frames.length === 1")
    expect(page.frame_locator("iframe").locator("#answer")).to_have_count(0)
    assert page.frames[1].url.startswith("chrome-error://")
