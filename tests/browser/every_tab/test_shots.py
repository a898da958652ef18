"""Every tab looks as it did when `make shots` kept its picture: nothing has moved, nothing is new."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.bench.serve import server
from tests.browser.every_tab.shots import BLOCK, FOLDER, LOOKS, differences, kept, shots

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def without_data() -> Iterator[str]:
    """The address of an app that has no data and nothing trained."""
    with server("app.py", None, CONVSCOPE_DATA="", CONVSCOPE_RUNS=str(FOLDER / "no-runs")) as (address, _, _):
        yield address


# Dark, and a little smaller, differ from the laptop's in what the other tests look at.
@pytest.mark.parametrize(
    "look", [pytest.param(look, marks=() if look in ("laptop", "phone") else pytest.mark.full) for look in LOOKS]
)
def test_every_tab_looks_as_it_did(without_data: str, browser: Browser, look: str) -> None:
    found = {tab: differences(kept(look, tab), now) for tab, now in shots(browser, without_data, look)}
    wrong = {tab: (len(all_of), all_of[:12]) for tab, all_of in found.items() if all_of}
    assert not wrong, f"{look}: {wrong}. If this is meant: make shots"


def test_the_comparison_finds_what_is_stray_moved_or_gone() -> None:
    before = kept("laptop", "predict")
    assert not differences(before, before)
    assert not differences(before, np.roll(before, 3, axis=0))  # a line of text that is a little taller
    rows, columns = slice(-60, -20), slice(40, 400)
    assert np.ptp(before[rows, columns]) < 2, "there is nothing at the foot"
    stray = before.copy()
    stray[rows, columns] -= 3  # a field's light line around nothing
    stray[-59:-21, 41:399] += 3
    assert {word for word, _, _ in differences(before, stray)} == {"new"}
    assert {word for word, _, _ in differences(stray, before)} == {"missing"}
    top = next(int(y) for y, _ in np.argwhere(before < 8) if y > 120)  # ink below the tabs
    moved = before.copy()
    moved[top - 8 :, :] = np.roll(before, 3 * BLOCK, axis=0)[top - 8 :, :]
    assert differences(before, moved)
    taller = np.vstack([before, before[-80:]])
    assert ("height", len(before), len(taller)) in differences(before, taller)
