"""The Curves tab: sentences worked out from histories, charts, and files to take away."""

import csv
import json
import math
import re
import shutil
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path

import pytest
from PIL import Image

import model_zoo
from demo.errors import UserError
from demo.tabs.curves.curves import MOST, NOTHING, charts, curves, figure_file, sentence, table_file
from model_zoo.entries import entry
from tests.conftest import CIFAR10, SHIPPED, WEIGHTS
from tests.demo.conftest import HOSTILE


def history(train_loss: list[float], val_loss: list[float], val_accuracy: list[float]) -> list[dict[str, float]]:
    """Rows as read from a history.csv, with made-up values in the columns that are not given."""
    return [
        {"epoch": epoch, "learning_rate": 0.001 * bool(epoch), "seconds": 1.0, "train_accuracy": 0.1 * epoch}
        | {"train_loss": train, "val_loss": loss, "val_accuracy": accuracy}
        for epoch, (train, loss, accuracy) in enumerate(zip(train_loss, val_loss, val_accuracy, strict=True))
    ]


def test_over_fitting_starts_where_the_validation_loss_turns() -> None:
    rows = history([2.3, 1.5, 1.0, 0.6, 0.3], [2.3, 1.4, 1.1, 1.2, 1.5], [0.1, 0.5, 0.62, 0.64, 0.61])
    text = sentence("net", rows)
    assert "net: best at epoch 3 with 64.0% of the validation pictures right (10.0% before training)." in text
    assert "Over-fitting starts after epoch 2" in text
    assert "training loss falls from 1 to 0.3 while the validation loss rises from 1.1 to 1.5" in text


@pytest.mark.parametrize(
    ("train_loss", "val_loss"),
    [
        ([2.3, 1.5, 1.0], [2.3, 1.4, 1.1]),  # still learning
        ([2.3, 1.5, 1.6, 1.7], [2.3, 1.4, 1.5, 1.6]),  # both rise: it diverges, which is another trouble
        ([2.3, 1.5, 1.5, 1.5], [2.3, 1.4, 1.4, 1.4]),  # it stands still
        ([2.3, 1.5, 1.2, 1.1], [2.3, 1.4, 1.2, 1.21]),  # less than the noise of a few thousand pictures
    ],
)
def test_no_over_fitting_where_the_validation_loss_does_not_rise_alone(train_loss, val_loss) -> None:
    text = sentence("net", history(train_loss, val_loss, [0.1, 0.5, 0.5, 0.5][: len(val_loss)]))
    assert "No sign of over-fitting" in text and "starts" not in text


def test_an_untrained_start_that_was_lucky_is_not_where_over_fitting_starts() -> None:
    text = sentence("net", history([0.5, 1.5, 1.0, 0.9], [0.5, 1.4, 1.1, 1.11], [0.1, 0.5, 0.6, 0.6]))
    assert "lowest at epoch 2 of 3" in text


def test_of_equal_epochs_the_first_is_the_best() -> None:
    assert "best at epoch 1 " in sentence("net", history([2, 1, 1], [2, 1, 1], [0.1, 0.7, 0.7]))


def test_one_row_is_not_trained_yet_and_none_was_trained_elsewhere() -> None:
    assert sentence("net", history([2.3], [2.3], [0.1])) == "net has not been trained yet."
    assert sentence("net", []) == "net was trained elsewhere: how it learned is not on record."


def test_without_validation_there_is_no_best_epoch_and_no_word_of_over_fitting() -> None:
    rows = [row | {"val_loss": math.nan, "val_accuracy": math.nan} for row in history([2, 1], [2, 1], [0.1, 0.6])]
    text = sentence("net", rows)
    assert "no best epoch" in text and "ver-fitting" not in text and f"{rows[-1]['train_accuracy']:.1%}" in text


def test_the_shipped_curves_are_their_histories() -> None:
    result = curves(CIFAR10)
    assert json.loads(json.dumps(result)).keys() == result.keys()
    assert result == {name: model_zoo.load(name).history for name in CIFAR10}
    for rows in result.values():
        assert [row["epoch"] for row in rows] == list(range(len(rows)))
        assert rows[0]["train_accuracy"] < 0.2  # ten classes, untrained
        measured = [row[f"{part}_accuracy"] for row in rows for part in ("train", "val")]
        assert all(0 <= value <= 1 for value in measured if not math.isnan(value))


@pytest.mark.parametrize("function", [curves, charts, table_file, figure_file])
def test_unknown_networks_are_refused(function) -> None:
    with pytest.raises(UserError, match="There is no network named 'x'"):
        function([CIFAR10[0], "x"])


@pytest.mark.parametrize(
    "names", ["cifar10-cnn", {"cifar10-cnn": 1}, 5, None, True, [5], [None], [["cifar10-cnn"]], [{}]]
)
def test_names_that_are_no_list_of_texts_are_refused(names: object) -> None:
    with pytest.raises(UserError, match="list of texts"):
        curves(names)


def test_names_given_twice_count_once_and_too_many_are_refused() -> None:
    assert list(curves(CIFAR10[::-1] * 1000)) == CIFAR10[::-1]
    with pytest.raises(UserError, match=f"At most {MOST} networks"):
        curves([f"net{index}" for index in range(MOST + 1)])


def test_choosing_nothing() -> None:
    assert NOTHING in charts([])
    assert curves([]) == {}
    for function in (table_file, figure_file):
        with pytest.raises(UserError, match=NOTHING):
            function([])


def drawings(page: str) -> list[ET.Element]:
    """The charts as XML, which also shows that every tag is closed and every attribute quoted."""
    return [ET.fromstring(text) for text in re.findall(r"<svg viewBox.*?</svg>", page, re.DOTALL)]


def test_the_charts_hold_both_networks() -> None:
    page = charts(CIFAR10)
    for name in CIFAR10:
        assert f"{model_zoo.load(name).title}</li>" in page
        assert unescape(page).count(f'<th scope="row">{model_zoo.load(name).title}</th>') == len(
            model_zoo.load(name).history
        )
        assert sentence(model_zoo.load(name).title, model_zoo.load(name).history) in unescape(page)
    loss, accuracy, rate = drawings(page)
    assert "Loss" in loss.get("aria-label") and "Accuracy" in accuracy.get("aria-label")
    # Training and validation of each; the learning rate is one line each.
    assert [len(chart.findall("polyline")) for chart in (loss, accuracy)] == [2 * len(CIFAR10)] * 2
    assert len([line for line in rate.findall("polyline") if line.get("points")]) == len(CIFAR10)
    assert len({line.get("style") for line in loss.findall("polyline")}) == len(CIFAR10)


def test_a_network_without_a_curve_has_no_colour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(WEIGHTS / SHIPPED[0], tmp_path / "elsewhere")
    (folder / entry.HISTORY).write_text(",".join(entry.HISTORY_COLUMNS) + "\n")
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path))
    page = charts([SHIPPED[0], "elsewhere"])
    legend = re.search('<ul class="legend">(.*?)</ul>', page)[1]
    assert legend.count('class="swatch"') == 1 and model_zoo.load(SHIPPED[0]).title in legend
    assert "was trained elsewhere: how it learned is not on record" in page
    assert Path(figure_file(["elsewhere"])).is_file()


def test_the_lines_go_through_the_numbers() -> None:
    """The place of each value is worked out anew from two labelled ticks of the axis."""
    name = CIFAR10[0]
    accuracy = drawings(charts([name]))[1]
    axis = {text.text: float(text.get("y")) - 5 for text in accuracy.findall("text") if (text.text or "").endswith("%")}
    zero, full = axis["0%"], axis["100%"]
    _, validation = (line.get("points").split() for line in accuracy.findall("polyline"))
    shown = [(float(point.split(",")[1]) - zero) / (full - zero) for point in validation]
    assert shown == pytest.approx([row["val_accuracy"] for row in model_zoo.load(name).history], abs=0.002)


def made(folder: Path, rows: list[dict[str, float]]) -> None:
    """Replace the history of the entry in a folder."""
    columns = list(rows[0])
    lines = [",".join(columns)] + [",".join(str(row[column]) for column in columns) for row in rows]
    (folder / entry.HISTORY).write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    "rows",
    [
        history([2.3], [2.3], [0.1]),
        history([0.0, 0.0], [0.0, 0.0], [0.0, 0.0]),
        history([2.3, 1e30], [2.3, 1e-30], [0.1, 1.0]),
        history([2.0] * 300, [1.0] * 300, [0.5] * 300),
        [row | {"learning_rate": math.nan, "seconds": math.nan} for row in history([2, 1], [2, 1], [0.1, 0.6])],
        [row | {"train_loss": math.nan, "train_accuracy": math.nan} for row in history([2, 1], [2, 1], [0.1, 0.6])],
        [row | {"val_loss": math.nan, "val_accuracy": math.nan} for row in history([2, 1], [2, 1], [0.1, 0.6])],
    ],
    ids=["untrained", "zeros", "huge", "long", "not measured", "no training figures", "no validation"],
)
def test_odd_histories_make_charts_and_files_too(hostile_entry: str, rows: list[dict[str, float]]) -> None:
    made(model_zoo.load(hostile_entry).folder, rows)
    page = charts([hostile_entry, *CIFAR10])
    assert len(drawings(page)) == 3
    assert not re.search(r"\b(nan|inf)\b", page)
    assert Path(table_file([hostile_entry])).is_file()
    assert Path(figure_file([hostile_entry])).is_file()


def test_networks_for_photos_are_judged_by_roc_auc(hostile_entry: str) -> None:
    rows = history([0.7, 0.5, 0.4], [0.7, 0.5, 0.6], [0.5, 0.9, 0.8])
    aucs = [{"train_auc": 0.5, "val_auc": 0.41}, {"train_auc": 0.9, "val_auc": 0.87}, {"train_auc": 1, "val_auc": 0.88}]
    rows = [row | auc for row, auc in zip(rows, aucs, strict=True)]
    made(model_zoo.load(hostile_entry).folder, rows)
    assert "best at epoch 2 with a validation ROC AUC of 0.8800 (0.4100 before training)" in sentence("x", rows)
    page = charts([hostile_entry, *CIFAR10])
    assert len(drawings(page)) == 4 and "val auc: 0.88" in page
    ticks = [text.text for text in drawings(page)[2].findall("text") if text.get("text-anchor") == "end"]
    assert "0.8" in ticks and not any(tick.endswith("%") for tick in ticks)  # a share of pairs, told as a number
    assert "<th>validation ROC AUC</th>" in page and "0.8800" in page
    assert "ROC AUC" not in charts(CIFAR10)
    with open(table_file([hostile_entry, CIFAR10[0]]), newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["val_auc (area under the ROC curve, 0 to 1)"] for row in found[:4]] == ["0.41", "0.87", "0.88", ""]


def test_names_from_an_entry_are_no_markup(hostile_entry: str) -> None:
    page = charts([hostile_entry])
    assert "<script" not in page and "<b>x" not in page
    assert HOSTILE in unescape(page) and hostile_entry in unescape(page)


def test_the_table_reads_back_to_the_same_numbers() -> None:
    with open(table_file(CIFAR10), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(re.fullmatch(r"\w+ \(.+\)", key) for key in rows[0] if key != "network")  # a unit behind each
    for name in CIFAR10:
        own = [row for row in rows if row["network"] == name]
        mine = [{key.split(" (")[0]: float(row[key]) for key in row if key != "network"} for row in own]
        assert str(mine) == str(model_zoo.load(name).history)  # as text: "nan" is no number that equals itself
    assert len(rows) == sum(len(model_zoo.load(name).history) for name in CIFAR10)


def test_the_figure_is_a_picture_for_print() -> None:
    with Image.open(figure_file(CIFAR10)) as picture:
        assert picture.format == "PNG" and picture.width >= 2000
        assert len(picture.convert("RGB").getcolors(1_000_000)) > 10


def test_a_network_s_name_is_no_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(WEIGHTS / SHIPPED[0], tmp_path / "=1+1")
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path))
    with Path(table_file(["=1+1"])).open(encoding="utf-8", newline="") as file:
        assert {row["network"] for row in csv.DictReader(file)} == {"'=1+1"}
