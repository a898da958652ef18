"""Where the layers of a network from a file stand: parts within parts, named as in the program that wrote the file."""

from collections.abc import Sequence

from torch import nn

from model_zoo.onnx_graph import naming
from model_zoo.onnx_graph.file import Node
from model_zoo.onnx_graph.network import OnnxNetwork, Part


class Tree:
    """The parts of a network in the making.

    Args:
        net: the network.
        common: the first part of all paths, which is left out; see `naming.common_part`.
    """

    def __init__(self, net: OnnxNetwork, common: str) -> None:
        self._net, self._common = net, common
        self._place = ""  # the part in which the last layer with weights stands

    def path(self, node: Node, weight: str, kind: str) -> str:
        """Where a layer belongs: at the path of its weight or, without one, at that of the node; else beside the last.

        Args:
            weight: the name of its weight; "" if it has none.
            kind: of the layer.
        """
        path = naming.path_of_weight(weight, self._common) or naming.path_of_node(node.name)
        return path or ".".join(filter(None, (self._place, kind.lower().removesuffix("2d"))))

    def add(self, module: nn.Module, path: str) -> str:
        """Put a module at its path, or at one like it; the path."""
        *parts, last = naming.clean(path) or ["layer"]
        owner_path, owner = self._made(parts)
        last = naming.free_name(owner, last)
        owner.add_module(last, module)
        if any(True for _ in module.parameters()):
            self._place = ".".join(owner_path)
        return ".".join((*owner_path, last))

    def part_of(self, node: Node) -> str:
        """The part that a function belongs to."""
        found = naming.path_of_node(node.name) if "/" in node.name else self._place
        return ".".join(self._made(naming.clean(found))[0])

    def part(self, path: str) -> nn.Module:
        return self._net.get_submodule(path) if path else self._net

    def _made(self, parts: Sequence[str]) -> tuple[list[str], Part]:
        """The part at a path, made where it is missing; where a layer stands there already, one beside it."""
        here: Part = self._net
        path: list[str] = []
        for wanted in parts:
            inner = here._modules.get(wanted)
            if not isinstance(inner, Part):
                wanted = naming.free_name(here, wanted)
                inner = Part()
                here.add_module(wanted, inner)
            here = inner
            path.append(wanted)
        return path, here
