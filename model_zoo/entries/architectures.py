"""The network that a card names, without its weights.

    {"file": "talk_cnn", "arguments": {"classes": 10}}                            of model_zoo/nets
    {"library": "timm", "file": "resnet18", "arguments": {"num_classes": 10}}     of another library, see LIBRARIES
    {"library": "onnx", "file": "graph.onnx", "sha256": "...", "size": 32}        the entry's own graph

With "channels": 1 it takes pictures in grey, and a first step makes these of the colours.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from model_zoo import libraries, nets
from model_zoo.common.grey import Grey
from model_zoo.libraries.quickly import FILLERS

LIBRARY, ONNX, GRAPH = "library", "onnx", "graph.onnx"
MOST_GRAPH = 110_000_000  # bytes


class _Undrawn(TorchFunctionMode):
    """Leaves random starts out: on no device they have no values, and PyTorch loads its compiler to draw none.

    `libraries.quickly` must draw some instead, as what it builds has values.
    """

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        if getattr(func, "__name__", "") in FILLERS:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))


def build(folder: Path, named: Mapping[str, Any]) -> nn.Module:
    """A network whose weights are on no device, or arbitrary.

    Args:
        folder: of the entry.
        named: the card's `net`.

    Raises:
        ValueError: it cannot be built; the message says why.
    """
    net = _plain(folder, named)
    if named.get("channels", 3) == 3:
        return net
    with torch.device("meta"):
        return Grey(net)


def _plain(folder: Path, named: Mapping[str, Any]) -> nn.Module:
    library, file, arguments = named.get(LIBRARY), named.get("file"), named.get("arguments", {})
    if not isinstance(arguments, dict):
        raise ValueError("The arguments of an architecture must be an object.")
    if library is None:
        # Built on no device first: a random start would cost more than reading the weights.
        with torch.device("meta"), _Undrawn():
            return nets.build(file, arguments)  # pyright: ignore[reportArgumentType]  # it says what is wrong
    if library != ONNX:
        return libraries.build(library, file, arguments)  # pyright: ignore[reportArgumentType]
    return _graph(folder, file, named)


def _graph(folder: Path, file: object, named: Mapping[str, Any]) -> nn.Module:
    from model_zoo.onnx_graph.reader import read

    if file != GRAPH:
        raise ValueError(f"The graph of an entry is named {GRAPH}, not {file!r}.")
    try:
        if (folder / GRAPH).stat().st_size > MOST_GRAPH:
            raise ValueError(f"{GRAPH} is larger than {MOST_GRAPH / 1e6:g} MB.")
        data = (folder / GRAPH).read_bytes()
    except OSError as error:
        raise ValueError(f"{GRAPH} cannot be read: {error.strerror or error}.") from error
    if hashlib.sha256(data).hexdigest() != named.get("sha256"):
        raise ValueError(f"{GRAPH} is not the file that the card describes (sha256 differs).")
    size = named.get("size")
    return read(data, size if isinstance(size, int) else None).net
