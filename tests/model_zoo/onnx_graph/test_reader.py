"""ONNX files as networks: the numbers of the file, every operation explained."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F

import model_zoo
from model_zoo.entries import onnx_export
from model_zoo.explain.proofs import noise, prove
from model_zoo.onnx_graph.reader import read
from tests.model_zoo.conftest import random_picture
from tests.model_zoo.onnx_graph.files import NODES, WEIGHTS, after, node, plain, weight, whole


def of_runtime(data: bytes, x: Tensor) -> Tensor:
    """What onnxruntime says: the first output."""
    session = onnxruntime.InferenceSession(data)
    return torch.from_numpy(session.run(None, {session.get_inputs()[0].name: x.numpy()})[0])


def check(data: bytes, size: int, channels: int = 3, pictures: int = 2, proofs: int = 60) -> nn.Module:
    """The network gives what onnxruntime gives, and all of its values are explained."""
    net = read(data).net
    x = torch.rand(pictures, channels, size, size, generator=torch.Generator().manual_seed(1))
    wanted = of_runtime(data, x)
    torch.testing.assert_close(net(x), wanted, atol=1e-4, rtol=1e-3)
    found = prove(net, x[:1], proofs)
    assert found.is_fully_explained, (found.unexplained, found.wrong)
    return net


KEPT = ("ReLU", "max pool", "amax", "add", "flatten", "linear")  # what the exporter leaves as it is


def test_the_export_of_a_shipped_network_gives_its_numbers(tmp_path: Path) -> None:
    """Names, probabilities and the values of every step, to 1e-4: batch norms are folded into convolutions there."""
    model = model_zoo.load("cifar10-resnet")
    onnx_export.export(model, tmp_path / "net.onnx")
    net = read((tmp_path / "net.onnx").read_bytes()).net
    x = model.prepare(random_picture(60, 50))
    ours, theirs = model_zoo.walk(model.net, x), model_zoo.walk(net, x)
    torch.testing.assert_close(net(x), model.net(x), atol=1e-4, rtol=1e-4)
    seen = {step.name: step.output for step in theirs}
    for name, other in (
        ("unit1.conv", "unit1.norm"),
        ("residual1.unit2.conv", "residual1.unit2.norm"),
        ("head", "head"),
    ):
        found = next(step for step in ours if step.name == other)
        torch.testing.assert_close(seen[name], found.output, atol=1e-4, rtol=1e-4)
    kept = [[s.output for s in steps if s.operation in KEPT] for steps in (ours, theirs)]
    for left, right in zip(*kept, strict=True):
        torch.testing.assert_close(left, right, atol=1e-4, rtol=1e-4)
    found = prove(net, x, 200)
    assert found.right == 200 and found.is_fully_explained and found.fields == found.steps


class Small(nn.Module):
    """Two convolutions and a function between them."""

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.function = function
        self.norm, self.slope = nn.LayerNorm(8), nn.PReLU(8)
        self.group, self.instance = nn.GroupNorm(2, 8), nn.InstanceNorm2d(8, affine=True)
        self.token = nn.Parameter(torch.rand(1, 1, 8))
        self.fc = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.function(self, self.conv1(x))
        return self.fc(x.flatten(2).mean(2) if x.dim() == 4 else x.mean(1))


def tokens(x: Tensor) -> Tensor:
    return x.flatten(2).transpose(1, 2)


def _halves(net: Small, x: Tensor) -> Tensor:
    a, b = x.chunk(2, 1)
    return torch.cat([b.sigmoid() * a, a], 1)


WAYS: dict[str, Callable[[Small, Tensor], Tensor]] = {
    "activations": lambda net, x: F.leaky_relu(F.elu(net.slope(F.relu6(x) - 0.5))) + torch.tanh(x),
    "GELU": lambda net, x: F.gelu(x) + F.silu(x) + F.hardswish(x) + F.hardsigmoid(x),
    "layer norm": lambda net, x: net.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2),
    "group and instance norm": lambda net, x: net.group(x) + net.instance(x),
    "pools": lambda net, x: F.max_pool2d(F.avg_pool2d(x, 3, 1, 1), 3, 2, 1),
    "ceiling": lambda net, x: F.max_pool2d(x, 3, 2, ceil_mode=True),
    "squeeze and excite": lambda net, x: x * F.adaptive_avg_pool2d(x, 1).sigmoid(),
    "halves": _halves,
    "cut": lambda net, x: torch.cat([x[:, :4, ::2, ::2], x[:, 4:, 1::2, 1::2]], 1),
    "channels shuffled": lambda net, x: x.view(-1, 2, 4, *x.shape[2:]).transpose(1, 2).reshape(-1, 8, *x.shape[2:]),
    "padding": lambda net, x: F.pad(F.pad(x, (1, 2, 0, 1)), (1, 1, 1, 1), mode="reflect"),
    "enlarged": lambda net, x: F.interpolate(x, scale_factor=2.0) + F.interpolate(x, size=(16, 16), mode="bilinear"),
    "tokens": lambda net, x: torch.cat([net.token.expand(x.shape[0], -1, -1), net.norm(tokens(x))], 1),
    "attention": lambda net, x: F.scaled_dot_product_attention(tokens(x), tokens(x), tokens(x)),
    "clamp": lambda net, x: torch.clamp(x, -0.5, 0.5) * 2 / 3 - 0.1,
    "channel means": lambda net, x: x - x.mean(1, keepdim=True) + x.amax((2, 3), keepdim=True),
}


@pytest.mark.parametrize("name", WAYS)
def test_what_torch_exports_gives_the_numbers_of_the_file(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net, path = Small(WAYS[name]).eval(), tmp_path / "net.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        more: dict[str, Any] = {"dynamo": False, "input_names": ["x"], "dynamic_axes": {"x": {0: "n"}}}
        torch.onnx.export(net, (torch.rand(2, 3, 8, 8),), str(path), opset_version=17, **more)
    names = [step.name for step in model_zoo.walk(check(path.read_bytes(), 8), noise(8))]
    assert names[0] == "conv1" and names[-1] == "fc"


@pytest.mark.parametrize("opset", range(13, 24))
def test_every_operator_set_is_read(opset: int) -> None:
    check(plain(opset=opset), 8)


BY_HAND: dict[str, Callable[[], bytes]] = {
    "same padding": lambda: plain(
        [node("Conv", ["x", "conv1.weight"], ["c"], auto_pad="SAME_UPPER", strides=[2, 2]), *NODES[1:]]
    ),
    "unequal padding": lambda: plain([node("Conv", ["x", "conv1.weight"], ["c"], pads=[0, 1, 2, 0]), *NODES[1:]]),
    "a linear layer the other way round": lambda: plain(
        [*NODES[:-1], node("Gemm", ["f", "w", "fc.bias"], ["y"], alpha=0.5, beta=2.0)],
        [*WEIGHTS[:1], weight("w", 4, 5), WEIGHTS[2]],
    ),
    "a matrix product and its bias": lambda: plain(
        [*NODES[:-1], node("MatMul", ["f", "w"], ["m"]), node("Add", ["m", "fc.bias"], ["y"])],
        [*WEIGHTS[:1], weight("w", 4, 5), WEIGHTS[2]],
    ),
    "a shape that is worked out": after(
        node("Shape", ["c"], ["s"]),
        node("Slice", ["s", "0", "1"], ["n"]),
        node("Concat", ["n", "rest"], ["t"], axis=0),
        node("Reshape", ["c", "t"], ["r"]),
        node("Unsqueeze", ["r", "3"], ["u"]),
        node("Relu", ["u"], ["h"]),
        more=[whole("0", 0), whole("1", 1), whole("rest", 4, 64), whole("3", 3)],
    ),
    "batch norm": after(
        node("BatchNormalization", ["c", "bn.weight", "bn.bias", "bn.mean", "bn.var"], ["h"], epsilon=1e-3),
        more=[weight("bn.weight", 4), weight("bn.bias", 4), weight("bn.mean", 4), weight("bn.var", 4, fill=0.7)],
    ),
    "a weight for each channel": after(
        node("Mul", ["c", "gamma"], ["m"]),
        node("Sub", ["m", "beta"], ["h"]),
        more=[weight("gamma", 4, 1, 1), weight("beta", 1, 4, 1, 1)],
    ),
}


def calculated(*nodes: Any, more: Sequence[Any]) -> Callable[[], bytes]:
    """The plain file in which a single whole or real number "v" is worked out, without the picture, and added."""
    return after(
        *nodes, node("Cast", ["v"], ["r"], to=1), node("Mul", ["c", "r"], ["m"]), node("Relu", ["m"], ["h"]), more=more
    )


def numbers(name: str, kind: type, *values: float) -> Any:
    return numpy_helper.from_array(np.array(values, kind), name)


def single(name: str, kind: type, value: float) -> Any:
    return numpy_helper.from_array(np.array(value, kind), name)


def divided(kind: type, a: int, b: int) -> Callable[[], bytes]:
    return calculated(node("Div", ["a", "b"], ["v"]), more=[numbers("a", kind, a), numbers("b", kind, b)])


def real(name: str, whole_name: str, to: int = 1) -> Any:
    """A fixed real number, of a whole one and so known while the file is read."""
    return node("Cast", [whole_name], [name], to=to)


def row(kind: type, start: int, limit: int, step: int, which: int) -> Callable[[], bytes]:
    """One of the numbers of a row."""
    return calculated(
        node("Range", ["a", "b", "s"], ["k"]),
        node("Gather", ["k", "i"], ["v"]),
        more=[single("a", kind, start), single("b", kind, limit), single("s", kind, step), whole("i", which)],
    )


CALCULATED: dict[str, Callable[[], bytes]] = {
    **{
        f"{a} / {b} of {kind.__name__}": divided(kind, a, b)
        for kind in (np.int32, np.int64)
        for a, b in ((7, 2), (-7, 2), (7, -2), (-7, -2), (-8, 2), (0, -3))
    },
    "200 / 7 of uint8": divided(np.uint8, 200, 7),
    "-100 / 7 of int8": divided(np.int8, -100, 7),
    "-7 / 2 of real numbers": calculated(
        real("a", "a0"),
        real("b", "b0"),
        node("Div", ["a", "b"], ["v"]),
        more=[numbers("a0", np.int64, -7), numbers("b0", np.int64, 2)],
    ),
    "a third of a float32 times 3e7": calculated(
        *(real(name, f"{name}0") for name in "abd"),
        node("Div", ["a", "b"], ["q"]),
        node("Mul", ["q", "d"], ["u"]),
        node("Cast", ["u"], ["w"], to=7),
        node("Cast", ["w"], ["w1"], to=1),
        node("Div", ["w1", "d"], ["v"]),
        more=[numbers("a0", np.int64, 1), numbers("b0", np.int64, 3), numbers("d0", np.int64, 30_000_001)],
    ),
    "a row of int16": row(np.int16, 3, 20, 4, 4),
    "a row of int32, down": row(np.int32, 20, -3, -5, 4),
    "a row of int64": row(np.int64, -2, 9, 3, 3),
    "a row of real numbers": calculated(
        *(real(name, f"{name}0") for name in "abde"),
        node("Div", ["d", "e"], ["s"]),
        node("Range", ["a", "b", "s"], ["k"]),
        node("Gather", ["k", "i"], ["v"]),
        more=[
            *(single(f"{name}0", np.int64, value) for name, value in (("a", 1), ("b", 3), ("d", 3), ("e", 10))),
            whole("i", 6),
        ],
    ),
    "a rest like the divisor": calculated(
        node("Mod", ["a", "b"], ["v"]), more=[numbers("a", np.int64, -7), numbers("b", np.int64, 3)]
    ),
    "a rest as in C": calculated(
        node("Mod", ["a", "b"], ["v"], fmod=1), more=[numbers("a", np.int64, -7), numbers("b", np.int64, 3)]
    ),
    "limits of whole numbers": calculated(
        node("Clip", ["a", "l", "u"], ["k"]),
        node("Div", ["k", "b"], ["v"]),
        more=[
            *(numbers("a", np.int64, 9), numbers("b", np.int64, 2)),
            *(single("l", np.int64, 0), single("u", np.int64, 7)),
        ],
    ),
    "like whole numbers": calculated(
        real("a", "a0"),
        real("b", "b0"),
        node("Div", ["a", "b"], ["d"]),
        node("CastLike", ["d", "like"], ["v"]),
        more=[numbers("a0", np.int64, -7), numbers("b0", np.int64, 2), numbers("like", np.int32, 1)],
    ),
    "like small whole numbers": calculated(
        node("CastLike", ["a", "like"], ["v"]), more=[numbers("a", np.int64, 300), numbers("like", np.uint8, 1)]
    ),
    "like a picture": after(
        node("CastLike", ["a", "c"], ["k"]),
        node("CastLike", ["b", "fc.bias"], ["l"]),
        node("Div", ["k", "l"], ["q"]),
        node("Mul", ["c", "q"], ["h"]),
        more=[numbers("a", np.int64, 7), numbers("b", np.int32, 2)],
    ),
}


@pytest.mark.parametrize("name", CALCULATED)
def test_numbers_of_every_kind_are_calculated_with_as_the_file_is_run(name: str) -> None:
    check(CALCULATED[name](), 8)


ENLARGED = {
    "an enlarging convolution": after(
        node("ConvTranspose", ["c", "k", "b"], ["d"], strides=[3, 2], pads=[1, 2, 1, 2], output_padding=[2, 1]),
        node("ConvTranspose", ["d", "g"], ["h"], group=2, dilations=[2, 3], kernel_shape=[3, 2], auto_pad="VALID"),
        more=[weight("k", 4, 6, 5, 4), weight("b", 6), weight("g", 6, 2, 3, 2)],
    ),
    "an enlarging convolution of which padding leaves little": after(
        node("ConvTranspose", ["c", "k"], ["h"], pads=[13, 12, 13, 12]), more=[weight("k", 4, 4, 20, 18)]
    ),
}


@pytest.mark.parametrize("name", ENLARGED)
def test_transposed_convolutions_give_the_numbers_of_the_file(name: str) -> None:
    data, x = ENLARGED[name](), torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(read(data).net(x), of_runtime(data, x), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("name", BY_HAND)
def test_what_is_written_by_hand_gives_the_numbers_of_the_file(name: str) -> None:
    check(BY_HAND[name](), 8)


def test_one_picture_at_a_time_in_the_file_is_any_number_here() -> None:
    data = plain(shape=(1, 3, 8, 8))
    x = torch.rand(3, 3, 8, 8)
    single = torch.cat([of_runtime(data, x[i : i + 1]) for i in range(3)])
    torch.testing.assert_close(read(data).net(x), single, atol=1e-5, rtol=1e-4)


def test_channels_last_and_grey_pictures_are_read() -> None:
    last = plain(
        [node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]), node("Conv", ["t", "conv1.weight"], ["h"]), *NODES[2:]],
        shape=("n", 8, 8, 3),
    )
    x = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(
        read(last).net(x), of_runtime(last, x.permute(0, 2, 3, 1).contiguous()), atol=1e-5, rtol=1e-4
    )
    grey = read(plain(weights=[weight("conv1.weight", 4, 1, 3, 3), *WEIGHTS[1:]], shape=("n", 1, 8, 8)))
    assert grey.channels == 1 and grey.net(torch.rand(2, 1, 8, 8)).shape == (2, 5)


def test_a_softmax_at_the_end_is_left_to_the_page() -> None:
    data = plain(
        [
            *NODES[:-1],
            node("Gemm", ["f", "fc.weight", "fc.bias"], ["l"], transB=1),
            node("Softmax", ["l"], ["y"], axis=1),
        ]
    )
    x = torch.rand(2, 3, 8, 8)
    logits = read(data).net(x)
    torch.testing.assert_close(logits.softmax(1), of_runtime(data, x), atol=1e-5, rtol=1e-4)
    assert not np.allclose(logits.sum(1), 1)


def test_the_graph_without_its_weights_is_small_and_builds_the_same_network() -> None:
    found = read(plain())
    again = read(found.stripped)
    assert not any(True for p in again.net.parameters() if not p.is_meta)
    again.net.load_state_dict(found.net.state_dict(), strict=True, assign=True)
    x = torch.rand(2, 3, 8, 8)
    assert torch.equal(again.net(x), found.net(x)) and len(found.stripped) < len(plain())
