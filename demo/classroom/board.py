"""A class as its teacher sees it: how many have answered, who is stuck, and the tally of guesses, once revealed."""

import csv
import io
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import Any

from demo.classroom.classes import pupils
from demo.errors import UserError
from demo.server.shared_state.current import store
from model_zoo.common.csv_export import plain

AWAY = 20.0  # seconds without a word of a page until its pupil counts as away
QUIET = 150.0  # seconds on one card without an answer
WRONG = 2  # answers on one card that say that somebody is stuck
MOST_BARS = 14
MOST_TITLE = 120  # characters
MOST_REVEALED = 30
OTHERS = "other answers"
COLUMNS = ["pupil", "lesson", "card", "first answer", "last answer", "right", "tries", "last answer at (UTC)"]
NO_ANSWERS = "Nobody has answered this card yet: there is nothing to reveal."


def board(code: str, record: dict[str, Any]) -> dict[str, Any]:
    """The class as its teacher's page shows it.

    Returns:
        `pupils`: `name`, the card they are `at`, and a `state`: "away", "wrong", "quiet" or "" with `tries` there; how
        many are `here`, and how many have `left`; by card `places`: how many `answered`, how many `right` ever;
        `tallies` of those that are revealed; and what the class is set to.
    """
    now = time.time()
    all_of = sorted(pupils(code).values(), key=lambda each: each["name"])
    listed = [_pupil(each, now) for each in all_of]
    found: dict[str, dict[str, int]] = {}
    for each in all_of:
        for place, answer in each["answers"].items():
            counts = found.setdefault(place, {"answered": 0, "right": 0})
            counts["answered"] += 1
            counts["right"] += answer["was_right"]
    tallies = {place: tally(all_of, place) for place in record["revealed"]}
    told = record["told"]
    if told and told["bars"] != tallies.get(told["place"], told["bars"]):
        _renew(code, told["place"], tallies[told["place"]])
    return {
        "code": code,
        "ends_s": round(record["ends"] - now),
        "pupils": listed,
        "here": sum(each["state"] != "away" for each in listed),
        "left": record.get("left", 0),
        "places": found,
        "tallies": tallies,
        "told": told["place"] if told else "",
        "look": record["look"],
        "hide": record["hide"],
        "locked": record["locked"],
    }


def _pupil(record: dict[str, Any], now: float) -> dict[str, Any]:
    here = record["answers"].get(record["at"])
    tries = here["tries"] if here else 0
    is_done = bool(here and here["was_right"])
    state = ""
    if now - record["seen"] > AWAY:
        state = "away"
    elif record["at"] and not is_done and tries >= WRONG:
        state = "wrong"
    elif record["at"] and not is_done and now - record["since"] > QUIET:
        state = "quiet"
    quiet = round(now - record["since"]) if state == "quiet" else 0
    return {
        "name": record["name"],
        "at": record["at"],
        "state": state,
        "tries": tries,
        "quiet_s": quiet,
        "done": is_done,
        "look": record["look"],
    }


def tally(all_of: Iterable[dict[str, Any]], place: str) -> list[dict[str, Any]]:
    """How many gave each answer on a card, the one that most gave first: `guess`, `count`, and whether it is `right`.

    Each pupil counts once, with the last answer. The same answer may be right for one and wrong for another, who looks
    at another picture: then it counts as right if it was for most. Where none is right, the one that would have been
    for most is marked, also with a count of 0.
    """
    answers = [each["answers"][place] for each in all_of if place in each["answers"]]
    guesses: dict[str, list[bool]] = {}
    for each in answers:
        guesses.setdefault(each["last"], []).append(each["right"])
    bars = [{"guess": guess, "count": len(r), "right": 2 * sum(r) > len(r)} for guess, r in guesses.items()]
    bars.sort(key=lambda bar: (-bar["count"], bar["guess"]))
    missed = None if any(bar["right"] for bar in bars) else _missed(answers, bars)
    rest = sum(bar["count"] for bar in bars[MOST_BARS:])
    others = [{"guess": OTHERS, "count": rest, "right": False}] if rest else []
    return bars[:MOST_BARS] + others + ([missed] if missed else [])


def _missed(answers: Sequence[dict[str, Any]], bars: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The bar of what would have been right for most; None where that is not known, or somebody gave it: then the bar
    there is marked.
    """
    wanted = Counter(each["wanted"] for each in answers if each.get("wanted"))
    if not wanted:
        return None
    guess = max(sorted(wanted), key=lambda each: wanted[each])
    for bar in bars:
        if bar["guess"] == guess:
            bar["right"] = True
            return None
    return {"guess": guess, "count": 0, "right": True}


def reveal(code: str, place: str, title: str = "", mark: str = "") -> None:
    """The tally of a card is in sight from now on: on the board, and with a title for it on pupils' pages as well.

    Args:
        code: of the class.
        place: the card: "numbers.3".
        title: what pupils read above the tally; "": they do not see it.
        mark: what they read at the right answer; "": that it is right.

    Raises:
        UserError: nobody has answered it.
    """
    bars = tally(pupils(code).values(), place)
    if not bars:
        raise UserError(NO_ANSWERS)

    def shown(record: Any) -> Any:
        record["revealed"] = [*[each for each in record["revealed"] if each != place], place][-MOST_REVEALED:]
        if title:
            record["told"] = {"place": place, "title": title[:MOST_TITLE], "mark": mark[:MOST_TITLE], "bars": bars}
        return record

    store().update(f"class:{code}", shown)


def _renew(code: str, place: str, bars: list[dict[str, Any]]) -> None:
    """Tells pupils how the tally that they see stands now; one that was concealed meanwhile stays so."""

    def renewed(record: Any) -> Any:
        told = record["told"]
        return record | {"told": told | {"bars": bars}} if told and told["place"] == place else None

    store().update(f"class:{code}", renewed)


def conceal(code: str, place: str) -> None:
    """The tally of a card is out of sight again, everywhere."""

    def hidden(record: Any) -> Any:
        record["revealed"] = [each for each in record["revealed"] if each != place]
        if record["told"] and record["told"]["place"] == place:
            record["told"] = None
        return record

    store().update(f"class:{code}", hidden)


def table(code: str) -> str:
    """Every pupil's answers as CSV (RFC 4180): animals' names, no token, nothing that tells who it was."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(COLUMNS)
    for each in sorted(pupils(code).values(), key=lambda each: each["name"]):
        for place, answer in sorted(each["answers"].items()):
            lesson, _, card = place.partition(".")
            when = datetime.fromtimestamp(answer["when"], timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
            right = "yes" if answer["right"] else "earlier" if answer["was_right"] else "no"
            cells = [each["name"], lesson, card, answer["first"], answer["last"], right, answer["tries"], when]
            writer.writerow([plain(cell) if isinstance(cell, str) else cell for cell in cells])
    return made.getvalue()
