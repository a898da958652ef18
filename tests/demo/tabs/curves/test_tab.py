"""The Curves tab: which networks are compared, and the files that come with their curves."""

from pathlib import Path

import gradio as gr
import pytest

import model_zoo
from demo.tabs.curves import tab
from tests.conftest import SECOND, SHIPPED


@pytest.mark.parametrize("names", [["nonsense"], [None], [5], [["a"]], "cifar10-cnn", 5, {"a": 1}])
def test_unknown_networks_are_not_compared(names: object) -> None:
    with pytest.raises(gr.Error) as refusal:
        tab.compare(names)
    assert refusal.value.message.endswith(".") and "Something went wrong" not in refusal.value.message


def test_choosing_no_network_to_compare_leaves_no_old_file() -> None:
    drawn = tab.compare([])
    assert drawn.table is None and drawn.figure is None


def test_compared_networks_come_with_both_files() -> None:
    drawn = tab.compare(SHIPPED)
    assert "<svg" in drawn.charts
    for path, kind in ((drawn.table, ".csv"), (drawn.figure, ".png")):
        assert Path(path).suffix == kind and Path(path).is_file()


def test_a_run_that_has_gone_on_has_new_files(hostile_entry: str) -> None:
    def rows() -> int:
        return len(Path(tab.compare([hostile_entry]).table).read_text().splitlines())

    before = rows()
    history = model_zoo.load(hostile_entry).folder / "history.csv"
    lines = history.read_text().splitlines()
    history.write_text("\n".join([*lines, f"{len(lines) - 1}," + lines[-1].split(",", 1)[1]]) + "\n")
    assert rows() == before + 1


def test_a_picked_network_is_added_to_those_that_are_compared() -> None:
    first, last = SHIPPED[0], SECOND
    assert tab.add([first], last) == tab.add([first, last], first) == [first, last]
    assert tab.add([last], first) == [last, first]  # the colours stay
    assert tab.add(["gone", first], "nonsense") == [first]
