"""What the Train tab does: named, typed values in and out; what a browser sends is checked here or in the queue."""

import os
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import user_errors
from demo.core.networks import choices
from demo.core.payloads import payload
from demo.errors import UserError
from demo.pictures import picture_id
from demo.pictures.examples import NO_DATA, data_folder, has_test_pictures
from demo.server.paths import cores
from demo.server.visitors import current
from demo.tabs.train import progress, runs
from model_zoo.entries.folders import runs_folder
from train.service import queue

OFF = (
    "Training is switched off on this server, because it is shared. On a computer of your own ConvScope trains: see "
    "its README. Whoever runs this server can switch it on with CONVSCOPE_TRAINING=on."
)
NEWS = 1.0  # seconds between two looks of one page at a training that runs
LOOKS = 10  # a second, of all pages together; with more pages open each looks less often
PICTURES = 2_000  # some minutes of a recipe's epochs on two cores
STEPS = 10  # in an epoch; with fewer, hardly anything is learned
LARGE = 1e15  # no value of a training is larger

TRAININGS = queue.Queue(threads=max(1, cores() - 1))
_watchers: dict[str, float] = {}  # session -> when it last looked


def allowed() -> bool:
    """Whether visitors may train: what CONVSCOPE_TRAINING says, else everywhere but on a Hugging Face Space."""
    switch = os.environ.get("CONVSCOPE_TRAINING", "").strip().lower()
    return switch == "on" or (switch != "off" and not os.environ.get("SPACE_ID"))


@dataclass(frozen=True)
class News:
    """Whatever is new since a page last looked; `gr.skip()` for what is not."""

    said: Any
    board: Any
    answers: Any
    start: Any
    stop: Any
    use: Any
    model: Any
    compared: Any
    chance: Any
    origin: Any
    runs: Any
    clock: dict[str, Any]


@dataclass(frozen=True)
class OwnValues:
    """The values of a recipe, by the names of the fields of the form."""

    epochs: int
    learning_rate: float
    batch_size: int
    pictures: int


OWN_VALUES = tuple(field.name for field in fields(OwnValues))


@dataclass(frozen=True)
class Used:
    """The network that was trained, and those to compare with it among them."""

    model: str
    compared: Any


@user_errors
def own_values(recipe: Any) -> OwnValues:
    """Epochs, learning rate and batch size of a recipe, and pictures for at least `STEPS` steps in an epoch."""
    recipes = queue.recipes()
    if not isinstance(recipe, str) or recipe not in recipes:
        raise UserError(f"There is no such recipe. Known are {', '.join(recipes)}.")
    chosen = recipes[recipe]
    pictures = max(PICTURES, STEPS * chosen.batch_size)
    return OwnValues(chosen.epochs, chosen.learning_rate, chosen.batch_size, pictures)


@user_errors
def begin(
    clock: Any, recipe: Any, epochs: Any, learning_rate: Any, batch_size: Any, pictures: Any, seed: Any
) -> dict[str, Any]:
    """Start a training or queue it; the clock then holds its ticket."""
    if not allowed():
        raise UserError(OFF)
    mine = TRAININGS.look(_ticket(clock)).mine
    if mine and not mine.ended:
        raise UserError("Your training is under way already. Stop it first, or let it finish.")
    order = queue.Order(
        str(recipe),
        _whole("number of epochs", epochs),
        _number("learning rate", learning_rate),
        _whole("batch size", batch_size),
        _whole("number of pictures", pictures),
        _whole("seed", seed),
    )
    try:
        ticket = TRAININGS.order(order, data_folder(), runs_folder(), current().address)
    except queue.Refused as error:
        raise UserError(str(error)) from error
    return {"every": NEWS, "ticket": ticket, "seen": _seen(clock)}


@user_errors
def end(clock: Any) -> None:
    """Stop one's own training, or leave the queue."""
    try:
        TRAININGS.stop(_ticket(clock))
    except queue.Refused as error:
        raise UserError(str(error)) from error


@user_errors
def use(clock: Any, names: Any, request: gr.Request) -> Used:
    """The name of the network that was trained, and those to compare with it among them."""
    shown = progress.shown(TRAININGS.look(_ticket(clock)))
    if shown is None or shown.folder is None:
        raise UserError("There is no network to use yet.")
    name, names = shown.folder.name, names if isinstance(names, list) else []
    return Used(name, gr.CheckboxGroup(choices(request.session_hash), value=names if name in names else [*names, name]))


@user_errors
def own_runs(event: gr.EventData) -> dict[str, Any]:
    """The trainings, and which of them this browser may change."""
    return runs.shown(TRAININGS, runs.tickets(event))


def rename(event: gr.EventData, request: gr.Request) -> runs.Edited:
    """See `runs.rename`."""
    return runs.rename(TRAININGS, event, request.session_hash)


def remove(model: Any, compared: Any, event: gr.EventData, request: gr.Request) -> runs.Edited:
    """See `runs.remove`."""
    return runs.remove(TRAININGS, model, compared, event, request.session_hash)


@user_errors
def look(clock: Any, picture: Image.Image | None, origin: Any, event: gr.EventData, request: gr.Request) -> News:
    """Whatever is new since the page last looked."""
    ticket = _ticket(clock) or _ticket(payload(event))  # the browser's own, after the page was opened anew
    scene = TRAININGS.look(ticket)
    training = progress.shown(scene)
    rows = progress.history(training)
    ready = queue.has_pictures(data_folder())
    mine = scene.mine if scene.mine and not scene.mine.ended else None
    usable = bool(training and training.ended and rows)
    # The lists change when an entry appears; they are not worked out each second, since that loads what is written.
    entry = runs.change(), training and (training.folder, training.ended, bool(rows))
    new = _Novelty(_seen(clock))
    said = new.part("said", lambda: progress.sentences(scene, rows, ready), progress.paragraphs)
    board = new.part(
        "board", lambda: progress.board_depends_on(training, rows), lambda _: progress.board(training, rows)
    )
    answers = new.part(
        "answers",
        lambda: progress.answers_depend_on(training, rows, picture),
        lambda _: progress.answers(training, rows, picture),
    )
    every = _every(request.session_hash) if scene.running or scene.waiting else 0
    is_first = isinstance(origin, str) and NO_DATA in origin and has_test_pictures()
    return News(
        said=said,
        board=board,
        answers=answers,
        start=new.part("start", lambda: _label_of_start(mine, scene, ready), lambda label: gr.Button(**label)),
        stop=new.part("stop", lambda: _label_of_stop(mine), lambda label: gr.Button(**label)),
        use=new.part("use", lambda: usable, lambda is_usable: gr.Button(interactive=is_usable)),
        model=new.part("model", lambda: entry, lambda _: gr.Radio(choices(request.session_hash))),
        compared=new.part("compared", lambda: entry, lambda _: gr.CheckboxGroup(choices(request.session_hash))),
        # Where CIFAR-10 has just been downloaded, there are test pictures from now on.
        chance=new.part("chance", has_test_pictures, lambda there: gr.Button(interactive=there)),
        origin=picture_id.tag("") if is_first else gr.skip(),
        runs=new.part(
            "runs", lambda: (entry, ticket), lambda _: {"runs": runs.listed(), "ticket": ticket if scene.mine else ""}
        ),
        clock={"every": every, "ticket": ticket if scene.mine else "", "seen": new.now},
    )


class _Novelty:
    """Leaves out what the page shows already."""

    def __init__(self, seen: dict[str, Any]) -> None:
        self._seen = seen
        self.now: dict[str, int] = {}  # part -> checksum of what it depends on

    def part(self, name: str, facts: Callable[[], Any], make: Callable[[Any], Any]) -> Any:
        """What `make` makes of these facts, unless they are the same as when the page looked before."""
        try:
            known = facts()
            key = zlib.crc32(repr(known).encode())
            value = gr.skip() if self._seen.get(name) == key else make(known)
        except UserError:  # the run folder is being written at this moment; the next look finds it whole
            return gr.skip()
        self.now[name] = key
        return value


def _label_of_start(mine: queue.Training | None, scene: queue.Scene, ready: bool) -> dict[str, Any]:
    label = "Join the queue" if scene.running and not mine else "Start training"
    return {"value": label if ready else "Download CIFAR-10 (170 MB), then train", "interactive": mine is None}


def _label_of_stop(mine: queue.Training | None) -> dict[str, Any]:
    waits = mine is not None and mine.state == queue.WAITING
    return {"value": "Leave the queue" if waits else "Stop", "interactive": bool(mine) and mine.state != queue.STOPPING}


def _every(session: str | None) -> float:
    """Seconds to the next look of a page: more, the more pages are looking."""
    now = time.monotonic()
    _watchers[session or ""] = now
    for gone in [session for session, when in list(_watchers.items()) if now - when > 30]:
        _watchers.pop(gone, None)
    return max(NEWS, len(_watchers) / LOOKS)


def _ticket(values: Any) -> str:
    ticket = values.get("ticket") if isinstance(values, dict) else None
    return ticket if isinstance(ticket, str) else ""


def _seen(clock: Any) -> dict[str, Any]:
    seen = clock.get("seen") if isinstance(clock, dict) else None
    return seen if isinstance(seen, dict) else {}


def _number(name: str, value: Any) -> float:
    """A number out of what a browser sent; its range is for the recipe to check."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGE:
        raise UserError(f"Please give the {name} as a number.")
    return float(value)


def _whole(name: str, value: Any) -> int:
    if _number(name, value) % 1:
        raise UserError(f"Please give the {name} as a whole number.")
    return int(value)
