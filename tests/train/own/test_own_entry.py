"""Own classes from a folder to an entry, by the command and by what a page calls; to take home and to bring back."""

import json
import pickle
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

import model_zoo
from model_zoo import BrokenEntry
from model_zoo.adopting import sources
from model_zoo.adopting.entries import About, write
from model_zoo.entries import entry, entry_zip
from tests.pictures import noise
from tests.train.helpers import refused, run_here
from tests.train.own.conftest import NAMES, digit, folder, numbers
from train.data.cifar10 import DataError
from train.entry import model_card
from train.service import own
from train.tools.own import fine_tune, report
from train.tools.own.body import Body
from train.tools.own.pictures import Collection

BODY = "imagenet-efficientnet-lite0"  # which has never seen a digit
SMALL = ("--body", BODY, "--size", 64)


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An entry of 3 x 25 digits, its test split of 3 x 10, and the zip to take home, by the command."""
    top = tmp_path_factory.mktemp("own")
    data = folder(top / "set", 25, test=10)
    (data / "train" / "one" / "notes.txt").write_text("no picture")
    (data / "train" / "@eaDir").mkdir()
    assert run_here("own", "--data", data, "--out", top / "mine", *SMALL, "--zip", top / "mine.zip") == 0
    return top


def test_the_command_makes_an_entry_that_knows_the_classes(taught: Path) -> None:
    model = model_zoo.load_folder(taught / "mine")
    assert model.classes == ("naught", "one", "seven") and model.size == 64
    card = model.card
    crossed, test = card["metrics"]["cross_validation"], card["metrics"]["test"]
    assert crossed["pictures"] == 75 and crossed["low"] < crossed["accuracy"] < crossed["high"]
    assert test["pictures"] + test["left_out"] == 30 and test["pictures"] > 15  # some look like others that taught
    assert test["accuracy"] > 0.85 and crossed["accuracy"] > 0.85
    assert card["own"]["pictures"] == dict.fromkeys(model.classes, 25)
    assert "notes.txt is a text" in " ".join(card["own"]["remarks"])
    readme = (model.folder / entry.README).read_text()
    assert "Apache License 2.0" in readme and f"test accuracy **{test['accuracy']:.1%}**" in readme
    # What is told of a test picture is what the entry answers, and its like is known; a photo of nothing is not.
    seen = digit(numbers(7, 1, skip=30)[0])
    assert model.predict(seen)[0][0] == "seven"
    known = [model.judge(digit(at)).is_unfamiliar for value in NAMES for at in numbers(value, 20, skip=40)]
    assert sum(map(bool, known)) <= 12
    assert model.judge(Image.radial_gradient("L").resize((64, 64))).is_unfamiliar
    steps = model_zoo.walk(model.net, model.prepare(seen))
    assert torch.equal(steps[-1].output, model.net(model.prepare(seen)))


def test_the_zip_answers_by_itself_and_comes_back(taught: Path, tmp_path: Path) -> None:
    back = own.bring_back(taught / "mine.zip", tmp_path / "back")
    model = model_zoo.load_folder(taught / "mine")
    picture = tmp_path / "one.png"
    digit(numbers(1, 1, skip=30)[0]).save(picture)
    found = model.predict(Image.open(picture))
    assert back.predict(Image.open(picture)) == found and back.card == model.card
    assert back.trust is not None and not (tmp_path / "back" / entry_zip.PROGRAM).exists()
    with zipfile.ZipFile(taught / "mine.zip") as archive:
        archive.extractall(tmp_path / "home")
    said = subprocess.run(
        [sys.executable, "predict.py", str(picture)], cwd=tmp_path / "home", capture_output=True, text=True, check=True
    ).stdout
    share, label = said.splitlines()[0].split()
    assert label == found[0][0] and float(share) == pytest.approx(found[0][1], abs=1e-4)


def remade(source: Path, path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def with_card(files: dict[str, bytes], **values: object) -> None:
    files["card.json"] = json.dumps(json.loads(files["card.json"]) | values).encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.pop("card.json"), "there must be one card.json"),
        (lambda files: files.update({"other/card.json": b"{}"}), "there are 2"),
        (lambda files: files.pop("model.safetensors"), "model.safetensors is missing"),
        (lambda files: files.update({"../card2.json": b"{}"}), "names a file outside of itself"),
        (lambda files: files.update({"/etc/passwd": b""}), "names a file outside of itself"),
        (lambda files: files.update({"card.json": b"{" * 900_000}), "is not valid JSON"),
        (lambda files: files.update({"card.json": b" " * 2_000_000}), "at most 1 MB"),
        (lambda files: files.update({"zeros": bytes(150_000_000)}), "would unpack to"),
        (lambda files: files.update({"model.safetensors": files["model.safetensors"][:-1]}), "sha256 differs"),
        (lambda files: files.update({"model.safetensors": pickle.dumps(print)}), "sha256 differs"),
        (lambda files: files.update({"history.csv": b"epoch\n1\n"}), "has no column"),
        (lambda files: with_card(files, net={"file": "os.system", "arguments": {}}), "no network that can be built"),
        (lambda files: with_card(files, net={"file": "densenet121", "arguments": {}}), "does not fit its network"),
        (lambda files: with_card(files, classes=["a", "b"]), "values for 2 classes"),
        (lambda files: with_card(files, preprocessing={"size": 10**9}), "preprocessing.size"),
    ],
)
def test_a_zip_of_a_stranger_is_refused_in_a_sentence(
    taught: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    path = remade(taught / "mine.zip", tmp_path / "odd.zip", change)
    with pytest.raises(BrokenEntry, match=said) as error:
        own.bring_back(path, tmp_path / "out", "your.zip")
    assert "your.zip" in str(error.value) and str(tmp_path) not in str(error.value)
    assert not (tmp_path / "out").exists()


def test_a_cut_off_zip_is_refused(taught: Path, tmp_path: Path) -> None:
    whole = (taught / "mine.zip").read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 30):
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        with pytest.raises(BrokenEntry):
            own.bring_back(tmp_path / "cut.zip", tmp_path / "out")


def test_a_page_adds_pictures_one_by_one(digits: Collection) -> None:
    body = Body.of(model_zoo.load(BODY), 64)
    few = digits.take([*range(8), *range(20, 28), *range(40, 48)])
    head = own.quick_head(few, body)
    passed = []
    trunk = body.trunk.forward
    body.trunk.forward = lambda x: passed.append(len(x)) or trunk(x)
    more = few.with_pictures([digits.pictures[10]], 0)
    shares = own.answer(body, own.quick_head(more, body), digits.pictures[10])
    assert passed == [1]  # the others had passed before
    assert shares.argmax() == 0 and float(shares.sum()) == pytest.approx(1)
    assert own.answer(body, head, digits.pictures[30]).argmax() == 1
    # A picture in another class, and one less.
    wrong = more.moved(24, 2)
    assert wrong.labels[24] == 2 and own.answer(body, own.quick_head(wrong, body), digits.pictures[10]).argmax() == 2
    assert more.without(24).pictures == few.pictures


def test_the_body_of_the_least_loss_is_taken_and_all_are_told(digits: Collection, tmp_path: Path) -> None:
    bodies = [Body.of(model_zoo.load(name), 64) for name in (BODY, "invasive-resnet")]
    said: list[str] = []
    found = own.teach(digits, bodies, said.append)
    best = min(found.compared, key=lambda one: one.loss or 9)
    assert found.body is best.body and len(said) == 2
    assert found.chosen_anew is not None and found.chosen_anew[1] == best.pictures
    assert found.chosen_anew[0] / best.pictures <= max(one.accuracy or 0 for one in found.compared)
    model = own.write(found, tmp_path / "mine", "Digits")
    assert model.card["own"]["chosen_anew"] == list(found.chosen_anew)
    told = f"{found.chosen_anew[0]} of {best.pictures} "
    assert told in (model.folder / entry.README).read_text() and told in "\n".join(report.lines(found))
    assert model.title == "Digits" and [one["body"] for one in model.card["own"]["compared"]] == [
        b.name for b in bodies
    ]
    # The head in the entry, in half precision, answers as the one that was fitted.
    x = torch.cat([model.prepare(picture.load(64)) for picture in digits.pictures])
    expected = found.head(found.features).softmax(1)
    assert torch.allclose(model.net(x).softmax(1), expected, atol=0.03)
    held = found.validation
    assert sorted(i for row in range(3) for column in range(3) for i in held.cell(row, column)) == list(range(60))
    shares = [share for _, share in held.hardest()]
    assert shares == sorted(shares) and len(shares) == 12


@pytest.mark.slow
def test_body_and_head_are_trained_further(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = folder(tmp_path / "set", 10)
    words = ("own", "--data", data, "--out", tmp_path / "mine", *SMALL, "--fine-tune", "--epochs", 2)
    assert run_here(*words) == 0
    model = model_zoo.load_folder(tmp_path / "mine")
    assert model.card["own"] and model.card["start"]["share_of_values"] == 1
    assert (
        len(model.history) == 3
        and "Head and body were then trained further" in (model.folder / "README.md").read_text()
    )
    assert model_zoo.load_folder(tmp_path / "mine-head").classes == model.classes
    # No path of this machine is left in the card.
    assert str(tmp_path) not in json.dumps({key: model.card[key] for key in ("recipe", "start")})
    assert run_here(*words) == 1 and "exists already" in capsys.readouterr().err


def test_of_the_parts_with_every_class_that_nearest_to_its_share_is_held_out() -> None:
    body, labels = Body.of(model_zoo.load("cifar10-fast")), (0,) * 20 + (1,) * 20

    def taught(walk: set[int]) -> own.Taught:
        """Of forty pictures that have nothing in common but that some are of one walk."""
        pictures = [own.of_image(noise(32, 32, seed=at), f"{at}.png", photo="walk" * (at in walk)) for at in range(40)]
        return own.teach(Collection(("a", "b"), tuple(pictures), labels), [body])

    held = fine_tune.held_out(taught({at for at in range(40) if at % 20 < 8}))  # which one part holds as a whole
    assert 5 <= held.sum() <= 7 and {labels[at] for at in held.nonzero()[0]} == {0, 1}
    alone = taught(set(range(20)))
    with pytest.raises(DataError, match="pictures of several scenes"):
        fine_tune.held_out(alone)


def test_names_of_macs_and_of_others_are_one_class(tmp_path: Path) -> None:
    for form, value in (("NFC", 0), ("NFD", 1)):
        place = tmp_path / "set" / "a" / unicodedata.normalize(form, "Löwe")
        place.mkdir(parents=True, exist_ok=True)
        digit(numbers(value, 1)[0]).save(place / f"{form}.png")
    (tmp_path / "set" / "a" / "Tiger").mkdir()
    digit(numbers(7, 1)[0]).save(tmp_path / "set" / "a" / "Tiger" / "1.png")
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for file in sorted((tmp_path / "set").rglob("*.png")):
            archive.write(file, file.relative_to(tmp_path / "set").as_posix())
    for source in (tmp_path / "set", tmp_path / "set.zip"):
        collection, test = own.read(source)
        assert collection.classes == ("Löwe", "Tiger") and collection.counts == (2, 1) and not len(test)


def test_a_test_picture_of_a_scene_that_taught_is_left_out_with_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenes = {  # parts of scikit-learn's photographs: which one, left and top edge
        "train/east/1.png": (0, 0, 0),
        "train/east/pond_r0_c0.png": (0, 280, 30),
        "train/flower/2.png": (1, 0, 0),
        "train/flower/3.png": (1, 280, 30),
        "test/east/copy.png": (0, 0, 0),
        "test/east/moved.png": (0, 3, 2),
        "test/east/pond_r5_c9.png": (0, 140, 60),
        "test/east/new.png": (0, 140, 67),
        "test/flower/other.png": (1, 140, 67),
    }
    photos = [Image.fromarray(picture) for picture in load_sample_images().images]
    for name, (which, left, top) in scenes.items():
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        photos[which].crop((left, top, left + 360, top + 360)).save(tmp_path / "set" / name)
    teach, test = own.read(tmp_path / "set")
    assert len(teach) == 4
    assert [picture.name.rpartition("/")[2] for picture in test.pictures] == ["new.png", "other.png"]
    assert {name.rpartition("/")[2]: why.rpartition("/")[2] for name, why in test.left_out} == {
        "copy.png": "1.png",
        "moved.png": "1.png",
        "pond_r5_c9.png": "pond_r0_c0.png",
    }
    assert run_here("own", "--data", tmp_path / "set", "--out", tmp_path / "mine", *SMALL) == 0
    said = capsys.readouterr().out
    assert "Of 2 test pictures, which taught nothing, " in said
    assert "Left out of the test: " in said and "moved.png is of the same scene as " in said
    model = model_zoo.load_folder(tmp_path / "mine")
    assert (model.card["metrics"]["test"]["pictures"], model.card["metrics"]["test"]["left_out"]) == (2, 3)
    assert "3 others, unreadable or of scenes that taught, were left out" in (model.folder / entry.README).read_text()


def test_what_cannot_be_taught_is_said(tmp_path: Path) -> None:
    empty, one = tmp_path / "empty", tmp_path / "one" / "only"
    empty.mkdir()
    one.mkdir(parents=True)
    digit(0).save(one / "1.png")
    for data, said in ((tmp_path / "nowhere", "There is no folder or zip"), (empty, "is empty"), (one.parent, "not 1")):
        assert run_here("own", "--data", data, "--out", tmp_path / "out") == 1, said
    data = folder(tmp_path / "set", 2)
    assert "no network named" in refused("own", "--data", data, "--out", tmp_path / "out", "--body", "no-such")
    assert run_here("own", "--data", data, "--out", data) == 1
    assert run_here("own", "--data", data, "--out", tmp_path / "out", "--size", "7") == 1
    assert not (tmp_path / "out").exists()


def test_a_network_of_another_library_is_a_body(tmp_path: Path, digits: Collection) -> None:
    about = About("small", size=32, licence="BSD")
    write(sources.adopted("mnasnet0_5", about, None, False, True), tmp_path / "small")
    found = own.teach(digits, [Body.of(model_zoo.load_folder(tmp_path / "small"))], seed=3)
    model = own.write(found, tmp_path / "mine")
    assert model.card["net"]["library"] == "torchvision" and model.card["net"]["arguments"] == {"num_classes": 3}
    assert model.card["data"]["split_seed"] == model.card["recipe"]["seed"] == 3
    picture = digits.pictures[0]
    shares = own.answer(found.body, found.head, picture)
    told = dict(model.predict(picture.load(32)))
    assert [told[name] for name in model.classes] == pytest.approx(shares.tolist(), abs=1e-3)
    assert "BSD" in (model.folder / entry.README).read_text()
    own.take_home(model, tmp_path / "mine.zip")
    assert own.bring_back(tmp_path / "mine.zip", tmp_path / "back").card == model.card
    with pytest.raises(BrokenEntry, match="one of another library: add its weights"):  # as in a page
        own.bring_back(tmp_path / "mine.zip", tmp_path / "again", libraries=False)
    assert not (tmp_path / "again").exists()
    with pytest.raises(DataError, match="another library"):
        fine_tune.recipe(model, 1, 4, 1e-3, False)
    assert "Brought into ConvScope" in model_card.readme(model_zoo.load_folder(tmp_path / "small").card)
