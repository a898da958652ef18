"""What visitors of a soak ask: events of every tab, as the page sends them, and the endpoints for programs."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demo.core.view import View

MODELS = ("cifar10-cnn", "cifar10-cnn-regularised")
STEPS = ("conv1", "conv2", "conv3", "conv4", "conv5", "conv6")
SETTINGS = (
    {"channel": 0, "row": 1, "column": 1},
    {"channel": 3, "row": 4, "column": 5},
    {"channel": 7, "row": 0, "column": 3},
)


@dataclass(frozen=True)
class Question:
    """One event: its name in the page's plan, its values, and what it carries besides."""

    tab: str
    event: str
    data: list[Any]
    carries: Any = None


Make = Callable[[random.Random, dict[str, Any]], Question]


def ask(dice: random.Random, file: dict[str, Any]) -> Question:
    """A question about a picture, with the weights of `MIX`."""
    make = dice.choices([each for _, each in MIX], [weight for weight, _ in MIX])[0]
    return make(dice, file)


def every(file: dict[str, Any]) -> list[Question]:
    """One of each kind."""
    dice = random.Random(0)
    return [make(dice, file) for _, make in MIX]


def _explorer(event: str, tab: str = "explore", **more: Any) -> Make:
    """An event that is about a place in the network."""

    def make(dice: random.Random, file: dict[str, Any]) -> Question:
        model, step = dice.choice(MODELS), dice.choice(STEPS)
        place = {"step": step, **dice.choice(SETTINGS), "ticket": 1} | more
        query = View(model=model, tab="explore", step=step, channel=place["channel"]).query()
        return Question(tab, event, [query, model, file], place)

    return make


def _of_picture(event: str, tab: str, carries: Any = None, *more: Any) -> Make:
    def make(dice: random.Random, file: dict[str, Any]) -> Question:
        return Question(tab, event, [dice.choice(MODELS), file, *more], carries)

    return make


def _with_query(event: str, tab: str, *more: Any, carries: Any = None) -> Make:
    def make(dice: random.Random, file: dict[str, Any]) -> Question:
        model = dice.choice(MODELS)
        query = View(model=model, tab=tab, step=dice.choice(STEPS)).query()
        return Question(tab, event, [query, model, file, *more], carries)

    return make


def _plain(event: str, tab: str, *data: Any, carries: Any = None) -> Make:
    return lambda dice, file: Question(tab, event, list(data), carries)


MIX: list[tuple[int, Make]] = [
    (12, _of_picture("predict", "program", None, "")),
    (4, _of_picture("judge", "program", None, 0.05, 0.9, "")),
    (4, _of_picture("feature_maps", "program", None, "conv2", "")),
    (1, _plain("curves", "program", list(MODELS))),
    (12, _with_query("refresh", "predict", 1.0)),
    (3, _of_picture("shake_picture", "predict")),
    (2, _with_query("steady", "predict")),
    (12, _explorer("pick")),
    (8, _explorer("detail")),
    (8, _explorer("inspect")),
    (3, _explorer("film")),
    (3, _explorer("line")),
    (2, _explorer("wanted")),
    (2, _explorer("effective")),
    (3, _of_picture("explain_quickly", "why", {"label": "cat", "method": "grad-cam", "token": 1, "step": ""})),
    (1, _of_picture("numbers", "data")),
    (1, _plain("opened_2", "data")),
    (2, _plain("trusted", "trust", MODELS[0])),
    (2, _plain("compare", "curves", list(MODELS))),
    (2, _of_picture("wanted_2", "curves", {"ticket": 1})),
    (2, _plain("listed", "learn")),
    (2, lambda dice, file: Question("bench", "pictures", [file], {})),
    (2, _plain("kernels", "bench", MODELS[0], carries={"step": "conv1"})),
    (1, _explorer("sheet", "share")),
    (1, _plain("coded", "share", carries={"link": "http://localhost:7860/?model=cifar10-cnn"})),
    (1, _plain("begin", "start")),
]
