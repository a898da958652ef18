"""LRUCache: each value made once, the longest unused dropped when there are too many, or too many bytes."""

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from torch import nn

import model_zoo
from model_zoo.common.lru_cache import Budget, LRUCache


def test_beyond_the_limit_the_longest_unused_goes_first() -> None:
    kept: LRUCache[bytes] = LRUCache(10, len)
    made = []

    def get(key: str, size: int) -> bytes:
        return kept.get(key, lambda: made.append(key) or bytes(size))

    get("a", 4), get("b", 4)
    get("a", 4)  # used again, so that b is the oldest
    get("c", 4)
    assert get("a", 4) == bytes(4) and made == ["a", "b", "c"]
    get("b", 4)
    assert made == ["a", "b", "c", "b"]


def test_a_value_larger_than_the_limit_is_kept_until_the_next() -> None:
    kept: LRUCache[bytes] = LRUCache(3, len)
    first = kept.get("a", lambda: bytes(9))
    assert kept.get("a", lambda: bytes(8)) is first
    kept.get("b", lambda: bytes(1))
    assert len(kept.get("a", lambda: bytes(7))) == 7


def test_threads_that_ask_together_get_one_value() -> None:
    kept: LRUCache[object] = LRUCache(10, lambda _: 1)
    started, made = threading.Barrier(8), []

    def make() -> object:
        made.append(object())
        return made[-1]

    def ask(_: int) -> object:
        started.wait(timeout=30)
        return kept.get("a", make)

    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(ask, range(8)))
    assert len(made) == 1 and all(value is made[0] for value in values)


def test_a_failure_is_passed_on_and_not_kept() -> None:
    kept: LRUCache[int] = LRUCache(10, lambda _: 1)

    def fail() -> int:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        kept.get("a", fail)
    assert kept.get("a", lambda: 5) == 5


def test_weights_of_all_epochs_of_the_shipped_network_stay_in_memory_together() -> None:
    epochs = model_zoo.load("cifar10-cnn").epochs
    nets = [model_zoo.load("cifar10-cnn", epoch=epoch).net for epoch in epochs]
    assert len(epochs) >= 5 and len(set(map(id, nets))) == len(epochs)
    assert [model_zoo.load("cifar10-cnn", epoch=epoch).net for epoch in epochs] == nets


def test_an_example_that_a_whole_class_asks_about_is_worked_out_once() -> None:
    kept: LRUCache[str] = LRUCache(2)
    made, nets = [], [nn.Linear(1, 1), nn.Linear(1, 1)]

    def ask(key: str, net: nn.Module = nets[0]) -> str:
        return kept.get((key, id(net)), lambda: made.append(key) or f"result of {key}", net)

    assert ask("a") == ask("a") == "result of a" and made == ["a"]
    ask("b")
    ask("a")
    ask("c")  # b goes: a was asked for since
    ask("a")
    assert made == ["a", "b", "c"]
    ask("b")
    ask("b", nets[1])
    assert made == ["a", "b", "c", "b", "b"]


def test_a_value_goes_with_what_it_is_about() -> None:
    """It does not hold a network that nobody else has any more, and another one that gets its `id` gets no value."""
    kept: LRUCache[bytes] = LRUCache(100, len)
    net, other = nn.Linear(1, 1), nn.Linear(1, 1)
    number, alive = id(net), weakref.ref(net)
    kept.keep(number, b"about it", net)
    kept.keep("both", b"about both", (other, net))
    kept.keep("other", b"other", other)
    assert kept.find(number) and kept.find("both") and kept.total == 23
    del net
    gc.collect()
    assert alive() is None
    assert kept.find(number) is None and kept.find("both") is None
    assert kept.find("other") == b"other" and (len(kept), kept.total) == (1, 5)


def test_a_value_of_a_new_thing_under_the_key_of_one_that_has_gone_stays() -> None:
    kept: LRUCache[bytes] = LRUCache(100, len)
    net, new = nn.Linear(1, 1), nn.Linear(1, 1)
    kept.keep("id", b"old", net)
    del net
    gc.collect()
    kept.keep("id", b"newer", new)
    assert kept.find("id") == b"newer" and kept.total == 5


def test_what_has_gone_makes_room_before_what_is_there() -> None:
    budget = Budget(lambda: 10)
    first, second = (LRUCache[bytes](None, len, budget) for _ in range(2))
    net = nn.Linear(1, 1)
    first.keep("used", b"1234")
    first.keep("gone", b"12345", net)
    del net
    gc.collect()
    second.keep("new", b"12345")
    assert first.find("used") and second.find("new") and budget.total == 9


def test_a_newer_value_of_a_key_takes_the_room_of_the_older() -> None:
    kept: LRUCache[bytes] = LRUCache(10, len)
    kept.keep("a", bytes(4))
    for size in (5, 6, 4, 6):
        kept.keep("b", bytes(size))
    assert kept.find("a") == bytes(4)
    assert kept.find("b") == bytes(6)
    assert kept.find("c") is None


def test_where_nobody_may_wait_threads_work_side_by_side() -> None:
    """As they must where each may hold the turn that the other one needs to go on."""
    kept: LRUCache[int] = LRUCache(10)
    both = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        ask = partial(kept.get, "a", lambda: both.wait(timeout=30) or 1, single_flight=False)
        assert [future.result() for future in (pool.submit(ask), pool.submit(ask))] == [1, 1]


def test_caches_with_one_budget_let_go_what_was_asked_for_longest_ago_in_any_of_them() -> None:
    budget = Budget(lambda: 10)
    first, second = (LRUCache[bytes](None, len, budget) for _ in range(2))
    first.keep("a", b"aaaa")
    second.keep("b", b"bbb")
    second.keep("c", b"cc")
    assert first.find("a")  # so that b is the oldest
    first.keep("d", b"ddd")  # 12 of 10
    assert second.find("b") is None and budget.total == 9
    assert first.find("a") and second.find("c") and first.find("d")
    first.keep("e", bytes(50))  # larger than all: only the newest of each stays
    assert first.find("e") and second.find("c") and first.find("a") is None and first.find("d") is None
    assert budget.total == 52


def test_a_budget_may_shrink() -> None:
    limit = [100]
    budget = Budget(lambda: limit[0])
    cache = LRUCache[bytes](None, len, budget)
    for key in range(5):
        cache.keep(key, bytes(10))
    limit[0] = 25
    cache.keep("new", bytes(10))
    assert [key for key in (*range(5), "new") if cache.find(key)] == [4, "new"]
