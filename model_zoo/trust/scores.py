"""How strange a picture looks to a network, as functions of logits and features; larger is always stranger.

Logits are (N, C), features before the last layer (N, D), all scores (N,).
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def msp(logits: Tensor) -> Tensor:
    """Minus the highest probability (Hendrycks and Gimpel 2017, arXiv 1610.02136); -1 .. -1/C."""
    return -logits.softmax(1).amax(1)


def energy(logits: Tensor) -> Tensor:
    """The free energy at temperature 1, -log of the sum of exp(logit) (Liu et al. 2020, arXiv 2010.03759)."""
    return -logits.logsumexp(1)


def knn(features: Tensor, bank: Tensor, k: int) -> Tensor:
    """The distance to the k-th nearest of a bank, all scaled to length 1 (Sun et al. 2022, arXiv 2204.06507); 0..2.

    Args:
        bank: (M, D), rows of length 1.
    """
    return nearest(features, bank, k)[0][:, -1]


def nearest(features: Tensor, bank: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Distances (N, k), rising, to the nearest rows of a bank, and these rows' numbers, as for `knn`."""
    found = (F.normalize(features) @ bank.T).topk(min(k, len(bank)), dim=1)
    return (2 - 2 * found.values).clamp(min=0).sqrt(), found.indices


def fdbd(features: Tensor, logits: Tensor, gaps: Tensor, mean: Tensor) -> Tensor:
    """Minus the mean distance to the decision boundaries, by the distance from the mean of the training features.

    Liu and Qin 2024, arXiv 2312.11536, equation 7: the boundary between the predicted class p and another class c is
    |logit_p - logit_c| / |w_p - w_c| away.

    Args:
        gaps: |w_a - w_b| (C, C), the lengths of differences of the last layer's rows.
        mean: (D,), of the training features.
    """
    best = logits.argmax(1)
    others = torch.ones_like(logits, dtype=torch.bool).scatter(1, best[:, None], False)
    apart = (logits.gather(1, best[:, None]) - logits) / gaps[best].clamp(min=1e-12)
    reach = (apart * others).sum(1) / (logits.shape[1] - 1)
    return -reach / (features - mean).norm(dim=1).clamp(min=1e-12)


def vim(features: Tensor, logits: Tensor, origin: Tensor, basis: Tensor, alpha: float) -> Tensor:
    """The virtual logit of what lies outside of the principal space, plus the energy (Wang et al. 2022, 2203.10807).

    Args:
        origin: (D,), where all logits are as near to 0 as the last layer lets them be.
        basis: (D, d), orthonormal, of the principal space of the training features about the origin.
        alpha: scales lengths to logits.
    """
    return alpha * residual(features - origin, basis) - logits.logsumexp(1)


def residual(centred: Tensor, basis: Tensor) -> Tensor:
    """The length (N,) of what an orthonormal basis (D, d) does not reach."""
    inside = (centred @ basis).square().sum(1)
    return (centred.square().sum(1) - inside).clamp(min=0).sqrt()


def mahalanobis(features: Tensor, means: Tensor, whitening: Tensor) -> Tensor:
    """The squared Mahalanobis distance to the nearest class, one covariance for all (Lee et al. 2018, 1807.03888).

    Args:
        means: (C, D), of the classes.
        whitening: (D, D), whose product with its transpose is the inverse of the covariance.
    """
    return torch.cdist(features @ whitening, means @ whitening).square().amin(1)


def relative_mahalanobis(
    features: Tensor, means: Tensor, whitening: Tensor, mean: Tensor, background: Tensor
) -> Tensor:
    """`mahalanobis` less that to the mean of all classes with their common covariance (Ren et al. 2021, 2106.09022).

    Args:
        mean: (D,), of all training features.
        background: (D, D), as `whitening`, of all training features about their mean.
    """
    return mahalanobis(features, means, whitening) - ((features - mean) @ background).square().sum(1)


def probabilistic_pca(values: Tensor, basis: Tensor, variances: Tensor, rest: float) -> Tensor:
    """The squared Mahalanobis distance from 0 under probabilistic PCA (Tipping and Bishop 1999, equation 9).

    Args:
        values: (N, D), centred.
        basis: (D, d), orthonormal.
        variances: (d,), along the basis.
        rest: the variance in every other direction.
    """
    inside = values @ basis
    outside = (values.square().sum(1) - inside.square().sum(1)).clamp(min=0)
    return (inside.square() / variances).sum(1) + outside / rest
