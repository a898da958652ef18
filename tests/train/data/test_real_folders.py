"""Sets of photos as they lie on people's disks: what systems add to folders, names of other systems, odd endings."""

import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from tests import photosets
from tests.pictures import saved
from train.data.archive_files import files_below
from train.data.cifar10 import DataError
from train.data.photo_set import PhotoSet, read
from train.tools.describe import describe

pillow_heif.register_heif_opener()  # to save HEIC files
PLANT = "Bärenklau"
NFC, NFD = (unicodedata.normalize(form, PLANT) for form in ("NFC", "NFD"))


@pytest.fixture
def get(tmp_path: Path) -> Callable[..., PhotoSet]:
    return lambda source, **options: read(source, 16, cache=tmp_path / "cache", **options)


def counts(photos: PhotoSet) -> tuple[int, int, int]:
    return len(photos.train), len(photos.validation), len(photos.test)


def littered(folder: Path) -> Path:
    """24 photos of two classes, and what a Synology disk, Macs, Windows and notebooks have put beside them."""
    photosets.classes(folder, {"reed": 12, "hogweed": 12})
    for place in (folder, folder / "reed", folder / "hogweed"):
        for photo in sorted(place.glob("*.png")):
            thumbnails = place / "@eaDir" / photo.name
            thumbnails.mkdir(parents=True)
            photosets.photo(5, True, 40, 30).save(thumbnails / "SYNOPHOTO_THUMB_XL.jpg")
            shutil.copy(photo, thumbnails / "SYNOPHOTO_THUMB_SM.png")
        for name in ("#recycle", ".ipynb_checkpoints", "__MACOSX", "$RECYCLE.BIN", "@Recycle"):
            (place / name).mkdir()
            photosets.photo(6, False).save(place / name / "old.png")
        for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "._0.png", "Icon\r"):
            (place / name).write_bytes(b"\0\1\2\3")
    return folder


@pytest.mark.parametrize("pack", [lambda path: path, lambda path: photosets.zipped(path, path.with_suffix(".zip"))])
def test_24_photos_on_a_synology_disk_are_24_photos(pack: Callable[[Path], Path], get, tmp_path: Path) -> None:
    photos = get(pack(littered(tmp_path / "set")))
    assert photos.classes == ("hogweed", "reed")
    assert sum(counts(photos)) == 24
    assert not photos.report.lines()
    for one, other in (
        (photos.train, photos.test),
        (photos.train, photos.validation),
        (photos.validation, photos.test),
    ):
        assert not {pixels.tobytes() for pixels in one.pictures} & {pixels.tobytes() for pixels in other.pictures}


@pytest.mark.parametrize(("train", "test"), [(NFC, NFD), (NFD, NFC)])
def test_an_umlaut_of_a_mac_is_that_of_other_systems(train: str, test: str, get, tmp_path: Path) -> None:
    folder = photosets.classes(
        tmp_path / "set", {f"train/{train}": 5, "train/Schilf": 5, f"test/{test}": 2, "test/Schilf": 2}
    )
    photos = get(folder)
    assert photos.classes == (NFC, "Schilf")
    assert counts(photos) == (8, 2, 4)


def test_both_spellings_side_by_side_are_one_class_and_lose_no_photo(get, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    photosets.classes(folder, {f"train/{NFC}": 4, "train/Schilf": 8, f"train/{NFD}": 4})
    if len(list((folder / "train").iterdir())) < 3:
        pytest.skip("this file system takes both names for one")
    photos = get(folder)
    assert photos.classes == (NFC, "Schilf") and sum(counts(photos)) == 16


def test_tables_and_files_may_spell_an_umlaut_differently(get, tmp_path: Path) -> None:
    folder = photosets.tiles(tmp_path / "set", photosets.four_blocks())
    (folder / "tiles" / "0_00.jpg").rename(folder / "tiles" / f"{NFD}.jpg")
    table = folder / "labels.csv"
    table.write_text(table.read_text().replace("tiles/0_00.jpg", f"tiles/{NFC}.jpg"), encoding="utf-8")
    assert not get(folder).report.missing


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [("training", "val", "testing"), ("Train", "Valid", "Test"), ("TRAINING", "validation", "test")],
)
def test_splits_by_their_usual_names(train: str, validation: str, test: str, get, tmp_path: Path) -> None:
    plan = {f"{split}/{name}": count for split, count in ((train, 6), (validation, 3), (test, 2)) for name in "ab"}
    photos = get(photosets.classes(tmp_path / "set", plan))
    assert photos.classes == ("a", "b") and counts(photos) == (12, 6, 4)


def test_photos_are_known_by_their_contents_whatever_they_are_called(get, tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "set", {"a": 4, "b": 4})
    expected = {}
    kinds = {
        "x.jfif": "JPEG",
        "x.jpe": "JPEG",
        "Y.JPG": "JPEG",
        "without": "JPEG",
        "IMG_1.HEIC": "HEIF",
        "z.avif": "AVIF",
    }
    for number, (name, kind) in enumerate(kinds.items()):
        path = saved(folder / "a" / name, photosets.photo(70 + number, True), format=kind, quality=90)
        expected[f"a/{name}"] = np.asarray(Image.open(path).convert("RGB").resize((16, 16), 3, box=(12, 0, 84, 72)))
    photos = get(folder)
    parts = (photos.train, photos.validation, photos.test)
    found = {name: pixels for part in parts for name, pixels in zip(part.names, part.pictures, strict=True)}
    assert len(found) == 14 and expected.keys() <= found.keys() and not photos.report.lines()
    for name, pixels in expected.items():
        assert np.abs(found[name].astype(int) - pixels).max() <= 1, name


OTHERS = {"a.tif": "TIFF", "b.bmp": "BMP", "c.gif": "GIF"}
WORDS = {"a.tif": "a TIFF or raw camera picture", "b.bmp": "a BMP picture", "c.gif": "a GIF picture"}


def test_what_is_skipped_is_listed_and_named_as_what_it_is(get, tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "set", {"a": 4, "b": 4})
    for name, kind in OTHERS.items():
        saved(folder / "a" / name, photosets.photo(80, True), format=kind)
    (folder / "b" / "notes.txt").write_text("wet")
    (folder / "README.md").write_text("not among the photos")
    lines = [f"1 file is left out. It is {WORDS[n]}; please save it as JPEG or PNG first: a/{n}." for n in OTHERS]
    for said in (get(folder).report.lines(), list(describe(folder, tmp_path / "unpacked").trouble)):
        assert said[:3] == lines
        assert said[3].startswith("1 file is left out. It is a text, not a picture; ") and "b/notes.txt" in said[3]
        assert len(said) == 4


def test_in_the_layout_of_kaggle_and_among_tiles_too(get, tmp_path: Path) -> None:
    kaggle = photosets.kaggle(tmp_path / "kaggle")
    (kaggle / "train" / "1.jpg").rename(kaggle / "train" / "1")
    (kaggle / "train" / "2.jpg").rename(kaggle / "train" / "2.JFIF")
    saved(kaggle / "train" / "31.bmp", photosets.photo(80, True))
    photos = get(kaggle)
    assert len(photos.train) + len(photos.validation) == photosets.TRAIN and not photos.report.missing
    assert photos.report.skipped[0][0] == "train/31.bmp" and "a BMP picture" in photos.report.lines()[0]
    tiles = photosets.tiles(tmp_path / "tiles", photosets.four_blocks())
    saved(tiles / "tiles" / "more.tif", photosets.photo(80, True))
    assert [name for name, _ in get(tiles).report.skipped] == ["tiles/more.tif"]


def test_a_set_of_nothing_but_other_pictures_says_what_they_are(get, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "set" / name).mkdir(parents=True)
        saved(tmp_path / "set" / name / "1.tif", photosets.photo(1, True))
    with pytest.raises(DataError, match=r"holds no photos to train on.* a/1\.tif is a TIFF or raw camera picture; "):
        get(tmp_path / "set")


def test_hidden_folders_are_not_even_looked_into(tmp_path: Path) -> None:
    folder = littered(tmp_path / "set")
    assert sorted(files_below(folder, tmp_path / "w")) == sorted(
        f"{name}/{n}.png" for name in ("reed", "hogweed") for n in range(12)
    )
