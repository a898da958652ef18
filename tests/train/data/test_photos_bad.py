"""What people give that is not as it should be: a sentence, or left out and said."""

import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests import photosets
from tests.pictures import black_png
from train.data import archive_files
from train.data.cifar10 import DataError
from train.data.photo_set import PhotoSet, read


def get(source: Path, **more: object) -> PhotoSet:
    return read(source, 16, cache=source.parent / "cache", progress=False, **more)


def refusal(source: Path, **more: object) -> str:
    with pytest.raises(DataError) as error:
        get(source, **more)
    text = str(error.value)
    assert text.endswith(".") and "\n" not in text
    return text


# ------------------------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("name,invasive", "name,plant", "has no column invasive; its first line names name, plant"),
        ("name,invasive", "name,invasive,name", "names a column twice"),
        ("\n3,0", "\n3,2", "line 4: invasive is '2'; it must be 0 or 1"),
        ("\n3,0", "\n3,-1", "it must be 0 or 1"),
        ("\n3,0", "\n3,yes", "invasive is 'yes'"),
        ("\n3,0", "\n3,", "invasive is ''"),
        ("\n3,0", "\n3", "line 4: 1 values for 2 columns"),
        ("\n3,0", "\n3,0,0", "line 4: 3 values for 2 columns"),
        ("\n3,0", "\n3,0\n3,1", "lines 4 and 5: 3 stands there twice, differently"),
        ("\n3,0", "\n3\ud800,0", "is no UTF-8 text"),
    ],
)
def test_tables_that_say_what_cannot_be(old: str, new: str, words: str, kaggle: Path) -> None:
    table = kaggle / "train_labels.csv"
    text = table.read_text()
    assert old in text
    table.write_bytes(text.replace(old, new).encode(errors="surrogatepass"))
    assert words in refusal(kaggle)


@pytest.mark.parametrize("text", [b"", b"\n\n", b"\0\0", b"name,invasive\n", b'name,invasive\n"1'])
def test_tables_without_rows(text: bytes, kaggle: Path) -> None:
    (kaggle / "train_labels.csv").write_bytes(text)
    assert "train_labels.csv" in refusal(kaggle)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (1, "2", "invasive is '2'; it must be 0, 1 or -1"),
        (2, "1.5", "cover is '1.5'; it must be a number from 0 to 1"),
        (2, "nan", "cover is 'nan'"),
        (2, "much", "cover is 'much'"),
        (3, "trial", "split is 'trial'; it must be train, training, validation, valid, val, test or testing"),
        (5, "", "line 2: no block is named"),
        (5, "4", "block 4 is in train and in test"),
    ],
)
def test_tables_of_tiles_that_say_what_cannot_be(column: int, value: str, words: str, tmp_path: Path) -> None:
    rows = photosets.four_blocks()[::4]
    folder = photosets.tiles(tmp_path / "set", rows)
    lines = (folder / "labels.csv").read_text().splitlines()
    values = lines[1].split(",")
    values[column] = value
    (folder / "labels.csv").write_text("\n".join([lines[0], ",".join(values), *lines[2:]]))
    assert words in refusal(folder)


def test_paths_in_a_table_reach_no_file_outside_of_the_set(tmp_path: Path) -> None:
    folder = photosets.tiles(tmp_path / "set", photosets.four_blocks())
    photosets.photo(0, True).save(tmp_path / "secret.jpg")
    table = folder / "labels.csv"
    for outside in ("../secret.jpg", str(tmp_path / "secret.jpg"), "tiles/../../secret.jpg"):
        table.write_text(table.read_text().replace("tiles/0_00.jpg", outside))
        photos = get(folder)
        assert photos.report.missing == (outside,) and len(photos.train) == 44
        table.write_text(table.read_text().replace(outside, "tiles/0_00.jpg"))


def test_a_decimal_comma_is_understood(tmp_path: Path) -> None:
    folder = photosets.tiles(tmp_path / "set", photosets.four_blocks())
    before = get(folder)
    table = folder / "labels.csv"
    table.write_text(table.read_text().replace(",", ";").replace(";0.", ";0,"))
    assert "-1;0,02;train" in table.read_text()
    assert np.array_equal(get(folder).train.targets, before.train.targets)


# ------------------------------------------------------------------------------------------------ photos and folders


def test_what_is_left_out_is_counted_and_named(kaggle: Path) -> None:
    (kaggle / "train" / "7.jpg").unlink()
    (kaggle / "train" / "9.jpg").write_bytes((kaggle / "train" / "9.jpg").read_bytes()[:900])
    photosets.photo(50, True).save(kaggle / "train" / "31.jpg")
    photos = get(kaggle, tolerance=0.1)
    assert photos.report.missing == ("train/7.jpg",)
    assert photos.report.broken == (("train/9.jpg", "is damaged or incomplete"),)
    assert photos.report.unlabelled == ("train/31.jpg",)
    names = photos.train.names + photos.validation.names
    assert len(names) == 28 and not {"train/7.jpg", "train/9.jpg", "train/31.jpg"} & set(names)
    for name, label in zip(photos.train.names, photos.train.labels, strict=True):
        assert label == photosets.is_invasive(int(Path(name).stem))
    text = photos.describe()
    for line in ("1 labelled photo is not there", "train/9.jpg is damaged", "1 photo has no label"):
        assert line in text


def test_more_than_the_tolerance_is_refused(kaggle: Path) -> None:
    for number in (3, 4):
        (kaggle / "train" / f"{number}.jpg").write_bytes(b"")
    text = refusal(kaggle)
    assert "At least 2 photos cannot be used, and at most 1 may be left out" in text
    assert "train/3.jpg is empty (0 bytes)" in text or "train/4.jpg is empty (0 bytes)" in text
    for number in (3, 4):
        (kaggle / "train" / f"{number}.jpg").unlink()
    assert "2 labelled photos are not there: train/3.jpg, train/4.jpg. At most 5% may" in refusal(kaggle)
    assert len(get(kaggle, tolerance=0.1).report.missing) == 2


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b"I am a text"), "is a text, not a picture"),
        (lambda path: path.write_bytes(b"RIFF1234WAVE\xff\xfe"), "is not a picture of a known kind"),
        (lambda path: black_png(path, 13_000, 13_000), "13,000 x 13,000 = 169 million pixels; at most 80 million"),
        (lambda path: path.write_bytes(b"\xff\xd8\xff"), "is damaged or incomplete"),
    ],
)
def test_files_that_are_no_usable_picture(spoil: Callable[[Path], object], words: str, kaggle: Path) -> None:
    spoil(kaggle / "train" / "12.jpg")
    assert get(kaggle).report.broken[0][0] == "train/12.jpg"
    assert words in refusal(kaggle, tolerance=0.0)


def test_copies_stay_in_test_rather_than_in_validation_rather_than_in_train(kaggle: Path) -> None:
    before = get(kaggle)
    first, second, third, fourth = before.train.names[:4]
    held, tested = before.validation.names[0], before.test.names[0]
    shutil.copy(kaggle / tested, kaggle / first)
    shutil.copy(kaggle / held, kaggle / second)
    shutil.copy(kaggle / third, kaggle / fourth)
    photos = get(kaggle)
    assert dict(photos.report.duplicates) == {first: tested, second: held}
    assert first not in photos.train.names and second not in photos.train.names
    assert held in photos.validation.names and tested in photos.test.names
    assert photos.report.repeats == ((fourth, third),) and fourth in photos.train.names
    labels = dict(zip(photos.train.names, photos.train.labels, strict=True))
    assert bool(photos.report.contradictions) == (labels[third] != labels[fourth])
    assert "exact copy" in photos.describe()


def test_contradicting_copies_are_named(tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "set", {"train/a": 3, "train/b": 3, "val/a": 1, "val/b": 1})
    shutil.copy(folder / "train" / "a" / "0.png", folder / "train" / "b" / "1.png")
    photos = get(folder)
    assert photos.report.contradictions == (("train/b/1.png", "train/a/0.png"),)
    assert len(photos.train) == 6


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"fern": 4}, "there is only 'fern'"),
        ({"train/fern": 4}, "there is only 'fern'"),
        ({"train/fern": 2, "train/oak": 2, "test/elm": 1}, "the class elm is in test but not in train"),
        ({".": 3}, "holds no photos to train on"),
    ],
)
def test_class_folders_that_cannot_be_trained_on(counts: dict[str, int], words: str, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    for name, count in counts.items():
        folder = tmp_path / "set" / name
        folder.mkdir(parents=True, exist_ok=True)
        for index in range(count):
            photosets.photo(index, False).save(folder / f"{index}.png")
    assert words in refusal(tmp_path / "set")


def test_one_class_or_one_block_only(kaggle: Path, tmp_path: Path) -> None:
    table = kaggle / "train_labels.csv"
    table.write_text(table.read_text().replace(",0\n", ",1\n"))
    assert "at least two classes to train on; there is only 'invasive'" in refusal(kaggle)
    rows = [row for row in photosets.four_blocks() if row[5] in (0, 4)]
    assert "of a single block of ground" in refusal(photosets.tiles(tmp_path / "one-block", rows))
    rows = [(*row[:5], index) for index, row in enumerate(photosets.four_blocks()) if row[5] < 2]
    rows = [row for row in rows if row[1] != 1] + [row for row in rows if row[1] == 1][:1]
    assert "No choice of whole blocks" in refusal(photosets.tiles(tmp_path / "one-positive", rows))


def test_folders_without_photos(tmp_path: Path, kaggle: Path) -> None:
    assert "There is no folder or zip" in refusal(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert "is empty: it holds no file" in refusal(tmp_path / "empty")
    (tmp_path / "empty" / "notes.txt").write_text("photos will follow")
    text = refusal(tmp_path / "empty")
    assert "train_labels.csv" in text and "labels.csv" in text and "a folder per class" in text
    shutil.rmtree(kaggle / "train")
    (kaggle / "train.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    text = refusal(kaggle)
    assert "no photos in train/" in text and "unpack train.7z there first (7z x FILE)" in text


def test_a_folder_that_links_to_itself_is_read_once(kaggle: Path) -> None:
    (kaggle / "train" / "again").symlink_to(kaggle)
    (kaggle / "train" / "77.jpg").symlink_to(kaggle / "nowhere.jpg")
    assert len(get(kaggle).train) == 24


@pytest.mark.parametrize("size", [0, 7, 5000])
def test_absurd_sizes(size: int, kaggle: Path) -> None:
    with pytest.raises(DataError, match="8 to 1024 pixels wide"):
        read(kaggle, size, cache=kaggle.parent / "cache")


# --------------------------------------------------------------------------------------------------------------- zips


def spoiled_zip(path: Path, name: str = "train/1.jpg", **spoiled: object) -> Path:
    """A zip of one member whose entry in the table of contents is not what an honest program would write."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, b"some bytes")
        for field, value in spoiled.items():
            setattr(archive.filelist[0], field, value)
    return path


@pytest.mark.parametrize("name", ["/etc/passwd", "../../secret.jpg", "train/../../x", "C:/x.jpg", "..\\x.jpg"])
def test_zips_that_name_files_outside_of_themselves(name: str, tmp_path: Path) -> None:
    assert "names a file outside of itself" in refusal(spoiled_zip(tmp_path / "set.zip", name))


@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        ({"file_size": 3 * 10**9}, "would unpack to 3.0 GB from"),
        ({"file_size": 10**12}, "would unpack to 1,000.0 GB from"),
        ({"flag_bits": 1}, "is encrypted"),
        ({"external_attr": (stat.S_IFLNK | 0o777) << 16}, "holds a link, 'train/1.jpg'"),
    ],
)
def test_zips_that_are_not_to_be_trusted(spoiled: dict[str, object], words: str, tmp_path: Path) -> None:
    assert words in refusal(spoiled_zip(tmp_path / "set.zip", **spoiled))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_zips_that_are_damaged_empty_or_too_full(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = photosets.zipped(drawn, tmp_path / "whole.zip")
    (tmp_path / "half.zip").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert "half.zip cannot be opened as a zip" in refusal(tmp_path / "half.zip")
    (tmp_path / "text.zip").write_text("no zip at all")
    assert "cannot be opened as a zip" in refusal(tmp_path / "text.zip")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    assert "is empty: it holds no file" in refusal(tmp_path / "empty.zip")
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("train/1.jpg", b"1")
        archive.writestr("train/1.jpg", b"2")
    assert "holds train/1.jpg twice" in refusal(tmp_path / "twice.zip")
    monkeypatch.setattr(archive_files, "MAX_FILES", 20)
    assert "names 42 files; at most 20" in refusal(whole)
    assert "more than 20 files" in refusal(drawn)


def test_a_damaged_photo_in_a_zip_is_left_out(drawn: Path, tmp_path: Path) -> None:
    whole = photosets.zipped(drawn, tmp_path / "set.zip")
    with zipfile.ZipFile(whole) as archive:
        member = archive.getinfo("train/5.jpg")
    data = bytearray(whole.read_bytes())
    data[member.header_offset + 200 : member.header_offset + 260] = bytes(60)
    whole.write_bytes(data)
    assert [name for name, _ in get(whole).report.broken] == ["train/5.jpg"]


def test_an_inner_zip_that_is_damaged(drawn: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.write(drawn / "train_labels.csv", "train_labels.csv")
        archive.writestr("train.zip", b"no zip at all")
    assert "train.zip cannot be opened as a zip" in refusal(tmp_path / "set.zip")
