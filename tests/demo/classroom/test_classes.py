"""The rules of a class, on a store of its own: what only many pupils, much time or a full server show."""

from collections.abc import Iterator
from typing import Any

import pytest

from demo.classroom import board, classes
from demo.classroom.codes import ANIMALS, normalised, shown
from demo.errors import UserError
from demo.server.shared_state.memory_store import MemoryStore


class Clock:
    """Seconds that pass when a test says so."""

    now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The time of a store of its own, and of the classes in it."""
    clock = Clock()
    store = MemoryStore(clock=clock)
    for module in (classes, board):
        monkeypatch.setattr(module, "store", lambda: store)
        monkeypatch.setattr(module.time, "time", clock)
    monkeypatch.delenv(classes.VARIABLE, raising=False)
    return clock


def joined(code: str, count: int) -> list[dict[str, str]]:
    return [classes.joined(code) for _ in range(count)]


def seen(made: classes.Opened) -> dict[str, Any]:
    """The board as its teacher sees it."""
    return board.board(made.code, classes.taught(made.code, made.secret))


def guess(pupil: dict[str, str], place: str, text: str, right: bool = False, wanted: str = "") -> None:
    classes.report({"code": pupil["code"], "token": pupil["token"]}, place, text, right, wanted)


def test_a_class_and_all_of_it_ends_with_its_hours(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(classes.VARIABLE, "2")
    made = classes.opened()
    clock.now += 3600
    (pupil,) = joined(made.code, 1)
    guess(pupil, "numbers.1", "frog")
    clock.now += 3599  # a pupil who came later stays no longer
    assert classes.polled(made.code, pupil["token"], "?")["ends_s"] == 1
    assert len(seen(made)["pupils"]) == 1
    clock.now += 2
    with pytest.raises(classes.Gone, match="ended"):
        classes.polled(made.code, pupil["token"], "?")
    with pytest.raises(classes.Gone):
        classes.taught(made.code, made.secret)
    with pytest.raises(UserError, match="no class"):
        classes.joined(made.code)
    assert classes.store().listed("") == {}


@pytest.mark.parametrize(
    ("text", "lasts"), [("", 4), ("1.5", 1.5), ("0", 0), ("25", 4), ("-1", 4), ("long", 4), ("nan", 4)]
)
def test_how_long_a_class_lasts_is_a_setting(text: str, lasts: float, clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setenv(classes.VARIABLE, text)
    assert classes.hours() == lasts
    if not lasts:
        with pytest.raises(UserError, match="switched off"):
            classes.opened()


def test_names_are_animals_and_no_two_are_the_same(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "MOST_PUPILS", len(ANIMALS) + 20)
    made = classes.opened()
    names = [pupil["name"] for pupil in joined(made.code, len(ANIMALS) + 20)]
    assert len(set(names)) == len(names)
    assert set(names[: len(ANIMALS)]) == set(ANIMALS)
    assert all(len(name.split()) == 2 for name in names[len(ANIMALS) :])
    with pytest.raises(UserError, match="as many as it may have"):
        classes.joined(made.code)
    classes.remove(made.code, names[0])
    assert classes.joined(made.code)["name"] == names[0]  # the only animal that is free


def test_there_are_only_so_many_classes(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "MOST_CLASSES", 3)
    made = [classes.opened() for _ in range(3)]
    with pytest.raises(UserError, match="on this server already"):
        classes.opened()
    classes.end(made[0].code)
    assert classes.opened().code


@pytest.mark.parametrize("text", ["krtm7", "KRTM-7", " k r t m 7", "krtm–7"])
def test_a_code_is_read_as_people_type_it(text: str) -> None:
    assert normalised(text) == "KRTM7"
    assert shown("KRTM7") == "KRTM-7"


@pytest.mark.parametrize("text", ["", "KRTM", "KRTM71", "KATM7", "KRTM1", "7KRTM", None, 7, ["KRTM7"], "K" * 10_000])
def test_what_cannot_be_a_code_is_none(text: Any) -> None:
    assert normalised(text) == ""


def test_who_is_stuck_is_told_from_who_is_not(clock: Clock) -> None:
    made = classes.opened()
    wrong, once, right, slow, away = joined(made.code, 5)
    for each in (wrong, once, right, slow, away):
        classes.polled(made.code, each["token"], "?lesson=numbers.1")
    for _ in range(2):
        guess(wrong, "numbers.1", "frog")
        guess(right, "numbers.1", "cat")
    guess(once, "numbers.1", "frog")
    guess(right, "numbers.1", "ship", right=True)
    states = {each["name"]: each["state"] for each in seen(made)["pupils"]}
    expected = {wrong["name"]: "wrong", once["name"]: "", right["name"]: "", slow["name"]: "", away["name"]: ""}
    assert states == expected
    clock.now += board.QUIET + 1
    for each in (wrong, right, slow):
        classes.polled(made.code, each["token"], "?lesson=numbers.1")
    guess(once, "numbers.1", "deer")
    states = {each["name"]: each["state"] for each in seen(made)["pupils"]}
    assert states == expected | {slow["name"]: "quiet", once["name"]: "wrong", away["name"]: "away"}
    classes.polled(made.code, wrong["token"], "?lesson=numbers.2")  # who has gone on is not stuck any more
    assert next(each for each in seen(made)["pupils"] if each["name"] == wrong["name"])["state"] == ""


def test_a_tally_counts_each_pupil_once_and_the_last_answer(clock: Clock) -> None:
    made = classes.opened()
    pupils = joined(made.code, 6)
    for pupil, text in zip(pupils, ("frog", "frog", "ship", "ship", "ship", "cat"), strict=True):
        guess(pupil, "numbers.1", text, text == "ship")
    guess(pupils[0], "numbers.1", "ship", True)
    record = seen(made)
    assert record["places"] == {"numbers.1": {"answered": 6, "right": 4}}
    assert record["tallies"] == {}  # nothing is in sight before it is revealed
    with pytest.raises(UserError, match="Nobody has answered"):
        board.reveal(made.code, "numbers.2")
    board.reveal(made.code, "numbers.1")
    bars = [("ship", 4, True), ("cat", 1, False), ("frog", 1, False)]
    assert [tuple(bar.values()) for bar in seen(made)["tallies"]["numbers.1"]] == bars
    poll = classes.polled(made.code, pupils[0]["token"], "?")
    assert poll["told"] is None  # on the board alone
    board.reveal(made.code, "numbers.1", "Guess before you look")
    poll = classes.polled(made.code, pupils[0]["token"], "?")
    assert poll["told"]["title"] == "Guess before you look" and len(poll["told"]["bars"]) == 3
    guess(pupils[5], "numbers.1", "ship", True)
    seen(made)  # what pupils see follows the board
    assert classes.polled(made.code, pupils[0]["token"], "?")["told"]["bars"][0]["count"] == 5
    board.conceal(made.code, "numbers.1")
    assert classes.polled(made.code, pupils[0]["token"], "?")["told"] is None
    assert seen(made)["tallies"] == {}


def test_what_would_have_been_right_is_marked_where_nobody_was(clock: Clock) -> None:
    made = classes.opened()
    pupils = joined(made.code, 4)
    for pupil, wanted in zip(pupils, ("ship", "ship", "frog"), strict=False):  # one looks at another picture
        guess(pupil, "numbers.1", "cat", wanted=wanted)
    assert "ship" not in str(seen(made))  # not before it is revealed
    board.reveal(made.code, "numbers.1", "Guess")
    bars = [{"guess": "cat", "count": 3, "right": False}, {"guess": "ship", "count": 0, "right": True}]
    assert seen(made)["tallies"]["numbers.1"] == bars
    assert classes.polled(made.code, pupils[0]["token"], "?")["told"]["bars"] == bars
    for pupil in pupils:  # what is right for most was given, by those alone for whom it is not
        guess(pupil, "numbers.1", *("cat", False, "ship") if pupil is not pupils[2] else ("ship", False, "frog"))
    bars = [{"guess": "cat", "count": 3, "right": False}, {"guess": "ship", "count": 1, "right": True}]
    assert seen(made)["tallies"]["numbers.1"] == bars
    guess(pupils[2], "numbers.1", "frog", True, "frog")
    assert [bar["guess"] for bar in seen(made)["tallies"]["numbers.1"] if bar["right"]] == ["frog"]


def test_a_tally_goes_out_of_pupils_sight_when_they_are_sent_elsewhere(clock: Clock) -> None:
    made = classes.opened()
    (pupil,) = joined(made.code, 1)
    guess(pupil, "numbers.1", "frog")
    board.reveal(made.code, "numbers.1", "Guess")
    classes.look(made.code, "?lesson=numbers.1&tab=explore")  # the same card
    assert classes.polled(made.code, pupil["token"], "?")["told"]["place"] == "numbers.1"
    classes.look(made.code, "?tab=explore&step=conv2")
    assert classes.polled(made.code, pupil["token"], "?")["told"] is None
    assert seen(made)["told"] == "" and "numbers.1" in seen(made)["tallies"]  # the teacher's board keeps it


def test_who_leaves_is_counted_and_who_is_removed_is_not(clock: Clock) -> None:
    made = classes.opened()
    gone, removed, _ = joined(made.code, 3)
    guess(gone, "numbers.1", "frog")
    classes.remove(made.code, removed["name"])
    assert seen(made)["left"] == 0
    for _ in range(2):  # a second click leaves no second time
        classes.leave(made.code, gone["token"])
    assert seen(made)["left"] == 1 and seen(made)["places"] == {}


def test_many_different_answers_make_no_endless_list(clock: Clock) -> None:
    made = classes.opened()
    for number, pupil in enumerate(joined(made.code, 30)):
        guess(pupil, "numbers.2", f"{number}" + "9" * 500)
    board.reveal(made.code, "numbers.2")
    bars = seen(made)["tallies"]["numbers.2"]
    assert len(bars) == board.MOST_BARS + 1 and bars[-1]["guess"] == board.OTHERS
    assert sum(bar["count"] for bar in bars) == 30
    assert all(len(bar["guess"]) <= classes.MOST_GUESS for bar in bars)


def test_a_table_starts_no_formula(clock: Clock) -> None:
    made = classes.opened()
    (pupil,) = joined(made.code, 1)
    guess(pupil, "numbers.2", "=1+1")
    assert ",'=1+1,'=1+1,no,1,2030-" in board.table(made.code)


def test_what_a_pupil_answers_is_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "MOST_PLACES", 3)
    made = classes.opened()
    (pupil,) = joined(made.code, 1)
    for number in range(5):
        guess(pupil, f"numbers.{number}", "1")
    guess(pupil, "numbers.0", "2")
    assert sorted(seen(made)["places"]) == ["numbers.0", "numbers.1", "numbers.2"]
    assert board.table(made.code).count("\r\n") == 4


@pytest.mark.parametrize("given", [None, 7, "x", {}, {"code": 1, "token": 2}, {"code": "KRTM7", "token": "x"}, []])
def test_an_answer_outside_of_a_class_is_noted_nowhere(clock: Clock, given: Any) -> None:
    classes.report(given, "numbers.1", "frog", False)
    assert classes.store().listed("") == {}


def test_one_address_leaves_room_for_the_classes_of_others(clock: Clock) -> None:
    for _ in range(classes.MOST_OF_ADDRESS):
        made = classes.opened("10.0.0.1")
    with pytest.raises(UserError, match="from your network"):
        classes.opened("10.0.0.1")
    classes.opened("10.0.0.2")
    classes.end(made.code)
    classes.opened("10.0.0.1")
    assert "10.0.0.1" not in str(classes.store().listed("class:"))


def test_a_tally_that_was_concealed_stays_so_for_a_board_that_was_asked_for_before(clock: Clock) -> None:
    made = classes.opened()
    first, second = joined(made.code, 2)
    guess(first, "numbers.1", "frog")
    board.reveal(made.code, "numbers.1", "A card")
    before = classes.taught(made.code, made.secret)
    guess(second, "numbers.1", "ship")
    assert board.board(made.code, before)["tallies"]["numbers.1"] == [
        {"guess": "frog", "count": 1, "right": False},
        {"guess": "ship", "count": 1, "right": False},
    ]
    assert len(classes.polled(made.code, first["token"], "?")["told"]["bars"]) == 2  # pupils see it grow
    guess(second, "numbers.1", "frog")
    board.conceal(made.code, "numbers.1")
    board.board(made.code, before)
    assert classes.polled(made.code, first["token"], "?")["told"] is None
