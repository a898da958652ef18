"""The scores with what they were fitted to: each a frozen value, scored by one pass's readings, stored as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from model_zoo.trust import scores
from model_zoo.trust.readings import Readings

FLOOR = 0.01  # share of a channel's usual spread below which spreads count as equal: a plain colour has none at all


class Detector(Protocol):
    """A score, ready to use."""

    kind: ClassVar[str]

    def score(self, readings: Readings) -> Tensor:
        """How strange each of N pictures looks, float32 (N,); larger is stranger."""
        ...


@dataclass(frozen=True, eq=False)
class Msp:
    """The highest probability."""

    kind: ClassVar[str] = "msp"

    def score(self, readings: Readings) -> Tensor:
        return scores.msp(readings.logits)


@dataclass(frozen=True, eq=False)
class Energy:
    """The free energy of the logits."""

    kind: ClassVar[str] = "energy"

    def score(self, readings: Readings) -> Tensor:
        return scores.energy(readings.logits)


@dataclass(frozen=True, eq=False)
class Knn:
    """The distance to the k-th nearest training picture."""

    bank: Tensor  # (M, D), rows of length 1
    k: int
    kind: ClassVar[str] = "knn"

    def score(self, readings: Readings) -> Tensor:
        return scores.knn(readings.features, self.bank, self.k)


@dataclass(frozen=True, eq=False)
class Fdbd:
    """The distance to the decision boundaries."""

    gaps: Tensor  # (C, C), between rows of the last layer
    mean: Tensor  # (D,)
    kind: ClassVar[str] = "fdbd"

    def score(self, readings: Readings) -> Tensor:
        return scores.fdbd(readings.features, readings.logits, self.gaps, self.mean)


@dataclass(frozen=True, eq=False)
class Vim:
    """The virtual logit."""

    origin: Tensor  # (D,)
    basis: Tensor  # (D, d)
    alpha: float
    kind: ClassVar[str] = "vim"

    def score(self, readings: Readings) -> Tensor:
        return scores.vim(readings.features, readings.logits, self.origin, self.basis, self.alpha)


@dataclass(frozen=True, eq=False)
class Mahalanobis:
    """The distance to the nearest class."""

    means: Tensor  # (C, D)
    whitening: Tensor  # (D, D)
    kind: ClassVar[str] = "mahalanobis"

    def score(self, readings: Readings) -> Tensor:
        return scores.mahalanobis(readings.features, self.means, self.whitening)


@dataclass(frozen=True, eq=False)
class RelativeMahalanobis:
    """The distance to the nearest class, less that to all of them together."""

    means: Tensor  # (C, D)
    whitening: Tensor  # (D, D)
    mean: Tensor  # (D,)
    background: Tensor  # (D, D)
    kind: ClassVar[str] = "relative-mahalanobis"

    def score(self, readings: Readings) -> Tensor:
        arrays = (self.means, self.whitening, self.mean, self.background)
        return scores.relative_mahalanobis(readings.features, *arrays)


@dataclass(frozen=True, eq=False)
class Statistics:
    """How unusual the means and spreads of the channels are, at one depth of the network.

    Early maps change with blur, colour and scale even where the last features do not. Spreads are taken as logarithms,
    so that a missing one is as far away as it is; then the distance is that of probabilistic PCA.
    """

    step: str  # one of the readings' depths
    floor: Tensor  # (spreads,), added to them
    centre: Tensor  # (means and spreads,)
    scale: Tensor  # (means and spreads,)
    basis: Tensor  # (means and spreads, d)
    variances: Tensor  # (d,)
    rest: float
    kind: ClassVar[str] = "statistics"

    def score(self, readings: Readings) -> Tensor:
        values = (log_spread(readings.depths[self.step], self.floor) - self.centre) / self.scale
        return scores.probabilistic_pca(values, self.basis, self.variances, self.rest)


def log_spread(statistics: Tensor, floor: Tensor) -> Tensor:
    """The means as they are, and the logarithms of the spreads plus a floor, of statistics (N, means and spreads)."""
    means = statistics.shape[1] - len(floor)
    return torch.cat((statistics[:, :means], (statistics[:, means:] + floor).log()), 1)


KINDS: dict[str, type] = {
    each.kind: each for each in (Msp, Energy, Knn, Fdbd, Vim, Mahalanobis, RelativeMahalanobis, Statistics)
}


def fit_bank(features: Tensor, k: int) -> Knn:
    """Features (M, D), stored as a bank."""
    return Knn(F.normalize(features), k)


def fit_fdbd(features: Tensor, weight: Tensor) -> Fdbd:
    """Training features (N, D) and the last layer's weight (C, D)."""
    return Fdbd(torch.cdist(weight, weight), features.mean(0))


def fit_vim(features: Tensor, logits: Tensor, weight: Tensor, bias: Tensor | None, size: int | None = None) -> Vim:
    """Training features (N, D), their logits (N, C), and the last layer's weight (C, D) and bias (C,).

    Args:
        size: of the principal space; the paper's if None: 1000 of 2048 features or more, 512 of 768 or more, else half.
    """
    wide = features.shape[1]
    size = size or (1000 if wide >= 2048 else 512 if wide >= 768 else wide // 2)
    shift = torch.zeros(len(weight)) if bias is None else bias
    origin = -(torch.linalg.pinv(weight.double()) @ shift.double())
    centred = features.double() - origin
    basis = torch.linalg.eigh(centred.T @ centred / len(centred)).eigenvectors[:, -size:]
    lengths = scores.residual(centred, basis)
    alpha = logits.double().amax(1).mean() / lengths.mean().clamp(min=1e-12)
    return Vim(origin.float(), basis.float(), float(alpha))


def fit_mahalanobis(features: Tensor, labels: Tensor, classes: int) -> Mahalanobis:
    """Training features (N, D) with their classes (N,); a class without pictures counts as the mean of all."""
    members = (features[labels == label] for label in range(classes))
    means = torch.stack([each.mean(0) if len(each) else features.mean(0) for each in members])
    return Mahalanobis(means, _whitening(features - means[labels]))


def fit_relative(features: Tensor, plain: Mahalanobis) -> RelativeMahalanobis:
    """The same training features (N, D)."""
    mean = features.mean(0)
    return RelativeMahalanobis(plain.means, plain.whitening, mean, _whitening(features - mean))


def _whitening(centred: Tensor) -> Tensor:
    """(D, D), whose product with its transpose is the inverse of the covariance; directions of no variance count 0."""
    covariance = centred.double().T @ centred.double() / len(centred)
    values, vectors = torch.linalg.eigh(covariance)
    usable = values > values[-1] * 1e-6
    return (vectors * torch.where(usable, values.clamp(min=1e-30).rsqrt(), torch.zeros_like(values))).float()


def fit_statistics(statistics: Tensor, step: str, means: int, size: int) -> Statistics:
    """Training statistics (N, means and spreads) of one step.

    Args:
        means: how many of them are means.
        size: of the principal space; less where there are few channels.
    """
    floor = FLOOR * statistics[:, means:].mean(0).clamp(min=1e-6)
    values = log_spread(statistics, floor).double()
    centre, scale = values.mean(0), values.std(0, correction=0).clamp(min=1e-6)
    values = (values - centre) / scale
    size = min(size, values.shape[1] - 1)
    variances, basis = torch.linalg.eigh(values.T @ values / len(values))
    rest = float(variances[:-size].mean().clamp(min=1e-6))
    kept = (basis[:, -size:].float(), variances[-size:].clamp(min=1e-6).float())
    return Statistics(step, floor, centre.float(), scale.float(), *kept, rest)


def arrays(detector: Any) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors of a detector by name, and its plain numbers."""
    found = {field.name: getattr(detector, field.name) for field in fields(detector)}
    tensors = {name: value for name, value in found.items() if isinstance(value, Tensor)}
    return tensors, {"kind": detector.kind} | {name: v for name, v in found.items() if name not in tensors}
