"""Live pictures: what the camera sees, in a browser that pretends to have one and to be allowed it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.actions import choose_tab, query, wait_until
from tests.browser.conftest import Visit
from tests.browser.live.helpers import Frames, open_live, thumbnails

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    browser = launch("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    yield browser
    browser.close()


def test_the_camera_moves_the_strip_and_a_frame_can_be_kept(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    frames = Frames(page)
    pane = open_live(page, "Camera, moving")
    expect(pane.locator(".rate")).to_contain_text("pictures a second")
    first = thumbnails(page)
    wait_until(page, lambda: thumbnails(page) != first)
    second = thumbnails(page)
    wait_until(page, lambda: thumbnails(page) not in (first, second))
    assert frames.most == 1
    with page.expect_request(re.compile("/upload")):
        pane.get_by_role("button", name="Keep this picture").click()
    wait_until(page, lambda: query(page).get("picture") == "own")
    assert page.locator(".live-pane video").evaluate("video => video.srcObject") is None  # the camera is off
    wait_until(page, lambda: not frames.away)
    sent = frames.sent
    choose_tab(page, "predict")
    expect(page.locator("#seen img").first).to_be_visible()
    assert frames.sent == sent
    pane.get_by_role("button", name="Go on").click()
    wait_until(page, lambda: frames.sent > sent + 2)
    pane.get_by_role("button", name="Close").click()
    assert page.locator(".live-pane video").evaluate("video => video.srcObject") is None
