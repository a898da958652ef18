"""What the server says of the code of a step."""

import gradio as gr
import pytest

from demo.tabs.explore.code import section
from tests.conftest import SHIPPED
from tests.demo.conftest import HOSTILE


def test_the_code_of_a_step_needs_no_picture() -> None:
    found = section.line("?", SHIPPED[0], None, gr.EventData(None, {"step": "conv1"}))
    assert (found["model"], found["step"]) == (SHIPPED[0], "conv1")
    assert found["text"] == "nn.Conv2d(3, 32, kernel_size=3, padding=1)"
    assert "".join(piece["text"] for piece in found["line"]) == found["text"]
    assert found["figure"]["kernel"] == (3, 3) and found["figure"]["bias"]


@pytest.mark.parametrize(
    "data", [{"step": "nonsense"}, {"step": HOSTILE}, {"step": None}, {"step": 3}, {}, None, "conv1"]
)
def test_an_unknown_step_is_refused_in_words(data: object) -> None:
    with pytest.raises(gr.Error, match=r"has no step|cannot be understood"):
        section.line("?", SHIPPED[0], None, gr.EventData(None, data))


@pytest.mark.parametrize(
    "handler", [lambda name: section.line("?", name, None, gr.EventData(None, {"step": "conv1"})), section.download]
)
def test_an_unknown_network_is_refused_in_words(handler) -> None:
    for name in ("nonsense", HOSTILE):
        with pytest.raises(gr.Error, match="There is no network named"):
            handler(name)
