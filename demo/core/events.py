"""What happens when somebody does something: plain values in and out.

Whatever comes from the browser is checked here, or by what is called here.
"""

import functools
import random
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import gradio as gr
from PIL import Image

import model_zoo
from demo.core.handlers import if_latest, user_errors
from demo.core.inference import walked
from demo.core.networks import NO_PICTURE, choices, facts, given
from demo.core.raw_events import opened
from demo.core.request_sequencer import RequestSequencer
from demo.core.view import View
from demo.errors import UserError
from demo.pictures import examples, picture_id
from demo.server.scheduler import scheduled
from demo.share import links
from demo.tabs.curves import curves, follow
from demo.tabs.explore import tab
from demo.tabs.explore.inspector import inspector
from demo.tabs.explore.what_if import what_if
from demo.tabs.predict import predict, stability
from model_zoo.graph.position import Position

try:  # on Hugging Face's ZeroGPU hardware; elsewhere the package is absent or does nothing
    from spaces import GPU
except ImportError:

    def GPU(duration: int) -> Callable[[Callable], Callable]:
        return lambda function: function


OWN_IS_GONE = "That view was of a picture of your own, which is not kept. The picture that is here stays."
ANSWER = 2  # its place in what `refresh` returns
REFRESHES = RequestSequencer()  # when each reader last asked for everything


@user_errors
def start(picture: Image.Image | None, request: gr.Request) -> tuple[Any, ...]:
    """What the address asks for, as far as it exists; and what of it does not."""
    offered = choices()
    query = str(request.query_params)
    view = _asked(query)
    found = picture_id.restored(view.picture)
    everything = refresh(view.query(), view.model, found.picture or picture)
    return (
        gr.Radio(offered, value=view.model),
        gr.CheckboxGroup(offered, value=[view.model]),
        gr.Tabs(selected=view.tab),
        *_found(found),
        {"told": links.told(query, View.parse(everything[0]), found.refusal)},
        *everything,
        # Worked out when the tab is opened, unless the address opens it at once.
        *(compare([view.model]) if view.tab == "curves" else (gr.skip(),) * 3),
    )


@user_errors
def back(picture: Image.Image | None, asked: float | None, event: gr.EventData, request: gr.Request) -> Any:
    """The view of the address that the reader went back or forward to, if nothing else was asked for since."""
    data = event._data if isinstance(event._data, dict) else {}

    def restored() -> tuple[Any, ...]:
        view = _asked(data.get("query"))
        found = picture_id.restored(view.picture, data.get("picture"))
        if found.refusal:
            gr.Info(OWN_IS_GONE if view.picture == picture_id.OWN else found.refusal)
        everything = refresh(view.query(), view.model, found.picture or picture)
        return view.model, gr.Tabs(selected=view.tab), *_found(found), *everything

    return if_latest(REFRESHES, asked, request, restored)


def _found(found: picture_id.Restored) -> tuple[Any, Any]:
    """The picture of an address and its `PictureOrigin`; what is there stays where there is none."""
    return tuple(gr.skip() if each is None else each for each in (found.picture, found.truth))


def _asked(query: object) -> View:
    names = model_zoo.names()
    return View.parse(query).settle(names, names[0])


def clear(query: str, model: str, file: dict[str, Any] | None) -> Any:
    """After a file that is no picture: none is left in the box, and the reason stands where the answer would.

    Args:
        query, model: what the page shows.
        file: as the page sends it; where it is a picture, something else failed, and everything stays.
    """
    try:
        opened(file["path"] if file else None)
    except gr.Error as error:
        nothing = list(refresh(query, model, None))
        nothing[ANSWER] = f"<p>{escape(str(error.message))}</p>{nothing[ANSWER]}"
        return None, *nothing
    return gr.skip()


@user_errors
def uploaded(picture: Image.Image | None) -> tuple[Image.Image, str]:
    """The picture that the button took, which has no name; the picture before stays when it is none."""
    return given(picture), ""


@user_errors
def example(event: gr.EventData) -> tuple[str, str]:
    """The path of the example that was chosen, and its name."""
    paths = list(examples.examples().values())
    index = event._data.get("index") if isinstance(event._data, dict) else None
    if not isinstance(index, int) or not 0 <= index < len(paths):
        raise UserError("There is no such example. Please reload the page.")
    return paths[index], picture_id.tag(picture_id.example_name(index))


@user_errors
def refresh(query: str, model: str, picture: Image.Image | None) -> tuple[Any, ...]:
    """Everything that depends on model and picture; the step and channel in `query` are kept where they exist."""
    view = View(**vars(View.parse(query)) | {"model": model})
    if picture is None:
        nothing = f'<p class="quiet">{NO_PICTURE}</p>'
        return view.query(), facts(model), nothing, "", "", {}, {"message": NO_PICTURE}, {}, {}
    changed = walked(view, picture)
    view, strip, grid, channel = tab.show(replace(view, edits=what_if.text(changed)), picture, changed)
    answer, seen = predict.answer(model, picture, changed), predict.seen(model, picture, changed)
    return view.query(), facts(model), answer, seen, "", strip, grid, channel, what_if.bar(changed)


@user_errors
def renewed(query: str, model: str, picture: Image.Image | None, asked: float | None, request: gr.Request) -> Any:
    """`refresh`, if it is what the reader asked for last."""
    return if_latest(REFRESHES, asked, request, lambda: refresh(query, model, picture))


@user_errors
def pick(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> tuple[Any, ...]:
    """Another step was picked, perhaps with one of its channels."""
    if picture is None:
        raise UserError(NO_PICTURE)
    old = View(**vars(View.parse(query)) | {"model": model})
    step, channel = picked(event._data)
    # The channel stays when the step changes: one follows it through ReLU and pooling.
    channel = old.channel if channel is None else channel
    view, strip, grid, values = tab.show_step(old.at(step, channel), picture)
    return view.query(), strip, grid, values


@user_errors
def detail(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> tuple[str, dict[str, Any]]:
    """What the browser does not know of another channel of the step that it shows."""
    if picture is None:
        raise UserError(NO_PICTURE)
    step, channel = picked(event._data)
    view = View(**vars(View.parse(query)) | {"model": model}).at(step, channel or 0)
    view, values = tab.show_channel(view, picture)
    return view.query(), values


@user_errors
def catch_up(query: str, model: str, picture: Image.Image | None) -> tuple[Any, ...]:
    """The Explore tab is opened after another step or channel was picked in another tab."""
    if picture is None:
        return (gr.skip(),) * 4
    view, strip, grid, channel = tab.show(View(**vars(View.parse(query)) | {"model": model}), picture)
    return view.query(), strip, grid, channel


def picked(data: Any) -> tuple[str, int | None]:
    """Step and channel out of what a browser sent.

    Raises:
        UserError: not of the form {"step": text, "channel": whole number from 0}; the channel may be left out.
    """
    step, channel = (data.get("step"), data.get("channel")) if isinstance(data, dict) else (None, None)
    is_channel = channel is None or (isinstance(channel, int) and not isinstance(channel, bool) and channel >= 0)
    if not isinstance(step, str) or not is_channel:
        raise UserError("The page sent a choice that cannot be understood. Please reload it.")
    return step, channel


@user_errors
def inspect(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> tuple[Any, ...]:
    """The calculation of a value: of one that was chosen, which the address then holds, or of one that it was made of.

    What the browser sends may also name no value: then none is chosen any longer.
    """
    view = View(**vars(View.parse(query)) | {"model": model})
    position, is_chosen = placed(event._data)
    if position is None:
        return view.on(None, None).query(), {}
    answer = inspector.inspect(view, picture, position)
    chosen = view.at(position.step, position.channel).on(position.row, position.column)
    return chosen.query() if is_chosen else gr.skip(), answer | {"ticket": ticket(event._data)}


@user_errors
def film(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """The maps and weights with which the browser lets a window slide over them."""
    step, channel = picked(event._data)
    view = View(**vars(View.parse(query)) | {"model": model})
    return inspector.film(view, picture, step, channel or 0) | {"ticket": ticket(event._data)}


def ticket(data: dict[str, Any]) -> int:
    """The number that a browser sent to know the answer by; 0 for anything else."""
    given = data.get("ticket")
    return given if type(given) is int and 0 <= given < 2**53 else 0


def placed(data: Any) -> tuple[Position | None, bool]:
    """A value's position out of what a browser sent, and whether it was chosen on the map.

    Raises:
        UserError: not of the form {"step": text, "channel", "row", "column": whole numbers from 0, "chosen": bool}; row
            and column may both be None, for no position.
    """
    step, channel = picked(data)
    row, column = data.get("row"), data.get("column")
    if row is None and column is None:
        return None, True
    if not all(type(number) is int and number >= 0 for number in (channel, row, column)):
        raise UserError("The page sent a place that cannot be understood. Please reload it.")
    return Position(step, channel, row, column), data.get("chosen") is not False


@user_errors
def test_picture() -> tuple[Image.Image, str]:
    """A random test picture, its name and its true class."""
    number = random.randrange(len(examples.test_set()[0]))
    picture, truth = examples.random_test_picture(number)
    return picture, picture_id.tag(picture_id.sample_name(*picture_id.QUICK, number), escape(truth))


def forget_truth() -> str:
    """Somebody gave a picture, which has no name, or took the one that was there away."""
    return ""


@scheduled  # outermost: what is bound to a GPU may run in another process, which knows of no turns
@GPU(duration=10)  # seconds, of a visitor's daily allowance
@user_errors
def shake_picture(model: str, picture: Image.Image | None) -> str:
    """How often the answer stays the same for disturbed copies."""
    return stability.report(model, picture)


def add(names: list[str], name: str) -> list[str]:
    """The networks to compare, the chosen one among them; unknown ones are left out."""
    known = model_zoo.names()
    chosen = [each for each in names if each in known] if isinstance(names, list) else []
    return chosen if name in chosen or name not in known else [*chosen, name]


@user_errors
def compare(names: list[str]) -> tuple[str, Any, Any]:
    """The learning curves of the chosen networks, and their files."""
    if not names:
        return curves.charts(names), None, None
    html = curves.charts(names)
    # The charts hold every number, so that they tell whether the files are still those of the same runs.
    return html, *curve_files(tuple(names), html)


@user_errors
def renew(clock: Any, names: Any) -> tuple[Any, ...]:
    """What is new about the networks that are compared, while one of them may be training."""
    return follow.renewed(compare, clock, names)


@functools.lru_cache(maxsize=64)
def curve_files(names: tuple[str, ...], html: str) -> tuple[str, str]:
    """Kept, because a whole class asks for the same ones."""
    return curves.table_file(list(names)), curves.figure_file(list(names))
