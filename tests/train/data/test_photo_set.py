"""Sets of photos as arrays: what is read from each form, how it is split, and what the pixels are."""

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from demo.pictures.decode import open_image
from tests import photosets
from tests.conftest import data_folder
from train.data import decode
from train.data.archive_files import files_below
from train.data.cifar10 import normalise
from train.data.layouts import listing
from train.data.photo_set import PhotoSet, read
from train.data.splits import by_blocks, stratified

SIZE = 32


@pytest.fixture(scope="module")
def kaggle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photosets.kaggle(tmp_path_factory.mktemp("kaggle") / "invasive-species-monitoring")


def get(source: Path, cache: Path, **more: object) -> PhotoSet:
    return read(source, SIZE, cache=cache, progress=False, **more)


def same(one: PhotoSet, other: PhotoSet) -> bool:
    return all(
        a.names == b.names and np.array_equal(a.pictures, b.pictures) and np.array_equal(a.labels, b.labels)
        for a, b in ((one.train, other.train), (one.validation, other.validation), (one.test, other.test))
    )


# ------------------------------------------------------------------------------------------------------------- Kaggle


def test_kaggle_labels_belong_to_their_photos(kaggle: Path, tmp_path: Path) -> None:
    photos = get(kaggle, tmp_path)
    assert photos.layout == "kaggle" and photos.classes == ("not invasive", "invasive")
    assert sorted(photos.train.names + photos.validation.names) == sorted(f"train/{n}.jpg" for n in range(1, 31))
    assert photos.test.names == tuple(f"test/{n}.jpg" for n in range(1, 11))
    for part in (photos.train, photos.validation):
        for name, label, target, pixels in zip(part.names, part.labels, part.targets, part.pictures, strict=True):
            invasive = photosets.is_invasive(int(Path(name).stem))
            assert label == invasive and target.tolist() == [not invasive, invasive]
            with Image.open(kaggle / name) as picture:
                assert np.array_equal(pixels, decode.centre(picture, SIZE))
    assert set(photos.test.labels.tolist()) == {-1} and np.isnan(photos.test.targets).all()
    assert photos.report.lines() == []


def test_a_fifth_of_each_class_validates_and_the_seed_says_which(kaggle: Path, tmp_path: Path) -> None:
    photos = get(kaggle, tmp_path)
    assert np.bincount(photos.validation.labels).tolist() == [2, 4]  # of 12 and 18
    assert get(kaggle, tmp_path).validation.names == photos.validation.names
    other = get(kaggle, tmp_path, seed=1)
    assert other.validation.names != photos.validation.names and len(other.validation) == 6
    assert len(set(photos.train.groups.tolist() + photos.validation.groups.tolist())) == 30


@pytest.mark.parametrize("top", ["", "invasive-species-monitoring/"])
def test_a_zip_gives_the_same_as_its_folder(top: str, kaggle: Path, tmp_path: Path) -> None:
    zipped = photosets.zipped(kaggle, tmp_path / "set.zip", top)
    assert same(get(zipped, tmp_path / "zip"), get(kaggle, tmp_path / "folder"))


def test_zips_within_the_zip_are_read_as_if_unpacked(kaggle: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(photosets.zipped(kaggle / "train", tmp_path / "a.zip", "train/"), "train.zip")
        archive.write(photosets.zipped(kaggle / "test", tmp_path / "b.zip"), "test.zip")  # without the folder's name
        with zipfile.ZipFile(tmp_path / "c.zip", "w") as table:
            table.write(kaggle / "train_labels.csv", "train_labels.csv")
        archive.write(tmp_path / "c.zip", "train_labels.csv.zip")
    assert same(get(outer, tmp_path / "outer"), get(kaggle, tmp_path / "folder"))
    # The same where somebody has unpacked only the outer one.
    with zipfile.ZipFile(outer) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert same(get(tmp_path / "unpacked", tmp_path / "half"), get(kaggle, tmp_path / "folder"))


def test_training_needs_no_test_photos(kaggle: Path, tmp_path: Path) -> None:
    shutil.copytree(kaggle / "train", tmp_path / "set" / "train")
    shutil.copy(kaggle / "train_labels.csv", tmp_path / "set")
    photos = get(tmp_path / "set", tmp_path / "cache")
    assert len(photos.test) == 0 and photos.test.pictures.shape == (0, SIZE, SIZE, 3)
    assert photos.test.images().pictures.shape == (0, 3, SIZE, SIZE)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_tables_from_a_spreadsheet_are_understood(separator: str, kaggle: Path, tmp_path: Path) -> None:
    shutil.copytree(kaggle, tmp_path / "set")
    table = tmp_path / "set" / "train_labels.csv"
    rows = table.read_text().replace("name,invasive", "Name, Invasive ").replace(",", separator)
    table.write_bytes(b"\xef\xbb\xbf" + rows.replace("\n", "\r\n").encode() + b"\r\n")
    assert same(get(tmp_path / "set", tmp_path / "a"), get(kaggle, tmp_path / "b"))


# ------------------------------------------------------------------------------------------------ what the pixels are


def test_photos_are_decoded_as_the_page_opens_them(tmp_path: Path) -> None:
    """So that a network sees in use what it was trained on."""
    drawn = photosets.photo(3, True, 720, 540)
    turned = Image.Exif()
    turned[274] = 6
    clear = drawn.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(drawn.size))
    drawn.save(tmp_path / "large.jpg")
    drawn.save(tmp_path / "turned.jpg", exif=turned)
    drawn.convert("CMYK").save(tmp_path / "print.jpg")
    drawn.convert("P").save(tmp_path / "palette.png")
    drawn.resize((50, 40)).convert("L").save(tmp_path / "small-grey.png")
    clear.save(tmp_path / "clear.webp", lossless=True)
    Image.fromarray(np.arange(90_000, dtype=np.uint16).reshape(300, 300)).save(tmp_path / "deep.png")
    files = sorted(tmp_path.iterdir())
    assert len(files) == 7
    for file in files:
        for size in (48, 224):
            opened = decode.centre(decode.open_picture(file.read_bytes(), size), size)
            assert np.array_equal(opened, decode.centre(open_image(file), size)), file.name


def test_images_are_what_training_takes_without_a_copy(kaggle: Path, tmp_path: Path) -> None:
    part = get(kaggle, tmp_path).train
    images = part.images()
    assert images.pictures.dtype == torch.uint8 and images.pictures.shape == (24, 3, SIZE, SIZE)
    assert images.pictures.data_ptr() == part.pictures.ctypes.data
    assert np.array_equal(images.pictures.permute(0, 2, 3, 1), part.pictures)
    assert torch.equal(images.labels, torch.from_numpy(part.labels))
    taken = normalise(images.take(torch.tensor([5, 2])).pictures, (0.0,) * 3, (1.0,) * 3)
    assert taken[1, 0, 7, 9].item() == pytest.approx(part.pictures[2, 7, 9, 0] / 255)
    assert isinstance(part.pictures, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        part.pictures[0] = 0


# -------------------------------------------------------------------------------------------------------------- tiles


def test_tiles_in_between_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    folder = photosets.tiles(tmp_path / "set", photosets.four_blocks())
    photos = get(folder, tmp_path / "cache")
    assert (len(photos.train), len(photos.validation), len(photos.test)) == (45, 15, 15)
    assert photos.report.uncertain == 5 and "5 tiles are neither" in photos.describe()
    everything = get(folder, tmp_path / "cache", uncertain=True)
    assert (len(everything.train), len(everything.test)) == (48, 16) and everything.report.uncertain == 0
    assert np.array_equal(everything.train.pictures[:45], photos.train.pictures)
    assert everything.train.labels[45:].tolist() == [-1] * 3
    assert everything.train.targets[-1] == pytest.approx([0.98, 0.02])
    covered = photos.train.labels == 1
    assert photos.train.targets[covered] == pytest.approx(np.tile([0.7, 0.3], (covered.sum(), 1)))
    assert photos.train.targets[~covered] == pytest.approx(np.tile([1.0, 0.0], ((~covered).sum(), 1)))


def test_tiles_are_validated_on_whole_blocks(tmp_path: Path) -> None:
    photos = get(photosets.tiles(tmp_path / "set", photosets.four_blocks()), tmp_path / "cache")
    # Of blocks with 2, 8, 4 and 6 positives of 15, the share of the 4 or 6 is nearest to that of all (20 of 60).
    assert set(photos.validation.groups.tolist()) in ({2}, {3})
    assert not set(photos.validation.groups.tolist()) & set(photos.train.groups.tolist())
    assert set(photos.test.groups.tolist()) == {4}
    for part in (photos.train, photos.validation, photos.test):
        assert [int(Path(name).stem.split("_")[0]) for name in part.names] == part.groups.tolist()


def test_a_validation_split_of_the_set_is_used(tmp_path: Path) -> None:
    rows = [(*row[:3], "val" if row[5] == 1 else row[3], *row[4:]) for row in photosets.four_blocks()]
    photos = get(photosets.tiles(tmp_path / "set", rows), tmp_path / "cache")
    assert set(photos.validation.groups.tolist()) == {1}


def test_many_blocks_give_about_a_fifth_with_the_usual_share_of_positives() -> None:
    random = np.random.default_rng(0)
    blocks = np.repeat(np.arange(40), random.integers(5, 60, 40))
    labels = (random.random(len(blocks)) < random.random(40)[blocks]).astype(np.int64)
    held = by_blocks(blocks, labels, 0.2, 7)
    assert held.mean() == pytest.approx(0.2, abs=0.03)
    assert labels[held].mean() == pytest.approx(labels.mean(), abs=0.03)
    assert not set(blocks[held].tolist()) & set(blocks[~held].tolist())
    assert np.array_equal(held, by_blocks(blocks, labels, 0.2, 7))
    assert not np.array_equal(held, by_blocks(blocks, labels, 0.2, 8))


def test_a_stratified_choice_stays_when_photos_are_added() -> None:
    names = [f"train/{n}.jpg" for n in range(200)]
    labels = np.arange(200) % 4 // 3
    held = stratified(names, labels, 0.2, 0)
    assert [held[labels == label].sum() for label in (0, 1)] == [30, 10]
    order = np.random.default_rng(0).permutation(200)
    assert np.array_equal(stratified([names[i] for i in order], labels[order], 0.2, 0), held[order])
    more = stratified([*names, "train/new.jpg"], np.append(labels, 0), 0.2, 0)
    assert (more[:200] != held).sum() <= 1


def test_the_hogweed_set_is_read_by_its_own_rules(tmp_path: Path) -> None:
    photos = get(data_folder("hogweed"), tmp_path, limit=40)
    assert (len(photos.train), len(photos.validation), len(photos.test)) == (40, 40, 40)
    assert set(photos.validation.groups.tolist()) == {2} and set(photos.train.groups.tolist()) == {0, 1}
    assert set(photos.test.groups.tolist()) <= {3, 4, 5}
    for part, share in ((photos.train, 778 / 5720), (photos.validation, 428 / 2220), (photos.test, 529 / 2856)):
        assert (part.labels == 1).mean() == pytest.approx(share, abs=0.02)  # counted in labels.csv
        assert ((part.targets[:, 1] >= 0.05) == (part.labels == 1)).all()
        assert (part.targets[part.labels == 0, 1] == 0).all()
    assert photos.report.uncertain > 0 and not photos.report.missing and not photos.report.unlabelled


# ------------------------------------------------------------------------------------------------- a folder per class


def test_a_folder_per_class_with_its_own_splits(tmp_path: Path) -> None:
    counts = {"train/fern": 6, "train/hogweed": 5, "train/bramble": 4, "val/fern": 2, "val/bramble": 1}
    counts |= {"test/hogweed": 2}
    photos = get(photosets.classes(tmp_path / "set", counts), tmp_path / "cache")
    assert photos.classes == ("bramble", "fern", "hogweed")
    assert np.bincount(photos.train.labels).tolist() == [4, 6, 5]
    assert np.bincount(photos.validation.labels).tolist() == [1, 2]
    assert photos.test.labels.tolist() == [2, 2] and photos.test.targets.tolist() == [[0, 0, 1]] * 2
    for part in (photos.train, photos.validation, photos.test):
        assert [photos.classes[label] for label in part.labels] == [Path(name).parent.name for name in part.names]


@pytest.mark.parametrize("other", ["not_invasive", "native", "dry_reed"])
def test_folders_name_no_class_of_interest_and_come_in_alphabetical_order(other: str, tmp_path: Path) -> None:
    photos = get(photosets.classes(tmp_path / "set", {"invasive": 10, other: 20}), tmp_path / "cache")
    assert photos.classes == tuple(sorted(("invasive", other))) and photos.positive == ""
    counts = np.bincount(photos.train.labels).tolist()
    assert {name: counts[photos.classes.index(name)] for name in photos.classes} == {other: 13, "invasive": 6}


def test_a_table_of_0_and_1_names_the_class_that_it_is_about(kaggle: Path, tmp_path: Path) -> None:
    assert get(kaggle, tmp_path / "cache").positive == "invasive"
    tiles = photosets.tiles(tmp_path / "tiles", photosets.four_blocks())
    assert get(tiles, tmp_path / "cache").positive == "invasive"


def test_kaggles_own_set_is_known_by_its_numbers_of_photos(kaggle: Path, tmp_path: Path) -> None:
    assert not get(kaggle, tmp_path / "cache").is_competition
    files = {f"{split}/{n}.jpg": 0 for split, count in (("train", 2295), ("test", 1531)) for n in range(1, count + 1)}
    for name in files:
        (tmp_path / "real" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "real" / name).write_bytes(b"x")
    rows = "".join(f"{n},{n % 2}\n" for n in range(1, 2296))
    (tmp_path / "real" / "train_labels.csv").write_text(f"name,invasive\n{rows}")
    assert listing(files_below(tmp_path / "real", tmp_path), "real").is_competition


def test_a_folder_per_class_without_splits_is_split(tmp_path: Path) -> None:
    photos = get(photosets.classes(tmp_path / "set", {"a": 20, "b": 10}), tmp_path / "cache")
    assert np.bincount(photos.test.labels).tolist() == [4, 2]
    assert np.bincount(photos.validation.labels).tolist() == [3, 2]  # of 16 and 8
    assert np.bincount(photos.train.labels).tolist() == [13, 6]
    names = photos.train.names + photos.validation.names + photos.test.names
    assert len(set(names)) == 30
