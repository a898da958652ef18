"""The architectures: one file each, plain PyTorch, found by file name.

A file here defines exactly one public network class and names it `NET`. A zoo entry's card says which file
and which arguments rebuild the network, so nothing but this folder's own code is ever run for an entry.
"""

import importlib
import re
from pathlib import Path
from typing import Any

from torch import nn


def files() -> list[str]:
    """Names of the architectures at hand, e.g. ['talk_cnn']."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")


def build(file: str, arguments: dict[str, Any]) -> nn.Module:
    """A freshly initialised network.

    Args:
        file: an architecture's name, one of `files()`.
        arguments: keyword arguments of its class.

    Raises:
        ValueError: no such architecture, or arguments that it does not take.
    """
    if not isinstance(file, str) or not re.fullmatch(r"[a-z0-9_]+", file) or file not in files():
        raise ValueError(f"There is no architecture named {file!r}; known are {', '.join(files())}.")
    network_class = importlib.import_module(f"{__name__}.{file}").NET
    try:
        return network_class(**arguments)
    except Exception as error:  # whatever a stranger's arguments make Python or torch raise
        raise ValueError(
            f"The architecture {file} cannot be built with {arguments!r}: {type(error).__name__}: {error}."
        ) from error
