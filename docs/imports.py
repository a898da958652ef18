"""Which module of this repository imports which, read from the source without running it.

An import counts wherever it stands: at the top of a module, in a function, under `if TYPE_CHECKING`, as
`import_module("name")`, and as the module of a process that is started with `python -m name`.
"""

import ast
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("app.py", "demo", "model_zoo", "train")

Graph = dict[str, set[str]]  # a module's or a room's name -> the names of those that it imports


def sources(parts: Iterable[str] = PARTS, root: Path = ROOT) -> dict[str, Path]:
    """Every Python file in some folders, by the name under which it is imported, e.g. "demo.core.view"."""
    files = [
        file for part in parts for file in ([root / part] if part.endswith(".py") else (root / part).rglob("*.py"))
    ]
    return {module_name(file.relative_to(root)): file for file in sorted(files)}


def module_name(path: Path) -> str:
    """`demo/core/__init__.py` -> "demo.core"."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def graph(parts: Iterable[str] = PARTS, root: Path = ROOT) -> Graph:
    """Each module's imports of other modules of this repository."""
    files = sources(parts, root)
    return {name: set(_known(named(file, name), files)) - {name} for name, file in files.items()}


def _known(names: Iterable[str], files: dict[str, Path]) -> Iterator[str]:
    """The modules that some names stand in: "demo.core.view.View" is something in "demo.core.view"."""
    for name in names:
        while name and name not in files:
            name = name.rpartition(".")[0]
        if name:
            yield name


def named(file: Path, module: str) -> Iterator[str]:
    """The full name of everything that a file imports, e.g. "torch.nn.functional" or "demo.core.view.View"."""
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))))
    compared = {id(part) for node in nodes if isinstance(node, ast.Compare) for part in (node.left, *node.comparators)}
    for node in nodes:
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                base = _absolute(node.module or "", node.level, package)
                yield from (base if alias.name == "*" else f"{base}.{alias.name}" for alias in node.names)
            case ast.Call(
                func=ast.Name(id=called) | ast.Attribute(attr=called), args=[ast.Constant(value=str(name)), *_]
            ):
                if called in ("import_module", "__import__"):
                    yield _absolute(name.lstrip("."), len(name) - len(name.lstrip(".")), package)
            case ast.List(elts=words) | ast.Tuple(elts=words) if id(node) not in compared:
                yield from _started(words)


def _absolute(name: str, level: int, package: str) -> str:
    """A relative import's full name; `level` is the number of leading dots."""
    if not level:
        return name
    parents = package.split(".")
    return ".".join([*parents[: len(parents) - level + 1], *filter(None, [name])])


def _started(words: list[ast.expr]) -> Iterator[str]:
    """The module of `[sys.executable, "-m", "name", ...]`. A package is started by its `__main__.py`."""
    for flag, word in pairwise(words):
        match flag, word:
            case ast.Constant(value="-m"), ast.Constant(value=str(name)):
                yield f"{name}.__main__"


def rooms(modules: Graph, places: Iterable[str]) -> Graph:
    """Which room imports which. A module belongs to the longest of `places` that its name begins with.

    Raises:
        LookupError: a module belongs to none.
    """
    known = set(places)
    found: Graph = {}
    for name, imports in modules.items():
        here = room(name, known)
        found.setdefault(here, set()).update(
            there for there in (room(each, known) for each in imports) if there != here
        )
    return found


def room(module: str, places: set[str]) -> str:
    """The longest of `places` that is this module or a package around it.

    Raises:
        LookupError: none is.
    """
    name = module
    while name and name not in places:
        name = name.rpartition(".")[0]
    if not name:
        raise LookupError(
            f"{module} stands in no room. Give it a place in docs/architecture.py and tests/test_house.py."
        )
    return name


def circles(arrows: Graph) -> list[list[str]]:
    """Groups of names that reach each other along the arrows; none where every arrow points one way."""
    reached = {name: _reached(name, arrows) for name in arrows}
    groups = {tuple(sorted(b for b in reached[a] if a in reached.get(b, ()))) for a in arrows if a in reached[a]}
    return [list(group) for group in sorted(groups)]


def _reached(start: str, arrows: Graph) -> set[str]:
    """Everything that one comes to from a name in one step or more."""
    found: set[str] = set()
    ahead = list(arrows.get(start, ()))
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(arrows.get(name, ()))
    return found
