"""Own classes as the page asks for them: from pictures to a network, and that visitors keep apart."""

import io
import json
import zipfile

import pytest
from PIL import Image
from starlette.testclient import TestClient

import model_zoo
from demo.core.networks import choices
from demo.errors import UserError
from demo.private import networks as private
from demo.visitors import visitors
from demo.visitors.pictures import SENT, SIDE, Kept, kept
from demo.visitors.visitors import FULL, GONE, KEPT_SECONDS, MOST_CLASSES, MOST_PICTURES, VISITORS, Visitors
from tests.demo.tabs.own.conftest import BODY, Somebody
from tests.own_pictures import pictures, png
from tests.pictures import noise
from train.service import own


def test_two_classes_answer_are_made_taken_home_and_brought_back(somebody: Somebody, other: Somebody) -> None:
    stripes, discs = somebody.taught(8)
    VISITORS.get(somebody.token).page = kept(png(pictures("discs", 1, seed=5)[0]), "the page's")
    found = somebody.looked()
    assert (found["of"], found["needs"]) == (16, "")
    assert [each["class"] for each in found["answer"]] == [discs, stripes]
    assert sum(each["share"] for each in found["answer"]) == pytest.approx(1)
    assert any("“stripes” has only 8 pictures" in words for words in found["remarks"])

    frame = somebody.send("frame", png(pictures("stripes", 1, seed=6)[0]), body=BODY).json()
    assert frame["answer"][0]["class"] == stripes and frame["next_ms"] > 0
    assert somebody.ask("look", body=BODY)["of"] == 16  # a frame is not among the pictures

    assert somebody.ask("make", body=BODY, title="My shapes")["state"] in ("waiting", "running")
    order = somebody.waited()
    assert order["state"] == "done", order
    result = order["result"]
    assert result["title"] == "My shapes (yours)"
    assert [each["name"] for each in result["classes"]] == ["stripes", "discs"]
    cells = [number for row in result["cells"] for cell in row for number in cell]
    assert len(cells) == len(set(cells)) == result["held"]
    assert result["accuracy"] == result["right"] / result["held"]
    assert result["low"] < result["accuracy"] <= result["high"] + 1e-9
    assert result["right"] == len(result["cells"][0][0]) + len(result["cells"][1][1]) > 12
    hardest = result["hardest"]
    assert [each["share"] for each in hardest] == sorted(each["share"] for each in hardest)

    model, picture = model_zoo.load(result["name"]), pictures("discs", 1, seed=9)[0]
    assert dict(model.predict(picture))["discs"] > 0.5
    assert model.card["own"]["pictures"] == {"stripes": 8, "discs": 8}
    assert private.mine("somebody") == [result["name"]] and private.mine("another") == []

    # Nobody else can have it but by its zip, which is checked as any file.
    for action in ("home", "remove"):
        assert "not one of yours" in other.ask(action, name=result["name"])["told"]
    data = somebody.send("home", json.dumps({"name": result["name"]})).content
    assert "predict.py" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    back = other.send("bring", data, name="shapes.zip").json()
    assert [each["title"] for each in back["networks"]] == ["My shapes"]
    assert back["name"] != result["name"]
    assert dict(model_zoo.load(back["name"]).predict(picture)) == pytest.approx(dict(model.predict(picture)))
    assert (back["name"] in [each for _, each in choices("another")]) and back["name"] not in private.mine("somebody")
    assert other.ask("remove", name=back["name"])["networks"] == []
    with pytest.raises(KeyError):
        model_zoo.load(back["name"])


@pytest.mark.parametrize("harm", ["no zip", "cut", "other weights"])
def test_a_zip_that_holds_no_network_is_refused_in_words(somebody: Somebody, harm: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("card.json", "model.safetensors", "history.csv"):
            data = (model_zoo.load(BODY).folder / name).read_bytes()
            archive.writestr(name, data[::-1] if harm == "other weights" and name.endswith("tensors") else data)
    whole = buffer.getvalue()
    data = {"no zip": b"GIF89a and more", "cut": whole[: len(whole) // 2], "other weights": whole}[harm]
    answer = somebody.send("bring", data, name="a.zip")
    assert answer.status_code == 422
    assert answer.json()["told"].startswith("a.zip") and "/" not in answer.json()["told"]
    assert private.mine("somebody") == []


def test_visitors_do_not_see_each_others_pictures_and_names(somebody: Somebody, other: Somebody) -> None:
    labels = somebody.taught(2)
    number = next(iter(VISITORS.get(somebody.token).held))
    assert Image.open(io.BytesIO(somebody.send("picture", json.dumps({"picture": number})).content)).size[0] <= SIDE
    assert "deleted" in other.ask("picture", picture=number)["told"]
    assert "no such class" in other.give(labels[0], noise(32, 32))["told"]
    assert "no such class" in other.ask("rename-class", **{"class": labels[0]}, name="mine")["told"]
    other.ask("delete", pictures=[number])
    assert other.ask("look", body=BODY) | {"seconds": 0} == {
        "learned": 0,
        "of": 0,
        "needs": "As soon as two classes have 2 pictures each, the answer of the network so far stands here.",
        "seconds": 0,
    }
    assert other.ask("state") == {}
    assert somebody.looked()["of"] == 4


def test_pictures_are_moved_and_deleted_and_the_answer_follows(somebody: Somebody) -> None:
    stripes, discs = somebody.taught(3)
    VISITORS.get(somebody.token).page = kept(png(pictures("discs", 1, seed=5)[0]), "the page's")
    before = somebody.looked()["answer"]
    held = VISITORS.get(somebody.token).held
    of_discs = [number for number, each in held.items() if each.label == discs]
    of_stripes = [number for number, each in held.items() if each.label == stripes]
    somebody.ask("move", pictures=of_discs, **{"class": stripes})
    somebody.ask("move", pictures=of_stripes, **{"class": discs})
    after = somebody.looked()["answer"]
    assert [each["class"] for each in after] == [each["class"] for each in before][::-1]
    somebody.ask("delete", pictures=of_discs[:2])
    assert somebody.looked()["needs"]
    assert [each["name"] for each in somebody.ask("remove-class", **{"class": stripes})["classes"]] == ["discs"]
    assert somebody.looked()["of"] == 3


def test_a_zip_of_folders_fills_classes_and_says_what_it_leaves_out(somebody: Somebody) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for kind in ("stripes", "discs"):
            for at, picture in enumerate(pictures(kind, 3)):
                archive.writestr(f"set/{kind}/{at}.png", png(picture.resize((600, 400))))
        archive.writestr("set/discs/notes.txt", b"no picture")
        archive.writestr("__MACOSX/set/discs/._0.png", b"junk")
    lines = [json.loads(line) for line in somebody.send("zip", buffer.getvalue(), name="set.zip").text.splitlines()]
    assert [line["name"] for line in lines if "picture" in line] == ["stripes"] * 3 + ["discs"] * 3
    (left_out,) = (line for line in lines if "left_out" in line)
    assert left_out["left_out"] == "set/discs/notes.txt" and left_out["reason"].endswith(".")
    for each in VISITORS.get(somebody.token).held.values():
        assert Image.open(io.BytesIO(each.kept.data)).size == (SIDE, SIDE)

    outside = io.BytesIO()
    with zipfile.ZipFile(outside, "w") as archive:
        archive.writestr("../../evil/1.png", png(noise(32, 32)))
    (refused,) = somebody.send("zip", outside.getvalue(), name="evil.zip").text.splitlines()
    assert json.loads(refused)["told"].startswith("“evil.zip”")
    assert "cannot be opened as a zip" in somebody.send("zip", b"PK no zip", name="b.zip").text


def test_squares_of_one_photo_are_one_scene(somebody: Somebody) -> None:
    one, two = (somebody.ask("add-class", name=name)["class"] for name in ("one", "two"))
    for at, (photo, label) in enumerate([("a", one), ("a", two), ("b", one), ("b", two), ("", one), ("", two)]):
        name = f"field.jpg, square at {at}, 0"
        assert somebody.send("add", png(noise(64, 64, seed=at)), name=name, **{"class": label}, photo=photo).is_success
    collection, _, _ = VISITORS.get(somebody.token).collection()
    assert own.scenes(collection.pictures) == [0, 0, 1, 1, 2, 3]


@pytest.mark.parametrize(
    "content", [b"", b"no picture", bytes(1000), png(noise(4, 4)), png(noise(64, 64))[:500], b"<svg/>"]
)
def test_what_is_no_picture_is_refused_in_a_sentence(somebody: Somebody, content: bytes) -> None:
    label = somebody.ask("add-class", name="one")["class"]
    answer = somebody.send("add", content, **{"class": label})
    assert answer.status_code == 422 and answer.json()["told"].endswith(".")
    assert not VISITORS.get(somebody.token).held


def test_a_picture_that_is_too_large_is_not_read(somebody: Somebody) -> None:
    label = somebody.ask("add-class", name="one")["class"]
    answer = somebody.send("add", (bytes(SENT.bytes // 4) for _ in range(9)), **{"class": label})
    assert answer.status_code == 422 and "larger" in answer.json()["told"]
    assert somebody.send("add", png(noise(1000, 1000)), **{"class": label}).status_code == 422


def test_names_are_checked(somebody: Somebody) -> None:
    first = somebody.ask("add-class", name=" a  class\nwith <b>words</b> and a name that is far too long ")
    assert first["name"] == "a class with <b>words</b> and a name tha"
    for name in ("", "  ", None, 3, "A CLASS with <b>words</b> and a name tha"):
        assert "told" in somebody.ask("add-class", name=name)
    for at in range(MOST_CLASSES - 1):
        assert "class" in somebody.ask("add-class", name=f"class {at}")
    assert somebody.ask("add-class", name="one more")["told"] == f"There can be {MOST_CLASSES} classes."


@pytest.mark.parametrize(
    ("action", "content"),
    [
        ("move", b'{"pictures": "all", "class": 1}'),
        ("move", b'{"pictures": [1.5], "class": true}'),
        ("delete", b"[" * 50_000),
        ("look", b'{"body": "no such network"}'),
        ("look", b'{"body": ["cifar10-cnn"]}'),
        ("make", b"null"),
        ("make", b"{}"),
        ("no-such-thing", b"{}"),
        ("home", b'{"name": "private:../../etc"}'),
        ("home", b'{"name": "cifar10-cnn"}'),
        ("remove", b'{"name": null}'),
        ("picture", b'{"picture": -1}'),
    ],
)
def test_anything_else_is_refused_in_a_sentence(somebody: Somebody, action: str, content: bytes) -> None:
    answer = somebody.send(action, content)
    assert answer.status_code == 422 and answer.json()["told"].endswith("."), answer.text


def test_only_a_token_opens_anything(client: TestClient) -> None:
    for token in ("", "guessed", "x" * 1000):
        answer = client.post("/own/look", content=b"{}", headers={"X-Visitor": token})
        assert (answer.status_code, answer.json()["told"]) == (422, GONE)


def test_closing_the_page_deletes_its_pictures_at_once(somebody: Somebody) -> None:
    somebody.taught(2)
    visitor = VISITORS.get(somebody.token)
    assert somebody.client.post("/own/close", content=somebody.token).status_code == 200
    assert not visitor.held and not visitor.classes
    assert somebody.ask("look", body=BODY)["told"] == GONE


def test_room_is_limited_for_each_and_for_all_together() -> None:
    every, picture = Visitors(most_bytes=3500), Kept(bytes(1000), own.of_image(noise(32, 32), "one"))
    one, two = (every.get(every.open("", session)) for session in ("one", "two"))
    labels = [each.add_class("a") for each in (one, two)]
    for visitor, label in ((one, labels[0]), (two, labels[1]), (two, labels[1])):
        every.add(visitor, picture, label)
    for visitor, label in ((one, labels[0]), (two, labels[1])):
        with pytest.raises(UserError, match=FULL):
            every.add(visitor, picture, label)
    two.delete(list(two.held)[:1])
    every.add(one, picture, labels[0])

    tiny, many = Kept(b"1", picture.picture), Visitors()
    rich = many.get(many.open("", None))
    label = rich.add_class("a")
    for _ in range(MOST_PICTURES):
        many.add(rich, tiny, label)
    with pytest.raises(UserError, match="There is room for 1,000 pictures"):
        many.add(rich, tiny, label)


def test_what_nobody_has_used_for_four_hours_goes() -> None:
    every = Visitors()
    stays, goes = every.open("", "one"), every.open("", "two")
    visitor = every.get(goes)
    every.add(visitor, kept(png(noise(32, 32)), "one"), visitor.add_class("a"))
    visitor.used -= KEPT_SECONDS + 1
    every.sweep()
    assert every.get(stays)
    assert not visitor.held
    with pytest.raises(UserError, match="no longer on the server"):
        every.get(goes)
    assert every.open(goes, "two") != goes
    assert visitors.SWEEP_SECONDS < KEPT_SECONDS


def test_orders_are_made_in_turn_and_can_be_given_up(client: TestClient) -> None:
    everybody = [Somebody(client, f"visitor {at}") for at in range(4)]
    for one in everybody:
        one.taught(3)
    first = [one.ask("make", body=BODY) for one in everybody]
    assert all(each["seconds"] > 0 for each in first)
    places = [each["place"] for each in first if each["state"] == "waiting"]
    assert places == sorted(places)
    assert "already" in everybody[-1].ask("make", body=BODY)["told"]
    everybody[-1].ask("stop")
    assert everybody[-1].waited()["state"] == "stopped"
    for one in everybody[:-1]:
        assert one.waited()["state"] == "done"
        assert len(private.mine(one.session)) == 1
    assert private.mine(everybody[-1].session) == []
    for one in everybody:
        VISITORS.close(one.token)
