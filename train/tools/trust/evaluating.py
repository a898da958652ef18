"""How good an entry's judgements are, on pictures that neither trained nor chose anything."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from model_zoo.trust import calibration, conformal
from model_zoo.trust.judgement import COVERAGE, FALSE_ALARMS, Judge
from model_zoo.trust.readings import Readings
from train.tools.trust.corruptions import CORRUPTIONS, spoiled
from train.tools.trust.fitting import auroc

SUREST = 20  # mistakes that are listed
WORST = 6  # strange pictures of a kind that were missed, and are listed
HIGHER = (0.95, 0.99)  # coverages that are measured beside the usual one: where more than 90 % is right, it says little


@dataclass(frozen=True)
class Part:
    """Known pictures to report on, with a judge that was fitted without them."""

    judge: Judge
    index: Tensor  # int64, of the pictures in the test split
    readings: Readings
    labels: Tensor

    def p_values(self) -> Tensor:
        return p_values(self.judge, self.readings)


def p_values(judge: Judge, readings: Readings) -> Tensor:
    """float64 (N,) in (0, 1]."""
    return conformal.p_values(judge.strangeness(readings), judge.held)


def wilson(right: float, total: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's interval of a share (1927), at 95 % where z is not given; 0..1."""
    if not total:
        return 0.0, 1.0
    share, spread = right / total, z * z / total
    middle, half = share + spread / 2, z * math.sqrt(share * (1 - share) / total + spread / total / 4)
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def of_known(parts: Sequence[Part], classes: Sequence[str]) -> dict[str, Any]:
    """Calibration, false alarms, prediction sets, accuracy of every class, and the mistakes it was surest of."""
    order = torch.cat([part.index for part in parts]).argsort()

    def together(of: Callable[[Part], Tensor]) -> Tensor:
        return torch.cat([of(part) for part in parts])[order]

    labels = together(lambda part: part.labels)
    plain = together(lambda part: calibration.probabilities(part.readings.logits, 1.0))
    after = together(lambda part: calibration.probabilities(part.readings.logits, part.judge.temperature))
    typical = together(lambda part: part.p_values())
    flagged = typical <= FALSE_ALARMS
    sets = {wanted: together(partial(_sets, coverage=wanted)) for wanted in (COVERAGE, *HIGHER)}
    return {
        "pictures": len(labels),
        "calibration": _calibration(plain, after, labels),
        "false_alarms": {"wanted": FALSE_ALARMS, "found": _mean(flagged)},
        "sets": [_coverage(wanted, each, labels) for wanted, each in sets.items()],
        "classes": _classes(after.argmax(1), labels, flagged, classes),
        "surest_mistakes": _surest(after, typical, labels, classes),
    }


def _sets(part: Part, coverage: float) -> Tensor:
    return part.judge.sets(calibration.probabilities(part.readings.logits, part.judge.temperature), coverage)


def _coverage(wanted: float, sets: Tensor, labels: Tensor) -> dict[str, Any]:
    sizes = sets.sum(1)
    return {
        "wanted": wanted,
        "found": _mean(sets.gather(1, labels[:, None])),
        "mean_size": float(sizes.double().mean()),
        "sizes": {str(size): int((sizes == size).sum()) for size in range(1, sets.shape[1] + 1)},
    }


def _mean(values: Tensor) -> float:
    return float(values.double().mean())


def _calibration(before: Tensor, after: Tensor, labels: Tensor) -> dict[str, Any]:
    def of(shares: Tensor) -> dict[str, Any]:
        found = calibration.bins(shares, labels)
        loss = -shares.gather(1, labels[:, None]).clamp(min=1e-300).log().mean()
        rounded = [{k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(each).items()} for each in found]
        return {"error": calibration.calibration_error(found), "loss": float(loss), "bins": rounded}

    return {"before": of(before), "after": of(after)}


def _classes(answers: Tensor, labels: Tensor, flagged: Tensor, classes: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for number, name in enumerate(classes):
        mine = labels == number
        total, right = int(mine.sum()), int((answers[mine] == number).sum())
        low, high = wilson(right, total)
        values = {"accuracy": right / max(total, 1), "low": low, "high": high, "flagged": _mean(flagged[mine])}
        found.append({"class": name, "pictures": total} | {k: round(v, 4) for k, v in values.items()})
    return found


def _surest(shares: Tensor, typical: Tensor, labels: Tensor, classes: Sequence[str]) -> list[dict[str, Any]]:
    confidence, answers = shares.max(1)
    wrong = (answers != labels).nonzero()[:, 0]
    first = wrong[confidence[wrong].argsort(descending=True, stable=True)][:SUREST]
    return [
        {
            "index": i,
            "class": classes[int(labels[i])],
            "answer": classes[int(answers[i])],
            "probability": round(float(confidence[i]), 4),
            "typicality": round(float(typical[i]), 4),
        }
        for i in first.tolist()
    ]


def of_strange(parts: Sequence[Part], readings: Readings) -> dict[str, float]:
    """How well strange pictures are told from known ones; where there are several parts, the mean over them.

    "auroc": 0.5 by chance, 1 at best. "fpr95": the share of strange pictures that pass where 95 % of the known ones do.
    "caught": the share that is called unfamiliar.
    """
    weights = [len(part.labels) for part in parts]
    rows = []
    for part in parts:
        known, strange = part.judge.strangeness(part.readings), part.judge.strangeness(readings)
        limit = known.sort().values[max(0, math.ceil(0.95 * len(known)) - 1)]
        caught = _mean(p_values(part.judge, readings) <= FALSE_ALARMS)
        rows.append((auroc(known, strange), _mean(strange <= limit), caught))
    means = [sum(w * v for w, v in zip(weights, each, strict=True)) / sum(weights) for each in zip(*rows, strict=True)]
    return dict(zip(("auroc", "fpr95", "caught"), means, strict=True))


def worst_missed(judge: Judge, readings: Readings) -> list[dict[str, Any]]:
    """The strange pictures that pass for known ones and look most usual, the most usual first.

    Args:
        readings: of the pictures of one kind, by whose order "index" numbers them.
    """
    typical = p_values(judge, readings)
    shares = calibration.probabilities(readings.logits, judge.temperature)
    order = typical.argsort(descending=True, stable=True)[:WORST]
    return [
        {
            "index": i,
            "answer": judge.classes[int(shares[i].argmax())],
            "probability": round(float(shares[i].max()), 4),
            "typicality": round(float(typical[i]), 4),
        }
        for i in order.tolist()
        if typical[i] > FALSE_ALARMS
    ]


def of_corruptions(judge: Judge, pictures: Tensor, labels: Tensor, read: Callable[[Tensor, str], Readings]) -> list:
    """For each corruption the accuracy, and the share that is called unfamiliar, at five strengths; 0 is untouched."""
    found = []
    for way in CORRUPTIONS:
        rows = []
        for strength in way.strengths:
            readings = read(spoiled(pictures, way, strength), f"{way.name} {strength:g}")
            right = _mean(readings.logits.argmax(1) == labels)
            rows.append((right, _mean(p_values(judge, readings) <= FALSE_ALARMS)))
        accuracy, flagged = zip(*rows, strict=True)
        found.append(
            {
                "name": way.name,
                "unit": way.unit,
                "strengths": list(way.strengths),
                "accuracy": [round(each, 4) for each in accuracy],
                "flagged": [round(each, 4) for each in flagged],
            }
        )
    return found
