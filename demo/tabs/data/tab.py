"""The Data tab: the sets of pictures on this server, every picture in them, and one picture as numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qs

import gradio as gr

from demo.core.components import NetworkRadio, Panel
from demo.core.handlers import SILENT_EVENT, user_errors
from demo.core.networks import network
from demo.core.outputs import named, outputs
from demo.core.payloads import payload, text
from demo.core.shown_picture import taken
from demo.errors import UserError
from demo.pictures import datasets, stats
from demo.pictures.datasets import SPLITS, PictureSet
from demo.server.scheduler import alone
from demo.share import downloads
from demo.tabs.data import confusion as mistakes
from demo.tabs.data import holdings, sheets, tensor
from demo.tabs.data.components import SampleGrid
from model_zoo.common.lru_cache import LRUCache

MOST_CHARACTERS = 2_000  # of a query string that is looked at
READING: dict[str, Any] = {"concurrency_id": "data", "concurrency_limit": 2}

_STATISTICS: LRUCache[stats.Pixels] = LRUCache(20_000_000, lambda found: found.size)


@dataclass(frozen=True)
class Tab:
    """The components of the tab."""

    sets: gr.Radio
    facts: gr.HTML
    samples: SampleGrid
    statistics: gr.HTML
    numbers: Panel
    mistakes: Panel
    behind: SampleGrid
    more: gr.HTML


@dataclass(frozen=True)
class OfSet:
    """What the tab shows of a set."""

    facts: str
    samples: dict[str, Any]
    statistics: str


@dataclass(frozen=True)
class Opened:
    """The tab as it is opened."""

    sets: Any
    of_set: OfSet


@dataclass(frozen=True)
class Confusions:
    """The confusion matrix of a network, and the pictures behind one of its cells."""

    board: str
    behind: dict[str, Any]


def layout() -> Tab:
    """The contents of the tab; where there are no data, how to get some."""
    titles = datasets.titles()
    html: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    sets = NetworkRadio(
        [(title, name) for name, title in titles.items()],
        value=next(iter(titles), None),
        label="Set of pictures",
        elem_id="sets",
        visible=bool(titles),
    )
    facts = gr.HTML("" if titles else holdings.absent(), elem_id="facts", **html)
    downloads.below("facts")
    samples = SampleGrid(addressed=True, elem_id="samples")
    statistics = gr.HTML(elem_id="pixels", **html)
    numbers = Panel(["picture", "model"], elem_id="tensor")
    wrong = Panel(["model"], elem_id="mistakes")
    downloads.below("mistakes")
    behind = SampleGrid(addressed=False, elem_id="behind")
    more = gr.HTML(holdings.how_to_get("How to get other sets of pictures") if titles else "", elem_id="get", **html)
    return Tab(sets, facts, samples, statistics, numbers, wrong, behind, more)


def wire(tab: Tab, shown: list[Any], model: gr.Radio, picture: gr.Image, refresh_event: dict[str, Any]) -> None:
    """The events of the tab.

    Args:
        tab: what `layout` returned.
        shown: outputs of an event that shows another picture, see `ShownPicture`.
        model, picture: of the page.
        refresh_event: the event by which the page shows the answer for another picture.
    """
    of_set = outputs(OfSet, facts=tab.facts, samples=tab.samples, statistics=tab.statistics)
    measuring: dict[str, Any] = {"fn": measured, "inputs": tab.sets, "outputs": tab.statistics} | SILENT_EVENT
    measuring |= alone("pixels")  # the next one who asks finds it done
    opening = tab.samples.open(
        named(opened), None, outputs(Opened, sets=tab.sets, of_set=of_set), **SILENT_EVENT, **READING
    )
    choosing = tab.sets.input(named(chosen), tab.sets, of_set, trigger_mode="always_last", **SILENT_EVENT, **READING)
    # Statistics of the set before must not appear under the new one.
    tab.sets.input(None, cancels=[opening.success(**measuring), choosing.success(**measuring)])
    tab.samples.turn(turned, None, tab.samples, trigger_mode="multiple", **SILENT_EVENT)
    for grid in (tab.samples, tab.behind):
        grid.pick(named(taken), None, shown, trigger_mode="multiple", **SILENT_EVENT).success(**refresh_event)
    for source, what in ((picture, "picture"), (model, "model")):
        source.change(None, js=Panel.RENEWED.replace("WHAT", what), api_visibility="private")
    tab.numbers.ask(
        user_errors(tensor.numbers), [model, picture], tab.numbers, trigger_mode="always_last", **SILENT_EVENT
    )
    matrix = outputs(Confusions, board=tab.mistakes, behind=tab.behind)
    tab.mistakes.ask(named(confusions), model, matrix, trigger_mode="always_last", **SILENT_EVENT)
    for source in (tab.mistakes.pick, tab.behind.turn):
        source(behind, model, tab.behind, trigger_mode="multiple", **SILENT_EVENT, **alone("mistakes"))


# --- handlers: plain values in and out; whatever comes from the browser is checked here ----------------------------


@user_errors
def opened(event: gr.EventData) -> Iterator[Opened]:
    """The set that the address asks for, or the first one; its facts and a page of its pictures."""
    query = text(payload(event), "query")[:MOST_CHARACTERS]
    asked = {name: values[-1] for name, values in parse_qs(query.lstrip("?")).items()}
    titles = datasets.titles()
    if not titles:
        yield Opened(gr.skip(), OfSet(holdings.absent(), {}, ""))
        return
    name = asked["set"] if asked.get("set") in titles else next(iter(titles))
    offer = gr.Radio([(title, name) for name, title in titles.items()], value=name, visible=True)
    wish = {"split": asked.get("split"), "label": asked.get("label", ""), "page": asked.get("sheet", "")}
    for step in _steps(name, wish):
        yield Opened(offer, step)


@user_errors
def chosen(name: Any) -> Iterator[OfSet]:
    """Another set: its facts and the first page of its pictures."""
    yield from _steps(name, {})


def _steps(name: Any, wish: dict[str, Any]) -> Iterator[OfSet]:
    """Facts, page and statistics; at once that the set is being read, where that takes a while."""
    if not datasets.is_known(name):
        title = datasets.titles().get(name, "") if isinstance(name, str) else ""
        reading = f"Reading which pictures {title} holds. The first time, this takes some seconds."
        yield OfSet("", {"message": reading}, "")
    try:
        found = datasets.read(name)
    except UserError as error:
        yield OfSet("", {"message": str(error)}, "")
        return
    yield OfSet(holdings.facts(found), sheets.page(found, **_settled(found, wish)), "")


@user_errors
def measured(name: Any) -> Iterator[Any]:
    """The statistics of the training pictures of a set, with progress; worked out once."""
    if not isinstance(name, str) or name not in datasets.titles():
        return
    try:
        found = datasets.read(name)
    except UserError:  # said already
        return
    key = id(found), "train"
    known = _STATISTICS.find(key)
    if known is None:
        try:
            for step in stats.measure(found, "train"):
                if isinstance(step, int):
                    yield holdings.under_way(found, step, min(stats.MOST, len(found.parts["train"].labels)))
                else:
                    known = step
                    _STATISTICS.keep(key, step, found)
        except UserError as error:
            yield f'<p class="quiet">{escape(str(error))}</p>'
            return
    if known is not None:
        yield holdings.statistics(found, known)


@user_errors
def turned(event: gr.EventData) -> dict[str, Any]:
    """Another split, class or page."""
    wish = payload(event)
    found = datasets.read(wish.get("set"))
    return sheets.page(found, **_settled(found, wish))


@user_errors
def confusions(model: Any) -> Confusions:
    """The confusion matrix of a network; the pictures behind a cell of another one go."""
    return Confusions(mistakes.board(model), {})


@user_errors
def behind(model: Any, event: gr.EventData) -> Iterator[dict[str, Any]]:
    """The test pictures behind a cell of the confusion matrix, or another page of them."""
    asked, data = network(model), payload(event)
    true, predicted = mistakes.chosen(data, len(asked.classes))
    name = datasets.of_network(asked)
    if not datasets.is_known(name):
        yield {"message": "Reading which test pictures there are."}
    found = datasets.read(name)
    of = min(mistakes.MOST, int((found.parts["test"].labels >= 0).sum()))
    for step in mistakes.answers(asked, found):
        if isinstance(step, int):
            yield {"message": f"The network is being asked: {min(step, of):,} of {of:,} test pictures."}
        else:
            yield sheets.cell(asked, found, step, (true, predicted), data.get("page"))


def _settled(found: PictureSet, wish: dict[str, Any]) -> dict[str, Any]:
    """Split, class and page out of what a browser sent; what does not exist becomes the first one that does."""
    split = wish.get("split")
    if split not in SPLITS or not len(found.parts[split].labels):
        split = next((name for name in SPLITS if len(found.parts[name].labels)), SPLITS[0])
    label = wish.get("label")
    number = wish.get("page")
    if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 9:
        number = int(number)
    return {
        "split": split,
        "label": label if isinstance(label, str) and label in sheets.labels(found, split) else "",
        "number": number if type(number) is int else 1,
    }
