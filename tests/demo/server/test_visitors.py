"""One visitor does not cost the others: whose turn it is, and how much of the server anybody has at once."""

import threading
from collections import Counter

from demo.server.fair_queue import FULL, TOO_MANY, ByVisitor
from demo.server.scheduler import Turns
from demo.server.visitors import (
    MOST_IN_QUEUE,
    MOST_OF_ADDRESS,
    MOST_WAITING,
    SPARE,
    Rota,
    Visitor,
    asking,
    current,
    may_begin,
)

PATIENCE = 20  # seconds; nothing waits that long unless it would for ever
GREEDY, OTHER, THIRD = (Visitor(f"10.0.0.{n}", "page") for n in (1, 2, 3))


def names(rota: Rota, waiting: list[Visitor]) -> list[Visitor]:
    return [waiting[number] for number in rota.order(waiting)]


def test_ten_questions_of_one_come_after_the_first_of_another() -> None:
    waiting = [*10 * [GREEDY], OTHER, THIRD, OTHER]
    assert names(Rota(), waiting)[:5] == [GREEDY, OTHER, THIRD, GREEDY, OTHER]
    rota = Rota()
    rota.served(GREEDY)
    assert names(rota, waiting)[:3] == [OTHER, THIRD, GREEDY]


def test_each_visitors_own_questions_keep_their_order() -> None:
    waiting = [GREEDY, OTHER, GREEDY, OTHER, GREEDY]
    order = Rota().order(waiting)
    assert sorted(order) == [0, 1, 2, 3, 4]
    assert [n for n in order if waiting[n] == GREEDY] == [0, 2, 4]


def test_many_sessions_of_one_address_are_one_in_the_turns_of_addresses() -> None:
    inventive = [Visitor("10.0.0.1", f"made up {n}") for n in range(20)]
    order = names(Rota(), [*inventive, OTHER, OTHER])
    assert order[1] == OTHER and order[3] == OTHER


def test_a_class_behind_one_address_shares_it_evenly() -> None:
    first, second = Visitor("10.0.0.9", "first"), Visitor("10.0.0.9", "second")
    assert names(Rota(), [first, first, first, second]) == [first, second, first, first]


def test_who_was_served_longest_ago_is_next() -> None:
    rota, taken = Rota(), []
    waiting = [GREEDY, GREEDY, GREEDY, OTHER, OTHER, THIRD]
    while waiting:
        number = rota.order(waiting)[0]
        rota.served(waiting[number])
        taken.append(waiting.pop(number))
    assert taken == [GREEDY, OTHER, THIRD, GREEDY, OTHER, GREEDY]


def test_nobody_has_all_places() -> None:
    cores = 2
    places, neighbour = cores + SPARE, Visitor(GREEDY.address, "another page")
    assert may_begin(GREEDY, [GREEDY], places)
    assert not may_begin(GREEDY, cores * [GREEDY], places)
    assert may_begin(neighbour, cores * [GREEDY], places)
    assert not may_begin(neighbour, [*cores * [GREEDY], neighbour], places)
    assert may_begin(OTHER, [*cores * [GREEDY], neighbour], places)
    assert may_begin(GREEDY, [], 1) and may_begin(GREEDY, 50 * [GREEDY], None)


def test_of_those_that_wait_one_that_may_begin_is_next() -> None:
    policy = ByVisitor()
    assert policy.next("model", [GREEDY, GREEDY, OTHER], [GREEDY, GREEDY], 4) == 2
    assert policy.next("model", [GREEDY, GREEDY], [GREEDY, GREEDY], 4) is None
    assert policy.next("another queue", [GREEDY, OTHER], [], 1) == 0


def test_a_queue_that_one_visitor_fills_has_room_for_others() -> None:
    policy, theirs = ByVisitor(), MOST_WAITING * [GREEDY]
    assert policy.refusal(GREEDY, theirs) == TOO_MANY and policy.refusal(GREEDY, theirs[1:]) == ""
    inventive = [Visitor(GREEDY.address, str(n)) for n in range(MOST_OF_ADDRESS)]
    assert policy.refusal(GREEDY, inventive) == TOO_MANY and policy.refusal(OTHER, inventive) == ""
    crowd = [Visitor(str(n)) for n in range(MOST_IN_QUEUE)]
    assert policy.refusal(OTHER, crowd) == FULL


def test_long_work_goes_by_turns_of_visitors() -> None:
    turns, order = Turns(1), []
    begun, ready = threading.Event(), threading.Event()

    def first() -> None:
        with turns.one():
            begun.set()
            ready.wait(PATIENCE)

    def work(visitor: Visitor) -> None:
        with asking(visitor), turns.one():
            assert current() == visitor
            order.append(visitor)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    begun.wait(PATIENCE)
    for count, visitor in enumerate([GREEDY, GREEDY, GREEDY, OTHER], 1):
        threads.append(threading.Thread(target=work, args=(visitor,)))
        threads[-1].start()
        while turns.waiting < count:
            pass
    ready.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert order == [GREEDY, OTHER, GREEDY, GREEDY]
    assert Counter(order)[GREEDY] == 3


def test_who_waits_for_something_else_keeps_no_turn() -> None:
    turns, done = Turns(1), threading.Event()

    def other() -> None:
        with turns.one():
            done.set()

    with turns.one():
        thread = threading.Thread(target=other)
        thread.start()
        with turns.aside():
            assert done.wait(PATIENCE)
        thread.join(PATIENCE)
    with turns.aside():  # outside of a turn: nothing
        assert not turns.waiting
