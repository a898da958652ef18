"""Where the Build tab asks for trainings: an address of its own, beside Gradio's queue."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from demo.tabs.builder import training
from demo.visitors.asking import answered, asked_in_json, asking_visitor, to_json
from demo.visitors.orders import TRAININGS
from demo.visitors.visitors import Visitor

ADDRESS = "build/"  # relative to the page; behind it comes what is asked for


def route() -> Route:
    """What answers in JSON; for the `routes` of the app. Where something is refused, it has `told`: a sentence."""
    return Route(f"/{ADDRESS}{{action}}", _serve, methods=["POST"])


async def _serve(request: Request) -> Response:
    async def answer() -> Response:
        return await asked_in_json(_ASKED, request.path_params["action"], asking_visitor(request), request)

    return await answered(request, answer, "a small network")


def _begun(visitor: Visitor, _: dict[str, Any]) -> Response:
    return to_json(training.offer(visitor))


def _train(visitor: Visitor, asked: dict[str, Any]) -> Response:
    training.order(visitor, asked)
    return _state(visitor, {})


def _stop(visitor: Visitor, _: dict[str, Any]) -> Response:
    TRAININGS.stop(visitor, training.KIND)
    return _state(visitor, {})


def _state(visitor: Visitor, _: dict[str, Any]) -> Response:
    return to_json(TRAININGS.look(visitor, training.KIND))


_ASKED = {"begin": _begun, "train": _train, "stop": _stop, "state": _state}
