"""The page: what stands where, and the events of the whole of it; each tab lays itself out and wires itself."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

import model_zoo
from demo import api, page_events
from demo.core.components import Address, ExamplePicker, ImageInput, NetworkRadio, PictureButton, WholePage
from demo.core.handlers import ASKED, SILENT_EVENT
from demo.core.networks import choices, facts
from demo.core.outputs import named, outputs
from demo.core.shown_picture import ShownPicture
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

# All handlers that run a network for an answer share one queue slot per core, each with one torch thread.
CONCURRENCY: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": cores()}
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
OWN_PICTURE = calling("static/lib/page/own_picture.js", "withOwnPicture")
PRIVACY = (
    f"{accepted()}. Your picture goes to the server that runs this page and is used for these views only; the file is "
    "deleted there within four hours."
)
TITLE = "<h1>ConvScope</h1><p>Pick a trained network, give it a picture, and see everything it does.</p>"


@dataclass(frozen=True)
class Side:
    """What stands beside the tabs: the network and the picture."""

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
class Page:
    """The page's parts."""

    address: Address
    share: ShareView
    side: Side
    tabs: gr.Tabs
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
    def each(self) -> dict[str, gr.Tab]:
        """The tabs by the names of `demo.core.view.TABS`."""
        return {str(tab.id): tab for tab in self.tabs.children if isinstance(tab, gr.Tab)}

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
            answer=self.predict.answer,
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
    gr.HTML(TITLE, elem_id="masthead", apply_default_css=False, js_on_load=None)
    share = sharing.layout()
    address = Address(elem_id="address", visible="hidden")
    WholePage(elem_id="whole-page")
    with gr.Row(elem_id="columns"):
        with gr.Column(scale=2, min_width=280, elem_id="side"):
            side = _side(first)
        with gr.Column(scale=7, min_width=320), gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Predict", id="predict"):
                predict_parts = predict.layout()
            with gr.Tab("Explore", id="explore"):
                explore_parts = explore.layout()
            with gr.Tab("Why", id="why"):
                attribution_parts = attribution.layout()
            with gr.Tab("Compare", id="compare"):
                compare_parts = compare.layout()
            with gr.Tab("Curves", id="curves"):
                curves_parts = curves.layout(first)
            with gr.Tab("Data", id="data"):
                data_parts = data.layout()
            with gr.Tab("Photos", id="photos"):
                aerial_parts = aerial.layout()
            with gr.Tab("Train", id="train"):
                train_parts = train.layout()
    return Page(
        address=address,
        share=share,
        side=side,
        tabs=tabs,
        predict=predict_parts,
        explore=explore_parts,
        attribution=attribution_parts,
        compare=compare_parts,
        curves=curves_parts,
        data=data_parts,
        aerial=aerial_parts,
        train=train_parts,
        start=start.layout(),
    )


def _side(first: str) -> Side:
    """The network and the picture, and how to choose others."""
    pictures = examples.examples()
    has_tests = examples.has_test_pictures()
    model = NetworkRadio(choices(), value=first, label="Network", elem_id="model")
    about = gr.HTML(facts(first), elem_id="about", apply_default_css=False, js_on_load=None)
    onnx.button(model)
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
    choose = PictureButton(
        "Choose a picture",
        elem_id="choose",
        variant="primary",
        size="md",
        # No file_types: the browser would judge by names; what a file is, the server tells by its contents.
    )
    chance = gr.Button("A random CIFAR-10 test picture", elem_id="chance", size="md", interactive=has_tests)
    origin = PictureOrigin(picture_id.tag("", "" if has_tests else examples.NO_DATA), elem_id="truth")
    shown = ExamplePicker(pictures, examples.groups(), elem_id="examples")
    gr.HTML(f'<p class="quiet">{PRIVACY}</p>', elem_id="privacy", apply_default_css=False, js_on_load=None)
    return Side(model, about, picture, choose, chance, origin, shown)


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
    for source, without_key in ((page.predict.answer, True), (bar, False)):
        source.change(None, bar, js=calling("static/lib/in_sight.js", "refresh", without_key), **PRIVATE)
    for name, tab in page.each.items():
        tab.select(None, js=Address.SELECT.replace("TAB", name), **PRIVATE)

    explored = page.explore.explored(page.address)
    caught_up: dict[str, Any] = {"state": state, "catch_up": explore.catch_up, "explored": explored}
    explore.wire(page.explore, state, refreshing, named(page_events.renewed_view), **CONCURRENCY)
    attribution.wire(page.attribution, side.model, side.picture, **CONCURRENCY)
    compare.wire(page.compare, blocks, **caught_up, **CONCURRENCY)
    curves.wire(page.curves, page.each["curves"].select, **caught_up, **CONCURRENCY)
    data.wire(page.data, side.shown, side.model, side.picture, refresh_event)
    aerial.wire(page.aerial, side.model)
    parts = train.PageParts(side.model, page.curves.compared, side.picture, side.chance, side.origin)
    start.wire(page.start, page.tabs, **CONCURRENCY)
    train.wire(page.train, parts, refresh_event, **CONCURRENCY)
    downloads.wire(state, **CONCURRENCY)
    sharing.wire(page.share, list(page.each.values()), side.shown, side.origin, refresh_event)


def _wire_address(page: Page, blocks: gr.Blocks, when: gr.Number) -> None:
    """The page is opened at an address, or its reader goes back or forward to one."""
    side = page.side
    both: dict[str, Any] = {"shown": side.shown, "state": page.inference_outputs}
    kept = gr.Textbox(visible=False)  # the file that was the picture before a reload
    opened = outputs(
        Started,
        model=side.model,
        compared=page.curves.compared,
        tabs=page.tabs,
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
    places = outputs(WentBack, model=side.model, tabs=page.tabs, **both)
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
