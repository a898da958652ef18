"""What happens when somebody adds a network to the page, or deletes one of theirs."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

import model_zoo
from demo.core.handlers import user_errors
from demo.core.networks import choices, network, offered_names, title
from demo.core.payloads import payload, text
from demo.errors import UserError
from demo.private import networks as private
from demo.server.scheduler import LONG
from demo.tabs.adding.check import check
from demo.tabs.adding.order import Form, architectures, form
from demo.tabs.adding.places import Places
from model_zoo.adopting.bounded import write_bounded
from model_zoo.adopting.errors import AdoptError
from model_zoo.adopting.worker import Order
from model_zoo.entries.folders import folders, runs_folder

ON, OFF, SHARED = "on", "off", "shared"
SWITCHED_OFF = (
    "Adding a network of your own is switched off on this server. On a computer of your own ConvScope takes one in: "
    "see its README."
)
READING = "Reading the file, and running the network once. This can take half a minute …"
LOOKING = "It works. Now it looks at the page’s picture …"
NEWS = 1.0  # seconds between two looks at how many are before one
PLACES = Places()


@dataclass(frozen=True)
class Chosen:
    """The page with another list of networks, in each place where it stands."""

    model: Any
    compared: Any
    other: Any


@dataclass(frozen=True)
class Removed:
    """The page after a network of the visitor's was deleted."""

    own: dict[str, Any]
    lists: Chosen


def mode() -> str:
    """What CONVSCOPE_ADDING says: who may add networks, and who sees them; else "off" on a Hugging Face Space."""
    said = os.environ.get("CONVSCOPE_ADDING", "").strip().lower()
    if said in (ON, OFF, SHARED):
        return said
    return OFF if os.environ.get("SPACE_ID") else ON


@user_errors
def open_form() -> dict[str, Any]:
    """The architectures that the form offers, and whether everybody will see what is added."""
    return {"architectures": architectures(), "shared": mode() == SHARED}


@user_errors
def add(picture: Image.Image | None, event: gr.EventData, request: gr.Request) -> Iterator[dict[str, Any]]:
    """Take a network in: what the form shows meanwhile (`said`), and in the end.

    Yields:
        `said`: how far it is; at last `error`, a sentence, or `name`, `title` and `check` of the network that is there.
    """
    session = request.session_hash or ""
    try:
        if mode() == OFF:
            raise UserError(SWITCHED_OFF)
        filled = form(payload(event).get("order"))
        with PLACES.taken(session):
            before = PLACES.before(session)
            while before:
                yield {"said": f"{before} before yours. It is read when they are done …"}
                before = PLACES.before(session, NEWS)
            yield {"said": READING}
            name = _kept(filled, session)
            yield {"said": LOOKING}
            with LONG.one():
                found = check(network(name), picture)
            yield {"name": name, "title": title(name), "check": found, "shared": mode() == SHARED}
    except (UserError, AdoptError) as error:
        yield {"error": str(error)}


@user_errors
def use(model: Any, compared: Any, event: gr.EventData, request: gr.Request) -> Chosen:
    """The page's lists with what was added, which the page is about from now on."""
    name = text(payload(event), "name")
    is_there = name in offered_names(request.session_hash)
    return _lists(name if is_there else model, compared, request.session_hash)


@user_errors
def remove(model: Any, compared: Any, event: gr.EventData, request: gr.Request) -> Removed:
    """Deletes a network of the visitor's; a page that shows it falls back to the first network."""
    name, session = text(payload(event), "name"), request.session_hash
    called = network(name).title if name in private.mine(session) else name
    private.delete(name, session)
    said = f"“{called}” is deleted."
    if model == name:
        model = model_zoo.names()[0]
        said += f" The page shows {title(model)} instead."
    return Removed(own() | {"said": said, "gone": name}, _lists(model, compared, session))


def own() -> dict[str, Any]:
    """The value of `OwnNetworks` as the page begins."""
    return {"adding": mode() != OFF, "why": SWITCHED_OFF if mode() == OFF else ""}


def _lists(model: Any, compared: Any, session: str | None) -> Chosen:
    offered = choices(session)
    names = [name for _, name in offered]
    drawn = [each for each in compared if each in names] if isinstance(compared, list) else []
    return Chosen(
        gr.Radio(offered, value=model if model in names else names[0]),
        gr.CheckboxGroup(offered, value=drawn or names[:1]),
        gr.Radio(offered),
    )


def _kept(filled: Form, session: str) -> str:
    """The name of the network that was taken in.

    Raises:
        AdoptError: it is none that can be shown here; nothing is kept.
        UserError: there is no room.
    """

    def write(folder: Path) -> None:
        order = Order(
            file=str(filled.file),
            folder=str(folder),
            architecture=filled.architecture,
            name=filled.name,
            title=filled.title,
            classes=filled.classes,
            size=filled.size,
            mean=filled.mean,
            std=filled.std,
        )
        write_bounded(order)

    return _shared(filled.name, write) if mode() == SHARED else private.keep(write, session)


def _shared(name: str, write: Any) -> str:
    """Keep a network for everybody, in the run folder, under a name that is free."""
    runs = runs_folder()
    try:
        runs.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=runs, ignore_cleanup_errors=True) as made:
            folder = Path(made) / "entry"
            folder.mkdir()
            write(folder)
            free = (each for each in _names(name) if each not in folders() and not (runs / each).exists())
            kept = next(free)
            folder.rename(runs / kept)
    except OSError as error:
        raise UserError(private.NO_ROOM) from error
    return kept


def _names(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
