"""Visitors who train small networks, by the addresses to which their page sends everything."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.tabs.builder.route import route
from demo.tabs.own import route as own
from demo.visitors.visitors import VISITORS

PATIENCE = 300  # seconds for a training, on a busy machine


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_PRIVATE", str(tmp_path / "private"))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=[route(), own.route()])) as client:
        yield client


class Builder:
    """A visitor's browser."""

    def __init__(self, client: TestClient, session: str) -> None:
        self.client, self.session = client, session
        self.token = VISITORS.open("", session)

    def send(self, address: str, content: Any, **query: object) -> Any:
        words = {name: str(value) for name, value in query.items()}
        return self.client.post(address, content=content, params=words, headers={"X-Visitor": self.token})

    def ask(self, action: str, **question: Any) -> Any:
        return self.send(f"/build/{action}", json.dumps(question)).json()

    def train(self, *variants: str, **more: Any) -> Any:
        usual = {"set": "digits", "epochs": 3, "rate": 0.01, "seed": 0, "pictures": 2000}
        return self.ask("train", **usual | {"variants": list(variants)} | more)

    def waited(self, until: tuple[str, ...] = ("done", "stopped", "failed")) -> Any:
        """The order once it is in one of these states."""
        end = time.monotonic() + PATIENCE
        while (found := self.ask("state"))["state"] not in until:
            assert time.monotonic() < end
            time.sleep(0.02)
        return found


@pytest.fixture
def somebody(client: TestClient) -> Iterator[Builder]:
    one = Builder(client, "somebody")
    yield one
    VISITORS.close(one.token)


@pytest.fixture
def other(client: TestClient) -> Iterator[Builder]:
    one = Builder(client, "another")
    yield one
    VISITORS.close(one.token)
