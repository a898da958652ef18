"""The wiring of the page, without a server."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from gradio.blocks import BlockFunction

from demo import page, page_layout
from demo.core.handlers import user_errors
from demo.errors import UserError
from demo.server.paths import cores
from demo.server.visitors import MOST_IN_QUEUE, SPARE
from model_zoo.entries import folders

API = ["predict", "judge", "feature_maps", "curves"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gr.Blocks]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        yield page.build()


@pytest.fixture(scope="module")
def wired(built: gr.Blocks) -> list[BlockFunction]:
    """All events that call Python."""
    return [event for event in built.fns.values() if event.fn is not None]


def name_of(event: BlockFunction) -> str:
    return inspect.unwrap(event.fn).__name__


def test_exactly_four_endpoints_are_public_and_say_what_they_do(built: gr.Blocks, wired: list[BlockFunction]) -> None:
    public = [event for event in wired if event.api_visibility == "public"]
    assert [event.api_name for event in public] == API
    for event in public:
        assert "Args:" in inspect.getdoc(event.fn) and "Returns:" in inspect.getdoc(event.fn)
    endpoints = built.get_api_info()["named_endpoints"]
    assert list(endpoints) == [f"/{name}" for name in API]
    names = {
        name: [parameter["parameter_name"] for parameter in facts["parameters"]] for name, facts in endpoints.items()
    }
    assert names == {
        "/predict": ["model", "picture", "crop"],
        "/judge": ["model", "picture", "false_alarms", "coverage", "crop"],
        "/feature_maps": ["model", "picture", "step", "crop"],
        "/curves": ["models"],
    }
    assert all(facts["description"] for facts in endpoints.values())


def test_answers_share_one_limit_and_long_work_has_queues_of_its_own(wired: list[BlockFunction]) -> None:
    """Whatever handler somebody adds: it cannot run on more cores than there are, nor keep all answers waiting."""
    limits: dict[str, set[object]] = {}
    for event in wired:
        assert event.concurrency_limit == "default" or isinstance(event.concurrency_limit, int)
        if isinstance(event.concurrency_limit, int):
            assert event.queue and event.concurrency_limit >= 1
            limits.setdefault(str(event.concurrency_id), set()).add(event.concurrency_limit)
    assert all(len(each) == 1 for each in limits.values())
    assert limits["model"] == {cores() + SPARE}  # of which a visitor has one for each core
    asked_for_an_answer = [name_of(event) for event in wired if event.concurrency_id == "model"]
    assert {"refresh", "pick", "predict"} <= set(asked_for_an_answer)
    # A hundred times as much work goes one at a time, and nobody else waits for it.
    for name in ("stability", "importance", "maps", "checks", "steady", "search", "climb", "photos", "mistakes"):
        assert limits[name] == {1}, name


def test_nothing_is_answered_in_batches(wired: list[BlockFunction]) -> None:
    """One unreadable picture would fail the whole batch, other people's included."""
    assert not any(event.batch for event in wired)


def test_the_queue_is_bounded_and_cannot_be_gone_around(built: gr.Blocks) -> None:
    assert built._queue.max_size == MOST_IN_QUEUE
    assert built.api_open is False


def test_nothing_is_reported_to_anybody(built: gr.Blocks) -> None:
    assert built.analytics_enabled is False


def test_pictures_are_deleted_after_a_while(built: gr.Blocks) -> None:
    every, age = built.delete_cache
    assert 0 < every <= age <= 4 * 3600  # the page promises four hours
    assert "four hours" in page_layout.PRIVACY


def test_without_any_network_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(folders, "SHIPPED", tmp_path)
    with pytest.raises(RuntimeError, match="no usable network"):
        page.build()


def test_errors_become_sentences_and_the_unexpected_one_line_of_log(caplog: pytest.LogCaptureFixture) -> None:
    def handler(error: Exception) -> None:
        raise error

    with pytest.raises(gr.Error) as expected:
        user_errors(handler)(UserError("There is no such thing."))
    assert expected.value.message == "There is no such thing." and not caplog.records
    with pytest.raises(gr.Error) as unexpected:
        user_errors(handler)(ValueError("secret\npath"))
    assert "secret" not in unexpected.value.message
    assert len(caplog.records) == 1 and "\n" not in caplog.text.strip() and "secret" in caplog.text
    assert not expected.value.print_exception and not unexpected.value.print_exception  # else Gradio logs the stack


def test_a_part_is_described_as_gradio_describes_it_and_sessions_do_not_share_the_description(built: gr.Blocks) -> None:
    for block in built.blocks.values():
        assert block.get_config() == type(block).get_config(block)
        if not block.skip_api:
            assert block.api_info() == type(block).api_info(block)
        block.get_config()["value"] = "of one visitor"
        assert block.get_config().get("value") != "of one visitor"
