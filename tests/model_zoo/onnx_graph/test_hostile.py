"""Whatever somebody sends as an ONNX file: a sentence, in bounded memory and time."""

import re
from pathlib import Path

import pytest
import torch

from model_zoo.onnx_graph.limits import OnnxError
from model_zoo.onnx_graph.reader import read
from tests.model_zoo.onnx_graph.files import GOOD, HOSTILE, after, node, plain

MOST_MEMORY = 500_000_000  # bytes that reading a file may add to what the process has, the file's own included


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_answered_by_a_sentence(name: str) -> None:
    build, words = HOSTILE[name]
    data = build()
    before = _reset_peak()
    with pytest.raises(OnnxError) as caught:
        read(data)
    sentence = str(caught.value)
    assert re.search(words, sentence), sentence
    assert (
        sentence.endswith((".", ").")) and "\n" not in sentence and len(sentence) < 600 and "Traceback" not in sentence
    )
    if before is not None:
        assert _peak() - before < MOST_MEMORY


def test_there_are_enough_of_them_and_the_plain_file_is_read() -> None:
    assert len(HOSTILE) >= 60
    assert read(GOOD).net(torch.zeros(3, 3, 8, 8)).shape == (3, 5)


@pytest.mark.parametrize(
    "name", ["__class__", "/forward/forward/Relu", "/../../x/Relu", "/training/Relu", "/a.b.c/d e/é/Relu"]
)
def test_names_of_a_file_cannot_hit_what_a_module_has(name: str) -> None:
    net = read(after(node("Relu", ["c"], ["h"], name=name))()).net
    assert torch.equal(net(torch.zeros(1, 3, 8, 8)), read(GOOD).net(torch.zeros(1, 3, 8, 8)))


@pytest.mark.parametrize("cut", range(0, len(GOOD), 37))
def test_a_file_that_ends_anywhere_is_read_or_refused(cut: int) -> None:
    _read_or_refuse(GOOD[:cut])


@pytest.mark.parametrize("seed", range(40))
def test_a_file_with_wrong_bytes_is_read_or_refused(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    data = bytearray(plain())
    for place in torch.randint(0, len(data), (6,), generator=generator).tolist():
        data[place] = int(torch.randint(0, 256, (1,), generator=generator))
    _read_or_refuse(bytes(data))


def _read_or_refuse(data: bytes) -> None:
    try:
        net = read(data).net
    except OnnxError:
        return
    assert isinstance(net(torch.zeros(1, 3, 8, 8)), torch.Tensor)


def _reset_peak() -> int | None:
    """Set the peak of this process's memory back to what it has, in bytes; None where the system cannot do that."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        return _peak()
    except OSError:
        return None


def _peak() -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024
