"""The start without stubs for editors."""

import inspect
import sys
from pathlib import Path

import gradio as gr
import pytest

from demo.errors import UserError
from demo.server.gradio_compat import without_stubs

COMPONENT = '''
import gradio as gr


class Mine(gr.Textbox):
    """A component of ours."""

    is_template = True
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "own_component.py").write_text(COMPONENT)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "own_component", raising=False)
    return "own_component"


def test_a_component_defined_inside_works_and_leaves_no_stub(module: str, tmp_path: Path) -> None:
    with without_stubs():
        made = __import__(module)
    assert not list(tmp_path.glob("*.pyi"))
    with gr.Blocks():
        assert made.Mine("text").value == "text"


def test_afterwards_and_for_all_else_a_source_file_is_known(module: str, tmp_path: Path) -> None:
    with without_stubs():
        assert Path(inspect.getfile(UserError)).name == "errors.py"
    __import__(module)
    assert (tmp_path / "own_component.pyi").exists()  # as Gradio does it; should this fail, the shortcut is obsolete
