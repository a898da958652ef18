"""What the page relies on in Gradio without a promise: it holds, and without it the page is slower, not broken."""

import inspect
import logging
import subprocess
import sys
from pathlib import Path

import gradio as gr
import pytest
from gradio_client import Client, handle_file

import model_zoo
from demo.errors import UserError
from demo.pictures.decode import open_image
from demo.pictures.patterns import gradio_photographs
from demo.server import gradio_compat
from demo.server.gradio_compat import POINTS, SWITCH, without_stubs
from tests.bench.serve import server
from tests.conftest import ROOT, SHIPPED

COMPONENT = '''
import gradio as gr


class Mine(gr.Textbox):
    """A component of ours."""

    is_template = True
'''


@pytest.mark.parametrize("name", POINTS)
def test_what_is_relied_on_holds(name: str) -> None:
    assert POINTS[name].check() is True


@pytest.mark.parametrize("name", POINTS)
def test_a_point_that_does_not_hold_is_said_in_a_line(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(SWITCH, name)
    with caplog.at_level(logging.WARNING):
        assert gradio_compat.report() == [name]
    (record,) = caplog.records
    assert POINTS[name].relies_on in record.getMessage() and "\n" not in record.getMessage()


def test_with_all_points_as_they_are_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    assert gradio_compat.report() == [] and not caplog.records


def test_whatever_goes_wrong_in_a_check_lets_the_point_fall_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(POINTS, "gone", gradio_compat.Point("nothing", "nothing", lambda: 1 / 0 > 0))
    assert gradio_compat.holds("gone") is False


@pytest.mark.parametrize("data", [{"step": "conv1", "channel": 3}, {}, None, 5, "step", ["step"]])
def test_an_event_carries_the_same_without_its_inside(data: object, monkeypatch: pytest.MonkeyPatch) -> None:
    event = gr.EventData(None, data)
    assert gradio_compat.event_data(event) == data
    monkeypatch.setenv(SWITCH, "event data")
    assert gradio_compat.event_data(event) == (data if isinstance(data, dict) else {})


def test_the_folder_of_uploads_is_the_same_without_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("/tmp/somewhere", ""):
        monkeypatch.setenv("GRADIO_TEMP_DIR", folder)
        monkeypatch.setenv(SWITCH, "")
        known = gradio_compat.upload_folder()
        monkeypatch.setenv(SWITCH, "upload folder")
        assert Path(gradio_compat.upload_folder()).resolve() == Path(known).resolve()


def test_a_template_component_has_the_front_end_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for switch in ("", "front ends"):
        monkeypatch.setenv(SWITCH, switch)

        @gradio_compat.template_component
        class Own(gr.Number):
            """A number of ours."""

        with gr.Blocks():
            names.append(Own().get_block_name())
    assert names == ["number", "number"]


@pytest.mark.faults(
    "A newer Gradio keeps nothing of what it never promised",
    "The page starts and answers, slower; the log says what has fallen back",
)
def test_without_any_of_it_the_page_starts_and_answers(tmp_path: Path) -> None:
    """The plainest page that there is: started, shown, and asked once."""
    log = tmp_path / "log.txt"
    environment = {SWITCH: "1", "GRADIO_TEMP_DIR": str(tmp_path / "gradio"), "TMPDIR": str(tmp_path)}
    photo = gradio_photographs()["Lion"]
    with log.open("w") as file, server("app.py", file, **environment) as (address, _, _):
        client = Client(address, verbose=False)
        answer = client.predict(SHIPPED[0], handle_file(photo), api_name="/predict")
        shares = {row["label"]: row["confidence"] for row in answer["confidences"]}
        client.close()
    assert shares == pytest.approx(dict(model_zoo.load(SHIPPED[0]).predict(open_image(photo))), abs=1e-5)
    lines = log.read_text().splitlines()
    assert len(lines) == len(POINTS) and all("Gradio is not as in" in line for line in lines)


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


def test_looking_at_the_points_of_the_start_imports_no_gradio() -> None:
    code = "import sys; from demo.server.gradio_compat import holds; holds('stubs'); print('gradio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
