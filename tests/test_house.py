"""The house: which folder may import which."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Folder or file -> top-level packages that it must not import.
FORBIDDEN = {
    "model_zoo": {"app", "demo", "gradio", "train", "tests"},
    "train": {"app", "demo", "gradio", "tests"},
    "demo": {"app", "train", "tests"},  # but for what ALLOWED says
    "app.py": {"train", "tests"},
}
# The one way in which the page starts a training.
ALLOWED = {"demo": "train.service.queue"}


def sources(part: str) -> list[Path]:
    path = ROOT / part
    return sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.suffix == ".py" else []


def imported(source: Path) -> Iterator[str]:
    """Full names of every import in a file, in functions as well; relative ones stay within the folder."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"), str(source))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0 and node.module:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            elif node.level > 1:
                yield ROOT.name  # out of a folder by a relative path: no arrow shows it
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith(("import_module", "__import__"))
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value)


def packages(source: Path, allowed: str = "") -> set[str]:
    """Top-level packages of the imports of a file, but for those of one module."""
    names = set(imported(source))
    if allowed:
        names = {name for name in names if name != allowed and not name.startswith(f"{allowed}.")}
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("part", FORBIDDEN)
def test_arrows_point_one_way(part: str) -> None:
    files = sources(part)
    assert files, f"{part} has no Python file"
    for file in files:
        assert not packages(file, ALLOWED.get(part, "")) & FORBIDDEN[part], file.relative_to(ROOT)


def test_gradio_is_imported_only_by_the_page() -> None:
    parts = [path.name for path in ROOT.iterdir() if path.name != "tests" and not path.name.startswith(".")]
    users = {part for part in parts if any("gradio" in packages(file) for file in sources(part))}
    assert users <= {"demo", "app.py"}


def test_importing_the_networks_loads_nothing_that_only_some_need() -> None:
    modules = "model_zoo.explain.receptive_field, model_zoo.entries.onnx_export, model_zoo.explain.attribution"
    code = f"import sys, {modules}; print(*{{name.split('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(result.stdout.split())
    assert "torch" in loaded
    assert not loaded & {
        "gradio",
        "torchvision",
        "matplotlib",
        "pandas",
        "onnx",
        "onnxscript",
        "captum",
        "train",
        "demo",
    }


def test_what_the_page_needs_to_start_trainings_is_light() -> None:
    code = "import sys; from train.service import queue; queue.recipes();"
    code += " print(*{name.split('.')[0] for name in sys.modules})"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(result.stdout.split()) & {"torch", "gradio", "numpy", "demo", "model_zoo"}
