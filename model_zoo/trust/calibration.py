"""Probabilities that mean what they say: one temperature, and how far they are off before and after."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

BINS = 15  # as in Guo et al. 2017
LOW, HIGH = 1e-3, 1e2  # of temperatures


@dataclass(frozen=True)
class Bin:
    """Pictures whose highest probability is in one range."""

    low: float
    high: float
    pictures: int
    confidence: float  # the mean of their highest probabilities, 0..1
    accuracy: float  # the share of them that is answered rightly, 0..1


def temperature(logits: Tensor, labels: Tensor) -> float:
    """What logits are divided by so that the negative log-likelihood is lowest (Guo et al. 2017, arXiv 1706.04599).

    The likelihood has one peak along 1 / temperature, in which it is concave; golden section search finds it.

    Args:
        logits: (N, C) of pictures that trained nothing.
        labels: int64 (N,).
    """
    logits = logits.double()

    def loss(log_t: float) -> float:
        return F.cross_entropy(logits / math.exp(log_t), labels).item()

    low, high, golden = math.log(LOW), math.log(HIGH), (math.sqrt(5) - 1) / 2
    while high - low > 1e-6:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) <= loss(right) else (left, high)
    return math.exp((low + high) / 2)


def bins(probabilities: Tensor, labels: Tensor, count: int = BINS) -> list[Bin]:
    """The reliability diagram: `count` ranges of the highest probability, (low, high], those without pictures too.

    Args:
        probabilities: (N, C).
        labels: int64 (N,).
    """
    confidence, predicted = probabilities.double().max(1)
    return bins_of(confidence, predicted == labels, count)


def bins_of(confidence: Tensor, is_right: Tensor, count: int = BINS) -> list[Bin]:
    """The same of how sure each answer is, 0..1, and whether it is right: float (N,) and bool (N,)."""
    confidence, right = confidence.double(), is_right.double()
    which = (confidence * count).ceil().long().clamp(1, count) - 1
    found = []
    for number in range(count):
        inside = which == number
        here = int(inside.sum())
        means = (float(confidence[inside].mean()), float(right[inside].mean())) if here else (0.0, 0.0)
        found.append(Bin(number / count, (number + 1) / count, here, *means))
    return found


def calibration_error(found: list[Bin]) -> float:
    """The mean gap between confidence and accuracy over all pictures: ECE, 0..1 (Naeini et al. 2015)."""
    total = sum(each.pictures for each in found)
    return sum(each.pictures * abs(each.confidence - each.accuracy) for each in found) / max(total, 1)


def negative_log_likelihood(logits: Tensor, labels: Tensor, t: float = 1.0) -> float:
    """In nats, the mean over the pictures, at a temperature."""
    return F.cross_entropy(logits.double() / t, labels).item()


def probabilities(logits: Tensor, t: float) -> Tensor:
    """float64 (N, C), rows sum to 1."""
    return torch.softmax(logits.double() / t, 1)
