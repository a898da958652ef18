"""Kept: each value made once, the oldest dropped when there are too many bytes."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import model_zoo
from model_zoo.common.lru_cache import LRUCache


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
