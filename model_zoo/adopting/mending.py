"""What to do about a network that cannot be run or looked into: the reason, its place, and how to mend it."""

import traceback
from pathlib import Path

import torch

OUTSIDE = (str(Path(torch.__file__).parent), str(Path(__file__).parents[1]))

# Words of a reason -> how to mend it. The first that fits counts.
WAYS = (
    (
        "depends on the values",
        "Let forward decide by shapes or settings, not by what is in the picture: torch.where(condition, a, b) instead "
        "of if, and no .item() or .tolist().",
    ),
    (
        "random",
        "Make it depend on self.training (nn.Dropout does, and F.dropout(x, training=self.training)), so that eval() "
        "switches it off.",
    ),
    ("hands a tensor to numpy", "Use the function of torch with the same name instead of numpy's."),
    (
        "item assignment",
        "Build the tensor anew instead of writing into it: torch.cat, torch.stack or torch.where.",
    ),
    ("needs the values", "Keep Python's own functions (int, float, print, ...) away from tensors in forward."),
    ("takes several inputs", "Wrap it in a module whose forward(x) fills the other inputs in."),
    ("one input", "Wrap it in a module whose forward(x) fills the other inputs in."),
    (
        "mat1 and mat2 shapes",
        "A linear layer got more or fewer values than it takes: pictures of another size were used in training. Give "
        "that size (size=...), or put nn.AdaptiveAvgPool2d before the layer.",
    ),
    ("to have 3 channels", "Give a network that takes pictures in three colours, or in one channel."),
    ("channels", "Give a network that takes pictures in three colours, or in one channel."),
    ("size", "Give the size of the pictures that it was trained on (size=...)."),
)


def advice(name: str, error: Exception, what: str) -> str:
    """Why, where in whose code, and how to mend it.

    Args:
        name: of the network's class.
        error: what running or walking it raised.
        what: what cannot be done with it.
    """
    text = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    place = "" if ", line " in text else _place(error)
    way = next((way for words, way in WAYS if words in text), "")
    return f"{name} {what}: {text}{place}. {way}".strip()


def _place(error: Exception) -> str:
    """The line of one's own code that raised it: the innermost one outside of torch and of ConvScope."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(OUTSIDE)]
    return f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
