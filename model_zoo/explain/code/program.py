"""`forward` as statements: the calls of a network's graph in their order, with as few variables as it takes."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, fx, nn

from model_zoo.explain.code.calls import expression, in_place_sign, is_binary, is_left_out
from model_zoo.explain.code.literals import NoCodeError, literal
from model_zoo.graph.plan import Call, Plan
from model_zoo.graph.randomness import called_name
from model_zoo.graph.step import Step
from model_zoo.graph.tracing import DESCRIPTIONS, torch_class

VARIABLES = ("x", "y", "z", "u", "v", "w")
MOST_NUMBERS = 4096  # of a tensor that `forward` makes itself


@dataclass(frozen=True)
class Statement:
    """A line of `forward`."""

    node: fx.Node
    step: str  # the name of the step that it makes
    text: str
    result: str  # the variable
    names: dict[fx.Node, str]  # the code of what it takes


@dataclass(frozen=True)
class Program:
    """A network's `forward`, and what it needs."""

    statements: tuple[Statement, ...]
    answer: str  # what it returns
    modules: dict[str, str]  # path in the network -> attribute of the file's class
    tensors: dict[str, str]  # the same of weights and buffers that belong to no such module
    constants: dict[str, Tensor]  # attribute -> a tensor that `forward` makes itself


def attribute(path: str) -> str:
    """A path in a network as one name: "layer1.0.conv1" -> "layer1_0_conv1"."""
    name = path.replace(".", "_")
    return name if name.isidentifier() else f"layer_{name}"


def program(plan: Plan, net: nn.Module, steps: Iterable[Step]) -> Program:
    """The program of a graph.

    Args:
        plan: the graph.
        net: its network.
        steps: of a walk by it.

    Raises:
        NoCodeError: there is something in it that is not torch's; the message is a sentence.
    """
    answer = next((step.name for step in steps if step.is_answer), None)
    made = next((call.node for call in plan.calls if call.name and call.name == answer), None)
    if made is None:
        raise NoCodeError("The network's answer comes from no step, so that no file can give it.")
    return _Writer(plan, net, made).write()


@dataclass
class _Writer:
    plan: Plan
    net: nn.Module
    answer: fx.Node
    codes: dict[fx.Node, str] = field(default_factory=dict)  # variable or expression of a node
    modules: dict[str, str] = field(default_factory=dict)
    tensors: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Tensor] = field(default_factory=dict)

    def write(self) -> Program:
        calls = [call for call in self.plan.calls if call.node in self._needed()]
        self.inlined = list(_inlined(calls))
        self.last = self._last_uses(calls)
        self.codes[self.plan.input] = "x"
        self.taken = {"x": self.plan.input}  # variable -> the node whose value it holds
        statements = [made for place, call in enumerate(calls) if (made := self._statement(place, call)) is not None]
        return Program(tuple(statements), self.codes[self.answer], self.modules, self.tensors, self.constants)

    def _needed(self) -> set[fx.Node]:
        """The nodes that the answer depends on, and those that may write over a tensor."""
        needed: set[fx.Node] = set()
        wanted = [self.answer, *(c.node for c in self.plan.calls if c.name and _may_write(c, self.net))]
        while wanted:
            node = wanted.pop()
            if node not in needed:
                needed.add(node)
                wanted += node.all_input_nodes
        return needed

    def _last_uses(self, calls: list[Call]) -> dict[fx.Node, int]:
        """Node -> place of the last call that takes it; the answer is taken after all."""
        last = {source: place for place, call in enumerate(calls) for source in call.node.all_input_nodes}
        last[self.answer] = len(calls)
        for node in reversed(self.inlined):  # what an expression reads is read where the expression stands
            for source in node.all_input_nodes:
                last[source] = max(last[source], last[node])
        return last

    def _statement(self, place: int, call: Call) -> Statement | None:
        node = call.node
        if node.op == "placeholder":  # an argument of `forward` besides the input, at its default
            self.codes[node] = literal(node.args[0])
        elif node.op == "get_attr":
            self.codes[node] = self._stored(str(node.target))
        elif node.op != "call_module" and is_left_out(node):
            self.codes[node] = self.codes[node.all_input_nodes[0]]
            self._keep_alive(node)
        else:
            return self._called(place, call)
        return None

    def _keep_alive(self, node: fx.Node) -> None:
        """Its variable is that of what it takes, and lives on with it."""
        source = node.all_input_nodes[0]
        self.last[source] = max(self.last.get(source, 0), self.last.get(node, 0))
        self.taken[self.codes[node]] = source

    def _called(self, place: int, call: Call) -> Statement | None:
        node = call.node
        names = {source: self.codes[source] for source in node.all_input_nodes}
        if node in self.inlined:
            text = expression(node, self._name_of)
            self.codes[node] = f"({text})" if is_binary(node) else text
            return None
        dying = [name for name, held in self.taken.items() if self.last.get(held, -1) <= place]
        sign = in_place_sign(node.target)
        changed = node.args[0] if sign else None
        if isinstance(changed, fx.Node) and (name := self.codes[changed]) in dying:
            text, result = f"{name} {sign} {self._code(node.args[1])}", name
        else:
            result = self._variable(node, dying)
            text = (
                f"{result} = {self._module_call(node) if node.op == 'call_module' else expression(node, self._name_of)}"
            )
        for name in dying:
            del self.taken[name]
        self.codes[node] = result
        self.taken[result] = node
        return Statement(node, call.name, text, result, names)

    def _variable(self, node: fx.Node, dying: list[str]) -> str:
        """That of an input which nothing needs any more, else a free one."""
        own = [self.codes[source] for source in node.all_input_nodes if self.codes[source] in dying]
        if own:
            return "x" if "x" in own else own[0]
        return next(name for name in _variables() if name not in self.taken or name in dying)

    def _name_of(self, value: Any) -> str | None:
        return self.codes[value] if isinstance(value, fx.Node) else None

    def _code(self, value: Any) -> str:
        return literal(value, self._name_of)

    def _module_call(self, node: fx.Node) -> str:
        given = [self._code(value) for value in node.args]
        given += [f"{name}={self._code(value)}" for name, value in node.kwargs.items()]
        return f"self.{self._module(str(node.target))}({', '.join(given)})"

    def _module(self, path: str) -> str:
        """The attribute of a module; one that stands at two places of the network is one in the file, too."""
        module = self.net.get_submodule(path)
        for other, name in self.modules.items():
            if self.net.get_submodule(other) is module:
                return name
        return self.modules.setdefault(path, self._free(attribute(path)))

    def _stored(self, path: str) -> str:
        """A weight or buffer, or a tensor that `forward` makes itself, as code."""
        if path in self.plan.constants:
            value = self.plan.constants[path]
            if not isinstance(value, Tensor) or value.numel() > MOST_NUMBERS:
                raise NoCodeError(
                    "The network makes large tensors as it runs, which are too long to be written as code."
                )
            name = attribute(path.lstrip("_"))
            if name not in self.constants:
                self.constants[name := self._free(name)] = value
            return f"self.{name}"
        parent, _, last = path.rpartition(".")
        owner = self.net.get_submodule(parent)
        if torch_class(owner) is not None:
            return f"self.{self._module(parent)}.{last}"
        return f"self.{self.tensors.setdefault(path, self._free(attribute(path)))}"

    def _free(self, name: str) -> str:
        used = {*self.modules.values(), *self.tensors.values(), *self.constants, *dir(nn.Module)}
        numbered = (name, *(f"{name}_{count}" for count in range(2, 10_000)))
        return next(each for each in numbered if each not in used)


def _variables() -> Iterator[str]:
    return itertools.chain(VARIABLES, (f"x{count}" for count in itertools.count(2)))


def _may_write(call: Call, net: nn.Module) -> bool:
    if call.overwrites:
        return True
    node = call.node
    return node.op == "call_module" and getattr(net.get_submodule(str(node.target)), "inplace", False) is True


def _inlined(calls: list[Call]) -> Iterator[fx.Node]:
    """Sizes that only the next statement takes, with nothing but such sizes between: `x.view(x.size(0), -1)`."""
    places = {call.node: place for place, call in enumerate(calls)}

    def is_size(node: fx.Node) -> bool:
        if node.op not in ("call_function", "call_method"):
            return node.op in ("get_attr", "placeholder")
        described = str(node.args[1]) if node.target is getattr else called_name(node.target)
        if described in DESCRIPTIONS or node.target is len:
            return True
        return all(is_size(source) and source.op != "get_attr" for source in node.all_input_nodes)

    for node, place in places.items():
        users = [user for user in node.users if user in places]
        if node.op in ("call_function", "call_method") and len(users) == 1 and is_size(node):
            between = calls[place + 1 : places[users[0]]]
            if all(is_size(call.node) for call in between):
                yield node
