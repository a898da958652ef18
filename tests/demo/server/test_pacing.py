"""How often visitors may look at a picture that moves."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from demo.server import pacing
from demo.server.pacing import LEAST, MOST_WAITING, SHARE, Busy, Pace
from demo.server.paths import cores
from demo.server.scheduler import QUESTIONS
from demo.server.visitors import Visitor


def run(*called: Any) -> Any:
    """As `anyio.run`, in a thread of its own: a browser that another test has opened keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, *called).result()


class Clock:
    """Seconds that pass when a test says so."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


async def looked(pace: Pace, clock: Clock, visitor: str, seconds: float) -> float:
    """The pause that a look of so many seconds ends with."""
    async with pace.one(Visitor(session=visitor)) as look:
        clock.now += seconds
    return look.wait


def test_one_visitor_may_look_often() -> None:
    clock = Clock()
    pace = Pace(1, clock)
    wait = run(looked, pace, clock, "a", 0.02)
    assert wait == pytest.approx(LEAST - 0.02)  # so that 5 pictures a second take no more than 0.1 s on their way


def test_all_looks_together_take_their_share_of_the_time() -> None:
    async def crowd() -> dict[str, float]:
        names = [f"v{number}" for number in range(30)]
        waits: dict[str, float] = {}
        for _ in range(8):
            waits = {name: await looked(pace, clock, name, 0.02) for name in names}
        return waits

    clock = Clock()
    pace = Pace(1, clock)
    waits = run(crowd)
    assert pace.visitors == 30
    for wait in waits.values():
        assert 30 * 0.02 / (wait + 0.02) == pytest.approx(SHARE, rel=0.1)
    clock.now += 60
    assert pace.visitors == 0
    assert pace.period() == LEAST


def test_looks_that_take_longer_come_less_often() -> None:
    clock = Clock()
    pace = Pace(1, clock)
    before = pace.period()
    for _ in range(40):
        run(looked, Pace(1, clock), clock, "other", 0.0)
        pace.took(0.4)
    run(looked, pace, clock, "a", 0.4)
    assert before == LEAST
    assert pace.period() == pytest.approx(0.4 / SHARE, rel=0.05)


def test_a_visitor_has_one_look_at_a_time_and_few_wait() -> None:
    async def storm() -> tuple[list[str], int, int]:
        pace = Pace(1)
        going = anyio.Event()
        order: list[str] = []
        most, now, refused = 0, 0, 0

        async def visit(name: str) -> None:
            nonlocal most, now, refused
            try:
                async with pace.one(Visitor(name, name)):
                    now += 1
                    most = max(most, now)
                    order.append(name)
                    await going.wait()
                    now -= 1
            except Busy:
                refused += 1

        async with anyio.create_task_group() as group:
            for number in range(MOST_WAITING + 4):
                group.start_soon(visit, f"v{number}")
                await anyio.lowlevel.checkpoint()
            group.start_soon(visit, "v0")  # which has one already
            await anyio.wait_all_tasks_blocked()
            going.set()
        assert most == 1
        return order, refused, len(pace._looking)

    order, refused, left = run(storm)
    assert order == [f"v{number}" for number in range(MOST_WAITING + 1)]
    assert refused == 4
    assert left == 0


@pytest.fixture
def questions() -> Iterator[threading.Event]:
    """As many ordinary questions as there are cores are worked on, until this is set."""
    done, begun = threading.Event(), threading.Barrier(cores() + 1)

    def ask() -> None:
        with QUESTIONS.one():
            begun.wait()
            done.wait()

    threads = [threading.Thread(target=ask) for _ in range(cores())]
    for thread in threads:
        thread.start()
    begun.wait()
    yield done
    done.set()
    for thread in threads:
        thread.join()


async def begins(patience: float, begun: anyio.Event) -> None:
    async with Pace(1, patience=patience).one(Visitor("a")):
        begun.set()


def test_a_look_lets_ordinary_questions_go_first(questions: threading.Event) -> None:
    async def watch() -> None:
        begun = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(begins, 60.0, begun)
            await anyio.sleep(5 * pacing.STEP)
            assert not begun.is_set()
            questions.set()
        assert begun.is_set()

    run(watch)


def test_a_look_is_not_kept_waiting_for_ever(questions: threading.Event) -> None:
    begun = anyio.Event()
    run(begins, 2 * pacing.STEP, begun)
    assert begun.is_set()
    assert not questions.is_set()
