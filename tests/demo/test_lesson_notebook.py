"""`docs/lesson.ipynb` from top to bottom, in a kernel of its own: a real training, and the page on its network."""

import re
from pathlib import Path

import httpx
import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

NOTEBOOK = ROOT / "docs" / "lesson.ipynb"
BUDGET = {"PICTURES": "400", "EPOCHS": "1"}


def test_the_notebook_is_stored_without_what_it_printed() -> None:
    notebook = nbformat.read(NOTEBOOK, 4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


@pytest.mark.slow
@pytest.mark.usefixtures("cifar10_folder")
def test_the_five_steps_end_with_the_page_on_the_trained_network(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, 4)
    settings = notebook.cells[1]
    for name, value in {**BUDGET, "OUT": f"Path({str(tmp_path / 'lesson')!r})"}.items():
        settings.source, replaced = re.subn(rf"^{name} = .*$", f"{name} = {value}", settings.source, flags=re.M)
        assert replaced == 1, name
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": NOTEBOOK.parent}}
    )
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)  # raises what a cell raised
        said = "".join(str(output.get("text", "")) for cell in notebook.cells for output in cell.get("outputs", []))
        assert re.search(r"\d+\.\d% of 400 test pictures are right", said)
        asked = nbformat.v4.new_code_cell("print(address)")
        notebook.cells.append(asked)
        client.execute_cell(asked, len(notebook.cells) - 1)
        address = asked.outputs[0]["text"].strip()
        # The page stands in a frame below the cell, and knows the network before all others.
        shown = [str(output.get("data", {}).get("text/html")) for output in notebook.cells[-2].outputs]
        assert any("<iframe" in html and address in html for html in shown)
        parts = httpx.get(f"{address}config", timeout=60).json()["components"]
        picker = next(part["props"] for part in parts if part["props"].get("elem_id") == "model")
        assert picker["choices"][0] == ["My first network", "lesson"]
