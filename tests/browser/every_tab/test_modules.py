"""The page's modules, as the app serves them, say the same as the libraries in Python."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, expect

import model_zoo
from demo.render.html import pack, pack_shrunk, unpack
from demo.server import modules
from demo.tabs.explore.overview import overview
from model_zoo.explain.receptive_field import field_box, receptive_fields
from tests.browser.actions import FIRST_EXAMPLE, expect_address, expect_step, walked
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED, App

pytestmark = pytest.mark.browser


def test_a_module_that_cannot_be_loaded_says_so_and_the_rest_works(visit: Visit, allowed: list[str]) -> None:
    allowed.append(r"strip\.js|ERR_FAILED")
    page = visit()
    page.route("**/overview/strip.js", lambda route: route.abort())
    page.get_by_role("tab", name="Explore").click()
    expect(page.locator("#strip")).to_contain_text("could not be loaded. Please reload the page.")
    expect(page.locator("#grid h3")).to_contain_text("conv1")


def test_modules_that_come_after_the_answer_lose_nothing(visit: Visit) -> None:
    page = visit()
    late: list[Route] = []
    page.route("**/overview/grid.js", lambda route: late.append(route))
    with page.expect_request("**/overview/grid.js"):
        page.get_by_role("tab", name="Explore").click()
    expect(page.locator("#channel")).to_be_attached()
    page.locator("#strip .tile[data-step=conv2]").click()
    expect_address(page, step="conv2")
    assert len(late) == 1
    late[0].continue_()
    expect_step(page, "conv2")


@pytest.fixture(scope="module")
def blank(browser: Browser, app: App) -> Iterator[Page]:
    """A page of the app's address without the app in it, which can import its modules."""
    page = browser.new_page()
    page.goto(f"{app.address}/{modules.address('static/lib/codec.js')}")
    yield page
    page.close()


@pytest.mark.parametrize("bits", [16, 8, 6])
def test_the_browser_unpacks_what_the_server_packs(blank: Page, bits: int) -> None:
    values = np.random.default_rng(bits).normal(size=(3, 5, 4)).astype(np.float32)
    packed = pack(values, bits)
    address = f"/{modules.address('static/lib/codec.js')}"
    script = "async ([address, packed]) => [...(await import(address)).unpackMaps(packed).integers]"
    found = blank.evaluate(script, [address, packed])
    assert np.allclose(np.array(found) * packed["factor"], unpack(packed).ravel(), rtol=1e-6)
    few = pack_shrunk(values, 24)
    found = blank.evaluate(script, [address, few])
    assert few["shrunk"] == 2 and np.allclose(np.array(found) * few["factor"], unpack(few).ravel(), rtol=1e-6)


@pytest.mark.full
def test_the_browser_finds_the_fields_that_the_library_finds(blank: Page) -> None:
    """The page's own module, for every step of every network and places all over its maps."""
    address = f"/{modules.address('static/lib/receptive_field.js')}"
    script = """async ([address, asked, size]) => {
        const { fieldBox, fieldPadding } = await import(address);
        return asked.map((one) => [fieldBox(...one), fieldPadding(fieldBox(...one), size)]);
    }"""
    for name in SHIPPED:
        model, steps = model_zoo.load(name), walked(name, FIRST_EXAMPLE)
        geometry = overview.geometry(steps, receptive_fields(steps, model.size, model.size), model.size)
        asked, expected = [], []
        for step in steps:
            channels, rows, columns = (*step.shape[1:], 1, 1)[:3]
            for place in {(0, 0, 0), (channels - 1, rows - 1, columns - 1), (channels // 3, rows // 2, columns // 3)}:
                box = field_box(steps, model.size, model.size, step.name, *place)
                asked.append([geometry[step.name], *place])
                above, left, below, right = box.padding(model.size, model.size)
                expected.append([vars(box), {"above": above, "left": left, "below": below, "right": right}])
        assert blank.evaluate(script, [address, asked, model.size]) == expected
