"""Photos with masks cut into tiles: the labels, where the tiles stand, and what is refused."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import photosets
from tests.conftest import data_folder
from train.__main__ import main
from train.data.cifar10 import DataError
from train.data.photo_set import read
from train.tools.cut import cut

SET = 80  # side of the drawn tiles


def drawn(folder: Path, count: int = 6) -> Path:
    """Photos of 3 x 2 tiles of 80 pixels and a rest; in photo i, plants cover i % of the first tile and all of the
    last."""
    folder.mkdir(parents=True)
    for index in range(count):
        photosets.photo(index, False, 250, 170).save(folder / f"{index:04d}.jpg")
        mask = np.zeros((170, 250), np.uint8)
        mask[:80, :80].flat[: 64 * index] = 255
        mask[80:160, 160:240] = 255
        Image.fromarray(mask).convert("1").save(folder / f"{index:04d}_mask.png")
    return folder


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def refusal(*arguments: object, **more: object) -> str:
    with pytest.raises(DataError) as error:
        cut(*arguments, **more)
    return str(error.value)


def test_tiles_have_the_cover_and_label_of_their_place(tmp_path: Path) -> None:
    photos = drawn(tmp_path / "photos")
    text = cut(photos, photos, tmp_path / "out", tile=80, size=40, strip=2, gap=0)
    rows = table(tmp_path / "out")
    assert list(rows[0]) == ["file", "invasive", "cover", "split", "photo", "block", "side"]
    assert {row["side"] for row in rows} == {"80"}  # as cut, though saved smaller
    assert len(rows) == 36 and [row["file"] for row in rows[:6]] == [
        f"tiles/0000_r{row}_c{column}.jpg" for row in range(2) for column in range(3)
    ]
    first = [row for row in rows if "_r0_c0" in row["file"]]
    assert [float(row["cover"]) for row in first] == pytest.approx([0, 0.01, 0.02, 0.03, 0.04, 0.05])
    assert [row["invasive"] for row in first] == ["0", "-1", "-1", "-1", "-1", "1"]
    assert all(row["cover"] == "1.0" for row in rows if "_r1_c2" in row["file"])
    assert [row["block"] for row in first] == list("001122") and [row["split"] for row in first][3:] == [
        "train",
        "test",
        "test",
    ]
    assert "train: 4 invasive, 17 not, 3 in between, 2 blocks" in text
    with Image.open(tmp_path / "out" / rows[4]["file"]) as tile, Image.open(photos / "0000.jpg") as photo:
        expected = photo.crop((80, 80, 160, 160)).resize((40, 40), Image.Resampling.BICUBIC)
        assert tile.size == (40, 40)
        assert np.abs(np.asarray(tile, float) - np.asarray(expected, float)).mean() < 4


def test_a_cut_set_can_be_trained_on(tmp_path: Path) -> None:
    photos = drawn(tmp_path / "photos")
    cut(photos, photos, tmp_path / "out", tile=80, size=40, strip=1, test=0.4, gap=1)
    rows = table(tmp_path / "out")
    # Of six blocks of one photo, two are for testing; the photo before them is left out.
    assert {row["photo"] for row in rows if row["split"] == "test"} == {"0004.jpg", "0005.jpg"}
    assert {row["photo"] for row in rows} == {f"000{index}.jpg" for index in (0, 1, 2, 4, 5)}
    found = read(tmp_path / "out", 32, cache=tmp_path / "cache", progress=False)
    assert found.layout == "tiles" and not found.report.missing and not found.report.unlabelled
    assert set(found.test.groups.tolist()) == {4, 5} and len(set(found.validation.groups.tolist())) == 1


def test_overlapping_tiles_step_by_their_share(tmp_path: Path) -> None:
    photos = drawn(tmp_path / "photos", 1)
    text = cut(photos, photos, tmp_path / "out", tile=80, overlap=0.5)
    assert len(table(tmp_path / "out")) == 5 * 3  # of 250 x 170, by 40
    assert "No tiles are for testing" in text
    assert Image.open(tmp_path / "out" / "tiles" / "0000_r2_c4.jpg").size == (80, 80)  # never enlarged


def test_the_hogweed_photos_give_the_rows_of_the_set(tmp_path: Path) -> None:
    hogweed = data_folder("hogweed")
    for name in ("0062.jpg", "0062_mask.png", "0158.jpg", "0158_mask.png"):
        (tmp_path / name).symlink_to(hogweed / "photos" / name)
    cut(tmp_path, tmp_path, tmp_path / "out", blocks=hogweed / "labels.csv")
    rows = table(tmp_path / "out")
    theirs = {row["file"]: row for row in table(hogweed) if row["photo"] in ("0062.jpg", "0158.jpg")}
    assert len(rows) == len(theirs) == 2 * 144
    for row in rows:
        other = dict(theirs[row["file"]])
        assert float(row.pop("cover")) == pytest.approx(float(other.pop("cover")), abs=1e-5)
        assert row.pop("side") == "250" and row == other
    name = "tiles/0062_r3_c05.jpg"
    ours, their = (np.asarray(Image.open(folder / name), float) for folder in (tmp_path / "out", hogweed))
    assert ours.shape == their.shape and np.abs(ours - their).mean() < 8  # both are JPEG, of one place


def test_masks_by_name_in_a_folder_of_their_own(tmp_path: Path) -> None:
    photos = drawn(tmp_path / "photos", 4)
    (tmp_path / "masks").mkdir()
    for mask in photos.glob("*_mask.png"):
        mask.rename(tmp_path / "masks" / mask.name.replace("_mask", ""))
    (tmp_path / "masks" / "0003.png").rename(tmp_path / "masks" / "0099.png")
    text = cut(photos, tmp_path / "masks", tmp_path / "out", tile=80)
    assert {row["photo"] for row in table(tmp_path / "out")} == {"0000.jpg", "0001.jpg", "0002.jpg"}
    assert "photo without mask or mask without photo: 0003.jpg, 0099.png" in text


def test_what_cannot_be_cut(tmp_path: Path) -> None:
    photos, out = drawn(tmp_path / "photos", 2), tmp_path / "out"
    assert "no tile of 250 fits" in refusal(photos, photos, out)
    assert "There is no folder" in refusal(tmp_path / "nowhere", photos, out)
    places = tmp_path / "places.csv"
    places.write_text("photo,block,split\n0000.jpg,a,train\n")
    assert "places.csv has no row for 0001.jpg" in refusal(photos, photos, out, tile=80, blocks=places)
    places.write_text("photo,block,split\n0000.jpg,a,train\n0001.jpg,a,test\n")
    assert "block a is in train and in test" in refusal(photos, photos, out, tile=80, blocks=places)
    mask = photos / "0001_mask.png"
    Image.new("L", (250, 170), 1).save(mask)
    assert "has no white: its values are 0 to 1" in refusal(photos, photos, out, tile=80)
    Image.new("L", (170, 250)).save(mask)
    assert "0001_mask.png has 170 x 250 pixels, but 0001.jpg has 250 x 170" in refusal(photos, photos, out, tile=80)
    mask.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "0001_mask.png is damaged or incomplete" in refusal(photos, photos, out, tile=80)
    shutil.copy(photos / "0000.jpg", photos / "0000.png")
    assert "two photos of the name 0000" in refusal(photos, photos, out, tile=80)
    for left in photos.glob("*_mask.png"):
        left.unlink()
    (photos / "0000.png").unlink()
    assert "No photo" in refusal(photos, photos, out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos", "places.csv"]


def test_the_command_says_what_it_wrote_and_overwrites_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = str(drawn(tmp_path / "photos", 3))
    arguments = ["cut", photos, photos, str(tmp_path / "out"), "--tile", "80", "--strip", "1"]
    assert main(arguments) == 0
    assert "12 tiles of 2 photos" in capsys.readouterr().out
    before = (tmp_path / "out" / "labels.csv").stat().st_mtime_ns
    assert main(arguments) == 1
    assert "out exists already" in capsys.readouterr().err
    assert main([*arguments[:3], str(tmp_path / "new"), "--overlap", "1.0"]) == 1
    assert "--overlap must be from 0 to 0.9" in capsys.readouterr().err
    assert (tmp_path / "out" / "labels.csv").stat().st_mtime_ns == before and not (tmp_path / "new").exists()
