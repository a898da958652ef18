"""Classes as records in the store of shared state: opened, joined, followed, left and ended.

`class:CODE` holds what all share: a digest of the teacher's secret, the names that are given, what everybody is to look
at, and which tallies are in sight. `pupil:CODE:ID` holds what one pupil did; the ID is a digest of their token, so that
whoever has the token finds the record, and nobody else. All end with the class's hours.
"""

import hmac
import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from demo.classroom.codes import digest, new_code, new_name, new_secret, normalised
from demo.core.view import HIDEABLE
from demo.errors import UserError
from demo.server.shared_state.current import store
from demo.share.links import query_of

log = logging.getLogger(__name__)
VARIABLE = "CONVSCOPE_CLASS_HOURS"
HOURS, MOST_HOURS = 4.0, 24.0
MOST_CLASSES, MOST_OF_ADDRESS = 60, 30  # of all, and of one address: a school may have one
MOST_PUPILS = 60
MOST_PLACES = 120  # cards of which a pupil's answers are kept
MOST_GUESS = 80  # characters
SEEN = 5.0  # seconds between two notes that a pupil is there
TRIES = 12  # to find a code that nobody has
OFF = f"Classes are switched off on this server ({VARIABLE}=0)."
TOO_MANY = f"{MOST_OF_ADDRESS} classes were opened from your network already. Please end one that is over."
FULL = f"There are {MOST_CLASSES} classes on this server already. Please try again later."
CROWDED = f"This class has {MOST_PUPILS} pupils, which is as many as it may have. Your teacher can remove names."
LOCKED = "Nobody can join this class now: your teacher has closed the door."
NO_CLASS = "There is no class with this code: it may be mistyped, or the class has ended."
ENDED = "Your class has ended, and all that it held is deleted. The page stays as it is."
REMOVED = "You are no longer in this class: your teacher has removed this name. You can join again."
NOT_YOURS = "This is not the teacher’s address of this class, or the class has ended."


class Gone(UserError):
    """The class, or the pupil in it, is no longer there: a browser that asked can forget it."""


@dataclass(frozen=True)
class Opened:
    """A class that has just been opened; the secret is told this once."""

    code: str
    secret: str


def hours() -> float:
    """For how long a class lasts, as CONVSCOPE_CLASS_HOURS says; 0: there are none."""
    text = os.environ.get(VARIABLE, "").strip()
    try:
        found = float(text or HOURS)
    except ValueError:
        found = -1.0
    if 0 <= found <= MOST_HOURS:
        return found
    log.warning("%s must be a number from 0 to %g, not %r; a class lasts %g hours.", VARIABLE, MOST_HOURS, text, HOURS)
    return HOURS


# --------------------------------------------------------------------------------------------------------- the teacher


def opened(address: str = "") -> Opened:
    """Opens a class.

    Args:
        address: where it is opened from, of which a digest is kept with it.

    Raises:
        UserError: there are as many as there may be, or none are wanted on this server.
    """
    lasting = 3600 * hours()
    if not lasting:
        raise UserError(OFF)
    by, others = digest(address), [record.get("by") for record in store().listed("class:").values()]
    if len(others) >= MOST_CLASSES:
        raise UserError(FULL)
    if others.count(by) >= MOST_OF_ADDRESS:
        raise UserError(TOO_MANY)
    secret, now = new_secret(), time.time()
    record = {
        "teacher": digest(secret),
        "by": by,
        "opened": now,
        "ends": now + lasting,
        "names": {},
        "left": 0,
        "locked": False,
    }
    record |= {"look": {"serial": 0, "query": ""}, "hide": "", "revealed": [], "told": None}
    for _ in range(TRIES):
        code = new_code()
        if store().add(f"class:{code}", record, lasting):
            return Opened(code, secret)
    raise UserError(FULL)


def taught(code: str, secret: object) -> dict[str, Any]:
    """The record of a class, for its teacher.

    Raises:
        Gone: this is not the teacher's secret, or there is no such class; both look the same from outside.
    """
    record = store().get(f"class:{code}") if code else None
    if not hmac.compare_digest(record["teacher"] if record else "none", digest(secret)):
        raise Gone(NOT_YOURS)
    return record or {}


def look(code: str, query: str, hide: str | None = None) -> int:
    """Everybody in the class is to look at what this query of the page's address shows.

    Args:
        code: of the class.
        query: as a browser sent it; only what a link takes along is kept.
        hide: what of the page is out of pupils' sight from now on; None leaves that as it is.

    Returns:
        The number of this move; each is one more than the one before. A tally that pupils see goes out of their sight,
        unless it is of the card that they are sent to.
    """

    def moved(record: Any) -> Any:
        if hide is not None:
            record["hide"] = ",".join(name for name in HIDEABLE if name in hide.split(","))
        asked = query_of(query, leave=("hide",)) + (f"&hide={record['hide']}" if record["hide"] else "")
        record["look"] = {"serial": record["look"]["serial"] + 1, "query": asked}
        if record["told"] and record["told"]["place"] != _place(asked):
            record["told"] = None
        return record

    return (store().update(f"class:{code}", moved) or {"look": {"serial": 0}})["look"]["serial"]


def lock(code: str, is_locked: bool) -> None:
    """Whether nobody can join any more."""
    store().update(f"class:{code}", lambda record: record | {"locked": is_locked})


def remove(code: str, name: object, by_themselves: bool = False) -> None:
    """Takes a pupil out of the class, with all that they answered; the name is free again.

    Args:
        code: of the class.
        name: of the pupil.
        by_themselves: whether the pupil leaves; how many did is counted, so that the teacher is told.
    """
    gone: list[str] = []

    def without(record: Any) -> Any:
        gone[:] = [each for each, called in record["names"].items() if called == name]
        record["names"] = {each: called for each, called in record["names"].items() if called != name}
        if by_themselves and gone:
            record["left"] = record.get("left", 0) + 1
        return record

    store().update(f"class:{code}", without)
    store().delete(*(f"pupil:{code}:{each}" for each in gone))


def end(code: str) -> None:
    """Deletes the class and everything of it."""
    store().delete(f"class:{code}")
    store().delete(*pupils(code))


def pupils(code: str) -> dict[str, Any]:
    """The records of all pupils of a class, by their keys."""
    return store().listed(f"pupil:{code}:")


# ----------------------------------------------------------------------------------------------------------- the pupil


def joined(code: object) -> dict[str, str]:
    """A new pupil of a class: `code`, `token` and `name`.

    Raises:
        UserError: there is no such class, it is full, or closed.
    """
    code, token = normalised(code), new_secret()
    who = digest(token)

    def named(record: Any) -> Any:
        if record["locked"]:
            raise UserError(LOCKED)
        if len(record["names"]) >= MOST_PUPILS:
            raise UserError(CROWDED)
        record["names"][who] = new_name(set(record["names"].values()))
        return record

    record = store().update(f"class:{code}", named) if code else None
    if record is None:
        raise UserError(NO_CLASS)
    name, now = record["names"][who], time.time()
    new = {"name": name, "seen": now, "since": now, "at": "", "query": "", "look": 0, "answers": {}}
    store().put(f"pupil:{code}:{who}", new, record["ends"] - now)
    if store().get(f"class:{code}") is None:  # it has ended meanwhile
        store().delete(f"pupil:{code}:{who}")
        raise UserError(NO_CLASS)
    return {"code": code, "token": token, "name": name}


def polled(code: str, token: object, query: object = None, applied: object = 0) -> dict[str, Any]:
    """What a pupil's page needs to know; and the server notes where the pupil is.

    Args:
        code: of the class.
        token: of the pupil.
        query: of the page's address, where it is another than before; None: the page has just been opened, and is told
            where the pupil was.
        applied: the number of the last move that the page has followed.

    Raises:
        Gone: the class has ended, or the pupil was removed.
    """
    record = store().get(f"class:{code}") if code else None
    if record is None:
        raise Gone(ENDED)
    key, now = f"pupil:{code}:{digest(token)}", time.time()
    mine = store().get(key)
    if mine is None:
        raise Gone(REMOVED)
    answer = {"code": code, "name": mine["name"], "ends_s": round(record["ends"] - now), "told": record["told"]}
    answer |= {"look": record["look"], "pupils": len(record["names"])}
    if query is None:
        return answer | {"was": {"query": mine["query"], "look": mine["look"]}}
    is_number = type(applied) is int and 0 <= applied < 1_000_000_000
    new = {"query": query_of(query), "look": applied if is_number else 0}
    new["at"] = _place(new["query"])
    if now - mine["seen"] > SEEN or any(mine[name] != value for name, value in new.items()):

        def noted(pupil: Any) -> Any:
            return pupil | new | {"seen": now} | ({} if pupil["at"] == new["at"] else {"since": now})

        store().update(key, noted)
    return answer


def leave(code: str, token: object) -> None:
    """A pupil goes, and everything that is known of them."""
    who = digest(token)
    mine = store().get(f"pupil:{code}:{who}")
    if mine is not None:
        remove(code, mine["name"], by_themselves=True)


def report(given: Any, place: str, guess: str, is_right: bool, wanted: str = "") -> None:
    """Notes a pupil's answer on a card; nothing happens where there is no such class or pupil.

    Args:
        given: what a browser sent of the class: `code` and `token`.
        place: the card: "numbers.3".
        guess: the answer in words.
        is_right: whether it was.
        wanted: what would have been right, where there was a choice; nobody sees it before the teacher reveals it.
    """
    data = given if isinstance(given, dict) else {}
    code, now = normalised(data.get("code")), time.time()
    if not code or not isinstance(data.get("token"), str):
        return

    def answered(pupil: Any) -> Any:
        answers = pupil["answers"]
        before = answers.get(place)
        if before is None and len(answers) >= MOST_PLACES:
            return None
        tries = 1 + (before["tries"] if before else 0)
        first = before["first"] if before else guess[:MOST_GUESS]
        was_right = bool(before and before["was_right"]) or is_right
        new = {"first": first, "last": guess[:MOST_GUESS], "right": is_right, "was_right": was_right}
        new["wanted"] = wanted[:MOST_GUESS]
        answers[place] = new | {"tries": tries, "when": now}
        return pupil | {"since": now, "seen": now}

    with suppress(UserError):  # of the store: the answer itself is judged all the same
        store().update(f"pupil:{code}:{digest(data['token'])}", answered)


def _place(query: str) -> str:
    """The card that a query of the page's address names, or ""."""
    found = [each.removeprefix("lesson=") for each in query.lstrip("?").split("&") if each.startswith("lesson=")]
    return found[-1][:60] if found else ""
