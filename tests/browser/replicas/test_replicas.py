"""Visitors of several servers behind a proxy: each stays where he is, also when another server is lost."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

import model_zoo
from demo.pictures.decode import open_image
from tests.bench.crowd import Visitor, crowd, shares
from tests.bench.visitors.replicas import COOKIE, Replica, program, proxy
from tests.browser.actions import OTHER, choose_file, expect_address, expect_step
from tests.browser.chromium import PATIENCE
from tests.browser.conftest import SEEN
from tests.conftest import SHIPPED
from tests.helpers import upload
from tests.pictures import encoded, noise

pytestmark = pytest.mark.slow


def app_id(address: str) -> str:
    return httpx.get(f"{address}/gradio_api/app_id").json()["app_id"]


@pytest.mark.faults(
    "One of several servers behind HAProxy or nginx is killed amid the questions of a class",
    "Its visitors alone lose their connection; they go on with the same view on another one, and every answer is right",
)
def test_when_a_replica_dies_only_its_visitors_go_elsewhere(before: str, two: list[Replica]) -> None:
    lost, other = (app_id(each.address) for each in two)

    def kill(visitors: list[Visitor]) -> None:
        assert set(shares(visitors)) == {lost, other}  # the cookie spreads them, though all have one address
        two[0].kill()

    try:
        visitors = crowd(before, 10, 4, kill)
    finally:
        two[0].start()
    assert not [word for each in visitors for word in each.wrong]
    for each in visitors:
        if each.served[0] == other:
            assert each.served == [other] and not each.cut
        else:
            assert each.served == [lost, other]


def test_metrics_are_no_visitors_business(before: str) -> None:
    assert httpx.get(f"{before}/metrics").status_code == 403
    assert httpx.get(f"{before}/healthz").json()["ready"] is True


def test_a_picture_given_to_one_replica_answers_at_another_that_shares_the_folder(two: list[Replica]) -> None:
    file = upload(two[0].address, "mine.png", encoded(noise(40, 30), "PNG"))
    told = []
    for each in two:
        api = f"{each.address}/gradio_api/call/predict"
        event = httpx.post(api, json={"data": [SHIPPED[0], file]}).json()["event_id"]
        told.append(httpx.get(f"{api}/{event}", timeout=60).text)
        assert httpx.get(f"{each.address}/gradio_api/file={file['path']}").content == encoded(noise(40, 30), "PNG")
    assert "event: complete" in told[0] and told[0] == told[1]


@pytest.mark.browser
@pytest.mark.faults(
    "The server of an open page is killed, and another one is there",
    "The page loads itself again from that one; view and own picture, in a folder that they share, are the same",
)
def test_a_page_whose_server_dies_goes_on_with_its_view_and_its_own_picture(
    before: str, two: list[Replica], browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 860})
    context.add_init_script(SEEN)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    label, share = model_zoo.load(SHIPPED[0]).predict(open_image(OTHER))[0]

    def answered() -> None:
        expect(page.locator("#answer .verdict")).to_contain_text(f"{label} {share:.1%}")

    page.goto(f"{before}/?model={SHIPPED[0]}&tab=explore&step=conv3&channel=5")
    expect_step(page, "conv3")
    choose_file(page, OTHER)
    answered()
    mine = page.evaluate("fetch('gradio_api/app_id').then((answer) => answer.text())")
    dying = next(each for each in two if httpx.get(f"{each.address}/gradio_api/app_id").text == mine)
    dying.kill()
    try:
        page.wait_for_event("load")  # it comes back by itself
        expect_step(page, "conv3")
        answered()
        expect_address(page, step="conv3", picture="own")
        page.locator("#strip .tile[data-step=conv4]").first.click()
        expect_step(page, "conv4")
        answered()
        expect_address(page, step="conv4", picture="own")
    finally:
        dying.start()
        context.close()


@pytest.mark.faults(
    "One of several servers is to be restarted while visitors use it",
    "It keeps its visitors until they ask no more, new ones go to the others, and then it ends",
)
def test_a_replica_that_ends_keeps_its_visitors_and_gets_no_new_ones(two: list[Replica], tmp_path: Path) -> None:
    if program("haproxy") is None:
        pytest.skip("haproxy is not installed")
    with proxy("haproxy", two, tmp_path) as address:
        visitor = next(each for each in iter(lambda: newcomer(address), None) if each.cookies.get(COOKIE) == "1")
        ended = app_id(two[0].address)
        os.kill(two[0].pid, signal.SIGTERM)
        try:
            until(lambda: httpx.get(f"{two[0].address}/healthz").status_code == 404)
            until(lambda: {newcomer(address).cookies.get(COOKIE) for _ in range(6)} == {"2"})
            assert visitor.get("/gradio_api/app_id").json()["app_id"] == ended
            two[0].kill()
            assert visitor.get("/gradio_api/app_id").json()["app_id"] != ended
            assert visitor.cookies.get(COOKIE) == "2"
        finally:
            two[0].kill()
            two[0].start()
            visitor.close()


def newcomer(address: str) -> httpx.Client:
    """Somebody who has come for the first time."""
    client = httpx.Client(base_url=address, timeout=30, verify=False)
    client.get("/gradio_api/app_id").raise_for_status()
    return client


def until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)
