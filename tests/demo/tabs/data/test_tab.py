"""The Data tab: sets of drawn photos, read and shown without a browser."""

import base64
import io
import os
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import model_zoo
from demo.core.networks import NO_PICTURE
from demo.errors import UserError
from demo.pictures import datasets as picture_sets
from demo.pictures import stats
from demo.pictures.datasets import PictureSet
from demo.pictures.decode import open_image
from demo.tabs.data import holdings, sheets, tab, tensor
from tests import photosets
from tests.conftest import SHIPPED
from tests.demo.conftest import HOSTILE
from train.tools.describe import describe


def listed(source: Path) -> PictureSet:
    """What `picture_sets.read` gives, without a process of its own."""
    return picture_sets.assembled(
        source.name, source.stem.capitalize(), vars(describe(source, source.parent / "inner"))
    )


def shown(source: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(source.split(",")[1])))


def event(data: Any) -> gr.EventData:
    return gr.EventData(None, data)


# ------------------------------------------------------------------------------------------------ which sets there are


def test_sets_are_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_DATA", str(tmp_path))
    assert picture_sets.titles() == {}
    photosets.classes(tmp_path / "my-plants", {"fern": 1, "oak": 1})
    photosets.zipped(tmp_path / "my-plants", tmp_path / "zipped_set.zip")
    for name in (".hidden/a", ".hidden/b", "no-set", "also-none/one-folder"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "notes.txt").write_text("no set")
    assert picture_sets.titles() == {"my-plants": "My plants", "zipped_set.zip": "Zipped set"}
    for name in ("nonsense", "../x", "", None, 5, ["my-plants"]):
        with pytest.raises(UserError, match=r"no such set of pictures\. Known are my-plants, zipped_set\.zip"):
            picture_sets.read(name)


def test_a_set_is_listed_by_a_process_and_kept_until_it_changes(tiles: PictureSet) -> None:
    assert picture_sets.is_known("tiles") and picture_sets.read("tiles") is tiles
    folder = picture_sets.data_folder() / "tiles"
    expected = listed(folder)
    assert (tiles.classes, tiles.trouble, tiles.refusal) == (expected.classes, expected.trouble, "")
    for split, part in tiles.parts.items():
        assert part.names == expected.parts[split].names and len(part.names) > 0
        assert part.labels.tolist() == expected.parts[split].labels.tolist()
    table, before = folder / "labels.csv", os.stat(folder / "labels.csv")
    text = table.read_text()
    try:
        table.write_text(text.replace(",1,", ",2,", 1))
        with pytest.raises(UserError) as error:
            picture_sets.read("tiles")
    finally:
        table.write_text(text)
        os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "cannot be used: labels.csv, line 2: invasive is '2'; it must be 0, 1 or -1." in str(error.value)
    assert str(folder.parent) not in str(error.value)


# ----------------------------------------------------------------------------------------------------- the pictures


def test_every_picture_of_a_class_is_on_one_of_its_pages(tiles: PictureSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "PAGE", 7)
    part = tiles.parts["train"]
    for label, number in (("", None), ("invasive", 1), ("not invasive", 0), ("-1", -1)):
        first = sheets.page(tiles, "train", label)
        rows = [
            sample["row"]
            for page in range(first["pages"])
            for sample in sheets.page(tiles, "train", label, page + 1)["samples"]
        ]
        assert rows == [row for row, its in enumerate(part.labels) if number is None or its == number]
    assert [entry["text"] for entry in first["labels"]] == ["all", "in between (−1)", "not invasive", "invasive"]
    assert first["splits"][0] == {"value": "train", "text": f"train ({len(part.labels)})"}
    assert sheets.page(tiles, "train", "", 99)["page"] == sheets.page(tiles, "train")["pages"]
    assert sheets.page(tiles, "train", "", -5)["counted"] == f"1 to 7 of {len(part.labels)}"


def test_a_page_shows_the_files_and_is_bounded(tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "plants", {"train/fern": 3, "train/oak": 3, "test/fern": 1, "test/oak": 1})
    photosets.photo(5, True, 2000, 1500).save(folder / "train" / "fern" / "1.png")
    (folder / "train" / "oak" / "1.png").write_bytes((folder / "train" / "oak" / "1.png").read_bytes()[:500])
    found = listed(folder)
    samples = sheets.page(found, "train")["samples"]
    for sample in samples:
        if sample["name"] == "1.png" and sample["text"] == "oak":
            assert sample["src"] == "" and "damaged or incomplete" in sample["trouble"]
            continue
        picture = shown(sample["src"])
        assert picture.size == (96, 96) and len(sample["src"]) < 12_000
        whole = open_image(folder / found.parts["train"].names[sample["row"]])
        assert np.abs(np.asarray(picture).mean((0, 1)) - np.asarray(whole).mean((0, 1))).max() < 12
    zipped = listed(photosets.zipped(folder, tmp_path / "plants.zip"))
    row = zipped.parts["train"].names.index("train/fern/1.png")
    assert picture_sets.picture(zipped, "train", row) == open_image(folder / "train" / "fern" / "1.png")
    assert picture_sets.size(zipped, "train", row) == (2000, 1500)


def test_a_small_picture_is_sent_as_it_is(tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "small", {"a": 8, "b": 8})
    for path in folder.rglob("*.png"):
        Image.open(path).resize((32, 24)).save(path)
    found = listed(folder)
    for sample in sheets.page(found, "train")["samples"]:
        path = folder / found.parts["train"].names[sample["row"]]
        assert shown(sample["src"]) == Image.open(path)


def test_the_chosen_picture_comes_with_its_class(tiles: PictureSet) -> None:
    row = int(np.flatnonzero(tiles.parts["test"].labels == 1)[2])
    picture, sentence = vars(tab.taken(event({"set": "tiles", "split": "test", "row": row}))).values()
    assert picture == open_image(tiles.parts["test"].places[row][0])
    assert tiles.parts["test"].names[row] in sentence and "its true class is invasive" in sentence
    for data in (None, 5, {}, {"set": ["tiles"], "split": "test", "row": 1}, {"set": "nonsense"}):
        with pytest.raises(gr.Error, match="no such set"):
            tab.taken(event(data))
    for row in (None, -1, 99, True, 1.0, "1", [1]):
        with pytest.raises(gr.Error, match="no such picture"):
            tab.taken(event({"set": "tiles", "split": "test", "row": row}))
    for split in (None, "nonsense", 1):
        with pytest.raises(gr.Error, match="no such picture"):
            tab.taken(event({"set": "tiles", "split": split, "row": 1}))
    hostile = {"set": "tiles", "split": {"a": 1}, "label": HOSTILE, "page": [9]}
    value = tab.turned(event(hostile))
    assert (value["split"], value["label"], value["page"]) == ("train", "", 1)


# ------------------------------------------------------------------------------------------------------ what it holds


def test_counts_and_shares_and_what_they_mean(tiles: PictureSet) -> None:
    html = holdings.facts(tiles)
    test = tiles.parts["test"].labels.tolist()
    assert (test.count(0), test.count(1), test.count(-1)) == (10, 5, 1)
    assert "5 <small>33.3%</small>" in html and "10 <small>66.7%</small>" in html
    assert "always answers not invasive gets 66.7% of the test pictures right without having learned anything" in html
    assert "5 tiles are neither covered nor free (-1) and are left out." in html
    assert "refuse" not in html


def test_a_set_of_one_class_is_shown_and_said_to_be_refused(tmp_path: Path) -> None:
    rows = [row for row in photosets.four_blocks() if row[1] == 0]
    found = listed(photosets.tiles(tmp_path / "one", rows))
    html = holdings.facts(found)
    assert "A training would refuse this set." in html and "there is only &#x27;not invasive&#x27;" in html
    assert len(sheets.page(found, "train")["samples"]) == sheets.PAGE


def test_names_are_text_and_no_markup(tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "set", {"train/<b>x": 2, "train/oak": 2})
    (folder / "train" / "oak" / "<i>.jpg").write_bytes(b"")
    found = listed(folder)
    (*_, known) = stats.measure(found, "train")
    html = holdings.facts(found) + holdings.statistics(found, known) + picture_sets.sentence(found, "train", 0)
    assert "&lt;b&gt;x" in html and "<b>x" not in html and "<i>" not in html


def test_without_data_the_commands_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_DATA", str(tmp_path / "none of this"))
    found = next(tab.opened(event({"query": "?tab=data&set=hogweed"}))).of_set
    facts = found.facts
    assert "no sets of pictures on this server yet" in facts and found.samples == {} and found.statistics == ""
    assert "python -m train describe data/cifar-10-batches-py" in facts and str(tmp_path) not in facts
    assert list(tab.measured("hogweed")) == []


# ------------------------------------------------------------------------------------------------------------- pixels


def test_pixel_statistics_are_those_of_all_pixels(tiles: PictureSet) -> None:
    *_, found = stats.measure(tiles, "train")
    part = tiles.parts["train"]
    arrays = np.stack([np.asarray(open_image(path)) for path, _ in part.places]).astype(float)
    assert found.looked == found.of == len(arrays) and not found.broken
    assert found.sizes == {(48, 48): len(arrays)}
    assert np.allclose(found.channel_mean, arrays.mean((0, 1, 2)))
    assert np.allclose(found.channel_sd, arrays.std((0, 1, 2)))
    assert np.allclose(found.mean, arrays.mean(0))
    for label, mean in found.means.items():
        assert np.allclose(mean, arrays[part.labels == label].mean(0))
    html = holdings.statistics(tiles, found)
    assert f"{arrays[..., 0].mean() / 255:.4f}" in html and "all are <span" in html and "48 × 48" in html


def test_at_most_so_many_pictures_are_looked_at_and_broken_ones_named(tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "set", {"train/a": 15, "train/b": 15})
    (folder / "train" / "a" / "3.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    photosets.photo(1, True, 640, 400).save(folder / "train" / "b" / "2.png")
    found = listed(folder)
    *_, some = stats.measure(found, "train", most=9)
    assert some.looked == 9 and "From 9 at random of the" in holdings.statistics(found, some)
    of = len(found.parts["train"].labels)
    *_, all_of_it = stats.measure(found, "train")
    assert all_of_it.of == of and all_of_it.sizes.total() + len(all_of_it.broken) == of
    if "train/a/3.png" in found.parts["train"].names:
        assert all_of_it.broken == (("train/a/3.png", all_of_it.broken[0][1]),)
        assert "damaged or incomplete" in holdings.statistics(found, all_of_it)
    if "train/b/2.png" in found.parts["train"].names:
        assert all_of_it.sizes[640, 400] == 1 and "640 × 400" in holdings.statistics(found, all_of_it)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_numbers_of_a_picture_are_those_that_the_network_gets(name: str, picture: Image.Image) -> None:
    html = tensor.numbers(name, picture)
    model = model_zoo.load(name)
    values = model.prepare(picture)[0].numpy()
    crop = np.asarray(model.crop(picture))
    for value in values[:, 0, :6].ravel():
        assert f"{value:.3f}".replace("-", "−") in html
    assert f"shape (1, 3, {model.size}, {model.size})" in html
    assert f"({crop[0, 0, 0]} / 255 − " in html and f"= {values[0, 0, 0]:.3f}".replace("-", "−") in html
    assert NO_PICTURE in tensor.numbers(name, None)
