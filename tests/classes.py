"""A class on a running page, over HTTP: what the browsers of a teacher and of pupils send."""

import json
from typing import Any

import httpx

PATIENCE = 60  # seconds
LESSON, CARD, RIGHT, WRONG = "convolution", 1, ["4", "4"], ["3", "3"]  # a card from 0 that needs no picture


class Refused(Exception):
    """The server has refused something, in a sentence."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(f"{status}: {told}")
        self.status, self.told = status, told


def sent(address: str, action: str, content: bytes, client: httpx.Client | None = None) -> httpx.Response:
    """The answer to any body at all."""
    post = client.post if client else httpx.post
    return post(f"{address}/class/{action}", content=content, timeout=PATIENCE)


def ask(address: str, action: str, client: httpx.Client | None = None, **question: Any) -> Any:
    """The answer's JSON, or its text where it is CSV.

    Raises:
        Refused: there is none.
    """
    answer = sent(address, action, json.dumps(question).encode(), client)
    if answer.status_code != 200:
        raise Refused(answer.status_code, answer.json()["told"])
    return answer.text if "csv" in answer.headers["content-type"] else answer.json()


class Page:
    """One browser's questions to the page's queue: answers on cards, as the strip of cards sends them."""

    def __init__(self, address: str, session: str) -> None:
        """For a session of that name, on the page that runs there."""
        self.address, self.session = address, session
        self.client = httpx.Client(timeout=PATIENCE)
        config = self.client.get(f"{address}/config").json()
        number = next(each["id"] for each in config["components"] if each["props"].get("elem_id") == "lesson")
        self.event = next(
            each for each in config["dependencies"] if [number, "check"] in [list(at) for at in each["targets"]]
        )

    def answer(self, numbers: list[str], given: Any, lesson: str = LESSON, card: int = CARD) -> dict[str, Any]:
        """The verdict on numbers, with what the page says of the class that it is in."""
        data = {"lesson": lesson, "card": card, "ticket": 1, "numbers": numbers, "query": "", "class": given}
        asked = {"data": ["cifar10-cnn", None], "event_data": data, "fn_index": self.event["id"]}
        asked |= {"session_hash": self.session}
        self.client.post(f"{self.address}/gradio_api/queue/join", json=asked).raise_for_status()
        query = f"{self.address}/gradio_api/queue/data?session_hash={self.session}"
        with self.client.stream("GET", query) as stream:
            for line in stream.iter_lines():
                if '"process_completed"' in line:
                    return json.loads(json.loads(line.removeprefix("data:"))["output"]["data"][0])
        raise RuntimeError("the page gave no verdict")
