"""Adding a network in the page: what is kept, for whom, and what of a stranger's form and file is refused in words."""

import time
from pathlib import Path
from threading import Thread
from typing import Any

import gradio as gr
import pytest
import torch
import torchvision
from PIL import Image
from safetensors.torch import save_file

import model_zoo
from demo.core.networks import choices, facts
from demo.core.view import View
from demo.errors import UserError
from demo.private import networks as private
from demo.share.links import GONE, lost_in_words
from demo.tabs.adding import places
from demo.tabs.adding.check import check
from demo.tabs.adding.handlers import SWITCHED_OFF, add, mode, own, remove, use
from demo.tabs.adding.order import GONE as FILE_GONE
from demo.tabs.adding.order import MOST_TITLE, NO_FILE, classes, form
from model_zoo.adopting.preprocessing import IMAGENET
from model_zoo.entries.folders import private_folder
from tests.demo.conftest import HOSTILE
from tests.model_zoo.onnx_graph.files import plain
from tests.pictures import noise

ME, OTHER = gr.Request(session_hash="me"), gr.Request(session_hash="another")
EMPTY = {"architecture": "", "title": "", "classes": "", "size": "", "mean": "", "std": ""}


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of uploads; networks are kept beside it."""
    for name, folder in (("CONVSCOPE_PRIVATE", "p"), ("CONVSCOPE_RUNS", "runs"), ("GRADIO_TEMP_DIR", "uploads")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.delenv("CONVSCOPE_ADDING", raising=False)
    monkeypatch.delenv("SPACE_ID", raising=False)
    (tmp_path / "uploads").mkdir()
    return tmp_path / "uploads"


@pytest.fixture
def graph(uploads: Path) -> Path:
    path = uploads / "tiny.onnx"
    path.write_bytes(plain())
    return path


def event(**data: Any) -> gr.EventData:
    return gr.EventData(None, data)


def added(file: object, request: gr.Request = ME, picture: Image.Image | None = None, **written: Any) -> dict[str, Any]:
    """The last thing that the form shows."""
    return list(add(picture, event(order=EMPTY | {"file": str(file)} | written), request))[-1]


# --------------------------------------------------------------------------------------------- a network is added


def test_a_graph_is_kept_for_its_visitor_until_they_delete_it(graph: Path) -> None:
    picture = noise(30, 20)
    told = list(add(picture, event(order=EMPTY | {"file": str(graph), "classes": "a\nb\n<b>c\nd\ne"}), ME))
    assert [list(each) for each in told[:-1]] == [["said"]] * 2
    found = told[-1]
    name, model = found["name"], model_zoo.load(found["name"])
    assert found["title"] == "tiny (yours)" and found["shared"] is False
    assert model.classes == ("a", "b", "<b>c", "d", "e")
    assert [label for label, _ in found["check"]["answers"]] == [label for label, _ in model.predict(picture)]
    assert [share for _, share in found["check"]["answers"]] == pytest.approx(
        [share for _, share in model.predict(picture)], abs=1e-6
    )
    assert (found["check"]["step"], found["check"]["maps"]["channels"]) == ("conv1", 4)
    assert model.card["preprocessing"]["mean"] == list(IMAGENET.mean or ())
    assert "Yours alone" in facts(name) and "4 hours" in facts(name)
    assert name not in [each for _, each in choices(OTHER.session_hash)]

    chosen = use("cifar10-cnn", ["cifar10-cnn"], event(name=name), ME)
    assert chosen.model.value == name and (found["title"], name) in chosen.model.choices
    assert use("cifar10-cnn", [], event(name=name), OTHER).model.value == "cifar10-cnn"
    with pytest.raises(gr.Error, match="not one of yours"):
        remove(name, [], event(name=name), OTHER)
    removed = remove(name, ["cifar10-cnn"], event(name=name), ME)
    assert removed.own["gone"] == name and removed.lists.model.value == model_zoo.names()[0]
    assert not private.mine("me") and not list(private_folder().iterdir())
    there = View(model=model_zoo.names()[0], step="conv2")
    assert lost_in_words(f"?model={name}&step=conv1&channel=2", there) == GONE
    assert lost_in_words(f"?model={name}&lane=x", there).startswith("Of this link, what is compared could not")


def test_weights_need_their_architecture_and_the_numbers_that_were_written_count(uploads: Path) -> None:
    torch.manual_seed(0)
    net = torchvision.models.squeezenet1_1(num_classes=3)
    save_file(net.state_dict(), uploads / "weights.safetensors")
    written = {"architecture": "squeezenet1_1", "title": "Mine", "size": "64", "mean": "0.5", "std": "0.2, 0.3,0.4"}
    found = added(uploads / "weights.safetensors", classes='{"a": 0, "b": 1, "c": 2}', **written)
    model = model_zoo.load(found["name"])
    prepared = model.card["preprocessing"]
    assert (found["title"], model.classes, prepared["size"]) == ("Mine (yours)", ("a", "b", "c"), 64)
    assert (prepared["mean"], prepared["std"]) == ([0.5] * 3, [0.2, 0.3, 0.4])
    batch = model.prepare(noise(80, 64))
    assert torch.allclose(model.net(batch), net.eval()(batch), atol=1e-5)
    assert "picture" not in found["check"]  # there was none to try it on

    wrong = added(uploads / "weights.safetensors", architecture="resnet18")
    assert "another architecture" in wrong["error"]
    assert len(private.mine("me")) == 1


def test_what_is_shared_is_there_for_everybody(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_ADDING", "shared")
    found = added(graph, title="For all")
    assert found["shared"] and found["name"] == "for-all"
    assert ("For all", "for-all") in choices(OTHER.session_hash) and not private.mine("me")
    assert added(graph, title="For all")["name"] == "for-all-2"


@pytest.mark.parametrize(
    ("switch", "space", "expected"),
    [
        (None, None, "on"),
        (None, "somebody/convscope", "off"),
        ("on", "somebody/convscope", "on"),
        (" SHARED", "somebody/convscope", "shared"),
        ("off", None, "off"),
        ("nonsense", "somebody/convscope", "off"),
    ],
)
def test_it_is_off_on_a_public_space_unless_switched_on(
    switch: str | None, space: str | None, expected: str, graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("CONVSCOPE_ADDING", switch), ("SPACE_ID", space)):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert mode() == expected and own()["adding"] is (expected != "off")
    if expected == "off":
        assert added(graph)["error"] == own()["why"] == SWITCHED_OFF


# ----------------------------------------------------------------------------------------------- what is refused


def test_hostile_files_are_answered_by_a_sentence_and_nothing_is_kept(uploads: Path) -> None:
    save_file({"a": torch.full((3,), float("nan"))}, uploads / "nan.safetensors")
    (uploads / "cut.onnx").write_bytes(plain()[:-40])
    for file, written in (("nan.safetensors", {"architecture": "resnet18"}), ("cut.onnx", {})):
        found = added(uploads / file, **written)
        assert set(found) == {"error"} and found["error"].endswith("."), found
        assert str(uploads) not in found["error"]  # no path of this server
    assert not private.mine("me") and not list(private_folder().iterdir())


def test_only_files_that_were_sent_are_read(graph: Path, uploads: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.onnx"
    elsewhere.write_bytes(plain())
    (uploads / "link.onnx").symlink_to(elsewhere)
    (uploads / "net.pth").write_bytes(b"x")
    with (uploads / "long.onnx").open("wb") as file:
        file.truncate(100_000_001)
    for sent, words in (
        (elsewhere, FILE_GONE),
        (uploads / ".." / "elsewhere.onnx", FILE_GONE),
        (uploads / "link.onnx", FILE_GONE),
        (uploads / "none.onnx", FILE_GONE),
        (uploads, FILE_GONE),
        ("\0", FILE_GONE),
        ("", NO_FILE),
        (uploads / "net.pth", "may hold a program"),
        (uploads / "long.onnx", "100 MB"),
    ):
        assert words in added(sent)["error"]


@pytest.mark.parametrize("order", [None, 3, "x", [], {}, {"file": 3}, {"file": ["a"]}, {"file": None, "size": {}}])
def test_what_is_no_form_is_refused(order: Any) -> None:
    assert list(add(None, event(order=order), ME)) == [{"error": NO_FILE}]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "x" * (MOST_TITLE + 1), "at most 60"),
        ("classes", "a\n\nb", "not understood"),
        ("classes", "x" * 201 + "\nb", "200 characters"),
        ("classes", "x" * 1_000_001, "1 million"),
        *(("size", size, "whole number") for size in ("0", "1025", "-3", "3.5", "²", HOSTILE)),
        *(("mean", mean, "one number, or three") for mean in ("0.1, 0.2", "a", "nan", "1 2 3 4", "inf")),
        ("std", "0", "above 0"),
        ("std", "0.2, 0.2, -1", "above 0"),
    ],
)
def test_what_is_wrong_in_the_form_is_named(field: str, value: str, words: str, graph: Path) -> None:
    with pytest.raises(UserError, match=words):
        form(EMPTY | {"file": str(graph), field: value})


def test_an_architecture_is_one_of_the_list(graph: Path, uploads: Path) -> None:
    save_file({"a": torch.zeros(2)}, uploads / "a.safetensors")
    for name in ("", "nothing", str(graph), "hf-hub:timm/resnet18", "resnet18 "):
        sent = EMPTY | {"file": str(uploads / "a.safetensors"), "architecture": name}
        if name.strip() == "resnet18":
            assert form(sent).architecture == "resnet18"
        else:
            with pytest.raises(UserError, match="architecture"):
                form(sent)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", None),
        (" \n ", None),
        ("\ufeffcat\r\ndog \n", ["cat", "dog"]),
        ('["cat", "dog"]', ["cat", "dog"]),
        ('{"0": "cat", "1": "dog"}', ["cat", "dog"]),
        ('{"0": ["n01", "cat"], "1": ["n02", "dog"]}', ["cat", "dog"]),
        ('{"dog": 1, "cat": 0}', ["cat", "dog"]),
        ("[cat]\n{dog}", ["[cat]", "{dog}"]),
    ],
)
def test_classes_are_understood_as_people_keep_them(written: str, expected: list[str] | None) -> None:
    assert classes(written) == expected


@pytest.mark.parametrize(
    "written", ["[]", "{}", "[1, 2]", '{"0": "a", "2": "b"}', '{"a": 0, "b": 0}', '[["a", "b"]]', '{"0": [], "1": {}}']
)
def test_classes_that_are_not_understood_are_refused(written: str) -> None:
    with pytest.raises(UserError, match="not understood"):
        classes(written)


# --------------------------------------------------------------------------------------------------- what it says


def test_a_network_without_training_and_one_that_sees_nothing_are_said_to_look_wrong() -> None:
    model = model_zoo.load("cifar10-resnet")
    sound = check(model, noise(32, 32))
    assert not [words for words in sound["said"] if words.startswith("Look again")]
    net = torchvision.models.squeezenet1_1(num_classes=3)
    torch.nn.init.zeros_(net.features[0].weight)  # pyright: ignore[reportArgumentType]
    strange = check(model_zoo.adopt(net, size=64), noise(64, 64))
    assert [words[:10] for words in strange["said"]] == ["Look again"] * 2


# ---------------------------------------------------------------------------------------------------------- turns


def test_one_works_at_a_time_and_the_row_has_an_end() -> None:
    row = places.Places(most=1)
    with row.taken("first"):
        assert row.before("first") == 0
        with pytest.raises(UserError, match="still being read"), row.taken("first"):
            pass
        seen: list[int] = []

        def second() -> None:
            with row.taken("second"):
                while seen.append(row.before("second", 0.05)) or seen[-1]:
                    pass

        waiting = Thread(target=second)
        waiting.start()
        while not seen:
            time.sleep(0.01)
        with pytest.raises(UserError, match="Too many"), row.taken("third"):
            pass
        assert seen[0] == 1
    waiting.join(20)
    assert seen[-1] == 0
    with row.taken("third"):
        assert row.before("third") == 0
