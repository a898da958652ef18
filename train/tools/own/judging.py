"""What tells whether a network for own classes knows a picture: fitted to the pictures as they were cross-validated.

Strangeness is the distance to the k-th nearest picture that taught it (KNN, Sun et al. 2022, arXiv 2204.06507): of a
picture that taught it itself, among those of other scenes, as if it had come later. Other scores, among which
`python -m train trust` chooses, need more pictures than people take.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from model_zoo import Model, walk
from model_zoo.entries import judge_file
from model_zoo.trust import calibration, conformal, detectors
from model_zoo.trust.conformal import SetRule
from model_zoo.trust.judgement import Bank, Judge, combination
from model_zoo.trust.readings import Readings, Taps, taps
from train.entry import trust_record
from train.tools.own.teach import Taught
from train.tools.own.validation import folds
from train.tools.trust import evaluating
from train.tools.trust.evaluating import Part
from train.tools.trust.fitting import BANK_BYTES, spread

LEAST = 40  # scenes that were held out, below which nothing is fitted: of fewer, one in twenty is no picture at all
NEAREST = 3  # the k of KNN


def judge(taught: Taught, model: Model) -> bool:
    """Fit what judges the entry's answers, and write it into the entry; false where there are too few pictures.

    Args:
        model: the entry that was written of `taught`.

    Raises:
        OSError: it cannot be written.
    """
    held = taught.validation
    if len(set(held.scenes)) < LEAST:
        return False
    places = taps(walk(model.net, torch.zeros(1, 3, model.size, model.size)))
    places = Taps(places.features, places.head, ())
    index = torch.tensor(held.index)
    # All that was held out; the pictures of classes that were not are no evidence of what looks usual.
    known = Readings(held.logits, taught.features[index], {})
    whole = fitted(model.classes, places, known, held.labels, held.scenes)
    fold = torch.tensor(folds(taught.collection.labels, taught.scenes))[index]
    parts = [_part(model.classes, places, known, held.labels, held.scenes, fold == part) for part in fold.unique()]
    fitted_to = (
        f"the {len(index):,} cross-validated pictures, each of which taught it as well; in the "
        f"figures here each of {len(parts)} parts of them is judged by what was fitted to the others"
    )
    command = str(model.card["environment"].get("command", ""))
    choice = {"members": ["knn"], "criterion": None, "alone": {}}
    report = trust_record.beginning(whole, fitted_to, command, 0, choice)
    report |= {"known": evaluating.of_known(parts, model.classes)}
    trust_record.write(model, judge_file.packed(whole), report)
    return True


def fitted(classes: Sequence[str], places: Taps, known: Readings, labels: Tensor, scenes: Sequence[int]) -> Judge:
    """A judge of pictures like those that are known.

    Args:
        known: held-out logits and features of N pictures.
        labels: their classes, int64 (N,).
        scenes: of each.
    """
    kept = spread(len(known), min(len(known), BANK_BYTES // known.features.shape[1]))
    knn = judge_file.rounded(detectors.fit_bank(known.features[kept], NEAREST))
    rows: Tensor = detectors.arrays(knn)[0]["bank"]
    strangeness = _as_new(known.features, rows, torch.tensor(scenes), kept)
    joint = combination("mean", strangeness[None])
    t = calibration.temperature(known.logits, labels)
    rule = SetRule("lac")
    held_sets = conformal.held_scores(rule, calibration.probabilities(known.logits, t), labels)
    held = joint.of(strangeness[None]).sort().values
    return Judge(tuple(classes), places, t, (knn,), joint, held, rule, held_sets, Bank(rows, kept, labels[kept]))


def _as_new(features: Tensor, rows: Tensor, scenes: Tensor, kept: Tensor) -> Tensor:
    """The strangeness of each picture, were the pictures of its scene not in the bank; float32 (N,)."""
    near = F.normalize(features) @ rows.T
    near[scenes[:, None] == scenes[kept]] = -1.0
    return (2 - 2 * near.topk(min(NEAREST, len(rows)), 1).values[:, -1]).clamp(min=0).sqrt()  # as `scores.knn`


def _part(
    classes: Sequence[str], places: Taps, known: Readings, labels: Tensor, scenes: Sequence[int], inside: Tensor
) -> Part:
    others = [scene for scene, here in zip(scenes, inside.tolist(), strict=True) if not here]
    made = fitted(classes, places, known.take(~inside), labels[~inside], others)
    return Part(made, inside.nonzero()[:, 0], known.take(inside), labels[inside])
