"""Edits as text: what comes back from it, what is dropped, what a reader is shown, and how one joins others."""

import random

import pytest

from model_zoo.graph.edits import (
    LARGEST,
    MOST,
    Blanked,
    DropPath,
    Edit,
    Scaled,
    Shifted,
    Weight,
    joined,
    parse,
    pieces,
    words,
    written,
)
from model_zoo.graph.residual import BRANCH, SKIP

BLACK = (-1.5, -2.0, -1.0)


def random_edit(chance: random.Random) -> Edit:
    step = chance.choice(["conv1", "layer1.0.conv1", "0", "a_b.7", "residual1.add", "x", "input2", "off"])
    number = chance.choice([0.0, -1.0, 1.0, 2.0, 0.5, -0.25, 1e-7, chance.uniform(-LARGEST, LARGEST), chance.random()])
    count = lambda: chance.choice([0, 1, 7, 31, 511, 999_999])  # noqa: E731
    return chance.choice(
        [
            Scaled(step, count(), number),
            Weight(step, count(), count(), count(), count(), number),
            DropPath(step, chance.choice([SKIP, BRANCH])),
            Blanked(count(), count(), count(), count(), chance.choice([(), BLACK])),
            Shifted(chance.randint(-300, 300), chance.randint(-300, 300)),
        ]
    )


def test_edits_come_back_from_their_text() -> None:
    chance = random.Random(0)
    for _ in range(2000):
        edits = tuple(random_edit(chance) for _ in range(chance.randrange(5)))
        text = written(edits)
        assert parse(text, BLACK) == edits
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:~-")
        assert all(words(edit) for edit in edits)


def test_a_text_as_a_person_writes_it() -> None:
    assert parse("conv1.3:off~conv2.5:x2~conv2.6:inv~conv1.0.1.2.0:w-.5~conv1.0.1.2.0:w-0.5~add:noskip") == (
        Scaled("conv1", 3, 0.0),
        Scaled("conv2", 5, 2.0),
        Scaled("conv2", 6, -1.0),
        Weight("conv1", 0, 1, 2, 0, -0.5),
        DropPath("add", SKIP),
    )
    assert words(Scaled("conv1", 3, -0.5)) == "conv1, channel 3: times −0.5"
    assert words(Shifted(-2, 3)) == "picture: moved 2 px left, 3 px down"


HOSTILE = [
    None,
    5,
    b"conv1.3:off",
    ["conv1.3:off"],
    "",
    "~" * 9000,
    "conv1:off",
    "conv1.3",
    "conv1.3:x",
    "conv1.-1:off",
]
HOSTILE += [
    "conv1.3:xnan",
    "conv1.3:xinf",
    "conv1.3:x1e9",
    "conv1.3:x99999",
    "conv1.3:x1_0",
    "conv1.³:off",
    "a b.1:off",
]
HOSTILE += ["<script>.1:off", "conv1.3:off\n", "conv1.3:off~~"[:-3] + "\0", "conv1.1234567:off", "../x.1:off "]
HOSTILE += ["x" * 121 + ".0:off", "input:blank.1.2.3", "input:blank.-1.2.3.4", "input:shift.1", "conv1.1:x" + "1" * 400]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_edit_is_dropped(text: object) -> None:
    assert parse(text) == ()


def test_any_text_at_all_is_understood_or_dropped() -> None:
    chance = random.Random(1)
    parts = [*"~:.-0123456789xw", "off", "inv", "conv1", "input", "noskip", "blank", "shift", "e-3", "\ud800", "é", "%"]
    for _ in range(5000):
        text = "".join(chance.choices(parts, k=chance.randrange(25)))
        edits = parse(text, BLACK)
        assert parse(written(edits), BLACK) == edits and len(edits) <= MOST
        assert parse("~".join(pieces(text)), BLACK) == edits
    assert len(parse("conv1.3:off~" * 100_000)) == MOST


def test_one_more_edit_takes_the_place_of_the_one_for_the_same() -> None:
    off, double, other = Scaled("a", 1, 0.0), Scaled("a", 1, 2.0), Scaled("a", 2, 0.0)
    assert joined((off, other), double) == (other, double)
    assert joined((off, other), Scaled("a", 1, 1.0)) == (other,)  # as it was
    assert joined((DropPath("add", SKIP),), DropPath("add", BRANCH)) == (DropPath("add", BRANCH),)
    weight = Weight("a", 1, 2, 0, 0, 5.0)
    assert joined((weight, off), Weight("a", 1, 2, 0, 0, 6.0)) == (off, Weight("a", 1, 2, 0, 0, 6.0))
    assert joined((off, Shifted(1, 0)), Shifted(2, -1)) == (off, Shifted(3, -1))
    assert joined((Shifted(1, 0),), Shifted(-1, 0)) == ()
    assert joined((Shifted(1, 0), Blanked(0, 0, 1, 1)), Shifted(1, 0))[0] == Shifted(1, 0)  # in their order
