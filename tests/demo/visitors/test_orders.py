"""Orders of visitors: one at a time, by turns of those who order, and each told a place that comes true."""

import threading
import time
from collections.abc import Callable

from demo.server.visitors import Visitor as Asks
from demo.server.visitors import asking
from demo.visitors.orders import Order, Orders
from demo.visitors.visitors import Visitor

PATIENCE = 20  # seconds


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_many_of_one_address_come_by_turns_with_one_of_another() -> None:
    orders, begun, go_on = Orders("busy", "things"), [], threading.Semaphore(0)

    def order(address: str, session: str) -> Order:
        def work(_: Order) -> dict:
            begun.append(f"{address} {session}")
            assert go_on.acquire(timeout=PATIENCE)
            return {}

        with asking(Asks(address, session)):
            made = Order(Visitor(None), work, 1.0)
        orders.add(made)
        return made

    first = order("school", "1")
    until(lambda: begun == ["school 1"])
    others = [order("school", str(number)) for number in (2, 3, 4)]
    stranger = order("home", "1")
    # As told, so it comes: the stranger before the school's second, whatever the time of arrival.
    assert [orders.look(each.visitor)["place"] for each in (stranger, *others)] == [1, 2, 3, 4]
    for _ in range(5):
        go_on.release()
    until(lambda: all(each.is_over for each in (first, *others, stranger)))
    assert begun == ["school 1", "home 1", "school 2", "school 3", "school 4"]
