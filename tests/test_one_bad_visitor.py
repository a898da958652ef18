"""One visitor must not cost the others: who asks for much comes behind who asks for little."""

import json
import sys
import threading

import httpx
import pytest
from PIL import Image

from demo.server.fair_queue import TOO_MANY
from demo.server.visitors import MOST_WAITING
from tests.conftest import SHIPPED, App
from tests.pictures import encoded, noise

MANY = 14  # questions of one visitor
PATIENCE = 120  # seconds; nothing takes that long unless it would for ever
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8 for its own")


def client(app: App, address: str) -> httpx.Client:
    """Somebody at an address of his own."""
    transport = httpx.HTTPTransport(local_address=address, limits=httpx.Limits(max_connections=200))
    return httpx.Client(base_url=f"{app.address}/gradio_api", timeout=PATIENCE, transport=transport)


def uploaded(http: httpx.Client, data: bytes) -> dict[str, object]:
    path = http.post("/upload", files={"files": ("photo", data)}).raise_for_status().json()[0]
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def joined(http: httpx.Client, file: dict[str, object]) -> httpx.Response:
    return http.post("/call/predict", json={"data": [SHIPPED[0], file]})


def answer(http: httpx.Client, event: str) -> str:
    with http.stream("GET", f"/call/predict/{event}") as stream:
        return "".join(stream.iter_text())


def test_who_asks_for_much_comes_behind_who_asks_for_little(app: App) -> None:
    over: list[str] = []
    with client(app, "127.0.0.2") as bad, client(app, "127.0.0.3") as other:
        costly = [uploaded(bad, encoded(Image.new("RGB", (2100, 2000 + n)), "WEBP")) for n in range(MANY)]
        mine = uploaded(other, encoded(noise(300, 200), "JPEG"))
        events = [joined(bad, file).raise_for_status().json()["event_id"] for file in costly]
        waiting = [threading.Thread(target=lambda event=event: over.append(answer(bad, event))) for event in events]
        for thread in waiting:
            thread.start()
        told = answer(other, joined(other, mine).raise_for_status().json()["event_id"])
        before = len(over)
        for thread in waiting:
            thread.join(PATIENCE)
    assert "event: complete" in told and "confidences" in told
    assert before < len(events) / 2
    assert len(over) == len(events) and all("confidences" in each for each in over)


def test_nobody_fills_the_queue_alone(app: App) -> None:
    with client(app, "127.0.0.4") as bad, client(app, "127.0.0.5") as other:
        file = uploaded(bad, encoded(Image.new("RGB", (2300, 2300)), "WEBP"))
        refused = next(each for _ in range(3 * MOST_WAITING) if (each := joined(bad, file)).status_code != 200)
        assert refused.status_code == 503 and TOO_MANY in json.dumps(refused.json())
        mine = joined(other, uploaded(other, encoded(noise(30, 20), "PNG"))).raise_for_status()
        assert "confidences" in answer(other, mine.json()["event_id"])


def test_an_error_is_never_without_words(app: App) -> None:
    """Also one within Gradio, before our handler is called; and the log has a line of it, no stack of calls."""
    with client(app, "127.0.0.6") as http:
        for data in ([SHIPPED[0], {"path": 5}, ""], [SHIPPED[0], {"path": "/etc/passwd"}, ""], [{"a": []}, [1], {}]):
            asked = http.post("/call/predict", json={"data": data})
            told = asked.text if asked.status_code != 200 else answer(http, asked.json()["event_id"])
            assert "event: complete" not in told
            assert "null" not in told and len(told) > 30 and "/tmp" not in told, told
