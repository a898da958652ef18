"""What goes wrong, and what happens then: the table in docs/faults.md, made from the tests that provoke it.

    make faults                    run them all
    python -m tests.faults         write docs/faults.md anew

Each such test, wherever it stands, is marked `@pytest.mark.faults(fault, what happens)`; one that provokes several has
several marks.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "faults.md"
HEAD = """\
# What goes wrong, and what happens then

Each line is provoked by a test, for real: processes are killed, folders deleted, servers restarted. `make faults` runs
these tests, `python -m tests.faults` writes this page from their marks.

| fault | what happens | test |
|---|---|---|
"""


@dataclass(frozen=True, order=True)
class Fault:
    """A mark of a test."""

    kind: str  # the folder of the test, by which the page is ordered
    fault: str
    then: str
    test: str  # path::name


def faults() -> list[Fault]:
    """All of them, in the order of the page."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [fault for file in files for fault in _of(file)]


def _of(file: Path) -> Iterator[Fault]:
    path = file.relative_to(ROOT).as_posix()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                match mark:
                    case ast.Call(
                        func=ast.Attribute(attr="faults"),
                        args=[ast.Constant(value=str(fault)), ast.Constant(value=str(then))],
                    ):
                        yield Fault(file.parent.name, fault, then, f"{path}::{node.name}")
                    case ast.Call(func=ast.Attribute(attr="faults")):
                        raise ValueError(f"{path}: the mark of {node.name} needs two texts, the fault and what happens")


def page() -> str:
    """docs/faults.md."""
    rows = (
        f"| {each.fault} | {each.then} | [{_short(each.test)}](../{each.test.split('::')[0]}) |" for each in faults()
    )
    return HEAD + "\n".join(rows) + "\n"


def _short(test: str) -> str:
    return test.rpartition("::")[2].removeprefix("test_").replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(faults())} faults", file=sys.stderr)
