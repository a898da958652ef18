"""How much memory networks may take."""

import pytest

from model_zoo.common import memory


def test_the_variable_says_how_many_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.VARIABLE, "300")
    assert memory.limit() == 300_000_000
    monkeypatch.delenv(memory.VARIABLE)
    assert memory.LEAST * 10**6 <= memory.limit() <= memory.MOST * 10**6


@pytest.mark.parametrize("text", ["0", "-5", "much", "1.5", "1e3", "²"])
def test_what_is_no_number_of_megabytes(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(memory.VARIABLE, text)
    with pytest.raises(ValueError, match="how many MB"):
        memory.limit()
