"""Changes to one pass through a network, for cause and effect: what would it answer without this channel?

    edits = parse("conv1.3:off~conv2.5:x2~input:blank.4.4.12.8")
    walk(net, x, edits)[-1].output       # `net` and `x` are left as they are

An edit is carried out during the walk that it is given to; no weight of the shared network changes, so that other
threads can walk it with other edits at the same time. The text form goes into an address: letters, digits and
'. : ~ _ -' only.
"""

import copy
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from model_zoo.graph.op_names import INPUT
from model_zoo.graph.residual import BRANCH, SKIP, residual_blocks

if TYPE_CHECKING:
    from model_zoo.graph.walk import Step

MOST = 20  # edits at once
LARGEST = 10_000.0  # of a factor or a weight, without its sign
BETWEEN = "~"


@dataclass(frozen=True)
class Scaled:
    """One channel of a step's output times a factor: 0 switches it off, -1 inverts it."""

    step: str
    channel: int  # of a vector: which entry
    factor: float


@dataclass(frozen=True)
class Weight:
    """One weight of a convolution set to a value, for this step alone."""

    step: str
    channel: int  # that the kernel belongs to
    source: int  # which of the channel's kernels, one for each channel that it reads
    row: int
    column: int
    value: float


@dataclass(frozen=True)
class DropPath:
    """One path into a residual add taken away: what remains is the other path alone."""

    step: str  # the add
    path: str  # SKIP or BRANCH


@dataclass(frozen=True)
class Blanked:
    """A rectangle of the network's input in one colour."""

    row: int
    column: int
    height: int
    width: int
    fill: tuple[float, ...] = ()  # per colour, as the network gets it; () for the mean of the picture


@dataclass(frozen=True)
class Shifted:
    """The network's input moved by whole pixels; what is uncovered gets the picture's mean colour."""

    right: int
    down: int


@dataclass(frozen=True)
class OffEach:
    """Of each picture in a batch another channel switched off; for comparing many of them in one walk."""

    step: str
    channels: tuple[int, ...]  # one for each picture


Edit = Scaled | Weight | DropPath | Blanked | Shifted | OffEach

# ------------------------------------------------------------------------------------------------------ as text

_STEP, _COUNT, _NUMBER = r"([A-Za-z0-9_.]{1,120})", r"(\d{1,6})", r"(-?\d{1,5}(?:\.\d{1,20})?(?:e-\d{1,2})?)"
_FORMS = {
    "scaled": rf"{_STEP}\.{_COUNT}:(?:(off)|(inv)|x{_NUMBER})",
    "weight": rf"{_STEP}\.{_COUNT}\.{_COUNT}\.{_COUNT}\.{_COUNT}:w{_NUMBER}",
    "without": rf"{_STEP}:no({SKIP}|{BRANCH})",
    "blanked": rf"{INPUT}:(blank|black)\.{_COUNT}\.{_COUNT}\.{_COUNT}\.{_COUNT}",
    "shifted": rf"{INPUT}:shift\.(-?\d{{1,5}})\.(-?\d{{1,5}})",
}
_PATTERNS = {kind: re.compile(form, re.ASCII) for kind, form in _FORMS.items()}


def pieces(text: object) -> list[str]:
    """The parts of a text that have the form of an edit, in their order, at most `MOST`; the rest is dropped."""
    parts = text[:10_000].split(BETWEEN) if isinstance(text, str) else []
    return [part for part in parts if any(pattern.fullmatch(part) for pattern in _PATTERNS.values())][:MOST]


def parse(text: object, black: tuple[float, ...] = ()) -> tuple[Edit, ...]:
    """The edits that a text such as "conv1.3:off~conv2.5:x2" asks for; what has no such form is dropped.

    Whether a network has such a step or channel is for `settle` to say.

    Args:
        text: anything at all, such as a part of an address.
        black: per colour, black as the network gets it.
    """
    found = (_read(piece, black) for piece in pieces(text))
    return tuple(edit for edit in found if edit is not None)


def _read(piece: str, black: tuple[float, ...]) -> Edit | None:
    kind, match = next((kind, m) for kind, pattern in _PATTERNS.items() if (m := pattern.fullmatch(piece)))
    match (kind, *match.groups()):
        case "scaled", step, channel, off, inverted, factor:
            number = 0.0 if off else -1.0 if inverted else float(factor)
            return Scaled(step, int(channel), number) if abs(number) <= LARGEST else None
        case "weight", step, *place, value:
            return Weight(step, *map(int, place), float(value)) if abs(float(value)) <= LARGEST else None
        case "without", step, path:
            return DropPath(step, path)
        case "blanked", colour, *box:
            return Blanked(*map(int, box), fill=black if colour == "black" else ())
        case "shifted", right, down:
            return Shifted(int(right), int(down))
    return None


def written(edits: Iterable[Edit]) -> str:
    """The text that `parse` makes these edits of; those for a batch have none."""
    return BETWEEN.join(_piece(edit) for edit in edits)


def _piece(edit: Edit) -> str:
    match edit:
        case Scaled(step, channel, factor):
            return f"{step}.{channel}:{ {0.0: 'off', -1.0: 'inv'}.get(factor) or 'x' + _number(factor) }"
        case Weight(step, channel, source, row, column, value):
            return f"{step}.{channel}.{source}.{row}.{column}:w{_number(value)}"
        case DropPath(step, path):
            return f"{step}:no{path}"
        case Blanked(row, column, height, width, fill):
            return f"{INPUT}:{'black' if fill else 'blank'}.{row}.{column}.{height}.{width}"
        case Shifted(right, down):
            return f"{INPUT}:shift.{right}.{down}"
    raise ValueError(f"{type(edit).__name__} has no text.")


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def words(edit: Edit) -> str:
    """What the edit does, for a reader, e.g. "conv1, channel 3: switched off"."""
    match edit:
        case Scaled(step, channel, factor):
            done = {0.0: "switched off", -1.0: "inverted"}.get(factor, f"times {_number(factor)}")
            text = f"{step}, channel {channel}: {done}"
        case Weight(step, channel, source, row, column, value):
            place = f"channel {channel}, kernel {source}, row {row}, column {column}"
            text = f"{step}, {place}: weight {_number(value)}"
        case DropPath(step, path):
            text = f"{step}: without the {'skip connection' if path == SKIP else 'branch'}"
        case Blanked(row, column, height, width, fill):
            colour = "black" if fill else "in its mean colour"
            text = f"picture: {height} × {width} pixels {colour} from row {row}, column {column}"
        case Shifted(right, down):
            moves = ((right, "left", "right"), (down, "up", "down"))
            text = "picture: moved " + ", ".join(f"{abs(n)} px {b if n > 0 else a}" for n, a, b in moves if n)
        case _:
            text = f"{edit.step}: in each picture another channel switched off"
    return text.replace("-", "\N{MINUS SIGN}") if isinstance(edit, Scaled | Weight) else text


# -------------------------------------------------------------------------------------------- what is possible


def settle(
    edits: Sequence[Edit], steps: Sequence["Step"], shape: Sequence[int]
) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """Those edits that are possible for a network and its input, and why not for each of the others.

    Args:
        edits: any, such as from an address.
        steps: any walk of that network.
        shape: of the input, (N, channels, rows, columns).
    """
    reasons = [refusal(edit, steps, shape) for edit in edits]
    kept = tuple(edit for edit, reason in zip(edits, reasons, strict=True) if not reason)
    more = (f"At most {MOST} changes at once.",) if len(kept) > MOST else ()
    return kept[:MOST], (*filter(None, reasons), *more)


def refusal(edit: Edit, steps: Sequence["Step"], shape: Sequence[int]) -> str:
    """Why an edit is impossible, in a sentence; "" if it is possible."""
    if isinstance(edit, Blanked | Shifted):
        return _refused_picture(edit, *shape[-2:])
    step = next((step for step in steps if step.name == edit.step), None)
    if step is None:
        return f"This network has no step {edit.step}."
    if isinstance(edit, DropPath):
        if edit.path not in (SKIP, BRANCH) or edit.step not in residual_blocks(steps):
            return f"{edit.step} does not join a skip connection and a branch."
        return ""
    number = {Scaled: "factor", Weight: "value"}.get(type(edit))
    if number and not abs(getattr(edit, number)) <= LARGEST:  # nor is "not a number"
        return f"The {number} must be between \N{MINUS SIGN}{LARGEST:,.0f} and {LARGEST:,.0f}."
    if isinstance(edit, Weight):
        return _refused_weight(edit, step)
    channels = edit.channels if isinstance(edit, OffEach) else (edit.channel,)
    count = step.shape[1] if len(step.shape) > 1 else 0
    return "" if all(0 <= c < count for c in channels) else f"{step.name} has {count:,} channels, counted from 0."


def _refused_picture(edit: Blanked | Shifted, rows: int, columns: int) -> str:
    if isinstance(edit, Shifted):
        possible = abs(edit.down) < rows and abs(edit.right) < columns and (edit.down or edit.right)
        return "" if possible else f"The picture has {rows} rows and {columns} columns; it can be moved by fewer."
    inside = min(edit.row, edit.column) >= 0 and edit.row + edit.height <= rows and edit.column + edit.width <= columns
    return "" if inside and min(edit.height, edit.width) > 0 else f"That is no part of the {rows} × {columns} pixels."


def _refused_weight(edit: Weight, step: "Step") -> str:
    if not isinstance(step.module, nn.Conv2d) or "weight" not in step.module._parameters:
        return f"{step.name} is no convolution with weights of its own."
    place, shape = (edit.channel, edit.source, edit.row, edit.column), tuple(step.module.weight.shape)
    if all(0 <= index < size for index, size in zip(place, shape, strict=True)):
        return ""
    return f"{step.name} has {shape[0]} × {shape[1]} kernels of {shape[2]} × {shape[3]} weights, counted from 0."


# ----------------------------------------------------------------------------------------------- carrying them out


def edited_picture(x: Tensor, edits: Sequence[Edit]) -> Tensor:
    """A copy of a network's input (N, channels, rows, columns) with those edits that are for it, in their order."""
    x = x.clone()
    if not any(isinstance(edit, Blanked | Shifted) for edit in edits):
        return x
    mean = x.mean((-2, -1), keepdim=True)  # of the picture before all edits
    for edit in edits:
        if isinstance(edit, Blanked):
            fill = x.new_tensor(edit.fill).view(-1, 1, 1) if edit.fill else mean
            x[..., edit.row : edit.row + edit.height, edit.column : edit.column + edit.width] = fill
        elif isinstance(edit, Shifted):
            rows, columns = x.shape[-2:]
            moved = mean.expand_as(x).clone()
            (to_row, from_row), (to_column, from_column) = _overlap(edit.down, rows), _overlap(edit.right, columns)
            moved[..., to_row, to_column] = x[..., from_row, from_column]
            x = moved
    return x


def _overlap(by: int, size: int) -> tuple[slice, slice]:
    """Where the part lands that stays in sight when `size` places move by some, and where it was."""
    stays = max(size - abs(by), 0)
    return slice(max(by, 0), max(by, 0) + stays), slice(max(-by, 0), max(-by, 0) + stays)


def edited_module(module: nn.Module | None, edits: Iterable[Edit]) -> nn.Module | None:
    """The module, or a copy of it that shares everything but the weight that an edit changes."""
    changes = [edit for edit in edits if isinstance(edit, Weight)]
    if not changes:
        return module
    if not isinstance(module, nn.Conv2d) or "weight" not in module._parameters:
        raise ValueError(f"{changes[0].step} is no convolution with weights of its own.")
    weight = module.weight.detach().clone()
    for edit in changes:
        weight[edit.channel, edit.source, edit.row, edit.column] = edit.value
    twin = copy.copy(module)  # shares the dictionary of its parameters, which the original keeps
    twin._parameters = module._parameters | {"weight": nn.Parameter(weight, requires_grad=False)}
    return twin


def edited_output(output: Tensor, edits: Iterable[Edit]) -> Tensor:
    """A copy of a step's output with those edits that are for its channels."""
    output = output.clone()
    for edit in edits:
        if isinstance(edit, Scaled):
            if output.dim() < 2:
                raise ValueError(f"{edit.step} has no channels.")
            # Not times 0: that would leave a value that is not finite as it is.
            output[:, edit.channel] = output[:, edit.channel] * edit.factor if edit.factor else 0.0
        elif isinstance(edit, OffEach):
            output[torch.arange(len(edit.channels)), list(edit.channels)] = 0.0
    return output


def check(edits: Iterable[Edit], names: set[str]) -> None:
    """Raises ValueError where an edit is for a step that is none of `names`, or is not finite."""
    for edit in edits:
        if hasattr(edit, "step") and edit.step not in names:
            raise ValueError(f"There is no step {edit.step!r} to be changed.")
        if not all(math.isfinite(v) for v in vars(edit).values() if isinstance(v, float)):
            raise ValueError(f"{edit!r} asks for a number that is not finite.")


def joined(edits: Sequence[Edit], edit: Edit) -> tuple[Edit, ...]:
    """The edits and one more; it takes the place of one for the same channel or weight, and moves add up."""
    match edit:
        case Scaled(step, channel, _):
            rest = [e for e in edits if not (isinstance(e, Scaled) and (e.step, e.channel) == (step, channel))]
            return *rest, *([edit] if edit.factor != 1 else [])
        case Weight():
            return *(e for e in edits if not (isinstance(e, Weight) and replace(e, value=edit.value) == edit)), edit
        case DropPath(step, _):
            return *(e for e in edits if not (isinstance(e, DropPath) and e.step == step)), edit
        case Shifted(right, down) if edits and isinstance(edits[-1], Shifted):
            moved = Shifted(edits[-1].right + right, edits[-1].down + down)
            return *edits[:-1], *([moved] if moved != Shifted(0, 0) else [])
    return *edits, edit
