"""Conformal prediction: statements that hold for a chosen share of pictures like those that were held back.

Angelopoulos and Bates 2021, "A Gentle Introduction to Conformal Prediction", arXiv 2107.07511. They hold for pictures
that could have been swapped with the ones held back; for pictures of other kinds they promise nothing.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

KINDS = ("lac", "aps", "raps")


def p_values(scores: Tensor, held: Tensor) -> Tensor:
    """The share of pictures held back, and the picture itself, that look as strange or more; float64 (N,) in (0, 1].

    For pictures like those held back, P(p <= a) <= a for every a (section 4.4 there; Bates et al. 2023, 2104.08279).

    Args:
        scores: (N,), larger is stranger.
        held: (n,), sorted from low to high.
    """
    below = torch.searchsorted(held.contiguous(), scores.to(held.dtype).contiguous(), side="left")
    return (1 + len(held) - below).double() / (len(held) + 1)


@dataclass(frozen=True)
class SetRule:
    """How the classes that cannot be excluded are found.

    "lac": all whose probability is at least 1 - limit (Sadinle et al. 2019, arXiv 1609.00451). "aps": from the most
    probable one on, until their sum reaches the limit (Romano et al. 2020, 2006.02544). "raps": the same with `penalty`
    added for every class beyond the first `free` ones (Angelopoulos et al. 2021, 2009.14193).
    """

    kind: str
    limit: float = math.inf
    penalty: float = 0.0
    free: int = 0

    def sets(self, probabilities: Tensor) -> Tensor:
        """bool (N, C) for probabilities (N, C); the most probable class is always among them."""
        inside = nonconformity(probabilities, self) <= self.limit
        return inside.scatter(1, probabilities.argmax(1, keepdim=True), True)


def nonconformity(probabilities: Tensor, rule: SetRule) -> Tensor:
    """How badly each class fits, (N, C), for the kind and penalty of a rule; its limit does not matter."""
    if rule.kind == "lac":
        return 1 - probabilities
    if rule.kind not in KINDS:
        raise ValueError(f"There are the kinds {', '.join(KINDS)}, not {rule.kind!r}.")
    ordered, order = probabilities.sort(1, descending=True)
    # Up to, and with, the class itself; without the random part, so that equal pictures get equal sets.
    scores = ordered.cumsum(1)
    if rule.kind == "raps":
        scores = scores + rule.penalty * (torch.arange(1, scores.shape[1] + 1) - rule.free).clamp(min=0)
    return torch.empty_like(scores).scatter(1, order, scores)


def held_scores(rule: SetRule, probabilities: Tensor, labels: Tensor) -> Tensor:
    """How badly the right classes of pictures held back fit, float64 (n,), rising: what `with_coverage` takes.

    Args:
        probabilities: (n, C).
        labels: int64 (n,).
    """
    return nonconformity(probabilities, rule).gather(1, labels[:, None])[:, 0].double().sort().values


def with_coverage(rule: SetRule, held: Tensor, coverage: float) -> SetRule:
    """The rule with the limit at which sets hold the right class with at least the probability `coverage`, 0..1."""
    rank = math.ceil((len(held) + 1) * coverage - 1e-9)
    return replace(rule, limit=float(held[rank - 1]) if rank <= len(held) else math.inf)
