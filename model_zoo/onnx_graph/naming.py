"""What the parts of a network from a file are called: as in the program that wrote it, as far as that can be told."""

import re
from collections.abc import Iterable

from torch import nn

DEEPEST = 12  # parts of a path
LONGEST = 60  # characters of one


def common_part(weights: Iterable[str]) -> str:
    """The first part of a path that all weights share, such as "net" of a wrapper: it says nothing. "" if none."""
    paths = [name.split(".") for name in weights if name.endswith((".weight", ".bias"))]
    firsts = {path[0] for path in paths}
    return firsts.pop() if len(firsts) == 1 and len(paths) > 1 and all(len(path) > 2 for path in paths) else ""


def path_of_weight(name: str, common: str) -> str:
    """The path of the layer that a weight belongs to: "layer1.0.conv1" of "net.layer1.0.conv1.weight"; "" if none."""
    owner, _, last = name.rpartition(".")
    if last not in ("weight", "bias", "gamma", "kernel") or not owner:
        return ""
    parts = owner.split(".")
    return ".".join(parts[1:] if common and parts[0] == common else parts)


def path_of_node(name: str) -> str:
    """The path of a module in the name of an operation: "layer1.0.relu" of "/layer1/layer1.0/relu/Relu"; "" if none."""
    parts = [part for part in name.split("/") if part][:-1]
    path: list[str] = []
    for part in parts:  # "layer1.0" after "layer1" is the whole of both
        path[-1:] = [part] if path and part.startswith(f"{path[-1]}.") else [*path[-1:], part]
    return ".".join(path) if "/" in name else ""


def clean(path: str) -> list[str]:
    """The parts of a path as names of modules: letters, digits and "_"."""
    parts = [re.sub(r"[^A-Za-z0-9_]", "_", part)[:LONGEST] for part in path.split(".") if part]
    return parts[-DEEPEST:]


def free_name(owner: nn.Module, name: str) -> str:
    """The name, or one like it, that a module has not yet for anything."""
    wanted, count = name or "part", 1
    while hasattr(owner, wanted):
        count += 1
        wanted = f"{name}_{count}"
    return wanted
