"""An ONNX file, parsed and looked through: nodes, weights, the one input, and what it says of itself."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from model_zoo.onnx_graph import wire
from model_zoo.onnx_graph.limits import (
    MOST_BYTES,
    MOST_NAME,
    MOST_NODES,
    MOST_WEIGHTS,
    OPSETS,
    OnnxError,
)
from model_zoo.onnx_graph.tensors import FLOATS, size_of, tensor_of

if TYPE_CHECKING:
    import onnx

DOMAINS = ("", "ai.onnx")
STRIPPED = "weights elsewhere"  # the file's `producer_name` where its weights lie in a safetensors file
Attribute = int | float | str | tuple[int, ...] | tuple[float, ...] | np.ndarray | Tensor


@dataclass(frozen=True, eq=False)
class Node:
    """One operation of the file."""

    name: str
    kind: str  # "Conv", "Relu", ...
    inputs: tuple[str, ...]  # "" for one that is left out
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute]

    @property
    def words(self) -> str:
        """For a message."""
        return f"{self.kind} ({self.name})" if self.name else self.kind

    def __getitem__(self, name: str) -> Any:
        return self.attributes[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.attributes.get(name, default)


@dataclass(frozen=True, eq=False)
class OnnxFile:
    """What a file holds."""

    nodes: tuple[Node, ...]
    weights: dict[str, Tensor]  # float32, by name; on no device where they lie elsewhere
    constants: dict[str, np.ndarray]  # whole numbers and truth values
    input: str
    shape: tuple[int | None, ...]  # of the input; None where it is left open
    outputs: tuple[str, ...]
    opset: int
    metadata: dict[str, Any] = field(default_factory=dict)  # its metadata, those that are JSON


def parse(data: bytes) -> OnnxFile:
    """The contents of a file.

    Raises:
        OnnxError: it is none, damaged, too large, or holds what cannot be read here; in a sentence.
    """
    if len(data) > MOST_BYTES:
        raise OnnxError(f"The file has {len(data) / 1e6:.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB are taken.")
    wire.check(data)
    proto = _proto(data)
    graph = proto.graph
    opset = _opset(proto)
    if proto.functions:
        raise OnnxError("The file defines functions of its own, which are not read: export it with them written out.")
    if graph.sparse_initializer:
        raise OnnxError("The file holds sparse weights, which are not read.")
    if len(graph.node) > MOST_NODES:
        raise OnnxError(f"The graph has {len(graph.node):,} operations; at most {MOST_NODES:,} are taken.")
    stripped = proto.producer_name == STRIPPED
    weights, constants = _initializers(graph.initializer, stripped)
    inputs = [value for value in graph.input if value.name not in weights and value.name not in constants]
    if len(inputs) != 1:
        raise OnnxError(f"A network for pictures has one input; this one has {len(inputs)}.")
    nodes = tuple(_node(node) for node in graph.node)
    _check_names(inputs[0].name, (*weights, *constants), nodes)
    outputs = tuple(output.name for output in graph.output)
    if not outputs:
        raise OnnxError("The graph has no output.")
    return OnnxFile(
        nodes, weights, constants, inputs[0].name, _shape(inputs[0]), outputs, opset, _metadata(proto.metadata_props)
    )


def without_weights(data: bytes, stored: Iterable[str]) -> bytes:
    """The same file without the numbers of some weights, which are then to be found elsewhere.

    Args:
        data: a file that `parse` takes.
        stored: names of these weights.
    """
    proto, names = _proto(data), set(stored)
    for tensor in proto.graph.initializer:
        if tensor.name in names:
            for part in ("raw_data", "float_data", "double_data", "int32_data"):
                tensor.ClearField(part)
    proto.producer_name = STRIPPED
    return proto.SerializeToString()


def _proto(data: bytes) -> "onnx.ModelProto":
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise OnnxError(
            "Reading ONNX files needs the package onnx where ConvScope is installed: pip install onnx"
        ) from error
    try:
        return onnx.ModelProto.FromString(data)
    except (DecodeError, RecursionError, ValueError) as error:
        raise OnnxError("The file is no ONNX model, or it is damaged or cut off.") from error


def _opset(proto: "onnx.ModelProto") -> int:
    foreign = sorted({node.domain for node in proto.graph.node} - set(DOMAINS))
    if foreign:
        raise OnnxError(
            f"The file uses operations of the domain {foreign[0][:60]!r}; only those of ONNX itself are known."
        )
    versions = [entry.version for entry in proto.opset_import if entry.domain in DOMAINS]
    if len(versions) != 1 or versions[0] not in OPSETS:
        said = versions[0] if versions else "none"
        raise OnnxError(
            f"The file is written in operator set {said}; {OPSETS[0]} to {OPSETS[-1]} are read. Export it with "
            "opset_version=18, or convert it with onnx.version_converter."
        )
    return versions[0]


def _initializers(tensors: "Iterable[onnx.TensorProto]", stripped: bool) -> tuple[dict[str, Tensor], dict[str, Any]]:
    weights: dict[str, Tensor] = {}
    constants: dict[str, np.ndarray] = {}
    count = 0
    for tensor in tensors:
        if not tensor.name or tensor.name in weights or tensor.name in constants:
            raise OnnxError(f"Two tensors of the file are named {tensor.name[:60]!r}.")
        count += size_of(tensor.dims)
        if count > MOST_WEIGHTS:
            raise OnnxError(f"The network has more than {MOST_WEIGHTS / 1e6:.0f} million weights.")
        found = tensor_of(tensor, stripped)
        if isinstance(found, Tensor):
            weights[tensor.name] = found
        else:
            constants[tensor.name] = found
    return weights, constants


def _node(node: "onnx.NodeProto") -> Node:
    names = (node.name, node.op_type, *node.input, *node.output)
    if any(len(name) > MOST_NAME for name in names):
        raise OnnxError(f"A name in the file is longer than {MOST_NAME} characters.")
    if len(node.input) > 1000 or len(node.output) > 1000:
        raise OnnxError(f"The operation {node.op_type[:60]} takes or gives more than 1,000 tensors.")
    attributes: dict[str, Attribute] = {}
    for attribute in node.attribute:
        attributes[attribute.name] = _attribute(attribute, node)
    return Node(node.name, node.op_type, tuple(node.input), tuple(node.output), attributes)


def _attribute(attribute: "onnx.AttributeProto", node: "onnx.NodeProto") -> Attribute:
    match attribute.type:
        case 1:
            if not math.isfinite(attribute.f):
                raise OnnxError(f"{node.op_type[:60]}: {attribute.name[:60]} is not finite.")
            return attribute.f
        case 2:
            return attribute.i
        case 3:
            return attribute.s.decode("utf-8", errors="replace")
        case 4:
            return tensor_of(attribute.t)
        case 5 | 10:
            raise OnnxError(
                f"The operation {node.op_type[:60]} holds a graph of its own (a branch or loop), which is not read: a "
                "walk lists operations that every picture goes through."
            )
        case 6:
            return tuple(attribute.floats)
        case 7:
            return tuple(attribute.ints)
        case _:
            raise OnnxError(f"{node.op_type[:60]}: {attribute.name[:60]} is of a kind that is not read.")


def _check_names(given: str, stored: tuple[str, ...], nodes: tuple[Node, ...]) -> None:
    """Every tensor has one name, and every operation takes what stands before it."""
    made = {name for node in nodes for name in node.outputs if name}
    known = {given, *stored}
    for node in nodes:
        for name in node.inputs:
            if name and name not in known:
                why = (
                    "is made later: the operations go in a circle, or are out of order"
                    if name in made
                    else "is nowhere"
                )
                raise OnnxError(f"{node.words} takes {name!r}, which {why}.")
        for name in node.outputs:
            if name and name in known:
                raise OnnxError(f"Two tensors of the file are named {name!r}.")
            known.add(name)


def _shape(value: "onnx.ValueInfoProto") -> tuple[int | None, ...]:
    kind = value.type.tensor_type
    if kind.elem_type not in FLOATS:
        raise OnnxError("The network's input is no tensor of real numbers, as pictures are.")
    dims = tuple(dim.dim_value if dim.dim_value > 0 else None for dim in kind.shape.dim)
    if any(dim.dim_value < 0 for dim in kind.shape.dim):
        dims = tuple(None if dim.dim_value <= 0 else dim.dim_value for dim in kind.shape.dim)
    if len(dims) != 4:
        raise OnnxError(
            f"The network's input has {len(dims)} dimensions; pictures have 4: (N, channels, rows, columns)."
        )
    return dims


def _metadata(entries: "Iterable[onnx.StringStringEntryProto]") -> dict[str, Any]:
    """Those that are JSON, as this project's own exporter writes them."""
    found: dict[str, Any] = {}
    for entry in entries:
        if len(entry.value) > 1_000_000:
            continue
        try:
            found[entry.key] = json.loads(entry.value)
        except (ValueError, RecursionError):
            continue
    return found
