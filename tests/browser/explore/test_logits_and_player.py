"""From a logit to the probabilities, the window that slides, and the strip's blocks."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import model_zoo
from demo.pictures.decode import open_image
from tests.browser.actions import (
    FIRST_EXAMPLE,
    choose_model,
    choose_segment,
    choose_tab,
    expect_answer,
    expect_step,
    pixels,
    quiet,
    walked,
)
from tests.browser.conftest import Visit
from tests.browser.explore.helpers import MINUS, decimal, expect_card, expect_table_adds_up, value
from tests.conftest import SECOND, SHIPPED

pytestmark = pytest.mark.browser
# Where the words of some elements begin, from above.
TOPS = """(nodes) => nodes.map((node) => {
  const words = document.createRange();
  words.selectNodeContents(node.querySelector('button') ?? node);
  return words.getBoundingClientRect().top;
})"""


def test_from_logits_to_probabilities_and_another_network(visit: Visit) -> None:
    page = visit("?tab=explore&step=fc3&channel=6")
    card = expect_card(page, 0, "fc3", 6)
    expect_table_adds_up(card)
    panel = page.locator("#inspector .softmax")
    expect(panel.locator(".check")).to_have_class(re.compile("ok"))
    ranking = model_zoo.load(SHIPPED[0]).predict(open_image(FIRST_EXAMPLE))
    rows = panel.locator("tbody tr")
    assert [row.locator("th").inner_text() for row in rows.all()[:-1]] == [label for label, _ in ranking]
    assert np.allclose(shares(rows), [100 * share for _, share in ranking], atol=0.01)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for row in rows.all()[:-1]:
        power, total = (float(one.locator("td").nth(1).inner_text().replace(MINUS, "-")) for one in (row, rows.last))
        assert abs(100 * power / total - shares_of(row)) <= 0.00501
    expect_marked_together(panel)
    panel.locator("input").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    warm = shares(rows)
    temperature = 10**0.3
    logits = np.array([value("fc3", model_zoo.load(SHIPPED[0]).classes.index(label)) for label, _ in ranking])
    expected = np.exp(logits / temperature) / np.exp(logits / temperature).sum()
    expect(panel.locator(".check")).to_be_hidden()  # the network's own softmax has the temperature 1
    assert np.allclose(warm, 100 * expected, atol=0.01)
    assert not asked
    choose_model(page, SECOND)
    expect_answer_of(page, SECOND)


def expect_marked_together(panel: Locator) -> None:
    """A term of the formula and its row mark each other: by mouse, and by keyboard."""
    rows, terms, marked = (panel.locator(each) for each in ("tbody tr", ".formula .term", ".marked"))
    expect(terms).to_have_count(11)  # the class's own above the line, ten below
    powers = [float(decimal(text)) for text in terms.all_inner_texts()[1:]]
    shown = [row.locator("td").nth(1).inner_text() for row in rows.all()]
    assert powers == [float(decimal(text)) for text in shown[:-1]]
    terms.nth(4).hover()
    expect(marked).to_have_count(2 + int(rows.nth(3).get_attribute("aria-current") == "true"))
    expect(rows.nth(3)).to_have_class("marked")
    rows.nth(5).hover()
    expect(terms.nth(6)).to_have_class(re.compile("marked"))
    expect(terms.nth(4)).not_to_have_class(re.compile("marked"))
    rows.first.focus()
    panel.page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    expect(terms.nth(2)).to_have_class(re.compile("marked"))


def shares(rows: Locator) -> list[float]:
    """The probabilities in percent, of the rows but for the last, which is their sum."""
    return [shares_of(row) for row in rows.all()[:-1]]


def shares_of(row: Locator) -> float:
    return float(row.locator("td").nth(2).inner_text().removesuffix(" %").replace(MINUS, "-"))


def expect_answer_of(page: Page, name: str) -> None:
    """The calculation follows to the other network, for the same class."""
    logit = float(walked(name, FIRST_EXAMPLE)[-1].output[0, 6])
    expect(page.locator("#inspector .result").first).to_contain_text(f"{logit:.3f}".replace("-", MINUS)[:5])
    choose_tab(page, "predict")
    expect_answer(page, name, FIRST_EXAMPLE)


def test_the_window_plays_without_requests(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv2&channel=10")
    expect_step(page, "conv2")
    player = page.locator("#player")
    choose_segment(page, "Play")
    expect(player.locator(".makes")).to_contain_text("1 of 1024")
    quiet(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for count in (2, 3, 4):
        player.locator(".one").click()
        expect(player.locator(".makes")).to_contain_text(f"{count} of 1024")
    said = player.locator(".now").inner_text()
    assert "are rounded here" in said and "Show the calculation" in said
    made = float(decimal(re.search(r"make (\S+?)\. ", said)[1]))
    assert abs(made - value("conv2", 10, 0, 3)) < 0.01 * abs(made) + 2e-3
    drawn = pixels(player.locator("canvas.out"))
    assert (drawn[0, :4, 3] == 255).all() and not drawn[0, 4:, 3].any() and not drawn[1:, :, 3].any()
    player.locator(".speed").fill("3")
    player.locator(".go").click()
    expect(player.locator(".makes")).to_contain_text("1024 of 1024")
    expect(player.locator(".go")).to_have_text("Play")
    assert np.array_equal(pixels(player.locator("canvas.out")), pixels(page.locator("#channel canvas.map")))
    assert not asked
    player.locator(".take").click()
    card = expect_card(page, 0, "conv2", 10, 31, 31)
    expect(card.locator(".result")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("tab", name="Sum")).to_have_attribute("aria-selected", "true")


def test_blocks_fold_and_the_path_is_marked(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv3")
    expect_step(page, "conv3")
    tiles = page.locator("#strip .tile")
    steps = [step.name for step in walked(SHIPPED[0], FIRST_EXAMPLE)]
    expect(tiles.locator("b")).to_have_text(steps)
    assert page.locator("#strip .tile.on-path b").all_inner_texts() == steps[: steps.index("conv3") + 1]
    page.locator("#strip .folding summary").click()
    page.locator("#strip .blocks button", has_text="conv1").click()
    expect(tiles).to_have_count(len(steps) - 4)
    folded = page.locator("#strip .folded")
    expect(folded).to_have_attribute("title", re.compile("5 steps"))
    page.locator("#strip .strip").focus()
    page.keyboard.press("ArrowLeft")  # into the folded block, which opens
    expect_step(page, "pool1")
    expect(tiles.locator("b")).to_have_text(steps)
