"""Requests that no page of ours sends, asked of the running app: each is answered with 4xx and a sentence."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse

from demo import launching
from demo.server.bad_requests import FAILED, NOT_UNDERSTOOD, BadRequests
from demo.server.gzip import CompressedAnswers
from tests.conftest import App

NUMBERS = [-1, 10**6, 10**30, -(10**30), 1e308, float("nan"), None, "x", [], {}]
BODIES = {
    "queue/join": lambda value: {"fn_index": value, "data": [], "session_hash": "a"},
    "run/predict": lambda value: {"fn_index": value, "data": [], "session_hash": "a"},
    "cancel": lambda value: {"session_hash": value, "fn_index": value, "event_id": value},
    "component_server": lambda value: {"data": value, "component_id": value, "fn_name": value, "session_hash": value},
    "call/v2/predict": lambda value: {"data": value},
}


@pytest.mark.faults(
    "A page of another version asks for an event that there is none of",
    "A sentence asks to reload the page; the log gets a line",
)
@pytest.mark.parametrize("path", BODIES)
def test_numbers_of_events_that_there_are_none_of(app: App, path: str) -> None:
    for value in NUMBERS:
        answer = _post(app, path, BODIES[path](value))
        assert answer.status_code < 500, value
        if answer.status_code >= 400:
            assert answer.json().get("detail"), value


@pytest.mark.parametrize("path", ["api/9", "call/nothing", "call/v2/nothing"])
def test_names_of_events_that_there_are_none_of(app: App, path: str) -> None:
    answer = _post(app, path, {"data": []})
    assert 400 <= answer.status_code < 500 and answer.json()["detail"]


def test_a_stream_of_an_answer_that_nobody_asked_for_ends_with_a_sentence(app: App) -> None:
    answer = httpx.get(f"{app.address}/gradio_api/call/predict/nothing")
    assert answer.status_code in (200, 404) and (answer.status_code == 404 or NOT_UNDERSTOOD in answer.text)


def _post(app: App, path: str, body: Any) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return httpx.post(f"{app.address}/gradio_api/{path}", content=json.dumps(body), headers=headers, timeout=60)


@pytest.mark.parametrize(("path", "code", "words"), [("/gradio_api/x", 400, NOT_UNDERSTOOD), ("/own", 500, FAILED)])
def test_an_app_that_fails_or_says_so_without_words(path: str, code: int, words: str) -> None:
    async def raises(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("inside")

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"Internal Server Error"})

    for failing in (raises, bare):
        transport = httpx.ASGITransport(BadRequests(failing))
        answer = _ask(transport, path)
        assert (answer.status_code, answer.json()["detail"]) == (code, words)


def test_what_an_answer_says_of_its_error_passes() -> None:
    async def worded(scope: Any, receive: Any, send: Any) -> None:
        await JSONResponse({"error": "Choose a picture first."}, 500)(scope, receive, send)

    answer = _ask(httpx.ASGITransport(BadRequests(worded)), "/gradio_api/run/predict")
    assert answer.json() == {"error": "Choose a picture first."}


def test_a_stream_that_fails_on_its_way_ends_with_a_sentence_compressed_as_it_began() -> None:
    async def fails(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        raise RuntimeError("lost")

    order = [each.cls for each in launching.settings()["app_kwargs"]["middleware"]]
    assert order.index(CompressedAnswers) < order.index(BadRequests)  # so that the sentence is compressed, too
    answer = _ask(httpx.ASGITransport(CompressedAnswers(BadRequests(fails))), "/gradio_api/queue/data", "GET")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text.startswith("data: 1") and NOT_UNDERSTOOD in answer.text


def _ask(transport: httpx.ASGITransport, path: str, method: str = "POST") -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path)

    with ThreadPoolExecutor(1) as pool:  # in this thread a browser of another test may have a loop that runs
        return pool.submit(asyncio.run, ask()).result()
