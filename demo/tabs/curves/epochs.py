"""Learning over time: a step, its kernels and the answer for one picture, at every epoch whose weights were kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image
from torch import nn

import model_zoo
from demo.core import inference
from demo.core.handlers import SILENT_EVENT, tell_when_answered, tell_when_unanswered, user_errors
from demo.core.inference import Inference
from demo.core.networks import NO_PICTURE, card, network, title
from demo.core.outputs import named, outputs
from demo.core.payloads import payload, picked, text, ticket
from demo.core.view import View
from demo.errors import UserError
from demo.render import history_chart
from demo.render.html import pack
from demo.render.svg_chart import COLOURS
from demo.tabs.curves.components import EpochView
from model_zoo import Model, Step, walk
from model_zoo.graph.step import answer as network_answer
from model_zoo.model import epochs_of

MOST_KERNELS = 8  # of a channel; a deep layer has hundreds
MOST_CLASSES = 12  # with a bar each
MEASURED = ("train_loss", "val_loss", "train_accuracy", "val_accuracy")


@dataclass(frozen=True)
class _Moment:
    """What is kept of one epoch's walk, which itself would need megabytes."""

    map: np.ndarray  # float32 (height, width)
    kernels: np.ndarray | None  # float32 (channels read, height, width); None where no convolution made the channel
    probabilities: np.ndarray  # float64, in the order of the classes, sum 1


# --- layout and events ---------------------------------------------------------------------------------------------


def layout() -> EpochView:
    """The part of the Curves tab below the charts."""
    return EpochView(elem_id="epochs")


def wire(
    widget: EpochView,
    state: list[Any],
    catch_up: Callable[..., Any],
    explored: list[Any],
    **limit: Any,
) -> None:
    """The events of the part.

    Args:
        widget: what `layout` returned.
        state: address, network and picture of the page.
        catch_up: shows in the Explore tab what was picked here, from the same three.
        explored: its outputs.
        limit: concurrency of handlers that run a network.
    """
    address, model, picture = state
    often: dict[str, Any] = {"trigger_mode": "multiple"} | SILENT_EVENT | limit
    tell_when_unanswered(widget.want(wanted, [model, picture], widget, **often), "epochs")
    widget.elsewhere(catch_up, state, explored, **often)
    tell_when_answered(widget.pick(named(pick_epochs), state, outputs(Picked, address=address, epochs=widget), **often))


# --- handlers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picked:
    """Another step or channel over the epochs, and the address that says which."""

    address: str
    epochs: dict[str, Any]


@user_errors
def wanted(model: str, picture: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """The part has come into sight, or what it shows is no longer what the page is about."""
    data = payload(event)
    return over_time(View.of_page(text(data, "query"), model), picture) | {"ticket": ticket(data)}


@user_errors
def pick_epochs(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> Picked:
    """Another step or channel was picked here."""
    data = payload(event)
    view = View.of_page(query, model)
    step, channel = picked(data)
    values = over_time(view.at(step, channel or 0), picture)
    if "maps" in values:
        view = view.at(values["step"], values["channel"])
    return Picked(view.query(), values | {"ticket": ticket(data)})


# --- what they show ------------------------------------------------------------------------------------------------


def over_time(view: View, picture: Image.Image | None) -> dict[str, Any]:
    """A channel of a step, its kernels and the answer, at every epoch whose weights were kept.

    Args:
        view: model, step, channel; a step or channel that does not exist is the first.
        picture: an RGB picture of any size, or None.

    Returns:
        {"message": a sentence} where there is nothing to show; else

        - `epochs`: ascending, E of them; `epoch`: the one that the view asks for, or the nearest; `last`: of the
          training; `history`: for each epoch its losses and accuracies, None where not measured; `chart`: the loss
          by epoch as SVG;
        - `steps`: name, operation and number of channels of every step; `step`, `channel`: the chosen ones; `label`:
          the class whose logit the channel is, else "";
        - `maps`: the channel at every epoch, packed as `demo.render.html.pack` says with epochs for channels;
        - `kernels`: None, or {step, reads: names of the K shown, count: of how many, values: packed (E * K, height,
          width)}: those that changed most from the first epoch to the last, most first;
        - `classes`: names of the most probable classes, and `probabilities`: for each epoch one for each of them.

    Raises:
        UserError: no such model.
    """
    loaded = network(view.model)
    if not loaded.epochs or not loaded.history:
        return {"message": _nothing_kept(loaded)}
    if picture is None:
        return {"message": NO_PICTURE}
    made = inference.run(loaded, picture)
    chosen = next((step for step in made.steps if step.name == view.step), inference.opening_step(made.steps))
    channel = view.channel if chosen.name == view.step and view.channel < len(inference.maps(chosen)) else 0
    moments = list(_moments(made, chosen.name, channel))
    names = made.labels(chosen)
    rows = {int(row["epoch"]): row for row in loaded.history}
    return {
        "model": loaded.name,
        "title": title(loaded.name),
        "epochs": list(loaded.epochs),
        "epoch": min(loaded.epochs, key=lambda epoch: abs(epoch - _asked(view, loaded))),
        "last": max(rows),
        "chart": history_chart.loss({title(loaded.name): loaded.history}, {title(loaded.name): COLOURS[0]}),
        "history": [{key: _known(rows.get(epoch, {}).get(key)) for key in MEASURED} for epoch in loaded.epochs],
        "steps": [{"name": s.name, "operation": s.operation, "channels": len(inference.maps(s))} for s in made.steps],
        "step": chosen.name,
        "channel": channel,
        "label": names[channel] if names else "",
        "maps": pack(np.stack([moment.map for moment in moments])),
        "kernels": _kernels(inference.maker(made.steps, chosen), moments, channel),
    } | _answers(loaded, moments)


def _nothing_kept(model: Model) -> str:
    """Why there is no slider, and where there is one."""
    others = [title(name) for name in model_zoo.names() if epochs_of(card(name))]
    sentence = f"Of {title(model.name)} only the finished weights were kept, so its learning cannot be replayed."
    return f"{sentence} Choose one of these to see it learn: {', '.join(others)}." if others else sentence


def _moments(made: Inference, step: str, channel: int) -> Iterator[_Moment]:
    """The same input through the weights of every epoch."""
    model = made.model
    for epoch in model.epochs:
        try:
            net = model_zoo.load(model.name, epoch=epoch).net
        except (KeyError, model_zoo.BrokenEntry) as error:
            raise UserError(f"The weights of epoch {epoch} cannot be used: the file is damaged or missing.") from error
        steps = walk(net, made.x)
        chosen = next(each for each in steps if each.name == step)
        module = inference.maker(steps, chosen).module
        kernels = module.weight[channel].float().numpy() if isinstance(module, nn.Conv2d) else None
        probabilities = network_answer(steps).output.double().softmax(dim=1)[0].numpy()
        # Copies: a view would keep all maps of the step alive.
        yield _Moment(inference.maps(chosen)[channel].copy(), kernels, probabilities)


def _kernels(source: Step, moments: list[_Moment], channel: int) -> dict[str, Any] | None:
    kernels = [moment.kernels for moment in moments if moment.kernels is not None]
    if len(kernels) < len(moments) or not isinstance(source.module, nn.Conv2d):
        return None
    over_time = np.stack(kernels)  # (epochs, channels read, height, width)
    change = np.abs(over_time[-1] - over_time[0]).sum(axis=(1, 2))
    count = len(change)
    # All of the picture's colours in their own order; of a deep layer those that changed most.
    shown = np.arange(count) if count <= MOST_KERNELS else np.argsort(-change, kind="stable")[:MOST_KERNELS]
    first = inference.first_read(source.module, channel)
    colours = source.inputs[0] == model_zoo.INPUT and count == 3
    reads = ["red", "green", "blue"] if colours else [f"channel {first + index}" for index in shown.tolist()]
    values = over_time[:, shown]
    packed = pack(values.reshape(-1, *values.shape[2:]))
    return {"step": source.name, "reads": reads, "count": count, "values": packed}


def _answers(model: Model, moments: list[_Moment]) -> dict[str, Any]:
    shares = np.stack([moment.probabilities for moment in moments])
    # The most probable at the end first; a class that led at any epoch is among them.
    leading = dict.fromkeys([*shares.argmax(axis=1).tolist(), *np.argsort(-shares[-1], kind="stable").tolist()])
    shown = sorted(list(leading)[:MOST_CLASSES], key=lambda index: -shares[-1][index])
    return {"classes": [model.classes[i] for i in shown], "probabilities": shares[:, shown].round(5).tolist()}


def _asked(view: View, model: Model) -> int:
    return model.epochs[-1] if view.epoch is None else view.epoch


def _known(value: float | None) -> float | None:
    """None for what was not measured, which JSON cannot say."""
    return value if value is not None and value == value else None
