"""One picture, one pass: how often a picture is decoded and a network run for what somebody does in the page.

Asked of a running page over HTTP, as a browser asks.
"""

import io
import json
import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image, ImageFile

import model_zoo
from demo.core import inference, uploads
from tests.conftest import SHIPPED
from tests.helpers import events_of, send, upload

NAME = SHIPPED[0]


@dataclass
class Counted:
    """What has happened since `reset`."""

    passes: int = 0
    decodes: int = 0

    def reset(self) -> None:
        self.passes = self.decodes = 0


@pytest.fixture(scope="module")
def counted() -> Iterator[Counted]:
    """Passes through the network, by its first layer; decoded files, by Pillow."""
    found = Counted()
    first = next(module for module in model_zoo.load(NAME).net.modules() if not list(module.children()))
    load_prepare = ImageFile.ImageFile.load_prepare

    def counting(picture: ImageFile.ImageFile) -> None:
        found.decodes += 1
        load_prepare(picture)

    def passed(*_: Any) -> None:
        found.passes += 1

    handle = first.register_forward_pre_hook(passed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImageFile.ImageFile, "load_prepare", counting)
        yield found
    handle.remove()


@dataclass
class Browser:
    """What a browser that visits the page keeps, and how it asks."""

    address: str
    events: dict[str, int]
    query: str = f"?model={NAME}"
    picture: Any = None
    session: str = field(default_factory=lambda: uuid.uuid4().hex)
    asked: float = 0.0

    def ask(self, event: str, data: list[Any], event_data: Any = None) -> list[Any]:
        success, output = send(self.address, self.events[event], data, event_data, self.session)
        assert success, output
        return output["data"]

    def upload(self, data: bytes) -> dict[str, Any]:
        return upload(self.address, "p.jpg", data)

    def refresh(self) -> None:
        """What the page asks when its picture is another one."""
        self.asked += 1
        self.query = self.ask("refresh", [self.query, NAME, self.picture, self.asked])[0]

    def state(self) -> list[Any]:
        return [self.query, NAME, self.picture]


@pytest.fixture
def browser(address: str) -> Browser:
    """Somebody on a server that keeps nothing of what other tests of this process have shown."""
    for cache in (uploads._decoded, uploads._squares, inference._inputs, inference._walks):
        while len(cache):
            cache.drop_oldest()
    return Browser(address, events_of(address))


def new_jpeg() -> bytes:
    """A picture that nobody has sent before."""
    buffer = io.BytesIO()
    Image.frombytes("RGB", (20, 10), secrets.token_bytes(600)).resize((500, 300)).save(buffer, "JPEG")
    return buffer.getvalue()


def in_the_box(browser: Browser) -> None:
    browser.picture = browser.upload(new_jpeg())


def by_the_button(browser: Browser) -> None:
    browser.picture, _ = browser.ask("uploaded", [browser.upload(new_jpeg())])


def an_example(browser: Browser) -> None:
    browser.picture, _ = browser.ask("example", [], {"index": 2})


def a_test_picture(browser: Browser) -> None:
    browser.picture, _ = browser.ask("test_picture", [])


def of_a_set(browser: Browser) -> None:
    data = {"set": "cifar-10-batches-py", "split": "test", "row": 7}
    browser.picture, _ = browser.ask("taken", [], data)


@pytest.mark.parametrize("way", [in_the_box, by_the_button, an_example])
def test_a_picture_is_decoded_once_and_run_once(
    way: Callable[[Browser], None], browser: Browser, counted: Counted
) -> None:
    counted.reset()
    way(browser)
    browser.refresh()
    assert (counted.decodes, counted.passes) == (1, 1)
    looked_at(browser)
    assert (counted.decodes, counted.passes) == (1, 1)


@pytest.mark.parametrize("way", [a_test_picture, of_a_set])
@pytest.mark.usefixtures("cifar10_folder")
def test_a_picture_that_is_no_file_is_never_decoded_and_run_once(
    way: Callable[[Browser], None], browser: Browser, counted: Counted
) -> None:
    counted.reset()
    way(browser)
    browser.refresh()
    looked_at(browser)
    assert (counted.decodes, counted.passes) == (0, 1)


def test_what_others_look_at_is_not_worked_out_again(browser: Browser, address: str, counted: Counted) -> None:
    jpeg = new_jpeg()
    browser.picture = browser.upload(jpeg)
    browser.refresh()
    counted.reset()
    other = Browser(address, browser.events, picture=browser.picture)
    other.refresh()
    looked_at(other)
    assert (counted.decodes, counted.passes) == (0, 0)


def test_a_change_costs_one_pass_more(browser: Browser, counted: Counted) -> None:
    in_the_box(browser)
    browser.refresh()
    counted.reset()
    browser.asked += 1
    browser.query = browser.ask("edit", [*browser.state(), browser.asked], {"text": "conv2.5:off"})[0]
    assert "edits=conv2.5:off" in browser.query
    looked_at(browser)
    assert (counted.decodes, counted.passes) == (0, 1)


def test_a_program_that_predicts_decodes_once_and_runs_once(browser: Browser, counted: Counted) -> None:
    counted.reset()
    answer = browser.ask("predict", [NAME, browser.upload(new_jpeg())])[0]
    assert len(answer["confidences"]) == 10
    assert (counted.decodes, counted.passes) == (1, 1)


def looked_at(browser: Browser) -> None:
    """Steps, channels, values, the sliding window, and the map of the Why tab are looked at."""
    for step in ("conv2", "relu2", "conv5"):
        browser.query, _, grid, _ = browser.ask("pick", browser.state(), {"step": step})
        assert json.loads(grid)["step"] == step
        browser.query, _ = browser.ask("detail", browser.state(), {"step": step, "channel": 3})
    place = {"step": "conv5", "channel": 3, "row": 4, "column": 5}
    assert json.loads(browser.ask("inspect", browser.state(), place)[1])["chain"]
    assert "inputs" in json.loads(browser.ask("film", browser.state(), {"step": "conv2", "channel": 3})[0])
    assert browser.ask("catch_up", browser.state())[0]
