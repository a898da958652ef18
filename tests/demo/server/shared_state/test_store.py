"""What every store of shared state does, whoever keeps it. Time passes as it does for a server, too."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from demo.errors import UserError
from demo.server.shared_state.store import MOST_KEY, MOST_VALUE, Store, StoreFull

LONG = 600.0
SHORT = 0.2  # seconds; what is asked for right after it was put is there even on a busy machine


def until(is_so: Callable[[], bool]) -> None:
    """Waits for something that comes with time."""
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None, True, "ä ☃"]}, [], "", 0, False, {"deep": {"er": {}}}])
def test_a_value_comes_back_as_it_was(store: Store, value: Any) -> None:
    store.put("k", value, LONG)
    assert store.get("k") == value and type(store.get("k")) is type(value)
    assert store.get("other") is None


def test_another_value_takes_its_place(store: Store) -> None:
    store.put("k", 1, LONG)
    store.put("k", 2, LONG)
    assert store.get("k") == 2
    assert store.listed("") == {"k": 2}


def test_what_comes_out_is_ones_own(store: Store) -> None:
    given = {"names": ["fox"]}
    store.put("k", given, LONG)
    given["names"].append("owl")
    store.get("k")["names"].append("elk")
    store.listed("k")["k"]["names"].append("cat")
    assert store.get("k") == {"names": ["fox"]}


def test_it_ends_by_itself(store: Store) -> None:
    store.put("short", 1, SHORT)
    store.put("long", 2, LONG)
    assert store.get("long") == 2
    until(lambda: store.get("short") is None)
    assert store.listed("") == {"long": 2}
    assert store.update("short", lambda value: value) is None
    assert store.add("short", 3, LONG)
    assert store.get("short") == 3


def test_a_change_leaves_the_end_where_it_was_and_a_new_value_moves_it(store: Store) -> None:
    store.put("changed", 1, SHORT)
    store.put("anew", 1, SHORT)
    store.update("changed", lambda value: value + 1)
    store.put("anew", 2, LONG)
    until(lambda: store.get("changed") is None)
    assert store.get("anew") == 2


def test_only_the_first_is_added(store: Store) -> None:
    assert store.add("k", "first", LONG)
    assert not store.add("k", "second", LONG)
    assert store.get("k") == "first"


def test_of_many_who_add_at_once_one_succeeds(store: Store) -> None:
    together = threading.Barrier(8)

    def add(who: int) -> bool:
        together.wait()
        return store.add("k", who, LONG)

    with ThreadPoolExecutor(8) as threads:
        added = list(threads.map(add, range(8)))
    assert added.count(True) == 1
    assert store.get("k") == added.index(True)


def test_no_change_is_lost_among_many_at_once(store: Store) -> None:
    together = threading.Barrier(8)
    store.put("k", [], LONG)

    def append(who: int) -> None:
        together.wait()
        for each in range(20):
            store.update("k", lambda found, new=(who, each): [*found, list(new)])

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(append, range(8)))
    assert sorted(store.get("k")) == [[who, each] for who in range(8) for each in range(20)]


def test_a_change_gives_what_is_there_afterwards(store: Store) -> None:
    store.put("k", {"n": 1}, LONG)

    def more(value: Any) -> Any:
        value["n"] += 1
        return value

    assert store.update("k", more) == {"n": 2} == store.get("k")
    assert store.update("k", lambda _: None) == {"n": 2} == store.get("k")
    assert store.update("none", more) is None
    assert store.get("none") is None


def test_a_change_that_fails_changes_nothing(store: Store) -> None:
    store.put("k", {"n": 1}, LONG)

    def wrong(value: Any) -> Any:
        value["n"] = 5
        raise UserError("That is not allowed.")

    with pytest.raises(UserError, match="not allowed"):
        store.update("k", wrong)
    assert store.get("k") == {"n": 1}
    assert store.update("k", lambda value: value | {"m": 1}) == {"n": 1, "m": 1}


def test_what_is_deleted_is_gone(store: Store) -> None:
    for key in "abc":
        store.put(key, key, LONG)
    store.delete("a", "c", "never there")
    store.delete()
    assert store.listed("") == {"b": "b"}
    assert store.get("a") is None


def test_a_listing_is_by_prefix_and_in_order(store: Store) -> None:
    for key in ("pupil:B:2", "pupil:A:2", "pupil:A:1", "class:A", "pupil:A*", "pupil:AB:1"):
        store.put(key, key[-1], LONG)
    assert list(store.listed("pupil:A:")) == ["pupil:A:1", "pupil:A:2"]
    assert store.listed("pupil:A*") == {"pupil:A*": "*"}  # no pattern
    assert store.listed("pupil:[AB]") == {}
    assert store.listed("nobody") == {}


def test_what_is_too_large_is_refused_and_changes_nothing(store: Store) -> None:
    store.put("k", "small", LONG)
    for large in (lambda: store.put("k", "x" * MOST_VALUE, LONG), lambda: store.put("k" * (MOST_KEY + 1), 1, LONG)):
        with pytest.raises(StoreFull):
            large()
    with pytest.raises(StoreFull):
        store.update("k", lambda _: "x" * MOST_VALUE)
    assert store.listed("") == {"k": "small"}
    store.put("k" * MOST_KEY, "x" * (MOST_VALUE - 2), LONG)


def test_all_together_are_bounded_and_room_comes_back(make: Callable[..., Store]) -> None:
    store = make(most_bytes=50_000)

    def fill() -> None:
        for number in range(100):
            store.put(f"k{number:02}", "x" * 5000, LONG)

    with pytest.raises(StoreFull) as refused:
        fill()
    assert str(refused.value).endswith(".")  # a sentence for whoever asked
    kept = store.listed("")
    assert 5 <= len(kept) <= 10
    assert list(kept) == [f"k{number:02}" for number in range(len(kept))]
    with pytest.raises(StoreFull):
        store.add("more", "x" * 6000, LONG)
    with pytest.raises(StoreFull):
        store.update("k00", lambda value: value * 8)
    assert store.listed("") == kept
    store.put("k00", "y" * 5000, LONG)  # in place of one as large
    store.delete("k01", "k02")
    store.put("brief", "x" * 5000, SHORT)
    until(lambda: store.get("brief") is None)
    assert store.add("more", "x" * 5000, LONG)


def test_stores_of_their_own_know_nothing_of_each_other(make: Callable[..., Store]) -> None:
    one, other = make(), make()
    one.put("k", 1, LONG)
    assert other.get("k") is None
