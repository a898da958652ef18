"""Operations that give something else at each pass: a walk of them would say nothing of the next pass."""

from collections.abc import Callable
from typing import Any

# Active unless `training` says otherwise, which the functions of torch.nn.functional take to be True.
DROPOUTS = frozenset(
    ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_dropout", "feature_alpha_dropout")
)
OTHERS = frozenset(("stochastic_depth", "drop_block2d", "drop_block3d"))  # of torchvision
FACTORIES = ("rand", "randn", "randint", "rand_like", "randn_like", "randint_like", "randperm", "normal")
SAMPLERS = ("normal_", "uniform_", "random_", "bernoulli", "bernoulli_", "exponential_", "multinomial", "poisson")
ALWAYS_RANDOM = frozenset((*FACTORIES, *SAMPLERS, "gumbel_softmax"))


def called_name(target: Callable | str) -> str:
    """The name under which `forward` called a function, or a method of a tensor."""
    name = target if isinstance(target, str) else getattr(target, "__name__", type(target).__name__)
    return name.split(".")[0]  # torch.ops.aten.relu_.default calls itself "relu_.default"


def is_random(target: Callable | str, arguments: dict[str, Any]) -> bool:
    """Whether a call gives something else each time.

    Args:
        target: what is called.
        arguments: with which, by name.
    """
    name = called_name(target)
    if name in ALWAYS_RANDOM:
        return True
    if name == "scaled_dot_product_attention":
        return arguments.get("dropout_p", 0.0) > 0
    if name.startswith("rrelu"):
        return bool(arguments.get("training", False))
    if name.rstrip("_") in DROPOUTS | OTHERS:
        return bool(arguments.get("training", arguments.get("train", True))) and arguments.get("p", 0.5) > 0
    return False
