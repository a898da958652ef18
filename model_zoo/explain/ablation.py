"""Which channels an answer depends on most: each is switched off in turn, and the network asked again."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from model_zoo.graph.edits import Edit, OffEach
from model_zoo.graph.norms import mixes_pictures
from model_zoo.graph.step import Step, answer
from model_zoo.graph.walk import walk

MOST_NUMBERS = 16_000_000  # of all steps of a walk together, 64 MB; more pictures at once would need more memory
MOST_AT_ONCE = 32  # pictures in a walk; more are no faster on a processor


@dataclass(frozen=True)
class Effect:
    """What the answer becomes without one channel."""

    step: str
    channel: int
    probability: float  # of the class in question, 0..1
    logit: float  # its logit
    odds: float  # change of ln(p / (1 - p)); below 0: the channel speaks for the class


@dataclass(frozen=True)
class Found:
    """How far the search is, and what it has found."""

    done: int  # channels tried
    total: int
    probability: float  # with all channels, 0..1
    effects: tuple[Effect, ...]  # of all tried so far, largest change of the odds first


def most_important(
    net: nn.Module, x: Tensor, steps: Sequence[str], label: int, edits: Sequence[Edit] = ()
) -> Iterator[Found]:
    """Try every channel of some steps, and say after each batch of them how the answer changes without it.

    The order is that of the odds p / (1 - p), since a probability near 1 hardly moves though its logit does.

    Args:
        net, x, edits: as for `walk`, one picture; the edits count as given, and channels are switched off besides.
        steps: names of steps.
        label: number of a class of the network's output, which is logits (1, classes).

    Raises:
        ValueError: no such step or class, or no logits; the message is a sentence.
    """
    whole = walk(net, x, edits)
    named = {step.name: step for step in whole}
    if unknown := [name for name in steps if name not in named or len(named[name].shape) < 2]:
        raise ValueError(f"There are no channels of {unknown[0]!r} to be switched off.")
    logits = answer(whole).output
    if logits.dim() != 2 or not 0 <= label < logits.shape[1]:
        raise ValueError(f"The network has no class {label}.")
    before, probability, _ = _measured(logits, label)[0]
    total = sum(named[name].shape[1] for name in steps)
    size = _batch_size(whole)
    effects: list[Effect] = []
    for name in steps:
        channels = range(named[name].shape[1])
        for start in range(0, len(channels), size):
            batch = tuple(channels[start : start + size])
            answers = _measured(_without_each(net, x, edits, name, batch), label)
            effects += [
                Effect(name, channel, share, logit, odds - before)
                for channel, (odds, share, logit) in zip(batch, answers, strict=True)
            ]
            effects.sort(key=lambda effect: -abs(effect.odds))
            yield Found(len(effects), total, probability, tuple(effects))


def margin(logits: Tensor, label: int) -> float | None:
    """By how much a class leads: its logit minus the largest of the others; below 0: another class is the answer.

    It goes on moving where a probability near 1 hardly does: that is 1 / (1 + e^-margin) at most.

    Args:
        logits: (classes,).
        label: number of the class.

    Returns:
        None for a network with one class, which has no others.
    """
    exact = logits.double()
    others = torch.cat([exact[:label], exact[label + 1 :]])
    return float(exact[label] - others.max()) if len(others) else None


def _batch_size(steps: Sequence[Step]) -> int:
    if mixes_pictures(steps):
        return 1
    return max(1, min(MOST_AT_ONCE, MOST_NUMBERS // sum(step.output.numel() for step in steps)))


def _without_each(net: nn.Module, x: Tensor, edits: Sequence[Edit], step: str, channels: tuple[int, ...]) -> Tensor:
    """The logits (channels, classes) with each of the channels switched off."""
    batch = x.expand(len(channels), *x.shape[1:])
    return answer(walk(net, batch, (*edits, OffEach(step, channels)))).output


def _measured(logits: Tensor, label: int) -> list[tuple[float, float, float]]:
    """Of each row: ln of the odds of a class, its probability and its logit."""
    exact = logits.double()
    own = exact[:, label]
    others = torch.cat([exact[:, :label], exact[:, label + 1 :]], 1).logsumexp(1)
    odds = (own - others).clamp(-1e3, 1e3)  # a network with one class has no others
    return [
        (o, 1 / (1 + math.exp(-o)) if o > -700 else 0.0, logit)
        for o, logit in zip(odds.tolist(), own.tolist(), strict=True)
    ]
