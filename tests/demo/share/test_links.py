"""Lesson links: what of one is lost is said, nothing else; and QR codes that a reader reads."""

import base64
import io
import random
from urllib.parse import quote

import gradio as gr
import pytest
import zxingcpp
from PIL import Image

import model_zoo
from demo import page_events
from demo.core.view import HIDEABLE, LANES, SCALES, TABS, View
from demo.errors import UserError
from demo.render.corruptions import CORRUPTIONS
from demo.server import paths
from demo.share import links, sharing
from tests.conftest import ROOT, SHIPPED
from tests.demo.conftest import HOSTILE

LONG = "x" * 100_000


def told(query: str, picture: Image.Image) -> str:
    """What a page says that was opened by a link."""
    view = View.parse(query).settle(model_zoo.names(), SHIPPED[0])
    return links.lost_in_words(query, View.parse(page_events.refreshed(view, picture).address))


def random_view(chance: random.Random, picture: Image.Image) -> View:
    """Something that a page can show, as its address says it."""
    model = model_zoo.load(chance.choice(SHIPPED))
    step = chance.choice(model_zoo.walk(model.net, model.prepare(picture)))
    channels, *sizes = (*step.shape[1:], 1, 1)[:3]
    kind = chance.choice(list(CORRUPTIONS))
    way = CORRUPTIONS[kind]
    row, column = (chance.randrange(size) for size in sizes) if chance.random() < 0.5 else (None, None)
    return View(
        *(model.name, chance.choice(TABS), step.name, chance.randrange(channels), row, column),
        scale=chance.choice(SCALES),
        edits=chance.choice(["", f"{step.name}.0:off", f"{step.name}.0:x-2.5~input:blank.4.4.12.8"]),
        epoch=chance.choice([None, *model.epochs]),
        lane=chance.choice(LANES),
        other=chance.choice(["", *(name for name in SHIPPED if name != model.name)]),
        disturb=kind,
        strength=chance.choice([None, way.low, way.usual, way.high]),
        seed=chance.randrange(999_999),
        hide=",".join(chance.sample(HIDEABLE, 4)),
    )


def test_of_a_link_that_the_page_made_nothing_is_lost(picture: Image.Image) -> None:
    chance = random.Random(3)
    for _ in range(12):
        view = random_view(chance, picture)
        label = quote(model_zoo.load(view.model).classes[-1])
        more = chance.choice(["", f"&method=occlusion&class={label}", "&utm_source=mail&__sign=secret&unknown=1"])
        assert told(view.query() + more, picture) == "", view


LOST = {
    "model=gone": "the network",
    "model=../../etc/passwd": "the network",
    "tab=admin": "the tab",
    "step=conv99": "the step",
    "step=conv1&channel=32": "the channel",
    "step=conv1&channel=1e9": "the channel",
    "step=conv1&channel=-1": "the channel",
    "step=conv1&row=40&column=1": "the chosen value",
    "step=conv1&row=4": "the chosen value",
    "scale=nonsense": "the colour scale",
    "edits=conv99.1:off": "the changes to the network",
    "edits=nonsense~conv1.1:off": "the changes to the network",
    "epoch=9999": "the epoch",
    "epoch=last": "the epoch",
    "lane=nonsense": "what is compared",
    "other=gone": "the second network",
    "disturb=fire": "the disturbance",
    "disturb=noise&strength=999": "the disturbance's strength",
    "disturb=noise&strength=nan": "the disturbance's strength",
    "seed=-1": "the disturbance's seed",
    "method=magic": "the method of the Why tab",
    "class=unicorn": "the class of the Why tab",
    "set=..": "the set of pictures",
    "split=nonsense": "the split of that set",
}


@pytest.mark.parametrize("query", LOST)
def test_what_is_lost_is_named_and_nothing_else(query: str, picture: Image.Image) -> None:
    assert told(f"?tab=explore&{query}", picture).startswith(f"Of this link, {LOST[query]} could not be restored")


def test_several_losses_make_one_sentence(picture: Image.Image) -> None:
    said = told("?model=gone&step=conv99&row=99&column=1&epoch=x", picture)
    assert said.startswith("Of this link, the network, the step, the chosen value and the epoch could not be restored;")
    assert said.count(". ") == 0
    assert links.lost_in_words("?", View(SHIPPED[0]), "No picture.") == "No picture."
    assert links.lost_in_words("?tab=x", View(SHIPPED[0]), "No picture.").endswith("stands there instead. No picture.")


@pytest.mark.parametrize("key", links.KEYS)
@pytest.mark.parametrize(
    "value", [HOSTILE, LONG, "\0", "\ud800", "٣", "-1", "[]", "../../etc/passwd", "9" * 400, "nan"]
)
def test_no_value_of_a_link_breaks_the_page_or_gets_into_it(key: str, value: str, picture: Image.Image) -> None:
    said = told(f"?{key}={quote(value, errors='surrogatepass')}", picture)
    assert "<" not in said and "passwd" not in said and len(said) < 300


@pytest.mark.parametrize("query", [None, 5, [], {}, b"?step=conv1"])
def test_what_is_no_text_loses_nothing(query: object) -> None:
    assert links.lost_in_words(query, View(SHIPPED[0])) == ""


def test_every_name_that_can_be_hidden_is_explained() -> None:
    assert tuple(links.PARTS) == HIDEABLE
    assert all(part.words for part in links.PARTS.values())
    assert {name for name, part in links.PARTS.items() if not part.selectors} == set(TABS)
    manual = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in manual for name in set(HIDEABLE) - set(TABS))


# -------------------------------------------------------------------------------------------------------------- QR code


@pytest.mark.parametrize("length", [20, 150, 400, links.MOST_LINK])
def test_a_reader_reads_the_link_in_the_code(length: int) -> None:
    link = "http://192.168.1.20:7860/?model=cifar10-cnn&picture=cifar-10-batches-py:test:12&hide=train,upload&edits="
    link = (link + "conv1.3:off~" * 100)[:length]
    kind, data = links.code(link).split(",", 1)
    assert kind == "data:image/png;base64"
    drawn = Image.open(io.BytesIO(base64.b64decode(data)))
    assert zxingcpp.read_barcode(drawn.convert("L")).text == link
    squares = drawn.width / links.SQUARE
    assert squares == int(squares) <= 130, "too fine for a classroom"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "[::1]", "0.0.0.0", "page.localhost"])
@pytest.mark.parametrize("name", ["", "127.0.0.1", "0.0.0.0"])
def test_an_address_that_only_this_computer_can_open_is_warned_of(
    host: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_SERVER_NAME", name)
    answer = sharing.coded(gr.EventData(None, {"link": f"http://{host}:7860/?model=cifar10-cnn"}))
    assert answer["src"].startswith("data:image/png")
    words = answer["refusal"]
    assert "Other devices cannot open this link" in words and host.strip("[]") in words
    assert ("start ConvScope with GRADIO_SERVER_NAME=0.0.0.0" in words.replace("Start", "start")) == (name != "0.0.0.0")
    own = paths.network_address()
    assert (f"http://{own}:7860 " if own else "this computer's address") in words


@pytest.mark.parametrize("host", ["192.168.1.20", "school.example", "localhost.example", "[fd00::2]", "10.0.0.1"])
def test_an_address_that_others_can_open_is_not_warned_of(host: str) -> None:
    answer = sharing.coded(gr.EventData(None, {"link": f"http://{host}:7860/?model=cifar10-cnn"}))
    assert answer["src"].startswith("data:image/png") and not answer["refusal"]


def test_the_code_refuses_what_is_no_link() -> None:
    for link in ("javascript:alert(1)", "", "file:///etc/passwd", "http://[", "//host/x"):
        with pytest.raises(UserError, match="no link"):
            links.code(link)
    with pytest.raises(UserError, match="too long"):
        links.code("https://host/?" + "x" * links.MOST_LINK)


def test_a_refusal_comes_with_its_link() -> None:
    answer = sharing.coded(gr.EventData(None, {"link": "javascript:alert(1)"}))
    assert answer["link"] == "javascript:alert(1)" and "src" not in answer and answer["refusal"].endswith(".")
    for data in (None, 5, [], {}, {"link": None}, {"link": ["http://host"]}):
        with pytest.raises(gr.Error, match="cannot be understood"):
            sharing.coded(gr.EventData(None, data))
