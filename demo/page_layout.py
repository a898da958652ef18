"""What stands where on the page: the bar, what it opens, and the two rows of tabs; each tab lays itself out."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.classroom.components import ClassBand
from demo.core.components import (
    Address,
    AnswerLine,
    ChosenView,
    CropEditor,
    ExamplePicker,
    ImageInput,
    NetworkRadio,
    PageMenu,
    PictureButton,
    WholePage,
)
from demo.core.networks import choices, facts
from demo.core.outputs import outputs
from demo.core.shown_picture import ShownPicture
from demo.core.view import AREAS, FIRST_AREA
from demo.live.components import Live
from demo.page_events import PageState
from demo.pictures import examples, picture_id
from demo.server import gradio_compat
from demo.share import onnx, sharing
from demo.share.components import PictureOrigin, ShareView
from demo.tabs.adding import tab as adding
from demo.tabs.adding.components import AddNetwork, OwnNetworks
from demo.tabs.aerial import tab as aerial
from demo.tabs.attribution import tab as attribution
from demo.tabs.bench import tab as bench
from demo.tabs.bench.components import Bench
from demo.tabs.builder import tab as builder
from demo.tabs.builder.components import Builder
from demo.tabs.compare import tab as compare
from demo.tabs.curves import tab as curves
from demo.tabs.data import tab as data
from demo.tabs.explore import tab as explore
from demo.tabs.learn import tab as learn
from demo.tabs.learn.components import LessonCards, LessonList
from demo.tabs.learn.teach.components import Teach
from demo.tabs.own import tab as own
from demo.tabs.predict import tab as predict
from demo.tabs.start import tab as start
from demo.tabs.start.components import Start
from demo.tabs.train import tab as train
from demo.tabs.trust import tab as trust
from model_zoo.common.picture_file import accepted

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
    answer: AnswerLine
    model: NetworkRadio
    own: OwnNetworks
    about: gr.HTML
    picture: ImageInput
    crop: CropEditor
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
    lessons: LessonList
    bench: Bench
    teach: Teach
    predict: predict.Tab
    explore: explore.Tab
    attribution: Any
    compare: compare.Tab
    trust: trust.Tab
    curves: curves.Tab
    data: data.Tab
    aerial: aerial.Tab
    train: train.Tab | None
    own: own.Tab
    build: Builder
    start: Start
    adding: AddNetwork
    cards: LessonCards

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
            judgement=self.predict.judgement,
            seen=self.predict.seen,
            stability=self.predict.stability,
            strip=self.explore.strip,
            grid=self.explore.grid,
            channel=self.explore.channel,
            whatif=self.explore.whatif.bar,
        )


def layout(first: str) -> Page:
    """Everything that the page shows; `first` is the network that it begins with."""
    with gr.Row(elem_id="bar"):
        gr.HTML(TITLE, elem_id="masthead", apply_default_css=False, js_on_load=None)
        view = ChosenView(elem_id="chosen")
        answer = AnswerLine(elem_id="answer")
        # No file_types: the browser would judge by names; what a file is, the server tells by its contents.
        choose = PictureButton("Upload", elem_id="choose", variant="primary", size="md")
        share = sharing.layout()
        PageMenu(elem_id="menu")
        ClassBand(elem_id="class-band")
    side = Chosen(view, answer, *_network(first), *_picture(choose))
    address = Address(elem_id="address", visible="hidden")
    WholePage(elem_id="whole-page")
    areas, parts = _areas(
        {
            "lessons": learn.layout,
            "bench": bench.layout,
            "teach": learn.teach_layout,
            "predict": predict.layout,
            "explore": explore.layout,
            "why": attribution.layout,
            "compare": compare.layout,
            "trust": trust.layout,
            "curves": functools.partial(curves.layout, first),
            "data": data.layout,
            "photos": aerial.layout,
            "train": train.layout,
            "own": own.layout,
            "build": builder.layout,
        }
    )
    return Page(
        address=address,
        share=share,
        side=side,
        areas=areas,
        lessons=parts["lessons"],
        bench=parts["bench"],
        teach=parts["teach"],
        predict=parts["predict"],
        explore=parts["explore"],
        attribution=parts["why"],
        compare=parts["compare"],
        trust=parts["trust"],
        curves=parts["curves"],
        data=parts["data"],
        aerial=parts["photos"],
        train=parts["train"],
        own=parts["own"],
        build=parts["build"],
        start=start.layout(),
        adding=adding.layout(),
        cards=learn.cards_layout(),
    )


def _areas(layouts: dict[str, Callable[[], Any]]) -> tuple[Areas, dict[str, Any]]:
    """The rows of tabs, and by each tab's name what its layout returned."""
    each: dict[str, gr.Tab] = {}
    rows: list[gr.Tabs] = []
    tabs: dict[str, gr.Tab] = {}
    parts: dict[str, Any] = {}
    with gr.Tabs(selected=FIRST_AREA, elem_id="areas", overflow_behavior="wrap") as row:
        for area in AREAS:
            with gr.Tab(area.title, id=area.name, elem_id=f"area-{area.name}") as each[area.name]:
                alone = [] if area.has_row else ["alone"]
                with gr.Tabs(elem_classes=["tabs-of-area", *alone], overflow_behavior="wrap") as inner:
                    for name, title in area.tabs.items():
                        with gr.Tab(title, id=name, elem_id=f"tab-{name}") as tabs[name]:
                            parts[name] = layouts[name]()
                rows.append(inner)
    return Areas(row, each, rows, tabs), parts


def _network(first: str) -> tuple[NetworkRadio, OwnNetworks, gr.HTML]:
    """The list of networks, which the bar opens, how to add one, and what to know about the chosen one."""
    with gr.Column(elem_id="network-panel", elem_classes="popover"):
        model = NetworkRadio(choices(), value=first, label="Network", elem_id="model")
        own = adding.list_layout()
        about = gr.HTML(facts(first), elem_id="about", apply_default_css=False, js_on_load=None)
        onnx.button(model)
    return model, own, about


def _picture(
    choose: PictureButton,
) -> tuple[ImageInput, CropEditor, PictureButton, gr.Button, PictureOrigin, ExamplePicker]:
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
        crop = CropEditor(elem_id="crop", visible=gradio_compat.holds("file types"))
        origin = PictureOrigin(picture_id.tag("", "" if has_tests else examples.NO_DATA), elem_id="truth")
        chance = gr.Button("A random CIFAR-10 test picture", elem_id="chance", size="md", interactive=has_tests)
        Live(elem_id="live", padding=False)
        shown = ExamplePicker(pictures, examples.groups(), elem_id="examples")
        gr.HTML(f'<p class="quiet">{PRIVACY}</p>', elem_id="privacy", apply_default_css=False, js_on_load=None)
    return picture, crop, choose, chance, origin, shown
