"""The Why tab: which places of the picture speak for a class, and whether the map that says so can be trusted."""

import hashlib
import threading
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import gradio as gr
import torch
from PIL import Image
from torch import Tensor, nn

from demo import checks
from demo.draw import data_url, number, pack
from demo.handlers import in_words
from demo.kept import Kept, Latest, Outdated
from demo.networks import NO_PICTURE, network
from demo.turns import alone, by_turns, paced
from demo.widgets.why import WhyChecks, WhyMap
from demo.words import ForUser
from model_zoo import Model, attribution, honesty, walk
from model_zoo.attribution import Map

QUICK, COVER, GRADIENTS = "grad-cam", "occlusion", "gradients"
METHODS = (QUICK, COVER, GRADIENTS)
PROGRESS = gr.Progress()  # Gradio tells by it whose request a handler serves
PRIVATE: dict[str, Any] = {"api_visibility": "private"}
LEAD = (
    "A network cannot tell why it gave an answer. These maps show which places of the picture its score for a class "
    "depends on, and the checks below show how far a map can be trusted."
)
MEANS = {
    QUICK: "Red: places where the features of {step} raise the score of {label}. The map has {rows} × {columns} "
    "values, laid over the whole picture.",
    COVER: "At each of {rows} × {columns} places a square of a quarter of the picture’s side was blurred, and the "
    "network asked again. Red: the score of {label} falls without this place; blue: it rises.",
    GRADIENTS: "Each pixel’s share of the way from a plain picture of the mean colour, which scores {start}, to this "
    "one, which scores {score}. Red speaks for {label}, blue against it. All {rows} × {columns} values add up to "
    "{sum}; they should give {difference}.",
}
LIMITS = {
    QUICK: "It does not say what the network sees there, nor is anything outside the red unimportant: only what raises "
    "the score is kept, and one value covers many pixels.",
    COVER: "It needs no gradient and no look inside. What two places do only together it cannot show, and a blurred "
    "square is itself something that the network was not trained on.",
    GRADIENTS: "Single pixels matter little on their own: look at groups. Another plain picture to start from would "
    "give other values, and what has the mean colour gets none.",
}
UNITS = {
    QUICK: "Raw values: the weighted sum of the channels, in units of the score.",
    COVER: "Raw values: how far the score falls.",
    GRADIENTS: "Raw values: what a pixel adds to the score.",
}
SCORE = "The score is the network’s output for a class before softmax turns the scores into probabilities."


@dataclass(frozen=True)
class Question:
    """What is asked about a picture."""

    method: str
    label: str  # a class; "" for the answer
    step: str  # whose maps; "" for the usual one
    token: int


def layout() -> tuple[WhyMap, WhyChecks]:
    """The contents of the tab."""
    gr.HTML(f'<p class="quiet">{LEAD}</p>', apply_default_css=False, js_on_load=None)
    return WhyMap(elem_id="why"), WhyChecks(elem_id="checks")


def wire(parts: tuple[WhyMap, WhyChecks], model: gr.Radio, picture: gr.Image, **limit: Any) -> None:
    """The events of the tab.

    Args:
        parts: what `layout` returned.
        model, picture: what the maps are about.
        limit: concurrency of handlers that run a network for a quick answer.
    """
    shown, checked = parts
    gr.on([picture.change, model.change], None, None, shown, js=WhyMap.CLEAR, **PRIVATE)
    asked: dict[str, Any] = {"inputs": [model, picture], "trigger_mode": "multiple"} | PRIVATE
    failed: dict[str, Any] = {"fn": None, "js": "() => ({ failed: Date.now() })", "outputs": shown} | PRIVATE
    shown.quick(explain_quickly, outputs=shown, show_progress="hidden", **asked, **limit).failure(**failed)
    shown.slow(explain, outputs=shown, show_progress="minimal", **asked, **alone("maps")).failure(**failed)
    shown.check(check, outputs=checked, show_progress="minimal", **asked, **alone("checks"))


# ------------------------------------------------------------------------------------------------------------ handlers


@in_words
def explain_quickly(
    model: str, picture: Image.Image | None, event: gr.EventData, request: gr.Request
) -> dict[str, Any]:
    """A Grad-CAM map, whatever method was asked for: the others have a queue of their own."""
    asked = question(event._data)
    _LATEST.note(request.session_hash, asked.token)
    return explanation(model, picture, replace(asked, method=QUICK))


@in_words
@by_turns
def explain(
    model: str,
    picture: Image.Image | None,
    event: gr.EventData,
    request: gr.Request,
    progress: gr.Progress = PROGRESS,
) -> dict[str, Any]:
    """The map that was asked for."""
    asked = question(event._data)
    _LATEST.note(request.session_hash, asked.token)
    return explanation(model, picture, asked, progress)


@in_words
@by_turns
def check(
    model: str,
    picture: Image.Image | None,
    event: gr.EventData,
    request: gr.Request,
    progress: gr.Progress = PROGRESS,
) -> dict[str, Any]:
    """The checks of the map that was asked for, as HTML; given up when its visitor has asked for another map."""
    asked = question(event._data)
    if picture is None:
        return {}

    def told(done: int, of: int) -> None:
        _LATEST.check(request.session_hash, asked.token)
        progress((done, of), desc="Checking", unit="passes")

    try:
        return {"html": _checks(model, picture, asked, paced(told)), "token": asked.token}
    except Outdated:
        return {}


def _checks(model: str, picture: Image.Image, asked: Question, told: attribution.Progress) -> str:
    loaded, x, probabilities = _run(model, picture)
    target = _target(loaded, probabilities, asked.label)
    other = next(index for index in probabilities.argsort(descending=True).tolist() if index != target)

    def make() -> str:
        found = _map(loaded, x, target, asked, progress=told)
        return checks.row(
            loaded.crop(picture),
            loaded.classes[target],
            found,
            (loaded.classes[other], _map(loaded, x, other, asked, progress=told)),
            _map(loaded, x, target, asked, net=_shuffled(loaded.net), progress=told),
            honesty.deletion(loaded.net, x, target, found.values, progress=told),
        )

    return _KEPT.get(_key(loaded.net, x, target, asked, "checks"), loaded.net, make)


def question(data: Any) -> Question:
    """What a browser asked.

    Raises:
        ForUser: it cannot be understood.
    """
    data = data if isinstance(data, dict) else {}
    texts = [data.get(key) for key in ("method", "label", "step")]
    token = data.get("token")
    is_token = isinstance(token, int) and not isinstance(token, bool)
    if not all(isinstance(text, str) for text in texts) or texts[0] not in METHODS or not is_token:
        raise ForUser("The page sent a question that cannot be understood. Please reload it.")
    return Question(*texts, token)


# --------------------------------------------------------------------------------------------------- what is worked out


def explanation(
    model: str, picture: Image.Image | None, asked: Question, progress: gr.Progress | None = None
) -> dict[str, Any]:
    """The map for a picture with everything that is shown beside it; the value of `WhyMap`.

    Raises:
        ForUser: no such model; an unknown class or step falls back to the answer and the usual step.
    """
    if picture is None:
        return {"message": NO_PICTURE, "token": asked.token}
    loaded, x, probabilities = _run(model, picture)
    steps = _steps(loaded, x)
    if asked.method == QUICK and not steps.offered:
        return {"message": f"No step of {loaded.title} gives maps with several places.", "token": asked.token}
    target = _target(loaded, probabilities, asked.label)
    found = _map(loaded, x, target, asked, progress=_told(progress, "Covering parts"))
    label = loaded.classes[target]
    rows, columns = found.values.shape
    limit = float(found.values.abs().max())
    filled = {
        "label": label,
        "step": found.step,
        "rows": rows,
        "columns": columns,
        "start": number(found.start),
        "score": number(found.score),
        "sum": number(float(found.values.sum())),
        "difference": number(found.score - found.start),
    }
    return {
        "token": asked.token,
        "label": label,
        "answer": loaded.classes[int(probabilities.argmax())],
        "classes": list(zip(loaded.classes, probabilities.tolist(), strict=True)),
        "steps": steps.offered,
        "usual": steps.usual,
        "step": found.step,
        "size": loaded.size,
        "picture": data_url(loaded.crop(picture)),
        "map": pack(found.values[None].numpy()),
        "signed": found.signed,
        "limit": limit,
        "unit": UNITS[asked.method],
        "words": checks.in_words(label, found, float(probabilities[target])),
        "means": MEANS[asked.method].format(**filled),
        "limits": f"{LIMITS[asked.method]} {SCORE}",
    }


def _run(model: str, picture: Image.Image) -> tuple[Model, Tensor, Tensor]:
    """The network, its input, and the probability of every class."""
    loaded = network(model)
    x = loaded.prepare(picture)
    with torch.inference_mode():
        return loaded, x, loaded.net(x).double().softmax(dim=1)[0]


def _target(model: Model, probabilities: Tensor, label: str) -> int:
    return model.classes.index(label) if label in model.classes else int(probabilities.argmax())


def _map(
    model: Model,
    x: Tensor,
    target: int,
    asked: Question,
    net: nn.Module | None = None,
    progress: attribution.Progress | None = None,
) -> Map:
    """The map of the model's own network, kept for a while, or of another one of the same form."""
    is_own = net is None
    net = model.net if net is None else net

    def make() -> Map:
        if asked.method == COVER:
            return attribution.occlusion(net, x, target, progress)
        if asked.method == GRADIENTS:
            return attribution.integrated_gradients(net, x, target)
        steps = _steps(model, x)
        return attribution.grad_cam(net, x, target, asked.step if asked.step in steps.offered else steps.usual)

    # With its map another network would be kept as well, of which there can be as many as maps.
    return _KEPT.get(_key(net, x, target, asked, "map"), net, make) if is_own else make()


def _key(net: nn.Module, x: Tensor, target: int, asked: Question, what: str) -> tuple[Any, ...]:
    picture = hashlib.blake2b(x.numpy().tobytes(), digest_size=16).digest()
    return what, id(net), picture, target, asked.method, asked.step if asked.method == QUICK else ""


_KEPT, _LATEST = Kept(128), Latest()


def _told(progress: gr.Progress | None, what: str) -> attribution.Progress | None:
    return None if progress is None else paced(lambda done, of: progress((done, of), desc=what, unit="passes"))


@dataclass(frozen=True)
class _Steps:
    offered: list[str]  # those that Grad-CAM can be made from
    usual: str


_known_steps: WeakKeyDictionary[nn.Module, _Steps] = WeakKeyDictionary()


def _steps(model: Model, x: Tensor) -> _Steps:
    """The same for all pictures, and so kept for as long as the network."""
    if model.net not in _known_steps:
        offered = attribution.steps_with_maps(model.net, x)
        usual = attribution.usual_step(walk(model.net, x))
        _known_steps[model.net] = _Steps(offered, usual if usual in offered else (offered or [""])[-1])
    return _known_steps[model.net]


_unlearned: WeakKeyDictionary[nn.Module, nn.Module] = WeakKeyDictionary()
_shuffling = threading.Lock()
MOST_SHUFFLED = 3  # copies that are kept; the next one takes their place


def _shuffled(net: nn.Module) -> nn.Module:
    with _shuffling:
        if net not in _unlearned:
            if len(_unlearned) >= MOST_SHUFFLED:
                _unlearned.clear()
            _unlearned[net] = honesty.shuffled(net)
        return _unlearned[net]
