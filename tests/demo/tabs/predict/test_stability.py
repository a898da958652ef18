"""The answer for disturbed copies: shares that can be repeated."""

import re
from html import unescape

import pytest
from PIL import Image

import model_zoo
from demo.core.networks import NO_PICTURE
from demo.errors import UserError
from demo.pictures.patterns import PATTERNS
from demo.tabs.predict.stability import COPIES, report, stability
from tests.conftest import SHIPPED, SHIPPED_BY_TIME
from tests.demo.conftest import HOSTILE


@pytest.mark.parametrize("name", SHIPPED_BY_TIME)
def test_shares_are_whole_copies_that_sum_to_one(name: str, picture: Image.Image) -> None:
    shares = stability(name, picture)
    assert set(shares) == set(model_zoo.load(name).classes)
    assert sum(shares.values()) == pytest.approx(1)
    assert [share * COPIES for share in shares.values()] == [round(share * COPIES) for share in shares.values()]
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_the_same_seed_gives_the_same_shares_and_another_one_others(picture: Image.Image) -> None:
    """Over some pictures together, since the answer for one alone may be stable for any seed."""
    pictures = [picture, PATTERNS["Checkerboard"]()]
    runs = [[stability(SHIPPED[0], each, seed) for each in pictures] for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_one_colour_stays_the_same_however_it_is_moved() -> None:
    """Black, which no light makes brighter."""
    assert max(stability(SHIPPED[0], Image.new("RGB", (64, 64))).values()) == 1


def test_refusals(picture: Image.Image) -> None:
    with pytest.raises(UserError, match="There is no network named 'x'"):
        stability("x", picture)
    with pytest.raises(UserError, match=NO_PICTURE):
        stability(SHIPPED[0], None)


def test_the_report_says_the_most_frequent_answer_and_its_share(picture: Image.Image) -> None:
    shares = stability(SHIPPED[0], picture)
    page = report(SHIPPED[0], picture)
    first = next(iter(shares))
    assert f"<strong>{shares[first]:.0%}</strong> of {COPIES}" in page and f"<strong>{first}</strong>" in page
    shown = re.findall(r'<th scope="row">(.*?)</th>.*?class="number"[^>]*>([\d.]+%)<', page)
    assert shown == [(label, f"{share:.1%}") for label, share in shares.items() if share]


def test_names_from_an_entry_are_no_markup(hostile_entry: str, picture: Image.Image) -> None:
    page = report(hostile_entry, picture)
    assert "<script" not in page and HOSTILE in unescape(page)
