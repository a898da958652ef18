"""Maps of what speaks for a class, and the checks of such a map: worked out, kept for a while, and put in words."""

import hashlib
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from PIL import Image
from torch import Tensor, nn

from demo.core.inference import Inference, infer
from demo.core.networks import NO_PICTURE
from demo.core.view import METHODS, View
from demo.render.html import data_url, number, pack
from demo.tabs.attribution import checks
from model_zoo import Model
from model_zoo.common.lru_cache import LRUCache
from model_zoo.common.memory import KEPT
from model_zoo.entries.loading import net_bytes
from model_zoo.explain import attribution, sanity_checks
from model_zoo.explain.attribution import Map

QUICK, COVER, GRADIENTS = METHODS
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
MOST_OFFERED = 20  # classes in the list
SCORE = "The score is the network’s output for a class before softmax turns the scores into probabilities."


@dataclass(frozen=True)
class Question:
    """What is asked about a picture."""

    method: str
    label: str  # a class; "" for the answer
    step: str  # whose maps; "" for the usual one
    token: int


def explanation(
    model: str, picture: Image.Image | None, asked: Question, progress: attribution.Progress | None = None
) -> dict[str, Any]:
    """The map for a picture with everything that is shown beside it; the value of `AttributionMap`.

    Raises:
        UserError: no such model; an unknown class or step falls back to the answer and the usual step.
    """
    if picture is None:
        return {"message": NO_PICTURE, "token": asked.token}
    made, probabilities = _run(model, picture)
    loaded, steps = made.model, _steps(made)
    if asked.method == QUICK and not steps.offered:
        return {"message": f"No step of {loaded.title} gives maps with several places.", "token": asked.token}
    target = _target(loaded, probabilities, asked.label)
    found = _map(made, target, asked, progress=progress)
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
        **_offered(loaded, probabilities, target),
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


def tested(model: str, picture: Image.Image, asked: Question, progress: attribution.Progress) -> str:
    """The checks of a map, as HTML.

    Raises:
        UserError: no such model; an unknown class or step falls back to the answer and the usual step.
        Exception: whatever `progress` raises, to give the work up.
    """
    made, probabilities = _run(model, picture)
    loaded, x = made.model, made.prepared
    target = _target(loaded, probabilities, asked.label)
    other = next(index for index in probabilities.argsort(descending=True).tolist() if index != target)

    def make() -> str:
        found = _map(made, target, asked, progress=progress)
        return checks.row(
            loaded.crop(picture),
            loaded.classes[target],
            found,
            (loaded.classes[other], _map(made, other, asked, progress=progress)),
            _map(made, target, asked, net=_shuffled(loaded.net), progress=progress),
            sanity_checks.deletion(loaded.net, x, target, found.values, progress=progress),
        )

    return _KEPT.get(_key(loaded.net, x, target, asked, "checks"), make, loaded.net, single_flight=False)


def _run(model: str, picture: Image.Image) -> tuple[Inference, Tensor]:
    """The pass that the page shows, without changes, and the probability of every class."""
    made = infer(View(model=model), picture)
    return made, made.logits.double().softmax(0)


def _offered(model: Model, probabilities: Tensor, target: int) -> dict[str, Any]:
    """`classes` to choose from with their probabilities: of many the likeliest; then `names` has all, to search."""
    numbers = range(len(model.classes))
    if len(model.classes) > MOST_OFFERED:
        numbers = list(dict.fromkeys([*probabilities.topk(MOST_OFFERED).indices.tolist(), target]))
    return {
        "classes": [(model.classes[number], float(probabilities[number])) for number in numbers],
        "names": list(model.classes) if len(numbers) < len(model.classes) else [],
    }


def _target(model: Model, probabilities: Tensor, label: str) -> int:
    return model.classes.index(label) if label in model.classes else int(probabilities.argmax())


def _map(
    made: Inference,
    target: int,
    asked: Question,
    net: nn.Module | None = None,
    progress: attribution.Progress | None = None,
) -> Map:
    """The map of the model's own network, kept for a while, or of another one of the same form."""
    is_own = net is None
    net, x = made.model.net if net is None else net, made.prepared

    def make() -> Map:
        if asked.method == COVER:
            return attribution.occlusion(net, x, target, progress)
        if asked.method == GRADIENTS:
            return attribution.integrated_gradients(net, x, target)
        steps = _steps(made)
        return attribution.grad_cam(net, x, target, asked.step if asked.step in steps.offered else steps.usual)

    # Of another network a map is asked for once.
    return _KEPT.get(_key(net, x, target, asked, "map"), make, net, single_flight=False) if is_own else make()


def _key(net: nn.Module, x: Tensor, target: int, asked: Question, what: str) -> tuple[Any, ...]:
    picture = hashlib.blake2b(x.numpy().tobytes(), digest_size=16).digest()
    return what, id(net), picture, target, asked.method, asked.step if asked.method == QUICK else ""


def _bytes(kept: Map | str) -> int:
    return len(kept) if isinstance(kept, str) else kept.values.nbytes


_KEPT: LRUCache[Any] = LRUCache(20_000_000, _bytes)  # maps, and checks as HTML


@dataclass(frozen=True)
class _Steps:
    offered: list[str]  # those that Grad-CAM can be made from
    usual: str


_known_steps: WeakKeyDictionary[nn.Module, _Steps] = WeakKeyDictionary()


def _steps(made: Inference) -> _Steps:
    """The same for all pictures, and so kept for as long as the network."""
    net = made.model.net
    if net not in _known_steps:
        offered = attribution.steps_with_maps(net, made.prepared)
        usual = attribution.usual_step(made.steps)
        _known_steps[net] = _Steps(offered, usual if usual in offered else (offered or [""])[-1])
    return _known_steps[net]


_unlearned: LRUCache[nn.Module] = LRUCache(100_000_000, net_bytes, KEPT)  # copies


def _shuffled(net: nn.Module) -> nn.Module:
    return _unlearned.get(id(net), lambda: sanity_checks.shuffled(net), net)
