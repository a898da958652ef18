"""Answers that nobody fetches: they take no more memory than there is for them, and the next ones come."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from demo.server import gradio_compat
from demo.server.unread import Unread, size_of

ANSWER = 1_000_000  # characters
MOST = 3_500_000  # bytes of answers that wait
GONE = "It was let go."
MANY = "There are many already."


@dataclass(frozen=True)
class Page:
    """A running page with one event, which answers with a long text, one after the other."""

    blocks: gr.Blocks
    unread: Unread
    api: httpx.Client

    @property
    def queue(self) -> Any:
        return self.blocks._queue

    def ask(self, session: str, times: int = 1) -> list[int]:
        asked = {"data": [session], "fn_index": 0, "session_hash": session}
        return [self.api.post("/queue/join", json=asked).status_code for _ in range(times)]

    def told(self, session: str) -> list[dict[str, Any]]:
        """All that waits for a session, and comes until its last question is answered."""
        with self.api.stream("GET", "/queue/data", params={"session_hash": session}) as stream:
            return [json.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:")]

    def answers(self, session: str) -> list[str]:
        ended = [each for each in self.told(session) if each["msg"] == "process_completed"]
        return [each["output"]["data"][0][:9] if each["success"] else each["output"]["error"] for each in ended]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    with gr.Blocks(analytics_enabled=False) as blocks:
        text = gr.Textbox()
        text.change(lambda name: name.ljust(ANSWER, "."), text, gr.Textbox(), concurrency_limit=1)
    unread = Unread(GONE, MOST)
    blocks.queue()
    gradio_compat.forget_values(blocks)
    gradio_compat.bound_unread(blocks, unread.add, sessions=2, messages=60, refusal=MANY)
    _, address, _ = blocks.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", ssr_mode=False)
    with httpx.Client(base_url=f"{address}gradio_api", timeout=60) as api:
        yield Page(blocks, unread, api)
    blocks.close()


def test_of_answers_that_nobody_fetches_the_oldest_are_let_go(page: Page) -> None:
    names = [f"visitor {n}" for n in range(8)]
    for name in names:
        page.ask(name)
    page.ask("the last")
    assert page.answers("the last") == ["the last."]
    assert MOST - ANSWER < page.unread.total <= MOST
    # Beside that of the last there was room for two.
    assert [page.answers(name) for name in names] == [[GONE]] * 6 + [[name] for name in names[6:]]


def test_answers_that_are_fetched_leave_room(page: Page) -> None:
    for n in range(12):
        page.ask(f"visitor {n}")
        assert page.answers(f"visitor {n}") == [f"visitor {n}"[:9]]
    assert page.unread.total <= 2 * ANSWER


def test_a_session_that_fetches_nothing_is_refused_at_last_and_told_answers_alone(page: Page) -> None:
    codes = page.ask("one", times=200)
    assert codes[:30] == [200] * 30 and codes[-1] == 503
    kinds = [each["msg"] for each in page.told("one")]
    assert kinds.count("process_completed") == codes.count(200) > kinds.count("estimation")
    page.ask("another")
    assert page.answers("another") == ["another.."]


def test_names_of_sessions_that_are_gone_are_not_kept(page: Page) -> None:
    page.queue.pending_messages_per_session.max_size = 4
    for n in range(20):
        page.ask(f"visitor {n}")
        page.told(f"visitor {n}")
    assert len(page.queue.pending_event_ids_session) <= 4 + 2 + 1


def test_a_session_keeps_no_answer_that_was_fetched(page: Page) -> None:
    page.ask("one", times=3)
    assert page.answers("one") == ["one......"] * 3
    session = page.blocks.state_holder["one"]
    assert size_of([each["props"] for each in session.components]) < ANSWER / 10


@pytest.mark.parametrize(
    ("value", "least"),
    [("a" * 5_000, 5_000), (["a" * 700, {"b": "c" * 800}], 1_500), ({"a": list(range(1_000))}, 30_000), (None, 0)],
)
def test_how_large_an_answer_is(value: Any, least: int) -> None:
    assert least <= size_of(value) <= least + 3_000
