"""The address for frames: what it answers, and what it refuses before it reads it."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.live.look import FRAME
from demo.live.route import TOO_LARGE, route
from tests.conftest import SHIPPED
from tests.pictures import noise

PAGE = f"/live?model={SHIPPED[0]}&tab=explore&step=conv1&visitor=me"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=[route()])) as client:
        yield client


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_frame_is_answered_with_what_the_page_shows_and_a_pause(client: TestClient) -> None:
    answer = client.post(PAGE, content=png(noise(64, 64)))
    assert answer.status_code == 200
    found = answer.json()
    assert set(found) == {"answer", "label", "whatif", "strip", "grid", "channel", "next_ms"}
    assert found["grid"]["step"] == "conv1"
    assert 0 <= found["next_ms"] < 60_000
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("content", [b"", b"no picture", bytes(1000)])
def test_what_is_no_picture_is_refused_in_a_sentence(client: TestClient, content: bytes) -> None:
    answer = client.post(PAGE, content=content)
    assert answer.status_code == 422
    assert answer.json()["told"].endswith(".")
    assert answer.json()["next_ms"] >= 0


def test_a_frame_that_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post(PAGE, content=(bytes(FRAME.bytes // 4) for _ in range(9)))
    assert answer.status_code == 413
    assert answer.json()["told"] == TOO_LARGE


@pytest.mark.parametrize(
    "query", ["", "?model=%ff&step=%00&visitor=" + "x" * 500, "?channel=1e9&edits=~~~&tab=explore"]
)
def test_any_query_is_answered(client: TestClient, query: str) -> None:
    assert client.post(f"/live{query}", content=png(noise(32, 32))).status_code == 200


def test_it_takes_nothing_but_frames(client: TestClient) -> None:
    assert client.get("/live").status_code == 405
