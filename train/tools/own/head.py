"""A linear head on features: multinomial logistic regression with an L2 penalty, of pictures few enough to hold."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

STRENGTHS = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003)
"""Of the penalty that are compared, from the one that leaves little but the bias on: the loss is the mean
cross-entropy in nats plus strength / 2 x the sum of the squared weights of standardised features."""
ITERATIONS = 100  # of L-BFGS at each strength; each begins where the stronger one before it ended
LEAST_SPREAD = 0.05  # share of the mean spread below which a feature counts as one that hardly changes

Pause = Callable[[], None]


def no_pause() -> None:
    """For whoever has nobody to make way for."""


@dataclass(frozen=True, eq=False)
class Head:
    """What turns features, as they are, into logits."""

    weight: Tensor  # float64 (classes, D)
    bias: Tensor  # float64 (classes,); all 0 where a body has no place for one

    def __call__(self, features: Tensor) -> Tensor:
        """Logits float32 (N, classes) of features (N, D)."""
        return (features.double() @ self.weight.T + self.bias).float()


def fit(
    features: Tensor,
    labels: Tensor,
    classes: int,
    strengths: Sequence[float] = STRENGTHS,
    has_bias: bool = True,
    pause: Pause = no_pause,
) -> list[Head]:
    """The head of least loss for each strength.

    The features are standardised, and that is folded into weight and bias. There are fewer pictures than features, so
    that the problem is solved in the space that the pictures span, where the penalty is the same.

    Args:
        features: float32 (N, D).
        labels: int64 (N,), below `classes`.
        strengths: from the strongest on.
        has_bias: false where the head can have none; the features then keep their mean.
        pause: called after each strength; what it raises ends the fit.
    """
    x = features.double()
    mean = x.mean(0) if has_bias else torch.zeros(x.shape[1], dtype=x.dtype)
    spread = x.std(0, correction=0)
    # A feature that hardly changes among a few pictures would get a weight without bounds.
    scale = spread.clamp(min=max(LEAST_SPREAD * spread.mean().item(), 1e-6))
    x = (x - mean) / scale
    inside, back = _rotated(x)
    target = F.one_hot(labels, classes).double()
    heads = []
    for within, bias in _path(inside, target, strengths, has_bias):
        pause()
        weight = (within @ back) / scale
        heads.append(Head(weight, bias - weight @ mean))
    return heads


def _rotated(x: Tensor) -> tuple[Tensor, Tensor]:
    """The rows of x (N, D) in coordinates (N, r) whose products are 0 between each two, and the basis (r, D) of these.

    The directions are those of principal components, in the space that the rows span.
    """
    if x.shape[0] < x.shape[1]:
        values, vectors = torch.linalg.eigh(x @ x.T)
        usable = values > values[-1].clamp(min=1e-30) * 1e-9
        lengths = values[usable].sqrt()
        return vectors[:, usable] * lengths, (vectors[:, usable] / lengths).T @ x
    values, vectors = torch.linalg.eigh(x.T @ x)
    usable = values > values[-1].clamp(min=1e-30) * 1e-9
    return x @ vectors[:, usable], vectors[:, usable].T


def _path(x: Tensor, target: Tensor, strengths: Sequence[float], has_bias: bool) -> Iterator[tuple[Tensor, Tensor]]:
    """Weight (classes, r) and bias (classes,) of least loss for one strength after the other."""
    classes = target.shape[1]
    weight, bias = x.new_zeros(classes, x.shape[1]), x.new_zeros(classes)
    variances = x.square().mean(0)
    for strength in strengths:
        # In units of these the loss curves alike in every direction, at least where all probabilities are equal: then
        # a few steps are enough.
        unit = (variances * (classes - 1) / classes**2 + strength).rsqrt()
        weight, bias = _least(x * unit, target, strength * unit.square(), (weight / unit, bias), has_bias)
        weight = weight * unit
        yield weight, bias


def _least(
    x: Tensor, target: Tensor, penalty: Tensor, start: tuple[Tensor, Tensor], has_bias: bool
) -> tuple[Tensor, Tensor]:
    """Weight and bias of the least mean cross-entropy + the sum of penalty / 2 x squared weights."""
    weight, bias = (each.clone().requires_grad_() for each in start)
    optimiser = torch.optim.LBFGS(
        [weight, bias] if has_bias else [weight],
        max_iter=ITERATIONS,
        history_size=20,
        tolerance_grad=1e-6,
        tolerance_change=1e-8,
        line_search_fn="strong_wolfe",
    )

    @torch.no_grad()
    def closure() -> Tensor:
        """The loss, with its gradient written down: autograd would take several times as long for so few values."""
        logs = (x @ weight.T + bias).log_softmax(1)
        gap = (logs.exp() - target) / len(target)
        weight.grad, bias.grad = gap.T @ x + penalty * weight, gap.sum(0)
        return -(target * logs).sum() / len(target) + (penalty * weight.square()).sum() / 2

    optimiser.step(closure)
    return weight.detach(), bias.detach()
