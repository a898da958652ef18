"""A first look at an ONNX file's bytes: how much of it is structure, before a parser makes objects of it.

A message of protocol buffers is a row of fields, each with a key (number << 3 | kind of coding) and a value; see
https://protobuf.dev/programming-guides/encoding. The numbers are those of onnx.proto3. Only lengths are looked at here:
100 MB of two-byte messages would become gigabytes of objects, and 100 MB of one-byte integers 800 MB.
"""

from model_zoo.onnx_graph.limits import MOST_PARTS, MOST_STRUCTURE, OnnxError

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
DEEPEST = 24  # messages within messages; a graph in a graph is 3 further down, and none is needed

# Message -> number of a field -> the message that it holds. Fields that hold text, numbers or unknown things are not
# looked into: they count with all of their bytes.
MESSAGES: dict[str, dict[int, str]] = {
    "model": {7: "graph", 8: "leaf", 14: "leaf", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph", 3: "leaf", 4: "leaf"},
    "graph": {1: "node", 5: "tensor", 11: "value", 12: "value", 13: "value", 14: "leaf", 15: "sparse", 16: "leaf"},
    "function": {7: "node", 9: "leaf", 11: "attribute", 12: "value", 14: "leaf"},
    "node": {5: "attribute", 9: "leaf"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 14: "value", 15: "value", 22: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {3: "leaf", 13: "leaf", 16: "leaf"},
    "value": {2: "type", 4: "leaf"},
    "type": {1: "typed", 4: "typed", 5: "typed", 8: "typed", 9: "typed"},
    "typed": {1: "type", 2: "shape"},
    "shape": {1: "leaf"},
    "leaf": {},
}
# Of a tensor: the numbers that a parser keeps as they are, 4 bytes each or raw. All others it makes larger.
PLAIN = {4: "float_data", 9: "raw_data"}


def check(data: bytes) -> None:
    """Refuse what is no ONNX file, or has more structure than any network needs.

    Raises:
        OnnxError: in a sentence.
    """
    state = _Count()
    _message(data, 0, len(data), "model", 0, state)
    if not state.graphs:
        raise OnnxError("The file is no ONNX model: it holds no graph.")


class _Count:
    """What was met so far."""

    def __init__(self) -> None:
        self.parts = self.structure = self.graphs = 0

    def add(self, size: int) -> None:
        self.parts += 1
        self.structure += size
        if self.parts > MOST_PARTS or self.structure > MOST_STRUCTURE:
            raise OnnxError(
                f"The file holds more structure besides its weights than {MOST_STRUCTURE / 1e6:g} MB or {MOST_PARTS:,} "
                "parts, which no network for pictures needs."
            )


def _message(data: bytes, at: int, end: int, kind: str, depth: int, state: _Count) -> None:
    if depth > DEEPEST:
        raise OnnxError("The file's parts are nested too deeply: a network for pictures needs no graphs in graphs.")
    state.graphs += kind == "graph"
    fields = MESSAGES[kind]
    while at < end:
        key, at = _varint(data, at, end)
        number, coding = key >> 3, key & 7
        if coding == VARINT:
            start = at
            _, at = _varint(data, at, end)
            state.add(8 + at - start)
        elif coding in (FIXED32, FIXED64):
            at += 4 if coding == FIXED32 else 8
            state.add(8)  # numbers of a tensor, too, which every program writes as one row
        elif coding == LENGTH:
            size, at = _varint(data, at, end)
            if size > end - at:
                raise _damaged()
            inner = fields.get(number)
            if inner is not None:
                state.add(2)
                _message(data, at, at + size, inner, depth + 1, state)
            else:
                state.add(0 if kind == "tensor" and number in PLAIN else size)
            at += size
        else:
            raise _damaged()
        if at > end:
            raise _damaged()


def _varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A whole number and where the next thing begins."""
    value = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise _damaged()


def _damaged() -> OnnxError:
    return OnnxError("The file is no ONNX model, or it is damaged or cut off.")
