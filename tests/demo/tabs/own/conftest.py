"""Visitors who teach classes of their own, by the address to which their page sends everything."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from demo.tabs.own.route import route
from demo.visitors.visitors import VISITORS
from tests.own_pictures import pictures, png

BODY = "cifar10-fast"  # a small one
PATIENCE = 300  # seconds for a network, on a busy machine


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_PRIVATE", str(tmp_path / "private"))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=[route()])) as client:
        yield client


class Somebody:
    """A visitor's browser."""

    def __init__(self, client: TestClient, session: str) -> None:
        self.client, self.session = client, session
        self.token = VISITORS.open("", session)

    def send(self, action: str, content: Any, **query: object) -> Any:
        return self.client.post(
            f"/own/{action}",
            content=content,
            params={name: str(value) for name, value in query.items()},
            headers={"X-Visitor": self.token},
        )

    def ask(self, action: str, **question: Any) -> Any:
        return self.send(action, json.dumps(question)).json()

    def give(self, label: int, picture: Image.Image, name: str = "one.png") -> Any:
        return self.send("add", png(picture), **{"class": label, "name": name}).json()

    def taught(self, count: int = 6) -> list[int]:
        """Two classes with so many pictures each; their numbers."""
        labels = []
        for kind in ("stripes", "discs"):
            labels.append(self.ask("add-class", name=kind)["class"])
            for at, picture in enumerate(pictures(kind, count)):
                assert "picture" in self.give(labels[-1], picture, f"{kind}{at}.png")
        return labels

    def looked(self) -> Any:
        """The answer once all pictures have passed."""
        while True:
            found = self.ask("look", body=BODY)
            if found["learned"] == found["of"]:
                return found

    def waited(self, action: str = "state") -> Any:
        """The order, once it is over; `action` asks how it stands."""
        until = time.monotonic() + PATIENCE
        while (found := self.ask(action))["state"] in ("waiting", "running"):
            assert time.monotonic() < until
            time.sleep(0.05)
        return found


@pytest.fixture
def somebody(client: TestClient) -> Iterator[Somebody]:
    one = Somebody(client, "somebody")
    yield one
    VISITORS.close(one.token)


@pytest.fixture
def other(client: TestClient) -> Iterator[Somebody]:
    one = Somebody(client, "another")
    yield one
    VISITORS.close(one.token)
