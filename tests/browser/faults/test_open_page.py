"""An open page, and what goes away under it: a network, the server, the connection; and the page in odd places."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bench.serve import free_port
from tests.bench.visitors.replicas import Replica, program, site
from tests.browser.actions import choose_model, expect_address, expect_step
from tests.browser.chromium import PATIENCE
from tests.browser.conftest import SEEN
from tests.conftest import SECOND, SHIPPED, WEIGHTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replica]:
    """A server of this file's own, which may be killed and started anew, with a network in its run folder."""
    folder = tmp_path_factory.mktemp("own")
    for name in ("runs", "tmp"):
        (folder / name).mkdir()
    environment = {"CONVSCOPE_RUNS": str(folder / "runs"), "TMPDIR": str(folder / "tmp"), "CONVSCOPE_DATA": ""}
    environment["GRADIO_TEMP_DIR"] = str(folder / "tmp" / "uploads")
    server = Replica(1, free_port(), folder / "log.txt", environment)
    server.start()
    yield server
    server.kill()
    assert "Traceback" not in server.log.read_text()


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 860})
    context.add_init_script(SEEN)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


@pytest.mark.faults(
    "The run folder of a network is deleted while it is shown",
    "The next question about it is refused in a sentence that names those that there are; another network answers",
)
def test_a_network_that_goes_while_it_is_shown(own: Replica, browser: Browser) -> None:
    run = Path(own.environment["CONVSCOPE_RUNS"]) / "passing"
    shutil.copytree(WEIGHTS / SECOND, run)
    with opened(browser, f"{own.address}/?model=passing&tab=explore&step=conv3") as page:
        expect_step(page, "conv3")
        shutil.rmtree(run)
        page.locator("#strip .tile[data-step=conv4]").first.click()
        expect(page.locator("[data-testid=toast-body]").first).to_contain_text("There is no network named")
        choose_model(page, SHIPPED[0])
        expect_address(page, model=SHIPPED[0])
        page.locator("#strip .tile[data-step=conv5]").first.click()
        expect_step(page, "conv5")


@pytest.mark.faults(
    "The server is killed under an open page and started again",
    "The page says that the connection was lost, and loads itself again with the same view as soon as it can",
)
def test_a_server_that_comes_back(own: Replica, browser: Browser) -> None:
    with opened(browser, f"{own.address}/?model={SECOND}&tab=explore&step=conv3&channel=5") as page:
        expect_step(page, "conv3")
        own.kill()
        expect(page.get_by_text("The connection to the server was lost.")).to_be_visible()
        with page.expect_event("load"):
            own.start()
        expect_step(page, "conv3")
        expect_address(page, model=SECOND, step="conv3", channel="5")
        page.locator("#strip .tile[data-step=conv4]").first.click()
        expect_step(page, "conv4")


@pytest.mark.faults(
    "The server hangs for a while: it takes connections and says nothing",
    "The question is answered when it goes on; nothing has to be asked again",
)
def test_a_server_that_hangs(own: Replica, browser: Browser) -> None:
    with opened(browser, f"{own.address}/?model={SECOND}&tab=explore&step=conv3") as page:
        expect_step(page, "conv3")
        os.kill(own.pid, signal.SIGSTOP)
        page.locator("#strip .tile[data-step=conv4]").first.click()
        page.wait_for_timeout(6000)  # longer than the page itself waits before it takes a choice for lost
        os.kill(own.pid, signal.SIGCONT)
        expect_step(page, "conv4")


@pytest.mark.faults(
    "The browser has no network for a while",
    "A choice that cannot be sent is sent again, or made again with a click; the view is as before",
)
def test_a_browser_without_network(own: Replica, browser: Browser) -> None:
    with opened(browser, f"{own.address}/?model={SECOND}&tab=explore&step=conv3") as page:
        expect_step(page, "conv3")
        page.context.set_offline(True)
        page.locator("#strip .tile[data-step=conv4]").first.click()
        page.wait_for_timeout(3000)
        page.context.set_offline(False)

        def there() -> bool:
            page.locator("#strip .tile[data-step=conv4]").first.click()
            page.wait_for_timeout(1000)
            return page.locator("#grid h3").inner_text().startswith("conv4")

        assert any(there() for _ in range(20))
        expect_address(page, step="conv4")


@pytest.mark.faults(
    "The page is served below a path by nginx, and shown in a frame of another page",
    "It works as elsewhere: files, questions and answers all stay below that path",
)
def test_below_a_path_and_in_a_frame(browser: Browser, tmp_path: Path) -> None:
    if program("nginx") is None:
        pytest.skip("nginx is not installed")
    environment = {
        "GRADIO_ROOT_PATH": "/lab/convscope",
        "TMPDIR": str(tmp_path),
        "GRADIO_TEMP_DIR": str(tmp_path / "up"),
    }
    server = Replica(1, free_port(), tmp_path / "log.txt", environment)
    with ExitStack() as stack:
        stack.callback(server.kill)
        server.start()
        address = stack.enter_context(site([server], tmp_path, "/lab/convscope"))
        page = stack.enter_context(opened(browser, f"{address}/nothing"))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.route(
            f"{address}/course",
            lambda route: route.fulfill(
                body=f"<iframe src='{address}/lab/convscope/?tab=explore&step=conv3' width=1300 height=800></iframe>",
                content_type="text/html",
            ),
        )
        page.goto(f"{address}/course")
        frame = page.frame_locator("iframe")
        expect(frame.locator("#grid h3")).to_contain_text(re.compile(r"^conv3\b"))
        frame.locator("#strip .tile[data-step=conv4]").first.click()
        expect(frame.locator("#grid h3")).to_contain_text(re.compile(r"^conv4\b"))
        assert httpx.get(f"{address}/lab/convscope/healthz").json()["ready"] is True
        assert httpx.get(f"{address}/lab/convscope/metrics").status_code == 403
        outside = [
            url
            for url in asked
            if not url.startswith((f"{address}/lab/convscope/", f"{address}/course", "data:", "blob:"))
        ]
        assert not outside
