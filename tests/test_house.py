"""The house: which room may import which, and what every room keeps to."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from docs import architecture
from docs.imports import PARTS, ROOT, Graph, circles, graph, named, room, rooms, sources

# Room -> the rooms that it may import; "model_zoo.*" is every room of the networks.
ARROWS = {
    "app": "demo.launching demo.server model_zoo.common",
    "demo": "demo.showing",
    "demo.showing": "demo.launching demo.server model_zoo.*",
    "demo.launching": "demo.page demo.glossary demo.languages demo.classroom demo.live demo.monitoring demo.tabs "
    "demo.theme demo.pictures demo.server",
    "demo.page": "demo.page_events demo.page_layout demo.api demo.theme demo.tabs demo.share demo.core demo.render "
    "demo.pictures demo.server demo.errors model_zoo.*",
    "demo.page_layout": "demo.page_events demo.classroom demo.live demo.tabs demo.share demo.core demo.render "
    "demo.pictures demo.server demo.errors model_zoo.*",
    "demo.page_events": "demo.tabs demo.share demo.private demo.core demo.render demo.pictures demo.server "
    "demo.errors model_zoo.*",
    "demo.api": "demo.tabs demo.share demo.core demo.render demo.pictures demo.server demo.errors model_zoo.*",
    "demo.theme": "",
    "demo.live": "demo.tabs demo.core demo.render demo.pictures demo.server demo.errors model_zoo.*",
    "demo.monitoring": "demo.tabs demo.server model_zoo.*",
    "demo.glossary": "demo.languages demo.server",
    "demo.languages": "demo.server",
    "demo.tabs": "demo.glossary demo.languages demo.classroom demo.share demo.visitors demo.private demo.core "
    "demo.render demo.pictures demo.server demo.errors model_zoo.* train.service",
    "demo.classroom": "demo.share demo.core demo.server demo.errors model_zoo.*",
    "demo.visitors": "demo.core demo.pictures demo.server demo.errors model_zoo.* train.service",
    "demo.share": "demo.core demo.render demo.pictures demo.server demo.errors model_zoo.* train.service",
    "demo.core": "demo.languages demo.private demo.render demo.pictures demo.server demo.errors model_zoo.* "
    "train.service",
    "demo.private": "demo.server demo.errors model_zoo.*",
    "demo.pictures": "demo.render demo.server demo.errors model_zoo.* train.service",
    "demo.render": "demo.errors model_zoo.*",
    "demo.server": "demo.errors",
    "demo.errors": "",
    "model_zoo": "model_zoo.*",
    "model_zoo.__main__": "model_zoo.commands",
    "model_zoo.commands": "model_zoo.adopting model_zoo.entries model_zoo.explain",
    "model_zoo.adopting": "model_zoo.entries model_zoo.libraries model_zoo.onnx_graph model_zoo.graph model_zoo.model "
    "model_zoo.common",
    "model_zoo.entries": "model_zoo.model model_zoo.trust model_zoo.nets model_zoo.libraries model_zoo.onnx_graph "
    "model_zoo.common",
    "model_zoo.libraries": "",
    "model_zoo.onnx_graph": "",
    "model_zoo.aerial": "model_zoo.model model_zoo.trust model_zoo.graph model_zoo.common",
    "model_zoo.explain": "model_zoo.model model_zoo.graph model_zoo.common",
    "model_zoo.model": "model_zoo.trust model_zoo.graph model_zoo.common",
    "model_zoo.trust": "model_zoo.graph model_zoo.common",
    "model_zoo.graph": "model_zoo.common",
    "model_zoo.nets": "model_zoo.common",
    "model_zoo.common": "",
    "train": "",
    "train.__main__": "train.commands train.engine train.data train.entry train.recipes train.recipe_types model_zoo.*",
    "train.commands": "train.options train.tools train.engine train.data train.entry train.recipes train.recipe_types "
    "model_zoo.*",
    "train.options": "",
    "train.tools": "train.engine train.data train.entry train.recipes train.recipe_types model_zoo.*",
    "train.engine": "train.data train.entry train.recipes train.recipe_types model_zoo.*",
    "train.entry": "train.data train.recipes train.recipe_types model_zoo.*",
    "train.data": "model_zoo.*",
    "train.recipes": "train.recipe_types",
    "train.recipe_types": "",
    # Some as processes; of the tools those for own classes and small networks, loaded when they are first used.
    "train.service": "train.__main__ train.commands train.tools train.entry train.recipes train.recipe_types",
}
# What the page needs to start and to watch a training must not make it load what trains.
LIGHT = ["train.recipes", "train.entry.run_folder", *(name for name in sources(["train"]) if "train.service" in name)]
HEAVY = {"torch", "torchvision", "numpy", "gradio", "matplotlib", "demo", "model_zoo"}
FILES = 20  # in one folder
COUNTED = {".py", ".js", ".html", ".css"}
SCRIPT_IMPORT = re.compile(
    r"""^\s*(?:import|export)\b(?:[^"'`;=]*\bfrom)?\s*["']([^"']+)["']"""  # at its head
    r"""|(?:=|=>|\bvoid|\bawait|\breturn)\s*import\(["']([^"']+)["']\)""",  # when it is needed; not a type in a comment
    re.M,
)
DATA_WORDS = ("cifar10", "cifar-10", "invasive", "hogweed")
NAMES = {path.stem for path in (ROOT / "model_zoo/nets").glob("[a-z]*.py")} | {
    path.name for path in (ROOT / "model_zoo/weights").iterdir()
}


@cache
def modules() -> Graph:
    return graph()


@pytest.mark.parametrize("here", ARROWS)
def test_arrows_point_one_way(here: str) -> None:
    allowed = set(ARROWS[here].split())
    wrong = [
        f"{module} -> {target}"
        for module, targets in modules().items()
        if room(module, set(ARROWS)) == here
        for target in sorted(targets)
        if (there := room(target, set(ARROWS))) != here
        and there not in allowed
        and not ("model_zoo.*" in allowed and there.startswith("model_zoo"))
    ]
    assert not wrong


@pytest.mark.parametrize(
    "code",
    [
        "import house.b",
        "from house import b",
        "from house.b import thing",
        "from house.b import *",
        "from . import b",
        "from .b import thing",
        "def later():\n    from house import b",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import house.b as other",
        "import importlib\nimportlib.import_module('house.b')",
        "from importlib import import_module\nimport_module('.b', __package__)",
        "__import__('house.b')",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'house.b', 'word'])",
    ],
)
def test_every_kind_of_import_is_an_arrow(code: str, tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    for name, text in {"__init__": "", "a": code, "b": "from house import a"}.items():
        (tmp_path / "house" / f"{name}.py").write_text(text)
    found = graph(["house"], tmp_path)
    assert found["house.a"] - {"house"} == {"house.b"}
    assert circles(found) == [["house.a", "house.b"]]


def test_no_tab_imports_another() -> None:
    tabs = {name for name in modules() if name.startswith("demo.tabs.") and name.count(".") == 2}
    assert len(tabs) > 3
    arrows = rooms(modules(), {*tabs, *ARROWS})
    assert not {tab: arrows[tab] & tabs for tab in tabs if arrows[tab] & tabs}


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circles(modules()) == []


def test_no_room_imports_itself_by_way_of_others() -> None:
    """Rooms are here the files right in a part, the folders in it, and the tabs; what lies deeper belongs to them."""
    shallow = {name for name in modules() if name.count(".") < 2}
    tabs = {name for name in modules() if name.startswith("demo.tabs.") and name.count(".") == 2}
    assert circles(rooms(modules(), shallow | tabs)) == []


@pytest.mark.parametrize("part", ["model_zoo", "train", "docs"])
def test_gradio_is_imported_only_by_the_page(part: str) -> None:
    assert not {name for name, file in sources([part]).items() if "gradio" in outside(file, name)}


@pytest.mark.parametrize("part", PARTS)
def test_nothing_that_ships_imports_the_tests_or_the_documents(part: str) -> None:
    assert not {name for name, file in sources([part]).items() if {"tests", "docs"} & outside(file, name)}


@pytest.mark.parametrize("module", LIGHT)
def test_what_the_page_needs_to_start_trainings_is_light(module: str) -> None:
    assert not loaded(f"import {module}") & HEAVY


def test_importing_the_networks_loads_nothing_that_only_some_need() -> None:
    found = loaded(
        "import model_zoo.explain.receptive_field, model_zoo.entries.onnx_export, model_zoo.explain.attribution"
    )
    assert "torch" in found
    later = {"gradio", "torchvision", "matplotlib", "pandas", "onnx", "onnxscript", "captum", "train", "demo"}
    assert not found & later


@pytest.mark.parametrize("part", [*PARTS[1:], "docs"])
def test_every_package_says_in_a_few_lines_what_lives_there(part: str) -> None:
    """The first paragraph of the docstring of its `__init__.py`, which examples may follow."""
    lengths = {}
    for folder in packages(part):
        text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
        lengths[str(folder.relative_to(ROOT))] = len([line for line in text.split("\n\n")[0].splitlines() if line])
    assert not {name: lines for name, lines in lengths.items() if not 1 <= lines <= 4}


@pytest.mark.parametrize("part", ["demo", "model_zoo", "train", "tests", "docs"])
def test_every_folder_can_be_taken_in_at_a_glance(part: str) -> None:
    folders = [ROOT / part, *(path for path in (ROOT / part).rglob("*") if path.is_dir())]
    sizes = {
        str(folder.relative_to(ROOT)): sum(path.suffix in COUNTED for path in folder.iterdir())
        for folder in folders
        if not {"node_modules", "weights", "__pycache__"} & set(folder.parts)
    }
    assert not {name: size for name, size in sizes.items() if size > FILES}


@pytest.mark.parametrize("part", PARTS)
def test_what_differs_is_a_field_and_never_read_from_a_name(part: str) -> None:
    """No `name.startswith("cifar10")`, no `"invasive" in classes`, no `net == "invasive_resnet"`."""
    wrong = [f"{file.relative_to(ROOT)}:{line}" for file in sources([part]).values() for line in name_tests(file)]
    assert not wrong


def name_tests(file: Path) -> Iterator[int]:
    """Lines that decide something by the name of a network, a recipe, a data set or a class."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="startswith" | "endswith" | "removeprefix" | "find"), args=[about, *_]
            ):
                if words(about, within=DATA_WORDS):
                    yield node.lineno
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[right]):
                if words(left, within=DATA_WORDS) or words(right) & NAMES:
                    yield node.lineno
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
                if (words(left) | words(right)) & NAMES:
                    yield node.lineno


def words(node: ast.expr, within: tuple[str, ...] = ("",)) -> set[str]:
    """The constant strings of an expression, or of those in a tuple, list or set, that hold one of some words."""
    nodes = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    texts = {each.value for each in nodes if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return {text for text in texts if any(word in text for word in within)}


def test_scripts_import_only_the_library_and_their_own_folder() -> None:
    library = ROOT / "demo/static/lib"
    wrong = []
    for file in sorted((ROOT / "demo").rglob("*.js")):
        for name in map("".join, SCRIPT_IMPORT.findall(file.read_text("utf-8"))):
            # An address such as "/lib/maps.js", too, is a file of the library.
            target = (file.parent / name).resolve() if name.startswith(".") else library / name.rpartition("lib/")[2]
            if not target.is_file() or not {library, file.parent} & set(target.parents):
                wrong.append(f"{file.relative_to(ROOT)}: {name}")
    assert not wrong


@pytest.mark.parametrize("part", ["demo", "tests"])
def test_no_script_of_ours_is_a_global_of_the_browser(part: str) -> None:
    ours = re.compile(r"""window(\.|\[["'])convscope""")
    files = [path for path in (ROOT / part).rglob("*") if path.suffix in COUNTED and path != Path(__file__)]
    assert not [str(path.relative_to(ROOT)) for path in files if ours.search(path.read_text(encoding="utf-8"))]


def test_the_picture_of_the_architecture_is_that_of_the_code() -> None:
    assert architecture.PICTURE.read_text(encoding="utf-8") == architecture.draw(), "run: make architecture"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/ARCHITECTURE.md"])
def test_every_file_that_a_document_names_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    linked = {((ROOT / page).parent / name).resolve() for name in re.findall(r"\]\(([\w./-]+)\)", text)}
    quoted = {ROOT / name for name in re.findall(r"`((?:demo|docs|model_zoo|tests|train)/[\w./-]*)`", text)}
    named = {path for path in linked | quoted if "NAME" not in str(path)}
    assert named
    assert not sorted(str(path) for path in named if not path.exists())


def packages(part: str) -> list[Path]:
    """The folder and all folders in it that Python imports."""
    return sorted(file.parent for file in (ROOT / part).rglob("__init__.py"))


def outside(file: Path, module: str) -> set[str]:
    """The top-level names of what a file imports."""
    return {name.split(".")[0] for name in named(file, module)}


def loaded(code: str) -> set[str]:
    """The top-level modules in memory after some code has run in a process of its own."""
    code = f"import sys; {code}; print(*{{name.split('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(result.stdout.split())
