"""A class over HTTP on the running page: secrets, limits, what a pupil and what a teacher is told."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from demo.classroom import route
from tests.classes import RIGHT, WRONG, Page, Refused, ask, sent
from tests.conftest import App

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("at_most_one_line_of_log")]
KNOWN = {"code", "shown", "name", "ends_s", "told", "look", "pupils", "next_ms"}  # to a pupil


class Teacher:
    """A teacher's browser."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.made = ask(address, "open")
        self.code, self.secret = self.made["code"], self.made["secret"]

    def ask(self, action: str, **question: Any) -> Any:
        return ask(self.address, action, code=self.code, token=self.secret, **question)


@pytest.fixture
def teacher(app: App) -> Iterator[Teacher]:
    """Of a class that has just been opened, and ends with the test."""
    teacher = Teacher(app.address)
    yield teacher
    with suppress(Refused):  # the test has ended it
        teacher.ask("end")


def poll(teacher: Teacher, pupil: dict[str, str], **more: Any) -> Any:
    return ask(teacher.address, "poll", code=pupil["code"], token=pupil["token"], **({"query": "?"} | more))


def refusal(address: str, action: str, **question: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        ask(address, action, **question)
    return refused.value.status, refused.value.told


def test_a_class_is_opened_joined_moved_answered_revealed_saved_and_ended(teacher: Teacher) -> None:
    address = teacher.address
    fox, owl = (ask(address, "join", code=teacher.made["shown"].lower()) for _ in range(2))
    assert fox["name"] != owl["name"] and fox["code"] == teacher.code
    new = poll(teacher, fox, query=None)
    assert new["was"] == {"query": "", "look": 0} and new["look"]["serial"] == 0
    # All look there: known keys alone, with what the teacher hides.
    where = "?lesson=convolution.2&tab=bench&bench=conv~stride:2&secret=1&__theme=dark&hide=upload"
    board = teacher.ask("look", query=where, hide="answer,whatif,nonsense")
    query = "?lesson=convolution.2&tab=bench&bench=conv~stride:2&hide=answer,whatif"
    assert board["look"] == {"serial": 1, "query": query} and board["hide"] == "answer,whatif"
    assert poll(teacher, fox)["look"] == board["look"]
    assert teacher.ask("look", query="?tab=explore")["look"]["query"] == "?tab=explore&hide=answer,whatif"
    # Both answer through the page itself, which judges.
    page = Page(address, "teachtest")
    for pupil, numbers in ((fox, WRONG), (fox, WRONG), (owl, WRONG), (owl, RIGHT)):
        poll(teacher, pupil, query=query, look=1)
        assert page.answer(numbers, {"code": pupil["code"], "token": pupil["token"]})["right"] is (numbers == RIGHT)
    board = teacher.ask("board")
    assert board["places"] == {"convolution.2": {"answered": 2, "right": 1}} and board["here"] == 2
    states = {each["name"]: (each["at"], each["state"], each["done"], each["look"]) for each in board["pupils"]}
    assert states[fox["name"]] == ("convolution.2", "wrong", False, 1)
    assert states[owl["name"]] == ("convolution.2", "", True, 1)
    # Nobody sees the tally before it is revealed, and pupils only when they are to.
    assert board["tallies"] == {} and "4 × 4" not in json.dumps(board)
    bars = teacher.ask("reveal", place="convolution.2")["tallies"]["convolution.2"]
    assert bars == [{"guess": "3 × 3", "count": 1, "right": False}, {"guess": "4 × 4", "count": 1, "right": True}]
    assert poll(teacher, fox)["told"] is None
    teacher.ask("reveal", place="convolution.2", title="How large is the map?", mark="as it is")
    told = {"place": "convolution.2", "title": "How large is the map?", "mark": "as it is", "bars": bars}
    assert poll(teacher, fox)["told"] == told
    # A pupil's page that is opened anew learns where it was.
    assert poll(teacher, fox, query=None)["was"]["query"] == "?"
    rows = list(csv.DictReader(io.StringIO(teacher.ask("csv"))))
    by_name = {row["pupil"]: row for row in rows}
    assert len(rows) == 2
    first = by_name[owl["name"]]
    assert (first["lesson"], first["card"], first["first answer"], first["last answer"]) == (
        "convolution",
        "2",
        "3 × 3",
        "4 × 4",
    )
    assert (first["right"], first["tries"], by_name[fox["name"]]["right"]) == ("yes", "2", "no")
    # Who leaves takes everything along; who is removed is told so; when it ends, all are.
    ask(address, "leave", code=owl["code"], token=owl["token"])
    assert [each["name"] for each in teacher.ask("board")["pupils"]] == [fox["name"]]
    assert owl["name"] not in teacher.ask("csv")
    teacher.ask("remove", name=fox["name"])
    assert refusal(address, "poll", code=fox["code"], token=fox["token"])[0] == 410
    elk = ask(address, "join", code=teacher.code)
    teacher.ask("end")
    status, words = refusal(address, "poll", code=elk["code"], token=elk["token"])
    assert status == 410 and "ended" in words
    assert refusal(address, "board", code=teacher.code, token=teacher.secret)[0] == 410


def test_the_teachers_secret_is_nowhere_that_pupils_look(teacher: Teacher) -> None:
    address = teacher.address
    pupil = ask(address, "join", code=teacher.code)
    answers = [pupil, poll(teacher, pupil, query=None), poll(teacher, pupil)]
    assert set(answers[2]) == KNOWN and set(answers[1]) == KNOWN | {"was"}
    board = teacher.ask("board")
    for text in map(json.dumps, answers):
        assert teacher.secret not in text
    # Nor are pupils' tokens anywhere but with themselves.
    for text in (json.dumps(board), teacher.ask("csv"), json.dumps(answers[1:])):
        assert pupil["token"] not in text
    # No QR code holds it.
    assert teacher.ask("qr", link=f"{address}/?join={teacher.code}")["src"].startswith("data:image/png")
    with pytest.raises(Refused):
        teacher.ask("qr", link=f"{address}/?teach={teacher.code}#{teacher.secret}")


@pytest.mark.parametrize("action", ["board", "look", "reveal", "conceal", "lock", "remove", "end", "csv", "qr"])
def test_what_a_teacher_does_needs_the_secret(teacher: Teacher, action: str) -> None:
    pupil = ask(teacher.address, "join", code=teacher.code)
    for token in (pupil["token"], "", "x" * 32, None, 7, teacher.secret[:-1]):
        status, words = refusal(teacher.address, action, code=teacher.code, token=token)
        assert status == 410 and "not the teacher" in words
    assert len(teacher.ask("board")["pupils"]) == 1


def test_a_closed_door_keeps_out_and_lets_nobody_fall(teacher: Teacher) -> None:
    fox = ask(teacher.address, "join", code=teacher.code)
    assert teacher.ask("lock", locked=True)["locked"] is True
    status, words = refusal(teacher.address, "join", code=teacher.code)
    assert status == 422 and "closed the door" in words
    assert poll(teacher, fox)["name"] == fox["name"]
    teacher.ask("lock", locked=False)
    ask(teacher.address, "join", code=teacher.code)


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("poll", b"not json"),
        ("poll", b"[1, 2]"),
        ("poll", b'{"code": {"a": 1}, "token": [2], "query": {"x": 1}}'),
        ("board", b'{"code": "KRTM7"}'),
        ("join", b'{"code": "KRTM7"}'),
        ("join", b"{}"),
        ("nonsense", b"{}"),
        ("look", b'{"code": "\\ud800", "token": "\\ud800"}'),
        ("poll", b"[" * 5000),
        ("poll", b"x" * (route.MOST_BODY + 1)),
        ("open", b"\xff\xfe"),
    ],
)
def test_whatever_comes_is_answered_by_a_sentence(app: App, action: str, body: bytes) -> None:
    answer = sent(app.address, action, body)
    assert answer.status_code in (410, 422)
    assert answer.json()["told"].endswith(".")
    assert answer.headers["cache-control"] == "no-store"


def test_hostile_values_of_a_pupil_and_a_teacher_do_no_harm(teacher: Teacher) -> None:
    pupil = ask(teacher.address, "join", code=teacher.code)
    queries = ("?lesson=" + "x" * 4000, {"a": 1}, 7, "?picture=own&crop=1,2,3", "%%%")
    for query, look in zip(queries, (-1, 10**12, "7", None, 2.5), strict=True):
        poll(teacher, pupil, query=query, look=look)
    for query in ("?tab=nonsense&model=<script>", "x" * 4000, "?" + "&".join(f"k{n}=1" for n in range(300))):
        assert len(teacher.ask("look", query=query)["look"]["query"]) < 2500
    for name in ("", None, {"a": 1}, "Nobody"):
        teacher.ask("remove", name=name)
    assert refusal(teacher.address, "reveal", code=teacher.code, token=teacher.secret, place={"a": 1})[0] == 422
    assert len(teacher.ask("board")["pupils"]) == 1


def test_who_asks_too_often_is_told_to_wait(teacher: Teacher) -> None:
    pupil = ask(teacher.address, "join", code=teacher.code)
    with httpx.Client() as client:
        answers = (sent(teacher.address, "poll", json.dumps(pupil).encode(), client) for _ in range(500))
        assert next(answers).status_code == 200
        refused = next(answer for answer in answers if answer.status_code != 200)
    assert refused.status_code == 429 and refused.json()["next_ms"] > 0 and refused.json()["told"].endswith(".")
    other = ask(teacher.address, "join", code=teacher.code)  # others are not held up
    assert poll(teacher, other)["name"] == other["name"]


def test_no_get_and_no_page_of_another_host_reaches_a_class(app: App, teacher: Teacher) -> None:
    assert httpx.get(f"{app.address}/class/board").status_code in (404, 405)
    headers = {"Sec-Fetch-Site": "cross-site"}
    question = {"code": teacher.code, "token": teacher.secret}
    answer = httpx.post(f"{app.address}/class/board", json=question, headers=headers)
    assert answer.status_code == 403
