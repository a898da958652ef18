"""The page: what stands where, and the events of the whole of it; each tab lays itself out and wires itself."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

import model_zoo
from demo import api, page_events
from demo.core.components import (
    Address,
    ChosenView,
    ExamplePicker,
    ImageInput,
    NetworkRadio,
    PageMenu,
    PictureButton,
    WholePage,
)
from demo.core.handlers import ASKED, SILENT_EVENT
from demo.core.networks import choices, facts
from demo.core.outputs import named, outputs
from demo.core.shown_picture import ShownPicture
from demo.core.view import AREAS
from demo.page_events import Cleared, PageState, Started, WentBack
from demo.pictures import examples, picture_id
from demo.server import gradio_compat
from demo.server.modules import calling
from demo.server.paths import KEPT_SECONDS, SWEEP_SECONDS, cores
from demo.share import downloads, onnx, sharing
from demo.share.components import PictureOrigin, ShareView
from demo.tabs.aerial import tab as aerial
from demo.tabs.attribution import tab as attribution
from demo.tabs.compare import tab as compare
from demo.tabs.curves import tab as curves
from demo.tabs.data import tab as data
from demo.tabs.explore import tab as explore
from demo.tabs.predict import tab as predict
from demo.tabs.start import tab as start
from demo.tabs.start.components import Start
from demo.tabs.train import tab as train
from model_zoo.common.picture_file import accepted

# The region stands from the start, so that a screen reader speaks all of what comes into it, after what it is saying.
ANSWER = '<div aria-live="polite" aria-atomic="true" aria-label="Answer">${value}</div>'
# All handlers that run a network for an answer share one queue slot per core, each with one torch thread.
CONCURRENCY: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": cores()}
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
OWN_PICTURE = calling("static/lib/page/own_picture.js", "withOwnPicture")
PRIVACY = (
    f"{accepted()}. Your picture goes to the server that runs this page and is used for these views only; the file is "
    "deleted there within four hours."
)
SENTENCE = "Pick a trained network, give it a picture, and see everything it does."
TITLE = f'<h1 title="{SENTENCE}">ConvScope</h1>'


@dataclass(frozen=True)
class Chosen:
    """What the whole page is about: the network and the picture, and how to choose others."""

    view: ChosenView
    answer: gr.HTML
    model: NetworkRadio
    about: gr.HTML
    picture: ImageInput
    choose: PictureButton
    chance: gr.Button
    origin: PictureOrigin
    examples: ExamplePicker

    @property
    def shown(self) -> list[Any]:
        """The outputs of an event that shows another picture."""
        return outputs(ShownPicture, picture=self.picture, origin=self.origin)


@dataclass(frozen=True)
class Areas:
    """The two rows of tabs."""

    row: gr.Tabs
    each: dict[str, gr.Tab]  # by the names of `demo.core.view.AREAS`
    rows: list[gr.Tabs]  # of the tabs within each area
    tabs: dict[str, gr.Tab]  # by the names of `demo.core.view.TABS`

    def opened(self, tab: str) -> Callable[..., Any]:
        """The event method of a tab's coming into sight, by itself or with its area."""
        area = next(area.name for area in AREAS if tab in area.tabs)
        return functools.partial(gr.on, [self.tabs[tab].select, self.each[area].select])


@dataclass(frozen=True)
class Page:
    """The page's parts."""

    address: Address
    share: ShareView
    side: Chosen
    areas: Areas
    predict: predict.Tab
    explore: explore.Tab
    attribution: Any
    compare: compare.Tab
    curves: curves.Tab
    data: data.Tab
    aerial: aerial.Tab
    train: train.Tab | None
    start: Start

    @property
    def rows(self) -> list[gr.Tabs]:
        """The outputs of an event that opens a tab, see `page_events.opening`."""
        return [self.areas.row, *self.areas.rows]

    @property
    def state(self) -> list[Any]:
        """What the page is about: address, network and picture."""
        return [self.address, self.side.model, self.side.picture]

    @property
    def inference_outputs(self) -> list[Any]:
        """The outputs of an event that shows another answer."""
        return outputs(
            PageState,
            address=self.address,
            about=self.side.about,
            chosen=self.side.view,
            answer=self.side.answer,
            probabilities=self.predict.probabilities,
            seen=self.predict.seen,
            stability=self.predict.stability,
            strip=self.explore.strip,
            grid=self.explore.grid,
            channel=self.explore.channel,
            whatif=self.explore.whatif.bar,
        )


def build() -> gr.Blocks:
    """The page, not yet launched."""
    names = model_zoo.names()
    if not names:
        raise RuntimeError("There is no usable network in model_zoo/weights; the log says why.")
    for name in names:
        model_zoo.load(name)
    with gr.Blocks(title="ConvScope", analytics_enabled=False, delete_cache=(SWEEP_SECONDS, KEPT_SECONDS)) as blocks:
        page = layout(names[0])
        wire(page, blocks)
        api.layout(**CONCURRENCY)
    gradio_compat.describe_once(blocks)
    blocks.queue(max_size=64, default_concurrency_limit=cores(), api_open=False)
    return blocks


# -------------------------------------------------------------------------------------------------------------- layout


def layout(first: str) -> Page:
    """Everything that the page shows; `first` is the network that it begins with."""
    with gr.Row(elem_id="bar"):
        gr.HTML(TITLE, elem_id="masthead", apply_default_css=False, js_on_load=None)
        view = ChosenView(elem_id="chosen")
        answer = gr.HTML(html_template=ANSWER, elem_id="answer", apply_default_css=False, js_on_load=None)
        # No file_types: the browser would judge by names; what a file is, the server tells by its contents.
        choose = PictureButton("Upload", elem_id="choose", variant="primary", size="md")
        share = sharing.layout()
        PageMenu(elem_id="menu")
    side = Chosen(view, answer, *_network(first), *_picture(choose))
    address = Address(elem_id="address", visible="hidden")
    WholePage(elem_id="whole-page")
    areas, parts = _areas(
        {
            "predict": predict.layout,
            "explore": explore.layout,
            "why": attribution.layout,
            "compare": compare.layout,
            "curves": functools.partial(curves.layout, first),
            "data": data.layout,
            "photos": aerial.layout,
            "train": train.layout,
        }
    )
    return Page(
        address=address,
        share=share,
        side=side,
        areas=areas,
        predict=parts["predict"],
        explore=parts["explore"],
        attribution=parts["why"],
        compare=parts["compare"],
        curves=parts["curves"],
        data=parts["data"],
        aerial=parts["photos"],
        train=parts["train"],
        start=start.layout(),
    )


def _areas(layouts: dict[str, Callable[[], Any]]) -> tuple[Areas, dict[str, Any]]:
    """The rows of tabs, and by each tab's name what its layout returned."""
    each: dict[str, gr.Tab] = {}
    rows: list[gr.Tabs] = []
    tabs: dict[str, gr.Tab] = {}
    parts: dict[str, Any] = {}
    with gr.Tabs(elem_id="areas", overflow_behavior="wrap") as row:
        for area in AREAS:
            with gr.Tab(area.title, id=area.name, elem_id=f"area-{area.name}") as each[area.name]:
                alone = ["alone"] if len(area.tabs) == 1 else []
                with gr.Tabs(elem_classes=["tabs-of-area", *alone], overflow_behavior="wrap") as inner:
                    for name, title in area.tabs.items():
                        with gr.Tab(title, id=name, elem_id=f"tab-{name}") as tabs[name]:
                            parts[name] = layouts[name]()
                rows.append(inner)
    return Areas(row, each, rows, tabs), parts


def _network(first: str) -> tuple[NetworkRadio, gr.HTML]:
    """The list of networks, which the bar opens, and what to know about the chosen one."""
    with gr.Column(elem_id="network-panel", elem_classes="popover"):
        model = NetworkRadio(choices(), value=first, label="Network", elem_id="model")
        about = gr.HTML(facts(first), elem_id="about", apply_default_css=False, js_on_load=None)
        onnx.button(model)
    return model, about


def _picture(choose: PictureButton) -> tuple[ImageInput, PictureButton, gr.Button, PictureOrigin, ExamplePicker]:
    """The picture and where to get another, which the bar opens."""
    pictures = examples.examples()
    has_tests = examples.has_test_pictures()
    with gr.Column(elem_id="picture-panel", elem_classes="popover"):
        picture = ImageInput(
            next(iter(pictures.values())),
            label="Picture",
            elem_id="picture",
            type="filepath",
            image_mode=None,
            format="png",
            sources=["upload", "webcam", "clipboard"],
            buttons=["fullscreen"],
            height=260,
        )
        origin = PictureOrigin(picture_id.tag("", "" if has_tests else examples.NO_DATA), elem_id="truth")
        chance = gr.Button("A random CIFAR-10 test picture", elem_id="chance", size="md", interactive=has_tests)
        shown = ExamplePicker(pictures, examples.groups(), elem_id="examples")
        gr.HTML(f'<p class="quiet">{PRIVACY}</p>', elem_id="privacy", apply_default_css=False, js_on_load=None)
    return picture, choose, chance, origin, shown


# -------------------------------------------------------------------------------------------------------------- events


def wire(page: Page, blocks: gr.Blocks) -> None:
    """All events of the page, those of the tabs included."""
    side, state, when = page.side, page.state, gr.Number(visible=False)
    shaking = predict.wire(page.predict, side.model, side.picture)
    refreshing: dict[str, Any] = {"inputs": [*state, when], "outputs": page.inference_outputs}
    refresh_event = {"fn": named(page_events.refresh), "js": ASKED, "trigger_mode": "always_last"} | refreshing
    # A late answer about the picture before must not appear under the new one.
    refresh_event |= {"cancels": [shaking]} | SILENT_EVENT | CONCURRENCY
    _wire_address(page, blocks, when)
    _wire_side(page, refresh_event)
    # The answer's words may stay the same while the What-if bar's key changes, and change where there is no bar.
    bar = page.explore.whatif.bar
    for source, without_key in ((side.answer, True), (bar, False)):
        source.change(None, bar, js=calling("static/lib/in_sight.js", "refresh", without_key), **PRIVATE)
    for name, tab in page.areas.tabs.items():
        tab.select(None, js=Address.SELECT.replace("TAB", name), **PRIVATE)
    for name, area in page.areas.each.items():
        area.select(None, js=calling("static/lib/page/areas.js", "areaOpened", name), **PRIVATE)

    explored = page.explore.explored(page.address)
    caught_up: dict[str, Any] = {"state": state, "catch_up": explore.catch_up, "explored": explored}
    explore.wire(page.explore, state, refreshing, named(page_events.renewed_view), **CONCURRENCY)
    attribution.wire(page.attribution, side.model, side.picture, **CONCURRENCY)
    compare.wire(page.compare, blocks, **caught_up, **CONCURRENCY)
    curves.wire(page.curves, page.areas.opened("curves"), **caught_up, **CONCURRENCY)
    data.wire(page.data, side.shown, side.model, side.picture, refresh_event)
    aerial.wire(page.aerial, side.model)
    parts = train.PageParts(side.model, page.curves.compared, side.picture, side.chance, side.origin)
    start.wire(page.start, page.rows, page_events.opening, **CONCURRENCY)
    train.wire(page.train, parts, refresh_event, **CONCURRENCY)
    downloads.wire(state, **CONCURRENCY)
    sharing.wire(
        page.share, [*page.areas.each.values(), *page.areas.tabs.values()], side.shown, side.origin, refresh_event
    )


def _wire_address(page: Page, blocks: gr.Blocks, when: gr.Number) -> None:
    """The page is opened at an address, or its reader goes back or forward to one."""
    side = page.side
    both: dict[str, Any] = {"shown": side.shown, "state": page.inference_outputs}
    kept = gr.Textbox(visible=False)  # the file that was the picture before a reload
    opened = outputs(
        Started,
        model=side.model,
        compared=page.curves.compared,
        tabs=page.rows,
        share=page.share,
        drawn=page.curves.drawn,
        **both,
    )
    sharing.tell_when_restored(
        blocks.load(
            named(page_events.start), [side.picture, kept], opened, js=OWN_PICTURE, **SILENT_EVENT, **CONCURRENCY
        )
    )
    side.picture.change(None, side.picture, None, js=calling("static/lib/page/own_picture.js", "holds"), **PRIVATE)
    places = outputs(WentBack, model=side.model, tabs=page.rows, **both)
    going_back = page.address.back(
        named(page_events.back), [side.picture, when], places, js=ASKED, **SILENT_EVENT, **CONCURRENCY
    )
    sharing.tell_when_restored(going_back)


def _wire_side(page: Page, refresh_event: dict[str, Any]) -> None:
    """Another network or picture is chosen."""
    side = page.side
    # Not picture.change: that fires when the page opens as well, and its answer could overtake that of `start`.
    side.picture.input(page_events.forget_origin, None, side.origin, queue=False, **SILENT_EVENT)
    given = side.picture.input(**refresh_event)
    if gradio_compat.holds("raw values"):  # else the handler would fail for the same reason
        cleared = outputs(Cleared, picture=side.picture, state=page.inference_outputs)
        given.failure(named(page_events.clear), page.state, cleared, preprocess=False, **SILENT_EVENT)
    for chosen, inputs, handler in (
        (side.choose.upload, side.choose, page_events.uploaded),
        (side.examples.choose, None, page_events.example),
        (side.chance.click, None, page_events.test_picture),
    ):
        chosen(named(handler), inputs, side.shown, **SILENT_EVENT).success(**refresh_event)
    compared = page.curves.compared
    picked = side.model.input(**refresh_event)
    picked.then(curves.add, [compared, side.model], compared, queue=False, **SILENT_EVENT)
