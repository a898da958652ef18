"""Long work by turns: how many at once, in which order, and that nobody keeps a turn who does not work."""

import itertools
import threading
import time
from collections.abc import Iterator

import pytest

from demo.server import scheduler
from demo.server.scheduler import Turns, alone, paced, scheduled

PATIENCE = 20  # seconds; nothing waits that long unless it would for ever


def run(*works: threading.Thread) -> None:
    for work in works:
        work.start()
    for work in works:
        work.join(PATIENCE)
    assert not any(work.is_alive() for work in works)


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> Turns:
    """The turns of a machine of two cores, passed on after every piece however short."""
    shared = Turns(1)
    monkeypatch.setattr(scheduler, "LONG", shared)
    monkeypatch.setattr(scheduler, "PIECE", 0.0)
    return shared


def has_free_turn(shared: Turns) -> bool:
    got = threading.Event()

    def take() -> None:
        with shared.one():
            got.set()

    run(threading.Thread(target=take))
    return got.is_set()


def test_no_more_work_at_once_than_there_are_turns() -> None:
    shared, lock, now, most = Turns(2), threading.Lock(), [0], [0]

    def work() -> None:
        for _ in range(20):
            with shared.one():
                with lock:
                    now[0] += 1
                    most[0] = max(most[0], now[0])
                time.sleep(0.001)  # in which others would begin, if they could
                with lock:
                    now[0] -= 1

    run(*(threading.Thread(target=work) for _ in range(6)))
    assert most[0] == 2 and now[0] == 0


def test_a_short_job_does_not_wait_for_the_end_of_a_long_one(one: Turns) -> None:
    order: list[str] = []
    begun, asked, done = threading.Event(), threading.Event(), threading.Event()

    @scheduled
    def long() -> None:
        begun.set()
        asked.wait(PATIENCE)
        while not one.waiting:
            time.sleep(0.001)
        for _ in range(100):
            order.append("long")
            one.yield_slot()
        done.set()

    @scheduled
    def short() -> None:
        order.append("short")

    def ask() -> None:
        begun.wait(PATIENCE)
        asked.set()
        short()

    run(threading.Thread(target=long), threading.Thread(target=ask))
    assert done.is_set() and order.count("long") == 100
    assert order.index("short") == 1  # after the first piece


def test_two_long_jobs_take_turns(one: Turns) -> None:
    order: list[str] = []
    ended = threading.Event()

    @scheduled
    def steps(name: str) -> Iterator[None]:
        for _ in range(50):
            while not one.waiting and not ended.is_set():  # for the other to be ready
                time.sleep(0.001)
            order.append(name)
            yield

    def work(name: str) -> None:
        for _ in steps(name):
            pass
        ended.set()

    run(*(threading.Thread(target=work, args=(name,), daemon=True) for name in "ab"))
    assert order.count("a") == order.count("b") == 50
    assert all(first != second for first, second in itertools.pairwise(order))


def test_a_generator_keeps_no_turn_while_it_rests(one: Turns) -> None:
    @scheduled
    def steps() -> Iterator[int]:
        yield 1
        yield 2

    resting = steps()
    assert next(resting) == 1
    assert has_free_turn(one)
    assert list(steps()) == [1, 2]  # another one goes through meanwhile
    assert list(resting) == [2]


def test_a_generator_that_nobody_asks_any_more_is_closed_and_keeps_no_turn(one: Turns) -> None:
    closed = threading.Event()

    @scheduled
    def steps() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.set()

    resting = steps()
    next(resting)
    resting.close()
    assert closed.is_set() and has_free_turn(one)


def test_work_that_fails_gives_its_turn_back(one: Turns) -> None:
    @scheduled
    def fails() -> None:
        raise ValueError("no")

    @scheduled
    def fails_later() -> Iterator[int]:
        yield 1
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()
    with pytest.raises(ValueError, match="no"):
        list(fails_later())
    assert has_free_turn(one)


def test_work_within_work_needs_no_second_turn(one: Turns) -> None:
    @scheduled
    def inner() -> str:
        return "done"

    assert scheduled(inner)() == "done"
    assert has_free_turn(one)


def test_a_report_of_progress_passes_the_turn_on_and_does_nothing_outside_of_one(one: Turns) -> None:
    told: list[tuple[int, int]] = []
    paced(lambda done, of: told.append((done, of)))(1, 2)  # as in a test or a script
    assert told == [(1, 2)] and has_free_turn(one)


def test_one_job_of_a_kind_at_a_time() -> None:
    assert alone("maps")["concurrency_limit"] == 1
    assert alone("maps")["concurrency_id"] != alone("checks")["concurrency_id"]
