"""Many files at once: each gets the answer of the Answer tab, bad ones are named with their reason."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import model_zoo
from demo.pictures.decode import open_image
from demo.tabs.aerial import batch
from demo.tabs.aerial.batch import Results, Upload
from model_zoo import Model
from model_zoo.common.csv_export import COLUMNS, JUDGED
from tests.conftest import SHIPPED
from tests.pictures import REFUSED, black_png, encoded, noise


@pytest.fixture(scope="module")
def model() -> Model:
    return model_zoo.load(SHIPPED[0])


@pytest.fixture(scope="module")
def looking(model: Model) -> Model:
    """The same network as if it looked for the class "automobile", which it had renamed."""
    classes = ["invasive" if label == "automobile" else label for label in model.classes]
    card = model.card | {"classes": classes, "decision": {"class": "invasive", "threshold": 0.2}}
    return Model(**vars(model) | {"card": card})


def written(path: Path, data: bytes) -> Upload:
    path.write_bytes(data)
    return Upload(path.name, path)


def picture(path: Path, seed: int = 0) -> Upload:
    return written(path, encoded(noise(40, 30, seed), "PNG"))


def zipped(path: Path, files: dict[str, bytes]) -> Upload:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return Upload(path.name, path)


def answered(model: Model, *uploads: Upload) -> Results:
    *_, last = batch.answering(model, "The network", uploads)
    return last


def reasons(results: Results) -> dict[str, str]:
    return {trouble.file: trouble.reason for trouble in results.troubles}


def test_every_file_gets_the_answer_of_the_predict_tab(model: Model, tmp_path: Path) -> None:
    files = [picture(tmp_path / f"{number}.png", number) for number in range(5)]
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (900, 1400, 3), dtype=np.uint8))
    photo.save(tmp_path / "large.jpg")
    files.append(Upload("large.jpg", tmp_path / "large.jpg"))
    results = answered(model, *files)
    assert [one.file for one in results.answers] == [file.name for file in files] and not results.troubles
    for file, one in zip(files, results.answers, strict=True):
        assert (one.answer, one.probability) == pytest.approx(model.predict(open_image(file.path))[0])
        assert one.decision is None and one.thumbnail.startswith("data:image/jpeg;base64,")


def test_a_network_with_a_threshold_decides(looking: Model, tmp_path: Path) -> None:
    files = [picture(tmp_path / f"{number}.png", number) for number in range(8)]
    results = answered(looking, *files)
    assert (results.label, results.threshold) == ("invasive", 0.2)
    for file, one in zip(files, results.answers, strict=True):
        assert one.probability == pytest.approx(dict(looking.predict(open_image(file.path)))["invasive"])
        assert one.decision == (one.probability >= 0.2)
    found = sum(one.decision for one in results.answers)
    assert f"{found} of them reach its threshold of 20% for invasive" in batch.summary(results)


def test_bad_files_are_named_with_their_reason_and_stop_nothing(model: Model, tmp_path: Path) -> None:
    bad = {name: write(tmp_path / name) for name, (write, _) in REFUSED.items()}
    uploads = [picture(tmp_path / "first.png"), *(Upload(name, path) for name, path in bad.items())]
    uploads += [Upload("gone.jpg", tmp_path / "nowhere"), picture(tmp_path / "last.png")]
    results = answered(model, *uploads)
    assert [one.file for one in results.answers] == ["first.png", "last.png"]
    told = reasons(results)
    assert set(told) == {*bad, "gone.jpg"} and "no longer on the server" in told["gone.jpg"]
    for name, (_, words) in REFUSED.items():
        assert words in told[name]


def test_photos_may_be_larger_than_the_shared_picture(model: Model, tmp_path: Path) -> None:
    path = black_png(tmp_path / "large.png", 8000, 6000)  # 48 million
    assert len(answered(model, Upload("large.png", path)).answers) == 1
    path = black_png(tmp_path / "larger.png", 8000, 6300)
    assert "At most 50 million" in reasons(answered(model, Upload("larger.png", path)))["larger.png"]


def test_a_zip_stands_for_the_files_in_it(model: Model, tmp_path: Path) -> None:
    inside = {f"photos/{n}.png": encoded(noise(40, 30, n), "PNG") for n in range(3)}
    upload = zipped(
        tmp_path / "set.zip", inside | {".DS_Store": b"x", "__MACOSX/photos/0.png": b"x", "notes.txt": b"hi"}
    )
    results = answered(model, upload)
    alone = answered(model, *(picture(tmp_path / f"{n}.png", n) for n in range(3)))
    assert [one.file for one in results.answers] == list(inside)
    assert [one.probability for one in results.answers] == [one.probability for one in alone.answers]
    assert "is a text, not a picture" in reasons(results)["notes.txt"]
    both = answered(model, upload, picture(tmp_path / "more.png"))
    assert [one.file for one in both.answers] == [*(f"set.zip/{name}" for name in inside), "more.png"]


def test_what_disks_and_systems_add_to_a_folder_is_passed_over(model: Model, tmp_path: Path) -> None:
    good = encoded(noise(40, 30), "PNG")
    added = ("@eaDir/a.png/SYNOPHOTO_THUMB_XL.jpg", "#recycle/a.png", ".ipynb_checkpoints/a.png", "Thumbs.db")
    results = answered(model, zipped(tmp_path / "set.zip", dict.fromkeys(("a.png", *added), good)))
    assert [one.file for one in results.answers] == ["a.png"] and not results.troubles
    files = [picture(tmp_path / "b.png"), written(tmp_path / "Thumbs.db", good), written(tmp_path / "._b.png", b"\0")]
    results = answered(model, *files)
    assert [one.file for one in results.answers] == ["b.png"] and not results.troubles


def test_files_are_known_by_their_contents(model: Model, tmp_path: Path) -> None:
    jpeg, tiff = encoded(noise(40, 30), "JPEG"), encoded(noise(40, 30), "TIFF")
    files = [written(tmp_path / name, jpeg) for name in ("a.jfif", "b.jpe", "C.JPG", "without", "wrong.heic")]
    results = answered(
        model, *files, written(tmp_path / "d.jpg", tiff), zipped(tmp_path / "e.zip", {"in/f.jfif": jpeg})
    )
    assert [one.file for one in results.answers] == [*(file.name for file in files), "e.zip/in/f.jfif"]
    assert reasons(results) == {
        "d.jpg": "This file is a TIFF or raw camera picture. Please save it as JPEG or PNG first."
    }


def test_zips_that_are_refused_do_no_harm_to_the_others(model: Model, tmp_path: Path) -> None:
    good = encoded(noise(40, 30), "PNG")
    encrypted = zipped(tmp_path / "secret.zip", {"a.png": good})
    with zipfile.ZipFile(encrypted.path, "w") as archive:
        archive.writestr("a.png", good)
        archive.filelist[0].flag_bits = 1
    uploads = [
        zipped(tmp_path / "outside.zip", {"../a.png": good}),
        zipped(tmp_path / "absolute.zip", {"/a.png": good}),
        zipped(tmp_path / "bomb.zip", {"a.png": bytes(50_000_000)}),
        zipped(tmp_path / "crowd.zip", {f"{n}": b"" for n in range(2_001)}),
        zipped(tmp_path / "nothing.zip", {}),
        written(tmp_path / "damaged.zip", zipped(tmp_path / "a.zip", {"a.png": good}).path.read_bytes()[:100]),
        encrypted,
        picture(tmp_path / "good.png"),
    ]
    results = answered(model, *uploads)
    assert [one.file for one in results.answers] == ["good.png"]
    told = reasons(results)
    assert "names a file outside of itself" in told["outside.zip"] and "outside of itself" in told["absolute.zip"]
    assert "as no archive of photos does" in told["bomb.zip"] and "names 2,001 files" in told["crowd.zip"]
    assert "holds no file" in told["nothing.zip"] and "cannot be opened as a zip" in told["damaged.zip"]
    assert "is encrypted" in told["secret.zip"]


def test_archives_in_archives_and_of_other_kinds_are_not_opened(model: Model, tmp_path: Path) -> None:
    good = encoded(noise(40, 30), "PNG")
    inner = zipped(tmp_path / "inner.zip", {"a.png": good}).path.read_bytes()
    upload = zipped(tmp_path / "outer.zip", {"inner.zip": inner, "renamed.jpg": inner, "a.png": good, "b.tar": b"x"})
    results = answered(model, upload, written(tmp_path / "b.7z", b"7z\xbc\xaf'\x1c" + bytes(99)))
    assert [one.file for one in results.answers] == ["outer.zip/a.png"]
    told = reasons(results)
    for name in ("inner.zip", "renamed.jpg"):
        assert "is a zip archive within the archive, which is not opened" in told[f"outer.zip/{name}"]
    assert "is a tar archive within" in told["outer.zip/b.tar"] and "only zips are read" in told["b.7z"]


def test_a_large_member_is_not_unpacked(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("large.png", bytes(41_000_000))
    told = reasons(answered(model, Upload("a.zip", path)))
    assert told["large.png"] == "This file has 41 MB; at most 40 MB can be opened."


def test_more_files_than_the_limit_are_counted(model: Model, tmp_path: Path) -> None:
    tiny = encoded(noise(2, 2), "PNG")
    upload = zipped(tmp_path / "many.zip", {f"{number}.png": tiny for number in range(batch.MOST + 7)})
    items, troubles = batch.listed([upload])
    assert len(items) == batch.MOST and str(batch.MOST) in batch.LIMITS
    assert [(one.file, one.reason) for one in troubles] == [("7 more files", "At most 300 are answered at a time.")]


def test_results_grow_file_by_file(model: Model, tmp_path: Path) -> None:
    steps = list(batch.answering(model, "t", [picture(tmp_path / "a.png"), written(tmp_path / "b.png", b"no")]))
    assert [(len(step.answers), len(step.troubles)) for step in steps] == [(0, 0), (1, 0), (1, 1)]
    assert all(step.count == 2 for step in steps)


def test_no_cell_of_the_table_is_a_formula(looking: Model, tmp_path: Path) -> None:
    names = ["=1+1.png", "+1.png", "-1.png", "@sum.png", "  =1.png", "\t=1.png", 'a"b,c.png', "plain.png"]
    uploads = [Upload(name, picture(tmp_path / f"{number}.png").path) for number, name in enumerate(names)]
    uploads.append(Upload("=bad.png", written(tmp_path / "bad", b"no picture").path))
    text = batch.table(answered(looking, *uploads))
    header, *rows = list(csv.reader(io.StringIO(text)))
    assert header[: len(COLUMNS)] == list(COLUMNS) and header[len(COLUMNS) :] in ([], list(JUDGED))
    assert len(rows) == len(uploads)
    for row in rows:
        assert not row[0].lstrip().startswith(("=", "+", "-", "@"))
    assert rows[0][0] == "'=1+1.png" and rows[6][0] == 'a"b,c.png' and rows[7][0] == "plain.png"
    assert rows[7][2] == "invasive" and rows[7][4] in ("yes", "no") and 0 <= float(rows[7][3]) <= 1
    assert rows[8][0] == "'=bad.png" and rows[8][5].startswith("This file is a text")


def test_files_are_unfamiliar_at_the_share_that_is_asked_for(tmp_path: Path) -> None:
    model = model_zoo.load("cifar10-resnet")
    uploads = [picture(tmp_path / f"{seed}.png", seed) for seed in range(4)]
    uploads += [written(tmp_path / "grey.png", encoded(Image.new("RGB", (40, 40), (120, 130, 120)), "PNG"))]
    for share in (0.002, 0.05, 0.9):
        *_, last = batch.answering(model, "The network", uploads, share)
        expected = [model.judge(open_image(upload.path), share).is_unfamiliar for upload in uploads]
        assert [one.is_unfamiliar for one in last.answers] == expected
        rows = list(csv.DictReader(io.StringIO(batch.table(last))))
        assert {row["false_alarms"] for row in rows} == {f"{share:g}"}
        assert [row["unfamiliar"] for row in rows] == ["yes" if strange else "no" for strange in expected]
        assert f"beyond which {100 * share:g} % of known pictures are, too" in batch.summary(last) or not any(expected)


def test_names_are_shown_on_one_line_and_not_endlessly() -> None:
    assert batch.shown("a\nb\x1b[31m\u202egpj.exe") == "a\ufffdb\ufffd[31m\ufffdgpj.exe"
    assert len(batch.shown("x" * 5_000)) == batch.LONGEST_NAME + 1
    assert batch.shown("Käfer 甲虫.jpg") == "Käfer 甲虫.jpg"


def test_nothing_usable_is_said(model: Model, tmp_path: Path) -> None:
    results = answered(model, written(tmp_path / "a.png", b"no picture"))
    assert batch.summary(results) == "None of the files could be answered."
    value = batch.value(results, "run")
    assert value["answers"] == [] and value["troubles"][0]["file"] == "a.png" and value["threshold"] is None
