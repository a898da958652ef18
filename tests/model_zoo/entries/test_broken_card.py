"""Cards that are damaged, wrong or hostile: a sentence that names the file, and no other entry is hidden."""

import math
from pathlib import Path
from typing import Any

import pytest

import model_zoo
from model_zoo.entries import entry, entry_check
from tests.model_zoo.conftest import CLASSES, change_card
from tests.model_zoo.entries.helpers import check_broken


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe\x00", "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b"[]", "not a JSON object"),
        (b'"card"', "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"{}", "format None"),
        (b'{"format": 2}', "format 2"),
        (b'{"format": "1"}', "format '1'"),
        (b'{"format": 1}', "no str named 'name'"),
    ],
)
def test_a_card_that_is_none(folder: Path, text: bytes, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    (folder / entry.CARD).write_bytes(text)
    check_broken(folder, entry.CARD, reason, caplog)


@pytest.mark.parametrize("key", entry_check.CARD_KEYS)
def test_a_card_without_a_key_or_with_another_type(folder: Path, key: str, caplog: pytest.LogCaptureFixture) -> None:
    change_card(folder, lambda values: values.update({key: 5}))
    check_broken(folder, entry.CARD, repr(key), caplog)
    change_card(folder, lambda values: values.pop(key))
    check_broken(folder, entry.CARD, repr(key), caplog)


@pytest.mark.parametrize("classes", [[], [1, 2], [*CLASSES[:9], None]])
def test_classes_that_are_no_text(folder: Path, classes: list, caplog: pytest.LogCaptureFixture) -> None:
    change_card(folder, lambda values: values.update(classes=classes))
    check_broken(folder, entry.CARD, "classes as text", caplog)


@pytest.mark.parametrize("classes", [CLASSES[:9], [*CLASSES, "bicycle"]])
def test_another_number_of_classes(folder: Path, classes: list[str], caplog: pytest.LogCaptureFixture) -> None:
    change_card(folder, lambda values: values.update(classes=classes))
    check_broken(folder, entry.CARD, f"10\\) values for {len(classes)} classes", caplog)


@pytest.mark.parametrize(
    "file", ["../x", "os", "../../etc/passwd", "talk_cnn.py", "", "__init__", "resnet_900", 5, None, ["talk_cnn"], {}]
)
def test_an_architecture_that_does_not_ship(folder: Path, file: Any, caplog: pytest.LogCaptureFixture) -> None:
    change_card(folder, lambda values: values["net"].update(file=file))
    check_broken(folder, entry.CARD, "no architecture named .*known are .*talk_cnn", caplog)


@pytest.mark.parametrize(
    "arguments",
    [
        {"classes": -1},
        {"classes": 10**30},
        {"classes": "ten"},
        {"classes": None},
        {"depth": 3},
        ["classes"],
        5,
        None,
    ],
    ids=str,
)
def test_arguments_that_build_no_fitting_network(
    folder: Path, arguments: Any, caplog: pytest.LogCaptureFixture
) -> None:
    change_card(folder, lambda values: values["net"].update(arguments=arguments))
    check_broken(folder, entry.CARD, "no network that can be built", caplog)


@pytest.mark.parametrize(
    ("file", "arguments"),
    [
        ("whitened_cnn", {"widths": [64]}),
        ("whitened_cnn", {"widths": {}}),
        ("whitened_cnn", {"widths": [64, 256, None]}),
        ("invasive_resnet", {"width": 10**400}),
        ("invasive_resnet", {"width": -1}),
    ],
    ids=str,
)
def test_arguments_that_an_architecture_fails_at(
    folder: Path, file: str, arguments: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    change_card(folder, lambda values: values.update(net={"file": file, "arguments": arguments}))
    check_broken(folder, entry.CARD, f"no network that can be built: The architecture {file}", caplog)


@pytest.mark.parametrize(
    "key", ["9" * 5_000, "1234567", "\u0663", "-1", " 3", "3\n", "best", ""], ids=lambda key: ascii(key[:8])
)
def test_a_snapshot_of_no_epoch_is_left_out(folder: Path, key: str) -> None:
    change_card(folder, lambda values: values.update(snapshots={key: "0" * 64, "7": "0" * 64}))
    assert folder.name in model_zoo.names() and model_zoo.load(folder.name).epochs == (7,)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 0},
        {"size": -32},
        {"size": 32.5},
        {"size": 100_000},
        {"size": True},
        {"size": None},
        {"mean": [0.5, 0.5]},
        {"mean": 0.5},
        {"mean": [0.5, 0.5, "0.5"]},
        {"mean": [0.5, 0.5, math.nan]},
        {"mean": [0.5, 0.5, 10**400]},
        {"std": [0.5, 0.5, 0]},
        {"std": [0.5, 0.5, -1]},
        {"std": [0.5, 0.5, 1e-300]},
        {"std": [0.5, 0.5, math.inf]},
        {"std": None},
        {"interpolation": "magic"},
        {"interpolation": ["bicubic"]},
    ],
    ids=str,
)
def test_preprocessing_that_cannot_be_done(
    folder: Path, change: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    change_card(folder, lambda values: values["preprocessing"].update(change))
    check_broken(folder, entry.CARD, f"preprocessing.*{next(iter(change))}", caplog)


@pytest.mark.parametrize("size", [7, 33, 64])
def test_a_size_that_the_network_does_not_take(folder: Path, size: int, caplog: pytest.LogCaptureFixture) -> None:
    change_card(folder, lambda values: values["preprocessing"].update(size=size))
    if size == 33:  # three pools of two forget the last pixel
        assert folder.name in model_zoo.names()
    else:
        check_broken(folder, entry.CARD, f"{size} x {size}", caplog)
