"""ONNX files made by hand: a small one that is right, and every kind of wrong one."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
Build = Callable[[], bytes]


def weight(name: str, *shape: int, fill: float | None = None) -> Any:
    """Small numbers, the same at each call, or one number everywhere."""
    values = np.random.default_rng(0).normal(0, 0.3, shape) if fill is None else np.full(shape, fill)
    return numpy_helper.from_array(values.astype(np.float32), name)


def whole(name: str, *numbers: int) -> Any:
    return numpy_helper.from_array(np.array(numbers, np.int64), name)


def plain(
    nodes: Sequence[Any] | None = None,
    weights: Sequence[Any] | None = None,
    shape: Sequence[Any] = ("n", 3, 8, 8),
    outputs: Sequence[str] = ("y",),
    opset: int = 18,
    kind: int = FLOAT,
    change: Callable[[Any], None] | None = None,
) -> bytes:
    """A file: by default a convolution, ReLU, the mean of each map, and a linear layer.

    Args:
        nodes, weights: in place of these.
        change: what is done to the message before it is written.
    """
    graph = helper.make_graph(
        list(NODES if nodes is None else nodes),
        "g",
        [helper.make_tensor_value_info("x", kind, list(shape))],
        [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs],
        list(WEIGHTS if weights is None else weights),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    if change:
        change(model)
    return model.SerializeToString()


node = helper.make_node
HEAD = [
    node("GlobalAveragePool", ["h"], ["p"]),
    node("Flatten", ["p"], ["f"]),
    node("Gemm", ["f", "fc.weight", "fc.bias"], ["y"], transB=1),
]
NODES = [node("Conv", ["x", "conv1.weight"], ["c"], pads=[1, 1, 1, 1]), node("Relu", ["c"], ["h"]), *HEAD]
WEIGHTS = [weight("conv1.weight", 4, 3, 3, 3), weight("fc.weight", 5, 4), weight("fc.bias", 5)]


def after(*between: Any, more: Sequence[Any] = ()) -> Build:
    """The plain file with other operations between the convolution's "c" and the head's "h"."""
    return lambda: plain([NODES[0], *between, *HEAD], [*WEIGHTS, *more])


def with_weights(*weights: Any) -> Build:
    """The plain file with some weights in place of those of the same name."""
    names = {each.name for each in weights}
    return lambda: plain(weights=[*(each for each in WEIGHTS if each.name not in names), *weights])


def changed(change: Callable[[Any], None]) -> Build:
    return lambda: plain(change=change)


def _external(model: Any) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"


def _short(model: Any) -> None:
    model.graph.initializer[0].raw_data = model.graph.initializer[0].raw_data[:-4]


def _uneven(model: Any) -> None:
    model.graph.initializer[0].raw_data = model.graph.initializer[0].raw_data[:-3]


def _dims(*dims: int) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        del model.graph.initializer[0].dims[:]
        model.graph.initializer[0].dims.extend(dims)

    return change


def _function(model: Any) -> None:
    function = model.functions.add()
    function.name, function.domain = "f", "mine"


def _sparse(model: Any) -> None:
    model.graph.sparse_initializer.add().values.name = "s"


def _domain(model: Any) -> None:
    model.graph.node[1].domain = "com.microsoft"


def _no_opset(model: Any) -> None:
    del model.opset_import[:]


def _long_doc(model: Any) -> None:
    model.doc_string = "x" * 10_000_000


def _strides(value: Any) -> list[Any]:
    return [node("Conv", ["x", "conv1.weight"], ["c"], strides=value), *NODES[1:]]


def _branch() -> Any:
    inner = helper.make_graph([], "b", [], [helper.make_tensor_value_info("c", FLOAT, None)])
    return node("If", ["c"], ["h"], then_branch=inner, else_branch=inner)


def _deep() -> bytes:
    """Graphs within graphs, twenty of them."""
    graph = helper.make_graph([], "0", [], [])
    for depth in range(20):
        graph = helper.make_graph([node("If", ["c"], [f"o{depth}"], then_branch=graph)], str(depth), [], [])
    return plain([*graph.node])


def _nested_types() -> bytes:
    """A type of a type of a type, 5,000 times."""
    data = b""
    for _ in range(5_000):
        sequence = b"\x0a" + _length(data) + data  # its element
        data = b"\x22" + _length(sequence) + sequence
    value = b"\x12" + _length(data) + data
    body = b"\x5a" + _length(value) + value
    return b"\x3a" + _length(body) + body


def _length(data: bytes) -> bytes:
    size, found = len(data), bytearray()
    while True:
        found.append(size & 127 | (128 if size > 127 else 0))
        size >>= 7
        if not size:
            return bytes(found)


def _many_empty_nodes() -> bytes:
    """40 MB of nodes of two bytes each."""
    body = b"\x0a\x00" * 20_000_000
    return b"\x3a" + _length(body) + body


def _many_small_integers() -> bytes:
    """50 MB of integers of a byte each, which would be 400 MB."""
    numbers = b"\x01" * 50_000_000
    tensor = b"\x08" + b"\x80\xe1\xeb\x17" + b"\x10\x07" + b"\x3a" + _length(numbers) + numbers + b"\x42\x01w"
    body = b"\x2a" + _length(tensor) + tensor
    return b"\x3a" + _length(body) + body


def _many_relus() -> bytes:
    names = ["c", *(f"r{i}" for i in range(6_000)), "h"]
    relus = [node("Relu", [a], [b]) for a, b in itertools.pairwise(names)]
    return plain([NODES[0], *relus, *HEAD])


def _one_weight_often() -> bytes:
    """A million weights, used by 300 layers."""
    names = ["f", *(f"m{i}" for i in range(300))]
    layers = [node("MatMul", [a, "big"], [b]) for a, b in itertools.pairwise(names)]
    head = [node("Gemm", [names[-1], "last"], ["y"])]
    before = [node("Conv", ["x", "wide"], ["h"]), *HEAD[:2]]
    return plain(
        [*before, *layers, *head], [weight("wide", 1000, 3, 1, 1), weight("big", 1000, 1000), weight("last", 1000, 5)]
    )


def _too_much_work() -> bytes:
    """Few weights, 2048 x 2048 places."""
    grown = [node("Resize", ["c", "", "", "size"], ["h0"], mode="nearest")]
    layers = [node("Conv", [f"h{i}", "k"], [f"h{i + 1}" if i < 5 else "h"], pads=[8, 8, 8, 8]) for i in range(6)]
    return plain(
        [NODES[0], *grown, *layers, *HEAD], [*WEIGHTS, whole("size", 1, 4, 2048, 2048), weight("k", 4, 4, 17, 17)]
    )


def _fixed(name: str, *shape: int, kind: type = np.int64) -> Any:
    return numpy_helper.from_array(np.zeros(shape, kind), name)


def _of_fixed(operation: Any, *more: Any) -> Build:
    """The plain file with a shape that is worked out, in "e", from fixed tensors."""
    return after(operation, node("Reshape", ["c", "e"], ["h"]), more=more)


def _enlarged(**settings: Any) -> Build:
    """The plain file with a transposed convolution of 3 x 3 numbers."""
    return after(node("ConvTranspose", ["c", "k"], ["h"], **settings), more=[weight("k", 4, 4, 3, 3)])


def _three_in_one_equation() -> bytes:
    """Joined one after the other, they make a tensor of 20,000 x 20,000 numbers on the way to one number."""
    before = [
        node("GlobalAveragePool", ["c"], ["p0"]),
        node("Flatten", ["p0"], ["f0"]),
        node("Gemm", ["f0", "A"], ["u"]),
    ]
    joined = node("Einsum", ["u", "u", "B", "B"], ["q"], equation="na,nb,ac,bc->n")
    after_it = [node("Reshape", ["q", "t"], ["q4"]), node("Mul", ["c", "q4"], ["h"])]
    more = [weight("A", 4, 20_000, fill=0.1), weight("B", 20_000, 2, fill=0.1), whole("t", -1, 1, 1, 1)]
    return plain([NODES[0], *before, joined, *after_it, *HEAD], [*WEIGHTS, *more])


def _numbers_one_by_one() -> bytes:
    """A tensor of 5 million numbers with a key before each, where programs write one key for all."""
    numbers = (b"\x25" + bytes(4)) * 5_000_000
    tensor = b"\x08" + b"\xc0\x96\xb1\x02" + b"\x10\x01" + numbers + b"\x42\x01w"
    body = b"\x2a" + _length(tensor) + tensor
    return b"\x3a" + _length(body) + body


GOOD = plain()
# What a stranger may send, with a few words of the sentence that answers.
HOSTILE: dict[str, tuple[Build, str]] = {
    "nothing": (lambda: b"", "no graph"),
    "random bytes": (lambda: np.random.default_rng(0).bytes(5000), "damaged|no graph|structure"),
    "a text": (lambda: b"def f():\n    import os\n" * 50, "damaged|no graph"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), "damaged|no graph"),
    "cut off": (lambda: GOOD[: len(GOOD) // 2], "damaged"),
    "a length beyond the end": (lambda: b"\x3a\xff\xff\xff\xff\x7f", "damaged"),
    "an endless number": (lambda: b"\x08" + b"\xff" * 40, "damaged"),
    "nested messages": (_nested_types, "nested"),
    "nested graphs": (_deep, "nested|graph of its own"),
    "millions of empty nodes": (_many_empty_nodes, "structure"),
    "millions of small integers": (_many_small_integers, "structure"),
    "a long description": (changed(_long_doc), "structure"),
    "thousands of nodes": (_many_relus, "operations"),
    "a circle": (
        after(node("Add", ["c", "b"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["h"])),
        "circle",
    ),
    "out of order": (lambda: plain(NODES[::-1]), "out of order"),
    "a name that is nowhere": (after(node("Relu", ["nowhere"], ["h"])), "nowhere"),
    "a tensor made twice": (after(node("Relu", ["c"], ["h"]), node("Tanh", ["c"], ["h"])), "Two tensors"),
    "its input made again": (after(node("Relu", ["c"], ["x"]), node("Relu", ["x"], ["h"])), "Two tensors"),
    "weights twice": (lambda: plain(weights=[*WEIGHTS, WEIGHTS[0]]), "Two tensors"),
    "weights that are not numbers": (with_weights(weight("conv1.weight", 4, 3, 3, 3, fill=np.nan)), "not finite"),
    "infinite weights": (with_weights(weight("fc.bias", 5, fill=np.inf)), "not finite"),
    "weights elsewhere": (changed(_external), "another file"),
    "weights cut off": (changed(_short), "its shape says"),
    "weights cut off within a number": (changed(_uneven), "within a number"),
    "a negative size": (changed(_dims(-4, 3, 3, 3)), "impossible shape"),
    "a huge size": (changed(_dims(1 << 40, 1 << 40)), "impossible shape"),
    "sizes whose product is huge": (changed(_dims(100_000, 100_000)), "million weights"),
    "twenty dimensions": (changed(_dims(*[1] * 20)), "impossible shape"),
    "text for weights": (
        with_weights(helper.make_tensor("fc.bias", TensorProto.STRING, [5], [b"a"] * 5)),
        "of a kind",
    ),
    "whole numbers for weights": (
        with_weights(numpy_helper.from_array(np.ones((5, 4), np.int8), "fc.weight")),
        "real numbers",
    ),
    "a foreign domain": (changed(_domain), "domain"),
    "an unknown operation": (after(node("RoiAlign", ["c"], ["h"])), "not known"),
    "a name of Python": (after(node("__import__", ["c"], ["h"])), "not known"),
    "an old operator set": (lambda: plain(opset=9), "operator set 9"),
    "an operator set of the future": (lambda: plain(opset=99), "operator set 99"),
    "no operator set": (changed(_no_opset), "operator set"),
    "a branch": (lambda: plain([NODES[0], _branch(), *HEAD]), "graph of its own"),
    "functions": (changed(_function), "functions"),
    "sparse weights": (changed(_sparse), "sparse|structure"),
    "three dimensions": (lambda: plain(shape=("n", 3, 8)), "dimensions"),
    "whole numbers for pictures": (lambda: plain(kind=TensorProto.INT64), "real numbers"),
    "five channels": (lambda: plain(shape=("n", 5, 8, 8)), "channels"),
    "no square": (lambda: plain(shape=("n", 3, 8, 9)), "square"),
    "a million pixels a side": (lambda: plain(shape=("n", 3, 1_000_000, 1_000_000)), "up to"),
    "no output": (lambda: plain(outputs=()), "no output"),
    "maps for an answer": (lambda: plain(outputs=("c",)), "No output"),
    "an output that is nowhere": (lambda: plain(outputs=("nowhere",)), "No output"),
    "the input for an answer": (lambda: plain(outputs=("x",)), "No output"),
    "a huge constant": (
        after(
            node("ConstantOfShape", ["s"], ["k"]),
            node("Add", ["c", "k"], ["h"]),
            more=[whole("s", 1 << 20, 1 << 20)],
        ),
        "fixed tensor",
    ),
    "a huge repetition": (
        after(
            node("Expand", ["i", "s"], ["k"]),
            node("Add", ["c", "k"], ["h"]),
            more=[whole("s", 1 << 20, 1 << 20), whole("i", 1)],
        ),
        "fixed tensor",
    ),
    "a long row": (
        after(
            node("Range", ["i", "s", "i"], ["k"]),
            node("Add", ["c", "k"], ["h"]),
            more=[whole("s", 1 << 50), whole("i", 1)],
        ),
        "counts",
    ),
    "huge padding": (
        after(node("Pad", ["c", "s"], ["h"]), more=[whole("s", 0, 0, 1 << 30, 0, 0, 0, 0, 0)]),
        "padding must be",
    ),
    "a huge enlargement": (
        after(
            node("Resize", ["c", "", "s"], ["h"]),
            more=[numpy_helper.from_array(np.array([1, 1, 1e9, 1e9], np.float32), "s")],
        ),
        "makes maps of",
    ),
    "padding again and again": (
        after(
            *(node("Pad", ["c" if i == 0 else f"p{i}", "s"], [f"p{i + 1}" if i < 9 else "h"]) for i in range(10)),
            more=[whole("s", 0, 0, 1000, 1000, 0, 0, 1000, 1000)],
        ),
        "too many",
    ),
    "far too much work": (_too_much_work, "multiplications|too many"),
    "a weight that is used often": (_one_weight_often, "million weights"),
    "strides of 0": (lambda: plain(_strides([0, 0])), "strides"),
    "strides that are text": (lambda: plain(_strides("two")), "strides|does not fit"),
    "strides that are real numbers": (lambda: plain(_strides([1.5, 1.5])), "strides|does not fit"),
    "groups that do not fit": (
        lambda: plain([node("Conv", ["x", "conv1.weight"], ["c"], group=7), *NODES[1:]]),
        "groups",
    ),
    "a pool without a window": (
        after(node("MaxPool", ["c"], ["d"]), node("Reshape", ["d", "s"], ["h"]), more=[whole("s", 7, 7)]),
        "fit",
    ),
    "a shape that does not fit": (after(node("Reshape", ["c", "s"], ["h"]), more=[whole("s", 3, 7, 11)]), "fit"),
    "no order of dimensions": (after(node("Transpose", ["c"], ["h"], perm=[0, 1, 1, 9])), "no order"),
    "an entry that is not there": (
        after(node("Gather", ["c", "i"], ["h"], axis=1), more=[whole("i", 99)]),
        "fit|entries",
    ),
    "parts that do not fit": (
        after(node("Split", ["c", "s"], ["h", "k"], axis=1), more=[whole("s", 1, 99)]),
        "no parts",
    ),
    "pictures joined": (after(node("Concat", ["c", "c"], ["h"], axis=0)), "several pictures"),
    "an equation of far too much work": (
        after(
            node("Resize", ["c", "", "", "size"], ["l"], mode="nearest"),
            node("Einsum", ["l", "l"], ["h"], equation="nabc,xdef->nabf"),
            more=[whole("size", 1, 4, 256, 256)],
        ),
        "multiplications",
    ),
    "an equation of nonsense": (after(node("Einsum", ["c", "c"], ["h"], equation="(((->")), "fit|equation"),
    "a setting that is not a number": (
        after(
            node("BatchNormalization", ["c", "b", "b", "b", "b"], ["h"], epsilon=float("nan")),
            more=[weight("b", 4, fill=1.0)],
        ),
        "not finite",
    ),
    "a variance below 0": (
        after(
            node("BatchNormalization", ["c", "b", "b", "b", "v"], ["h"]),
            more=[weight("b", 4, fill=1.0), weight("v", 4, fill=-1.0)],
        ),
        "variance below 0",
    ),
    "a norm of another size": (
        after(node("BatchNormalization", ["c", "b", "b", "b", "b"], ["h"]), more=[weight("b", 400)]),
        "has the shape",
    ),
    "the first result left out": (
        after(node("MaxPool", ["c"], ["", "h"], kernel_shape=[1, 1])),
        "leaves its first result out",
    ),
    "fixed numbers repeated": (
        _of_fixed(node("Expand", ["k", "s"], ["e"]), _fixed("k", 20_000), whole("s", 20_000, 1)),
        "fixed tensor",
    ),
    "fixed numbers chosen": (
        _of_fixed(
            node("Where", ["b", "k", "l"], ["e"]),
            _fixed("b", 20_000, 1, kind=np.bool_),
            _fixed("k", 20_000),
            whole("l", 1),
        ),
        "fixed tensor",
    ),
    "fixed numbers taken": (
        _of_fixed(node("Gather", ["k", "i"], ["e"], axis=0), _fixed("k", 1, 20_000), _fixed("i", 20_000)),
        "fixed tensor",
    ),
    "fixed numbers added": (
        _of_fixed(node("Add", ["k", "i"], ["e"]), _fixed("k", 1, 10_000), _fixed("i", 10_000, 1)),
        "fixed tensor",
    ),
    "fixed numbers joined": (
        _of_fixed(node("Concat", ["k"] * 200, ["e"], axis=0), _fixed("k", 1_000_000)),
        "fixed tensor",
    ),
    "fixed numbers made longer": (
        _of_fixed(node("Cast", ["k"], ["e"], to=7), _fixed("k", 60_000_000, kind=np.bool_)),
        "fixed tensor",
    ),
    "weights that become far more": (
        after(
            node("Add", ["k", "i"], ["e"]),
            node("Add", ["c", "e"], ["h"]),
            more=[weight("k", 1, 20_000), weight("i", 20_000, 1)],
        ),
        "million weights",
    ),
    "an equation of several tensors": (_three_in_one_equation, "only two"),
    "numbers one by one": (_numbers_one_by_one, "structure"),
    "a division by 0": (
        _of_fixed(node("Div", ["k", "z"], ["e"]), whole("k", 1, 4, 64), whole("z", 0)),
        "divides by 0",
    ),
    "the rest of a division by 0": (
        _of_fixed(node("Mod", ["k", "z"], ["e"]), whole("k", 1, 4, 64), whole("z", 0)),
        "divides by 0",
    ),
    "a real number by 0": (
        after(
            *(node("Cast", [a], [f"{a}1"], to=1) for a in "kz"),
            node("Div", ["k1", "z1"], ["q"]),
            node("Mul", ["c", "q"], ["h"]),
            more=[whole("k", 1), whole("z", 0)],
        ),
        "not finite",
    ),
    "numbers of two kinds": (
        _of_fixed(node("Div", ["k", "z"], ["e"]), whole("k", 1, 4, 64), _fixed("z", 1, kind=np.int32)),
        "two kinds",
    ),
    "truth divided": (
        _of_fixed(node("Div", ["k", "k"], ["e"]), _fixed("k", 1, kind=np.bool_)),
        "truth values",
    ),
    "the largest of three": (
        _of_fixed(node("Max", ["k", "k", "l"], ["e"]), whole("k", 1, 4, 64), whole("l", 9)),
        "other than two",
    ),
    "a row in steps of 0": (
        _of_fixed(node("Range", ["k", "l", "k"], ["e"]), whole("k", 0), whole("l", 9)),
        "impossible steps",
    ),
    "a row of two kinds": (
        _of_fixed(node("Range", ["k", "l", "k"], ["e"]), whole("k", 1), _fixed("l", 1, kind=np.int32)),
        "of a kind",
    ),
    "a row of truth": (_of_fixed(node("Range", ["k", "k", "k"], ["e"]), _fixed("k", 1, kind=np.bool_)), "of a kind"),
    "a row from several": (
        _of_fixed(node("Range", ["k", "l", "l"], ["e"]), whole("k", 1, 2), whole("l", 9)),
        "not fixed",
    ),
    "a row of pictures": (_of_fixed(node("Range", ["c", "k", "k"], ["e"]), whole("k", 1)), "not fixed"),
    "a cast to text": (_of_fixed(node("Cast", ["k"], ["e"], to=8), whole("k", 1)), "of a kind"),
    "a cast to nothing known": (_of_fixed(node("Cast", ["k"], ["e"], to=99), whole("k", 1)), "of a kind"),
    "pictures like whole numbers": (after(node("CastLike", ["c", "k"], ["h"]), more=[whole("k", 1)]), "followed"),
    "like nothing": (after(node("CastLike", ["c"], ["h"])), "two tensors"),
    "a transposed convolution of huge padding": (_enlarged(pads=[1 << 40] * 4), "leave nothing"),
    "a transposed convolution of which nothing is left": (_enlarged(pads=[5, 5, 5, 5]), "leave nothing"),
    "a transposed convolution of negative padding": (_enlarged(pads=[-1, -1, -1, -1]), "leave nothing"),
    "a transposed convolution of huge output padding": (_enlarged(output_padding=[1 << 40, 0]), "below the strides"),
    "output padding as large as the stride": (_enlarged(output_padding=[2, 2], strides=[2, 2]), "below the strides"),
    "output padding that is text": (_enlarged(output_padding="two"), "below the strides"),
    "a transposed convolution padded by itself": (_enlarged(auto_pad="SAME_UPPER"), "not read"),
    "a transposed convolution in no groups": (_enlarged(group=0), "groups"),
    "a transposed convolution of another kernel": (_enlarged(kernel_shape=[2, 2]), "kernel_shape"),
    "a transposed convolution of far too much work, all of it cut off": (
        lambda: plain(
            [
                NODES[0],
                node("Resize", ["c", "", "", "size"], ["l"], mode="nearest"),
                node("ConvTranspose", ["l", "k"], ["h"], pads=[950, 950, 950, 950]),
                *HEAD,
            ],
            [*WEIGHTS, whole("size", 1, 4, 1024, 1024), weight("k", 4, 4, 900, 900, fill=0.1)],
        ),
        "multiplications|too many",
    ),
    "a long name": (after(node("Relu", ["c"], ["h"], name="n" * 5000)), "longer than"),
}
