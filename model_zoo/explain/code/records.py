"""What is said of the code of a step."""

from dataclasses import dataclass

# The parts of the picture that an argument is about.
PARTS = ("inputs", "outputs", "window", "border", "positions", "groups", "bias")


@dataclass(frozen=True)
class Argument:
    """An argument of a module's constructor or of a call."""

    name: str  # PyTorch's: "kernel_size"
    value: str  # as Python code: "3", "(3, 1)", "True", or a variable's name
    means: str  # what it does here, in a sentence
    part: str = ""  # of the picture, one of `PARTS`; "" where it is about none
    is_default: bool = False  # left out of the line, because PyTorch takes this value anyway


@dataclass(frozen=True)
class Piece:
    """A piece of a line of code or of a sum."""

    text: str
    argument: str = ""  # the name of the argument that it shows or comes from


@dataclass(frozen=True)
class Formula:
    """A number worked out from the arguments, or a sentence why there is nothing to work out."""

    of: str  # "weights", "channels", "height and width" ...
    pieces: tuple[Piece, ...]
    result: int | None = None

    @property
    def text(self) -> str:
        """Such as "(32 + 2 × 1 − 3) / 1 + 1 = 32"."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Figure:
    """The sizes that a drawing of the step needs; pairs are (vertical, horizontal)."""

    inputs: tuple[int, ...]  # shape of what it reads, without the batch
    outputs: tuple[int, ...]
    kernel: tuple[int, int] | None = None  # None where no window slides
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)  # rows above, columns on the left
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1
    bias: bool = False  # whether a learned number is added to each sum


@dataclass(frozen=True)
class StepCode:
    """The line that makes a step, and what follows from it."""

    step: str
    line: tuple[Piece, ...]
    call: str  # the line of `forward`: "x = self.conv1(x)"
    arguments: tuple[Argument, ...]
    weights: tuple[Formula, ...]  # the count of trained numbers
    shape: tuple[Formula, ...]  # that of the output
    figure: Figure

    @property
    def text(self) -> str:
        """The line as Python code."""
        return "".join(piece.text for piece in self.line)
