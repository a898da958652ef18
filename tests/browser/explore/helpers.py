"""What the tests of the calculation of a value look at."""

import re
from decimal import ROUND_HALF_UP, Decimal

from playwright.sync_api import Locator, Page, expect

from tests.browser.actions import (
    FIRST_EXAMPLE,
    walked,
)
from tests.conftest import SHIPPED

MINUS = "\N{MINUS SIGN}"


def decimal(text: str) -> Decimal:
    return Decimal(text.strip().replace(MINUS, "-").replace(",", ""))


def value(step: str, *place: int) -> float:
    output = next(one for one in walked(SHIPPED[0], FIRST_EXAMPLE) if one.name == step).output
    return float(output[(0, *place)[: output.dim()]])


def expect_card(page: Page, index: int, step: str, *place: int) -> Locator:
    """The card explains the value of the tensor, and what it shows of it is that value."""
    card = page.locator("#inspector .card").nth(index)
    where = f"channel {place[0]}, row {place[1]}, column {place[2]}" if len(place) == 3 else f"entry {place[0]}"
    expect(card.locator("h4")).to_contain_text(re.compile(rf"^{step} .*{where}"))
    shown = card.locator(".result").inner_text().strip("= \n")
    decimals = len(shown.partition(".")[2])
    assert abs(float(decimal(shown)) - value(step, *place)) <= 0.51 * 10**-decimals
    check = card.locator(".check")
    expect(check).to_have_class(re.compile("ok"))
    expect(check).to_contain_text(re.compile(r"^✓ Adds up: .* < 1e−4$"))
    return card


def expect_table_adds_up(card: Locator) -> None:
    """The numbers shown, of the first rows, of those drawn together and of the bias, make the total shown."""
    rows = card.locator(".sum > tbody > tr:not(.detail-of)")
    numbers = [decimal(text) for text in rows.locator("> td:nth-child(3)").all_inner_texts()]
    total = numbers.pop()
    assert sum(numbers).quantize(total, ROUND_HALF_UP) == total
    so_far = [decimal(text) for text in rows.locator("> td:nth-child(5)").all_inner_texts() if text]
    assert so_far == [sum(numbers[: i + 1]).quantize(total, ROUND_HALF_UP) for i in range(len(numbers))]
    expect(card.locator(".words")).to_contain_text(rows.nth(len(numbers) - 1).locator("> td:nth-child(3)").inner_text())


def field_shown(page: Page) -> list[int]:
    """Top, left, bottom and right of the box on the picture, in the network's pixels."""
    style = page.locator("#channel .field").evaluate("({ style: s }) => [s.top, s.left, s.height, s.width]")
    top, left, height, width = (float(text.strip("%")) * 32 / 100 for text in style)
    return [round(number) for number in (top, left, top + height, left + width)]
