"""Which room of `train` may import which, on all imports: in functions, for types, and by `-m` in a process."""

import ast
from itertools import pairwise
from pathlib import Path

from tests.conftest import ROOT

DATA = {"data"}
ENTRY = DATA | {"entry", "recipes", "recipe_types"}
ENGINE = ENTRY | {"engine"}
ALLOWED = {
    "recipe_types": set(),
    "recipes": {"recipe_types"},
    "data": DATA,
    "entry": ENTRY,
    "engine": ENGINE,
    "tools": ENGINE | {"tools"},
    "commands": ENGINE | {"tools", "commands", "options"},
    "options": {"options"},
    # Its processes are those of `python -m train`; the tools for own classes are loaded when they are first used.
    "service": {"service", "tools", "entry", "recipes", "recipe_types"},
    "__main__": ENGINE | {"commands"},
}


def rooms(file: Path) -> set[str]:
    """The rooms of `train` that a file imports, or names as the module of a process."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.List | ast.Tuple):
            words = [each.value if isinstance(each, ast.Constant) else None for each in node.elts]
            names = [str(module) for flag, module in pairwise(words) if flag == "-m"]
        else:
            continue
        found |= {f"{name}.".split(".")[1] for name in names if f"{name}.".startswith("train.")}
    return found - {""}


def test_rooms_import_only_what_stands_below_them() -> None:
    seen = set()
    for file in sorted((ROOT / "train").rglob("*.py")):
        room = file.relative_to(ROOT / "train").parts[0].removesuffix(".py")
        if room != "__init__":
            seen.add(room)
            assert rooms(file) <= ALLOWED[room], file
    assert seen == set(ALLOWED)
