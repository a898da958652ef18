"""View: any text makes one, and what it writes into the address comes back."""

import random
from urllib.parse import quote

import pytest

from demo.core.view import FIRST_TAB, HIDEABLE, LANES, SCALES, TABS, View

NAMES = ["cifar10-cnn", "runs/cifar10-cnn", "layer1.0.conv1", "ü × ∞", "a&b=c", "50%", "a+b c", "#?", "😀", "'\"<>"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tab", TABS)
def test_a_view_comes_back_from_its_query(name: str, tab: str) -> None:
    view = View(name, tab, name, 17, 2, 3, epoch=4, lane="networks", other=name, disturb=name, strength=-0.125, seed=9)
    assert view.query().startswith("?") and view.query().isascii()
    assert View.parse(view.query()) == view
    assert View.parse(view.query().removeprefix("?")) == view


def test_defaults_are_left_out_of_the_address() -> None:
    assert View().query() == "?"
    assert View(model="m", step="conv1").query() == "?model=m&step=conv1"
    assert View.parse("?") == View.parse("") == View()


def test_a_link_as_a_person_writes_it() -> None:
    view = View.parse("?channel=3&tab=explore&model=cifar10-cnn&utm_source=mail&step=conv2&tab=curves")
    assert view == View(model="cifar10-cnn", tab="curves", step="conv2", channel=3)


@pytest.mark.parametrize(
    "channel", ["-1", "+1", "1.0", "1e3", "", " ", "³", "१", "0x10", "1_0", "9" * 400, "true", "−1"]
)
def test_a_channel_that_is_no_everyday_number_is_the_first(channel: str) -> None:
    assert View.parse(f"?channel={quote(channel)}").channel == 0


@pytest.mark.parametrize("strength", ["", "x", "1e3", "nan", "inf", "--1", "1234", "0.12345", "٣", "1,5", "9" * 400])
def test_a_strength_that_is_no_everyday_number_is_the_usual_one(strength: str) -> None:
    assert View.parse(f"?strength={quote(strength)}").strength is None
    assert View.parse("?strength=2.50").strength == 2.5 and View.parse("?strength=-50").strength == -50


def test_what_cannot_be_a_lane_epoch_or_seed_is_the_usual_one() -> None:
    assert View.parse("?lane=nonsense&epoch=-1&seed=x&other=&disturb=") == View()
    assert View.parse("?lane=pictures&epoch=0&seed=5") == View(lane="pictures", epoch=0, seed=5)


@pytest.mark.parametrize("tab", ["Explore", "admin", "", "../explore", "explore ", "<script>"])
def test_an_unknown_tab_is_the_usual_one(tab: str) -> None:
    assert View.parse(f"?tab={quote(tab)}").tab == FIRST_TAB


@pytest.mark.parametrize("query", [None, 5, 1.5, True, [], ["?step=conv1"], {"step": "conv1"}, b"?step=conv1"])
def test_what_is_no_text_is_no_view(query: object) -> None:
    assert View.parse(query) == View()


def test_any_text_makes_a_view_that_can_be_written_into_the_address() -> None:
    """Made of the parts of real queries, of odd characters and of half characters, as JSON can carry them."""
    chance = random.Random(1)
    parts = [
        "model=",
        "tab=",
        "step=",
        "channel=",
        "lane=",
        "strength=",
        "epoch=",
        "-",
        ".",
        "&",
        ";",
        "=",
        "?",
        "%",
        "%00",
        "%ED%A0%80",
        "%FF",
        "explore",
        "9",
    ]
    odd = ["\0", "\n", "\ud800", "\udfff", "😀", "<script>", "'", '"', "\u202e", "é", " ", "+"]
    for _ in range(3000):
        view = View.parse("".join(chance.choices(parts + odd, k=chance.randrange(30))))
        assert view.tab in TABS and 0 <= view.channel < 1_000_000
        assert View.parse(view.query()) == view


def test_a_text_without_end_is_cut() -> None:
    assert len(View.parse("?step=" + "x" * 10_000_000).query()) < 3000
    assert View.parse("&" * 10_000_000) == View()


def test_an_unknown_model_becomes_the_default_and_the_rest_stays() -> None:
    asked = View(model="gone", tab="explore", step="conv3", channel=5)
    assert asked.settle(["a", "b"], "b") == View(model="b", tab="explore", step="conv3", channel=5)
    assert View(model="a").settle(["a", "b"], "b").model == "a"
    assert View().settle(["a"], "a").model == "a"


@pytest.mark.parametrize(
    ("row", "column"), [("3", None), (None, "3"), ("-1", "3"), ("3", "1.5"), ("²", "0"), ("9" * 9, "0")]
)
def test_half_a_place_is_none(row: str | None, column: str | None) -> None:
    given = {"row": row, "column": column}
    view = View.parse("?" + "&".join(f"{key}={quote(text)}" for key, text in given.items() if text is not None))
    assert (view.row, view.column) == (None, None)


def test_a_value_and_a_scale_are_in_the_address() -> None:
    view = View("m", "explore", "conv1", 2, row=0, column=31, scale="network")
    assert view.query() == "?model=m&tab=explore&step=conv1&channel=2&row=0&column=31&scale=network"
    assert View.parse(view.query()) == view
    assert View.parse(view.on(None, None).query()) == view.on(None, None)
    assert [View.parse(f"?scale={text}").scale for text in ("channel", "step", "Network", "")] == [
        "channel",
        "step",
        "step",
        "step",
    ]


def test_every_view_comes_back_from_its_link() -> None:
    chance = random.Random(2)

    def whole(most: int) -> int:
        return chance.choice((0, 1, chance.randrange(most)))

    for _ in range(500):
        place = (whole(1000), whole(1000)) if chance.random() < 0.5 else (None, None)
        view = View(
            *(chance.choice(NAMES), chance.choice(TABS), chance.choice(NAMES), whole(10_000), *place),
            scale=chance.choice(SCALES),
            edits=chance.choice(["", "conv1.3:off", "conv2.5:x-2.5~input:blank.4.4.12.8~res1:noskip"]),
            epoch=chance.choice([None, whole(200)]),
            lane=chance.choice(LANES),
            other=chance.choice(NAMES),
            disturb=chance.choice(["", "noise"]),
            strength=chance.choice([None, 0.0, -12.5, 40.0]),
            seed=whole(999_999),
            false_alarms=chance.choice([None, 0.05, 0.123456789, 0.99]),
            picture=chance.choice(["", "own", "example:tower-at-dusk", "cifar-10-batches-py:test:12", *NAMES]),
            hide=",".join(name for name in HIDEABLE if chance.random() < 0.3),
        )
        assert View.parse(view.query()) == view, view


def test_what_is_hidden_has_known_names_alone() -> None:
    assert View.parse("?hide=upload,train,nonsense,<script>,TRAIN, train,,upload").hide == "train,upload"
    assert View.parse("?hide=" + ",".join(["x"] * 500)).hide == View.parse("?hide=").hide == ""
    assert View(tab="explore", hide="train,upload").query() == "?tab=explore&hide=train,upload"


def test_a_hidden_tab_is_not_the_one_that_opens() -> None:
    assert View(tab="train", hide="predict,train").settle([""], "").tab == "explore"
    assert View(tab="why", hide="predict,train").settle([""], "").tab == "why"
    assert View(tab="why", hide=",".join(TABS)).settle([""], "").tab == "why"  # one must be there


def test_at_changes_only_the_place() -> None:
    assert View("m", "curves", "conv1", 2).at("conv2", 7) == View("m", "curves", "conv2", 7)


def test_a_hidden_tab_gives_way_to_the_next_and_never_first_to_what_stands_left_of_the_usual_one() -> None:
    assert View().tab == FIRST_TAB != TABS[0]
    names = [""]
    assert View(hide=FIRST_TAB).settle(names, "").tab == TABS[TABS.index(FIRST_TAB) + 1]
    all_but_one = ",".join(tab for tab in TABS if tab != TABS[0])
    assert View(hide=all_but_one).settle(names, "").tab == TABS[0]
