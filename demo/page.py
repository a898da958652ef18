"""The page: its parts and the events of the whole of it; each tab wires its own."""

from typing import Any

import gradio as gr
from PIL import Image

import model_zoo
from demo import api, page_events
from demo.core.components import Address
from demo.core.handlers import ASKED, SILENT_EVENT
from demo.core.networks import network
from demo.core.outputs import named, outputs
from demo.page_events import Cleared, Started, WentBack
from demo.page_layout import Page, layout
from demo.server import fair_queue, gradio_compat
from demo.server.modules import calling
from demo.server.paths import KEPT_SECONDS, SWEEP_SECONDS, cores
from demo.server.visitors import MOST_IN_QUEUE, SPARE
from demo.share import downloads, sharing
from demo.tabs.adding import tab as adding
from demo.tabs.aerial import tab as aerial
from demo.tabs.attribution import tab as attribution
from demo.tabs.bench import tab as bench
from demo.tabs.builder import tab as builder
from demo.tabs.compare import tab as compare
from demo.tabs.curves import tab as curves
from demo.tabs.data import tab as data
from demo.tabs.explore import tab as explore
from demo.tabs.learn import tab as learn
from demo.tabs.own import tab as own
from demo.tabs.predict import tab as predict
from demo.tabs.start import tab as start
from demo.tabs.train import tab as train
from demo.tabs.trust import tab as trust

# All handlers that run a network for an answer share one queue slot per core, each with one torch thread, and those
# that no visitor can have alone.
PLACES = cores() + SPARE
CONCURRENCY: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": PLACES}
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
HELD = calling("static/lib/page/own_picture.js", "holds")
CROPPED = calling("static/lib/page/crop/crop.js", "cropped")
OWN = calling("static/lib/page/own_picture.js", "withOwn")


def build() -> gr.Blocks:
    """The page, not yet launched."""
    names = model_zoo.names()
    if not names:
        raise RuntimeError("There is no usable network in model_zoo/weights; the log says why.")
    network(names[0])  # which the page shows first; the others when somebody asks for them
    with gr.Blocks(title="ConvScope", analytics_enabled=False, delete_cache=(SWEEP_SECONDS, KEPT_SECONDS)) as blocks:
        page = layout(names[0])
        wire(page, blocks)
        api.layout(**CONCURRENCY)
    gradio_compat.describe_once(blocks)
    gradio_compat.fill_in_defaults(blocks)
    gradio_compat.forget_values(blocks)
    blocks.queue(max_size=MOST_IN_QUEUE, default_concurrency_limit=PLACES, api_open=False)
    fair_queue.install(blocks)
    return blocks


def wire(page: Page, blocks: gr.Blocks) -> None:
    """All events of the page, those of the tabs included."""
    side, state, when = page.side, page.state, gr.Number(visible=False)
    asking = predict.wire(page.predict, side.answer, state)
    refreshing: dict[str, Any] = {"inputs": [*state, when], "outputs": page.inference_outputs}
    # A late answer about the picture before must not appear under the new one.
    refreshing["cancels"] = asking
    refresh_event = {"fn": named(page_events.refresh), "js": ASKED, "trigger_mode": "always_last"} | refreshing
    refresh_event |= SILENT_EVENT | CONCURRENCY
    _wire_address(page, blocks, when, asking)
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
    renewed_view = named(page_events.renewed_view)
    explore.wire(page.explore, state, refreshing, renewed_view, **CONCURRENCY)
    predict.wire_false_alarms(page.predict, state, refreshing, renewed_view, **CONCURRENCY)
    learn.wire(page.lessons, page.cards, page.teach, learn.PageParts(side.model, side.picture), **CONCURRENCY)
    bench.wire(page.bench, side.model, side.picture, **CONCURRENCY)
    attribution.wire(page.attribution, side.model, side.picture, **CONCURRENCY)
    compare.wire(page.compare, blocks, **caught_up, **CONCURRENCY)
    trust.wire(page.trust, side.model, side.shown, refresh_event)
    curves.wire(page.curves, page.areas.opened("curves"), **caught_up, **CONCURRENCY)
    data.wire(page.data, side.shown, side.model, side.picture, refresh_event)
    aerial.wire(page.aerial, side.model)
    predict.wire_pictures(page.predict, side.shown, refresh_event)
    _wire_survey(page)
    parts = train.PageParts(side.model, page.curves.compared, side.picture, side.chance, side.origin)
    start.wire(page.start, page.rows, page_events.opening, **CONCURRENCY)
    offering = adding.PageParts(side.model, page.curves.compared, page.compare.other, side.picture)
    adding.wire(page.adding, side.own, offering, refresh_event)
    train.wire(page.train, parts, refresh_event, **CONCURRENCY)
    own.wire(page.own, own.PageParts(side.model, page.curves.compared, side.picture), refresh_event)
    builder.wire(page.build, builder.PageParts(side.model, page.curves.compared, page.compare.other))
    downloads.wire(state, **CONCURRENCY)
    sharing.wire(
        page.share, [*page.areas.each.values(), *page.areas.tabs.values()], side.shown, side.origin, refresh_event
    )


def _wire_address(page: Page, blocks: gr.Blocks, when: gr.Number, cancelled: list[Any]) -> None:
    """The page is opened at an address, or its reader goes back or forward to one."""
    side = page.side
    both: dict[str, Any] = {"shown": side.shown, "state": page.inference_outputs}
    kept = gr.Textbox(visible=False)  # the file that was the picture before a reload
    own = gr.Textbox(visible=False)  # names of the visitor's own networks
    first = side.picture.first_file()

    def start(picture: Image.Image | None, kept: str, own: str, request: gr.Request) -> Started:
        return page_events.start(picture, kept, own, first, request)

    def back(picture: Image.Image | None, asked: float | None, event: gr.EventData, request: gr.Request) -> Any:
        return page_events.back(picture, asked, first, event, request)

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
        blocks.load(named(start), [side.picture, kept, own], opened, js=OWN, **SILENT_EVENT, **CONCURRENCY)
    )
    side.picture.change(None, side.picture, None, js=HELD, **PRIVATE)
    places = outputs(WentBack, model=side.model, tabs=page.rows, **both)
    going_back = page.address.back(
        named(back),
        [side.picture, when],
        places,
        js=ASKED,
        cancels=cancelled,
        **SILENT_EVENT,
        **CONCURRENCY,
    )
    sharing.tell_when_restored(going_back)


def _wire_survey(page: Page) -> None:
    """From the answer for a whole photo to its survey."""
    wanted = page.predict.seen.survey
    places = [*page.rows, page.aerial.survey.files]
    asking = {"queue": False, "preprocess": False} | SILENT_EVENT
    wanted(page_events.survey_picture, page.side.picture, places, **asking).success(
        **aerial.looking(page.aerial.survey, page.side.model)
    )


def _wire_side(page: Page, refresh_event: dict[str, Any]) -> None:
    """Another network or picture is chosen."""
    side = page.side
    # Not picture.change: that fires when the page opens as well, and its answer could overtake that of `start`.
    # Somebody gave a picture, which has no name, or took the one that was there away.
    side.picture.input(None, None, side.origin, js="() => ''", **PRIVATE)
    chosen = side.crop.crop(None, side.picture, side.picture, js=CROPPED, trigger_mode="multiple", **PRIVATE)
    chosen.then(**refresh_event)
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
