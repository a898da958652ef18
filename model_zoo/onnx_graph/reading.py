"""A file on its way to a network: operation by operation, each checked on tensors that hold no numbers.

Every operation is one of torch's own; what the file gives are names, numbers and settings. Shapes are worked out with
"meta" tensors, which have no values: an absurd shape costs nothing and is refused before anything is calculated. They
are worked out for two and for three pictures at once: what differs between them depends on the number of pictures.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from model_zoo.onnx_graph import naming
from model_zoo.onnx_graph.budget import Budget, check_fixed
from model_zoo.onnx_graph.file import Node, OnnxFile
from model_zoo.onnx_graph.limits import OnnxError
from model_zoo.onnx_graph.network import Call, OnnxNetwork, Ref, Weight, filled, refs
from model_zoo.onnx_graph.tree import Tree
from model_zoo.onnx_graph.values import PICTURES, Known, Made, Value

LARGEST = 1024  # pixels of a side
SIZE = 224  # of pictures, where the file leaves it open and nobody says one


class Reading:
    """A file on its way to a network.

    Args:
        file: what it holds.
        size: side of the pictures in pixels, where the file leaves it open.
        operations: by the name of an operation of ONNX, what reads it.
    """

    def __init__(self, file: OnnxFile, size: int | None, operations: "Mapping[str, Operation]") -> None:
        self.file, self.opset, self._operations = file, file.opset, operations
        self.net = OnnxNetwork()
        self._calls: list[Call] = []
        self._tree = Tree(self.net, naming.common_part(file.weights))
        self._used: set[str] = set()  # weights that are the network's
        self._looked_at: set[str] = set()  # weights whose numbers decide about an operation
        self._names: dict[int, str] = {id(weight): name for name, weight in file.weights.items()}
        self._held: list[Tensor] = []  # so that no other tensor gets the id of one that is gone
        self.budget = Budget()
        channels, rows, columns = self._picture(file.shape, size)
        self.channels, self.size = channels, rows
        shapes = tuple(torch.empty(n, channels, rows, columns, device="meta") for n in PICTURES)
        self._made = {"": Made(Ref(""), (shapes[0], shapes[1]))}  # by the name in calls
        self.values: dict[str, Value] = {file.input: self._made[""]}
        self.values |= file.weights
        self.values |= {name: Known((array, array)) for name, array in file.constants.items()}
        if self._last:
            last = Node("", "Transpose", (), (file.input,), {})
            self.function(last, torch.permute, self.values[file.input], (0, 2, 3, 1))

    @property
    def static_batch(self) -> int | None:
        """How many pictures the file is made for at once, where it says so."""
        return self.file.shape[0]

    def _picture(self, shape: Sequence[int | None], size: int | None) -> tuple[int, int, int]:
        """Channels, rows and columns of the pictures; `_last`: whether the file has the channels last."""
        _, *rest = shape
        self._last = rest[-1] in (1, 3) and rest[0] not in (1, 3)
        channels, rows, columns = (rest[2], rest[0], rest[1]) if self._last else rest
        if channels is None:
            channels = 3
        rows, columns = rows or size or SIZE, columns or size or SIZE
        if channels not in (1, 3):
            raise OnnxError(f"The network takes pictures in {channels} channels; ConvScope gives it 3, or 1 of grey.")
        if rows != columns:
            raise OnnxError(f"The network takes pictures of {rows} x {columns} pixels; only square ones can be given.")
        if not 1 <= rows <= LARGEST:
            raise OnnxError(f"The network takes pictures of {rows} pixels; up to {LARGEST} can be given.")
        if size is not None and size != rows:
            raise OnnxError(f"The network takes pictures of {rows} pixels, not of {size}.")
        return channels, rows, columns

    def stored(self) -> set[str]:
        """Names of the weights that lie in the network and decide about nothing."""
        return self._used - self._looked_at

    def run(self) -> nn.Module:
        """Read all operations that the answer needs."""
        for node in self._needed():
            operation = self._operations.get(node.kind)
            if operation is None:
                raise OnnxError(f"The operation {node.words} is not known here, so the network cannot be read.")
            try:
                operation(self, node)
            except OnnxError:
                raise
            except (RuntimeError, ValueError, TypeError, IndexError, KeyError, OverflowError, AttributeError) as error:
                # Settings and shapes that torch refuses, and settings that are missing.
                text = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
                raise OnnxError(f"The operation {node.words} does not fit what it takes: {text[:300]}.") from error
        answer = self._answer()
        made = self.values[answer]
        assert isinstance(made, Made)
        self.net.settle(self._calls, made.ref.name)
        self.net.requires_grad_(False).eval()
        return self.net

    def _needed(self) -> list[Node]:
        """The operations without those that make nothing for an output."""
        wanted, kept = set(self.file.outputs), []
        for node in reversed(self.file.nodes):
            if wanted & set(node.outputs):
                if not node.outputs[0] and node.kind != "Split":
                    raise OnnxError(f"{node.words} leaves its first result out, and others take what it makes besides.")
                kept.append(node)
                wanted |= set(filter(None, node.inputs))
        return kept[::-1]

    def _answer(self) -> str:
        """The output with the logits: of the first (N, classes) the values before its softmax, if it is one.

        Raises:
            OnnxError: there is none.
        """
        by_output = {name: node for node in self.file.nodes for name in node.outputs}
        for output in self.file.outputs:
            name, value = output, self.values.get(output)
            while (node := by_output.get(name)) is not None and node.kind in ("Softmax", "Identity", "Dropout"):
                name = node.inputs[0]
            before = self.values.get(name)
            for found, label in ((before, name), (value, output)):
                if isinstance(found, Made) and len(found.shape) == 2 and found.has_batch(0) and found.shape[1] >= 2:
                    return label
        shapes = [v.shape[1:] for v in (self.values.get(name) for name in self.file.outputs) if isinstance(v, Made)]
        raise OnnxError(
            f"No output is of the shape (pictures, classes), as a classifier's; they are (pictures, *): {shapes}."
        )

    # ------------------------------------------------------------------------------------------------ what a node takes

    def take(self, node: Node) -> list[Value | None]:
        """The tensors that a node takes; None for one that is left out."""
        return [self.optional(node, which) for which in range(len(node.inputs))]

    def made(self, node: Node, which: int = 0) -> Made:
        """A tensor that depends on the picture.

        Raises:
            OnnxError: it does not.
        """
        value = self.optional(node, which)
        if not isinstance(value, Made):
            raise OnnxError(f"{node.words} should take a tensor that depends on the picture, and takes a fixed one.")
        return value

    def optional(self, node: Node, which: int) -> Value | None:
        """A tensor that a node takes, None for one that is left out; OnnxError where it is fixed and too large."""
        value = self.values[node.inputs[which]] if which < len(node.inputs) and node.inputs[which] else None
        if isinstance(value, Known):
            check_fixed(node.words, *(each.shape for each in value.values))
        return value

    def weight(self, node: Node, which: int) -> Tensor:
        """A weight of the file.

        Raises:
            OnnxError: it is none, such as one that depends on the picture.
        """
        value = self.optional(node, which)
        if not isinstance(value, Tensor):
            raise OnnxError(f"{node.words} takes weights that are not in the file as real numbers.")
        self.budget.add_weights(value.numel())
        self._used.add(self.name_of(value))
        return value

    def derived(self, node: Node, function: Callable[..., Tensor], *weights: Any) -> Tensor:
        """A weight that is calculated from others while the file is read.

        The same must come about where the weights lie elsewhere, so that its name is that of the first of them.
        """
        shape = function(*(each.to("meta") if isinstance(each, Tensor) else each for each in weights))
        self.budget.add_weights(shape.numel())  # before there is memory for it
        made = function(*weights)
        names = [name for weight in weights if isinstance(weight, Tensor) and (name := self.name_of(weight))]
        self._held.append(made)
        self._names[id(made)] = names[0] if names else node.outputs[0]
        return made

    @property
    def picture(self) -> Made:
        """The network's input."""
        return self._made[""]

    def name_of(self, weight: Tensor) -> str:
        return self._names.get(id(weight), "")

    def numbers(self, node: Node, which: int) -> list[int] | None:
        """Whole numbers that are the same for every number of pictures; None where the input is left out."""
        value = self.optional(node, which)
        if value is None:
            return None
        if not isinstance(value, Known) or not value.is_fixed or value.values[0].size > 64:
            raise OnnxError(f"{node.words} takes settings that are not fixed.")
        return [int(number) for number in value.values[0].reshape(-1)]

    def reals(self, node: Node, which: int) -> list[float] | None:
        """Real numbers that are a setting; None where the input is left out."""
        value = self.optional(node, which)
        if value is None:
            return None
        if isinstance(value, Known) and value.is_fixed and value.values[0].size <= 64:
            return [float(number) for number in value.values[0].reshape(-1)]
        if not isinstance(value, Tensor) or value.numel() > 64 or value.is_meta:
            raise OnnxError(f"{node.words} takes settings that are not fixed.")
        self._looked_at.add(self.name_of(value))
        return value.reshape(-1).tolist()

    # ------------------------------------------------------------------------------------------------ what a node makes

    def alias(self, node: Node, value: Value) -> None:
        self.values[node.outputs[0]] = value

    def fix(self, node: Node, first: np.ndarray, second: np.ndarray) -> None:
        """Its result is known without a picture."""
        check_fixed(node.words, first.shape, second.shape)
        if not all(np.isfinite(each).all() for each in (first, second)):
            raise OnnxError(f"{node.words} makes numbers that are not finite.")
        self.values[node.outputs[0]] = Known((first, second))

    def module(self, node: Node, module: nn.Module, x: Made, weight: Tensor | None = None) -> Made:
        """A module of torch.nn is called; its path is that of its weight or, without one, of the node."""
        name = self.name_of(weight) if weight is not None else ""
        path = self._tree.add(module, self._tree.path(node, name, type(module).__name__))
        return self._record(node, Call(path, (node.outputs[0],), None, (x.ref,)), module, x)

    def function(self, node: Node, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Made:
        """A function of torch is called, with `Made`, weights and settings as arguments."""
        outputs = tuple(name or f"{node.outputs[0]}?{i}" for i, name in enumerate(node.outputs))
        part = self._tree.part_of(node)
        args = tuple(self._argument(value, node, part) for value in args)
        return self._record(node, Call(part, outputs, function, args, kwargs), None)

    def _argument(self, value: Any, node: Node, part: str) -> Any:
        if isinstance(value, Made):
            return value.ref
        if isinstance(value, list | tuple):
            return type(value)(self._argument(each, node, part) for each in value)
        if not isinstance(value, Tensor):
            return value
        if value.numel() == 1 and not value.is_meta and value.dim() == 0:
            self._looked_at.add(self.name_of(value))
            return float(value)
        owner, last = self._tree.part(part), self.name_of(value).rpartition(".")[2]
        name = naming.free_name(owner, (naming.clean(last) or ["constant"])[-1])
        self.budget.add_weights(value.numel())
        owner.register_parameter(name, nn.Parameter(value, requires_grad=False))
        if self.name_of(value):
            self._used.add(self.name_of(value))
        return Weight(part, name)

    def _record(self, node: Node, call: Call, module: nn.Module | None, x: Made | None = None) -> Made:
        shapes = []
        for which, _ in enumerate(PICTURES):
            if module is not None and x is not None:
                state = {name: weight.to("meta") for name, weight in module.state_dict().items()}
                shapes.append(functional_call(module.eval(), state, (x.shapes[which],)))
            else:
                taken = {ref.name for ref in refs((call.args, call.kwargs))}
                values = {name: self._made[name].shapes[which] for name in taken}
                shapes.append(_on_meta(call, values, self.net))
        made = [shapes] if len(call.outputs) == 1 else list(zip(*shapes, strict=True))
        results = []
        for name, (two, three) in zip(call.outputs, made, strict=True):
            if not two.is_floating_point():
                raise OnnxError(f"{node.words} makes whole numbers of the picture, which cannot be followed.")
            self.budget.add_values(node.words, two.numel() / PICTURES[0])
            results.append(Made(Ref(name), (two, three)))
            self.values[name] = self._made[name] = results[-1]
        self._check_work(node, module, results[0])
        self._calls.append(call)
        return results[0]

    def _check_work(self, node: Node, module: nn.Module | None, made: Made) -> None:
        size, weight = made.shapes[0].numel() / PICTURES[0], getattr(module, "weight", None)
        each = weight[0].numel() if isinstance(weight, Tensor) and weight.dim() > 1 else 1
        if node.kind == "ConvTranspose":  # every value that it takes is spread by a kernel, also into what is cut off
            size = self.made(node).shapes[0].numel() / PICTURES[0]
        if node.kind == "MatMul" and module is None:
            left = self.optional(node, 0)
            each = left.shape[-1] if isinstance(left, Made | Tensor) else 1
        self.budget.add_products(size * each)


def _on_meta(call: Call, values: dict[str, Any], net: nn.Module) -> Any:
    def meta(value: Any) -> Any:
        if isinstance(value, Tensor):
            return value.to("meta")
        if isinstance(value, tuple | list):
            return type(value)(meta(each) for each in value)
        return value

    assert call.function is not None
    args, kwargs = filled(call.args, values, net), filled(call.kwargs, values, net)
    return call.function(*meta(args), **kwargs)


Operation = Callable[[Reading, Node], None]
"""Reads one operation: takes what its node takes, and adds calls for what it makes."""
