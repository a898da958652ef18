"""The trainings of this server as the page lists them: named and deleted by whoever started them, or by all visitors
where the host allows it; `train.service.runs` says who may."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

import model_zoo
from demo.core.handlers import user_errors
from demo.core.networks import card, choices, network, offered_names
from demo.core.payloads import payload, text
from demo.errors import UserError
from model_zoo.entries.folders import runs_folder
from train.service import queue

MOST_TICKETS = 50  # of one browser that are looked at

_changes = 0  # of names on this server


@dataclass(frozen=True)
class Edited:
    """The page after a training was named or deleted."""

    runs: dict[str, Any]
    model: Any
    compared: Any


def change() -> int:
    """Another number after each change of names, so that pages know that their lists are old."""
    return _changes


def _note_change() -> None:
    global _changes
    _changes += 1


def listed() -> list[dict[str, str]]:
    """Name, title and begin of every network that was trained here, the latest first."""
    found = [(name, queue.started(name)) for name in model_zoo.names()]
    return [
        {"name": name, "title": card(name)["title"], "begun": f"{begun:%d %b %H:%M:%S}"}
        for name, begun in reversed(found)
        if begun
    ]


def tickets(event: gr.EventData) -> list[str]:
    """Those that a browser sent, as far as they can be some; the last is "", which somebody without one has."""
    sent = payload(event).get("tickets")
    given = [each for each in sent if isinstance(each, str)] if isinstance(sent, list) else []
    return [*given[-MOST_TICKETS:], ""]


def shown(trainings: queue.Queue, known: list[str], said: str = "") -> dict[str, Any]:
    """The value of the list for a browser with these tickets."""
    runs = listed()
    editable = [run["name"] for run in runs if _ticket(trainings, run["name"], known) is not None]
    return {"runs": runs, "editable": editable, "said": said}


def _ticket(trainings: queue.Queue, name: str, known: list[str]) -> str | None:
    """The ticket among these that allows to change a training."""
    return next((each for each in known if trainings.may_edit(runs_folder(), name, each)), None)


@user_errors
def rename(trainings: queue.Queue, event: gr.EventData, session: str | None = None) -> Edited:
    """Gives a training another name, under which every list has it from then on."""
    known, name = tickets(event), text(payload(event), "name")
    ticket = _ticket(trainings, name, known)
    try:
        title = trainings.rename(runs_folder(), name, text(payload(event), "title"), ticket or "")
    except queue.Refused as error:
        raise UserError(str(error)) from error
    _note_change()
    offered = choices(session)
    said = f"It is called “{title}” now."
    return Edited(shown(trainings, known, said), gr.Radio(offered), gr.CheckboxGroup(offered))


@user_errors
def remove(
    trainings: queue.Queue, model: Any, compared: Any, event: gr.EventData, session: str | None = None
) -> Edited:
    """Deletes a training; a page that shows it falls back to the first network.

    Args:
        trainings: of this server.
        model: the network that the page shows.
        compared: those whose curves it shows.
        event: with the `name`.
        session: of the page, whose visitor may have networks of their own.
    """
    known, name = tickets(event), text(payload(event), "name")
    ticket = _ticket(trainings, name, known)
    title = card(name)["title"] if name in model_zoo.names() else name
    try:
        trainings.delete(runs_folder(), name, ticket or "")
    except queue.Refused as error:
        raise UserError(str(error)) from error
    _note_change()
    offered, names = choices(session), offered_names(session)
    said = f"“{title}” is deleted."
    if model == name:
        said += f" The page shows {network(names[0]).title} instead."
    drawn = [each for each in compared if each in names] if isinstance(compared, list) else []
    chosen = gr.Radio(offered, value=names[0]) if model not in names else gr.Radio(offered)
    return Edited(shown(trainings, known, said), chosen, gr.CheckboxGroup(offered, value=drawn or names[:1]))
