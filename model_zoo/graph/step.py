"""What a walk through a network gives: its steps, which of them is the answer, and the base of changes to them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from torch import Tensor, nn

INPUT = "input"  # the name under which steps refer to the network's input


@dataclass(frozen=True)
class Taken:
    """A tensor among a call's arguments that another step made."""

    number: int  # of that step among `Step.inputs`


@dataclass(frozen=True, eq=False)
class Replay:
    """An operation that takes one tensor, ready to be carried out on another one of the same shape."""

    operations: tuple[str, ...]  # what is done, in the field's words: ("chunk", "getitem") for a part of a list
    run: Callable[[Tensor], Any]
    shape: tuple[int, ...]  # of the tensor that it took


@dataclass(frozen=True, eq=False)  # compared by identity: equality of tensors is no yes or no
class Step:
    """One operation of one pass through a network."""

    name: str  # unique in its network, of letters, digits, '.' and '_', e.g. "layer1.0.conv1"
    operation: str  # what it does in the field's words, e.g. "batch norm"; else its class or function name
    inputs: tuple[str, ...]  # names of the steps whose outputs it takes; `INPUT` is the network's input
    output: Tensor  # an inference tensor; no later step overwrites it
    module: nn.Module | None  # None for a function or method; a copy, where an edit changes its weights
    parameters: int  # trained numbers it uses; a weight that two steps share counts in both
    arguments: dict[str, Any] = field(default_factory=dict)  # a function's other arguments, e.g. {"kernel_size": 2}
    edits: tuple[Edit, ...] = ()  # that this walk made at this step
    replay: Replay | None = None  # None where it takes several tensors
    operands: Mapping[str, Any] = field(default_factory=dict)  # a function's arguments; `Taken` for a tensor
    is_answer: bool = False  # what the network returns, of several tensors the first of shape (N, classes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the output, e.g. (1, 64, 32, 32)."""
        return tuple(self.output.shape)

    def option(self, name: str, default: Any = None) -> Any:
        """What the step's module, or the call of its function, was given for `name`."""
        value = self.arguments.get(name) if self.module is None else getattr(self.module, name, None)
        return default if value is None or (isinstance(value, list | tuple) and not value) else value


def answer(steps: Sequence[Step]) -> Step:
    """The step whose output is what the network returns; other operations may follow it.

    Args:
        steps: a whole walk.

    Raises:
        ValueError: no step gives it; the message is a sentence.
    """
    found = next((step for step in steps if step.is_answer), None)
    if found is None:
        raise ValueError(
            "No step gives the network's answer: it returns its input as it is, or a tensor that it overwrites "
            "through a view, or several tensors of which none has the shape (pictures, classes)."
        )
    return found


def answer_of(output: Any, pictures: int) -> Tensor:
    """The tensor that counts as the answer, of whatever `net(x)` returned.

    Args:
        output: a tensor, or tuples, lists, dicts and dataclasses of tensors.
        pictures: number of pictures in `x`.

    Raises:
        ValueError: there is no tensor, or several of which none has the shape (pictures, classes).
    """
    found = list(tensors_in(output))
    index = answer_index(found, pictures)
    if index is None:
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in found) or "no tensor"
        raise ValueError(f"The network returns {shapes}: none is a tensor of the shape (pictures, classes).")
    return found[index]


def answer_index(found: Sequence[Tensor], pictures: int) -> int | None:
    """Which of the tensors that a network returns is its answer: the only one, or the first (pictures, classes)."""
    if len(found) == 1:
        return 0
    scores = (i for i, tensor in enumerate(found) if tensor.dim() == 2 and tensor.shape[0] == pictures)
    return next(scores, None)


def tensors_in(value: Any) -> Iterator[Tensor]:
    """All tensors in nested tuples, lists, dicts and dataclasses, in order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from tensors_in(part)
    elif isinstance(value, Mapping):
        yield from tensors_in(list(value.values()))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from tensors_in([getattr(value, f.name) for f in dataclasses.fields(value)])


@dataclass(frozen=True)
class Edit:
    """A change to one pass through a network; each kind is a subclass, listed in `model_zoo.graph.edits.types`.

    All that depends on the kind is a method, so that a new kind is one class and its name in `KINDS`.
    """

    form: ClassVar[str] = ""  # a regular expression for its text; "" where it has none
    changes_weight: ClassVar[bool] = False

    @property
    def target(self) -> str:
        """Name of the step that it changes; `INPUT` for the picture."""
        raise NotImplementedError

    @classmethod
    def read(cls, parts: Sequence[str | None], black: tuple[float, ...]) -> Edit | None:
        """The edit of the groups that `form` finds in a text; None where a number is too large."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What `read` makes it of again."""
        raise ValueError(f"{type(self).__name__} has no text.")

    @property
    def words(self) -> str:
        """What it does, for a reader."""
        raise NotImplementedError

    def refusal(self, steps: Sequence[Step], shape: Sequence[int]) -> str:
        """Why it is impossible for a network with such steps and an input of that shape; "" if it is possible."""
        raise NotImplementedError

    def joined_to(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """The edits and this one; it takes the place of those that it makes void."""
        return *edits, self

    def change_picture(self, x: Tensor, mean: Tensor) -> Tensor:
        """The network's input after it; `mean` (N, channels, 1, 1) is that of the picture before all edits."""
        return x

    def change_weight(self, weight: Tensor) -> None:
        """Change a copy of the step's weight in place; called where `changes_weight` says so."""

    def change_output(self, output: Tensor) -> None:
        """Change a copy of the step's output in place."""

    @property
    def is_finite(self) -> bool:
        return all(math.isfinite(value) for value in vars(self).values() if isinstance(value, float))
