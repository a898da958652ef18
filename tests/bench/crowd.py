"""Visitors of replicas behind a proxy, each with a cookie, a picture and a view of their own: what they get, where."""

import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
from PIL import Image

import model_zoo
from demo.core.view import View
from tests.helpers import JSON, events_of

MODEL = "cifar10-cnn"
STEPS = ("conv1", "conv2", "conv3", "conv4")
PICTURES = 24  # different ones; a file has some bytes behind its picture's end, so that each visitor's is another
PATIENCE = 60.0  # seconds until a visitor who was cut off must be served again


class CutOff(Exception):
    """The connection broke, or what is behind the proxy does not answer."""


@dataclass
class Visitor:
    """One of them. `served`: by which server, in order; `cut`: how often the page would have said "Connection lost"."""

    number: int
    http: httpx.Client
    events: dict[str, int]
    served: list[str] = field(default_factory=list)
    cut: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    _file: dict[str, Any] | None = None

    @property
    def view(self) -> View:
        """What this visitor looks at."""
        return View(model=MODEL, tab="explore", step=STEPS[self.number % len(STEPS)], channel=self.number % 16)

    def visit(self) -> None:
        """One round: which server is it, an answer for one's own picture, the maps of one's view."""
        until = time.monotonic() + PATIENCE
        start = time.perf_counter()
        while True:
            try:
                server = self._asked("GET", "/gradio_api/app_id").json()["app_id"]
                self._answer()
                self._maps()
                break
            except CutOff:
                if time.monotonic() > until:
                    raise
                self.cut += 1
                time.sleep(0.2)
        self.seconds.append(time.perf_counter() - start)
        if not self.served or self.served[-1] != server:
            self.served.append(server)

    def _answer(self) -> None:
        if self._file is None:
            data = picture(self.number % PICTURES) + self.number.to_bytes(4, "big")
            path = self._asked("POST", "/gradio_api/upload", files={"files": ("mine.png", data, "image/png")}).json()[0]
            self._file = {"path": path, "orig_name": "mine.png", "meta": {"_type": "gradio.FileData"}}
        asked = self._asked("POST", "/gradio_api/call/predict", json={"data": [MODEL, self._file]})
        text = self._asked("GET", f"/gradio_api/call/predict/{asked.json()['event_id']}").text
        if "event: complete" not in text:
            # The file was not where this server looks: its folder is not shared. The page would ask for it again.
            self._file = None
            raise CutOff(text[:200])
        rows = json.loads(text.partition("data: ")[2])[0]["confidences"]
        expected = answers(self.number % PICTURES)
        if any(abs(row["confidence"] - expected[row["label"]]) > 1e-4 for row in rows):
            self.wrong.append(f"visitor {self.number} got {rows[0]}")

    def _maps(self) -> None:
        view = self.view
        body = {
            "data": [view.query(), MODEL, self._file],
            "fn_index": self.events["pick"],
            "session_hash": f"visitor-{self.number}",
            "event_data": {"step": view.step, "channel": view.channel},
        }
        self._asked("POST", "/gradio_api/queue/join", content=json.dumps(body), headers=JSON)
        told = self._asked("GET", "/gradio_api/queue/data", params={"session_hash": body["session_hash"]}).text
        messages = [json.loads(line[5:]) for line in told.splitlines() if line.startswith("data:")]
        done = next((each for each in messages if each["msg"] == "process_completed"), None)
        if done is None or not done["success"]:
            raise CutOff(told[:200])
        got = View.parse(done["output"]["data"][0])
        if (got.step, got.channel) != (view.step, view.channel):
            self.wrong.append(f"visitor {self.number} saw {got}")

    def _asked(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = self.http.request(method, path, **more)
        except httpx.TransportError as error:
            raise CutOff(repr(error)) from error
        if answer.status_code >= 500 or (answer.status_code == 404 and "/call/" in path):
            raise CutOff(f"{answer.status_code} {path}")
        return answer.raise_for_status()


_lock = threading.Lock()
_pictures: dict[int, bytes] = {}
_answers: dict[int, dict[str, float]] = {}


def picture(number: int) -> bytes:
    """A PNG; every number gives another."""
    with _lock:
        if number not in _pictures:
            values = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
            buffer = io.BytesIO()
            Image.fromarray(values).resize((64, 64), Image.Resampling.BICUBIC).save(buffer, "PNG")
            _pictures[number] = buffer.getvalue()
        return _pictures[number]


def answers(number: int) -> dict[str, float]:
    """What the network says of that picture, worked out here."""
    data = picture(number)
    with _lock:
        if number not in _answers:
            _answers[number] = dict(model_zoo.load(MODEL).predict(Image.open(io.BytesIO(data))))
        return _answers[number]


def crowd(
    address: str, count: int, rounds: int, meanwhile: Callable[[list[Visitor]], None] | None = None
) -> list[Visitor]:
    """So many visitors at once, each for so many rounds; `meanwhile` is called once each of them has been served."""
    for number in range(min(count, PICTURES)):
        answers(number)
    events = events_of(address)
    # verify=False: the address is plain HTTP, and loading certificates would cost more than the requests.
    visitors = [
        Visitor(number, httpx.Client(base_url=address, timeout=60, verify=False), events) for number in range(count)
    ]
    everybody = threading.Barrier(count + 1)
    failed: list[BaseException] = []

    def live(visitor: Visitor) -> None:
        try:
            visitor.visit()
            everybody.wait(PATIENCE * 2)
            for _ in range(rounds - 1):
                visitor.visit()
        except BaseException as error:
            failed.append(error)
            everybody.abort()

    threads = [threading.Thread(target=live, args=(each,)) for each in visitors]
    for thread in threads:
        thread.start()
    try:
        everybody.wait(PATIENCE * 2)
        if meanwhile:
            meanwhile(visitors)
    except threading.BrokenBarrierError:
        pass
    for thread in threads:
        thread.join()
    for each in visitors:
        each.http.close()
    if failed:
        raise failed[0]
    return visitors


def shares(visitors: list[Visitor]) -> Counter[str]:
    """How many visitors each server had first."""
    return Counter(each.served[0] for each in visitors)
