"""What the Compare tab does: named, typed values in and out; what a browser sends is checked here or in payloads."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
from PIL import Image

import model_zoo
from demo.core.handlers import user_errors
from demo.core.networks import NO_PICTURE, choices, network, offered_names, title
from demo.core.payloads import payload, picked, text, ticket
from demo.core.view import LANES, View
from demo.errors import UserError
from demo.private import networks as private
from demo.render.corruptions import CORRUPTIONS, disturbed
from demo.tabs.compare.align import lane, side_by_side

MODES = dict(zip(LANES, ("A picture and a disturbed copy", "Two networks", "Two pictures"), strict=True))
NO_SECOND = "Give a second picture above: upload or paste one."
MOST_SEED = 999_999


@dataclass(frozen=True)
class Groups:
    """The settings of each mode, by the names of `LANES`: which of them is in sight."""

    disturbed: Any
    networks: Any
    pictures: Any


@dataclass(frozen=True)
class Settings:
    """All settings of the tab."""

    mode: str
    kind: str
    strength: Any
    seed: int
    other: Any
    groups: Groups


@dataclass(frozen=True)
class Turned:
    """The settings of another mode."""

    groups: Groups
    other: Any


@dataclass(frozen=True)
class Compared:
    """Both lanes, and the address that says what they are."""

    address: str
    lanes: Any


@user_errors
def opened(request: gr.Request) -> Settings:
    """The settings that the address asks for."""
    return _settings(_asked(str(request.query_params), request), request)


@user_errors
def gone_back(event: gr.EventData, request: gr.Request) -> Settings:
    """The settings of the address that the reader went back or forward to."""
    return _settings(_asked(payload(event).get("query"), request), request)


def _asked(query: object, request: gr.Request) -> View:
    view, names = View.parse(query), offered_names(request.session_hash)
    return view.settle([*names, view.model] if private.is_there(view.model) else names, names[0])


@user_errors
def turned(mode: Any, model: Any, other: Any, request: gr.Request) -> Turned:
    """Another kind of comparison: only its settings are there, and the second network is another than the first."""
    second = _second_network(View(model=str(model), other="" if other == model else str(other)))
    return Turned(_groups(mode), gr.Radio(choices(request.session_hash), value=second))


@user_errors
def usual_strength(kind: Any) -> Any:
    """The slider of a disturbance, at its usual strength."""
    return gr.Slider(**scale(_kind(kind)))


@user_errors
def changed(
    query: str,
    model: str,
    picture: Image.Image | None,
    second: Image.Image | None,
    mode: Any,
    kind: Any,
    strength: Any,
    seed: Any,
    other: Any,
) -> Compared:
    """A setting was changed: the address that says so, and both lanes."""
    if mode not in LANES:
        raise UserError(f"Please choose what to compare: {', '.join(MODES.values())}.")
    view = replace(View.of_page(query, model), lane=mode)
    if mode == "disturbed":
        view = replace(view, disturb=_kind(kind), strength=_strength(kind, strength), seed=_seed(seed))
    elif mode == "networks":
        view = replace(view, other=network(other).name if other else "")
    return Compared(view.query(), compared(view, picture, second) | {"about": _about(view.query())})


@user_errors
def wanted(model: str, picture: Image.Image | None, second: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """The lanes have come into sight, or what they show is no longer what the page is about."""
    data = payload(event)
    query = text(data, "query")
    return compared(View.of_page(query, model), picture, second) | {"ticket": ticket(data), "about": _about(query)}


@user_errors
def pick_lanes(
    query: str, model: str, picture: Image.Image | None, second: Image.Image | None, event: gr.EventData
) -> Compared:
    """Another step, or a channel of the same step, was picked. The browser has all channels of the step."""
    data = payload(event)
    step, channel = picked(data)
    view = View.of_page(query, model).at(step, channel or 0)
    if data.get("ticket") is None:
        return Compared(view.query(), gr.skip())
    values = compared(view, picture, second)
    if "left" in values:
        view = view.at(values["step"], values["channel"])
    return Compared(view.query(), values | {"ticket": ticket(data), "about": _about(view.query())})


# --- what they show ------------------------------------------------------------------------------------------------


def compared(view: View, picture: Image.Image | None, second: Image.Image | None) -> dict[str, Any]:
    """Both lanes of a view, as `demo.tabs.compare.align.side_by_side` says, or {"message": why there are not two}.

    Args:
        view: what to compare; unknown or impossible values fall back to the usual ones.
        picture: RGB, of any size, or None.
        second: the right lane's picture where two are compared.

    Raises:
        UserError: no such model.
    """
    model = network(view.model)
    if picture is None:
        return {"message": NO_PICTURE}
    if view.lane == "pictures":
        if second is None:
            return {"message": NO_SECOND}
        left, right = lane("First picture", model, picture), lane("Second picture", model, second)
    elif view.lane == "networks":
        name = _second_network(view)
        if name is None:
            return {"message": "There is only one network here. One that is trained in the Train tab can be compared."}
        left, right = (lane(title(each), network(each), picture) for each in (view.model, name))
    else:
        kind, strength, seed = _disturbance(view)
        worse = disturbed(model.crop(picture), kind, strength, seed)
        phrase = CORRUPTIONS[kind].phrase.format(strength).replace("-", "\N{MINUS SIGN}")
        left, right = lane("As it is", model, picture), lane(phrase[0].upper() + phrase[1:], model, worse)
    return side_by_side(left, right, view.step, view.channel)


def _second_network(view: View) -> str | None:
    names = model_zoo.names()
    others = [name for name in names if name != view.model]
    is_there = view.other in names or private.is_there(view.other)
    return view.other if is_there else next(iter(others), None)


def _disturbance(view: View) -> tuple[str, float, int]:
    kind = view.disturb if view.disturb in CORRUPTIONS else next(iter(CORRUPTIONS))
    way = CORRUPTIONS[kind]
    asked = view.strength
    strength = asked if asked is not None and way.low <= asked <= way.high else way.usual
    return kind, strength, min(view.seed, MOST_SEED)


def _settings(view: View, request: gr.Request) -> Settings:
    """Values of the settings, and which group of them is there."""
    kind, strength, seed = _disturbance(view)
    slider: dict[str, Any] = scale(kind) | {"value": strength}
    other = gr.Radio(choices(request.session_hash), value=_second_network(view))
    return Settings(view.lane, kind, gr.Slider(**slider), seed, other, _groups(view.lane))


def _groups(mode: Any) -> Groups:
    return Groups(**{name: gr.Group(visible=name == mode) for name in LANES})


def scale(kind: str) -> dict[str, Any]:
    way = CORRUPTIONS[kind]
    return {
        "minimum": way.low,
        "maximum": way.high,
        "step": way.step,
        "value": way.usual,
        "label": "Strength",
        "info": way.unit,
    }


def _about(query: Any) -> dict[str, str]:
    """What of the address the lanes depend on, for the browser to see when that has changed."""
    keys = ("lane", "other", "disturb", "strength", "seed", "step", "channel")
    given = dict(parse_qsl(query.lstrip("?"))) if isinstance(query, str) else {}
    return {key: given[key] for key in keys if key in given}


def _kind(kind: Any) -> str:
    if not isinstance(kind, str) or kind not in CORRUPTIONS:
        raise UserError(f"There is no such disturbance. Known are {', '.join(w.title for w in CORRUPTIONS.values())}.")
    return kind


def _strength(kind: str, value: Any) -> float:
    way = CORRUPTIONS[kind]
    if isinstance(value, bool) or not isinstance(value, int | float) or not way.low <= value <= way.high:
        raise UserError(f"Please choose a strength from {way.low:g} to {way.high:g} ({way.unit}).")
    return round(float(value), 3)


def _seed(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_SEED or value % 1:
        raise UserError(f"Please give the seed as a whole number from 0 to {MOST_SEED:,}.")
    return int(value)
