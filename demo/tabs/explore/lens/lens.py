"""What each step alone would answer, for the row under the strip; see `model_zoo/explain/lens.py`."""

import logging
from collections.abc import Mapping
from typing import Any

from demo.core.inference import Inference
from model_zoo import Model
from model_zoo.entries.probes import KEY, probes
from model_zoo.explain.lens import Reading, lens

log = logging.getLogger(__name__)


def shown(made: Inference) -> dict[str, Any] | None:
    """The readings of a pass, short enough to go with every answer; None where the network has no probes.

    Returns:
        `rows`: for every step of the pass, in order, its likeliest class's number, that class's probability, the
        probability of the pass's own answer, and how often such readings are right on test pictures; null for a step
        without a probe. `labels`: class number as text -> name, of those that occur. `answer`: number of the pass's
        answer. `is_edited`: whether the pass is one with changes. `about`: how the probes were fitted, see `_about`.
        Shares are from 0 to 1.
    """
    found = probes(made.model)
    if not found:
        return None
    try:
        readings = {reading.step: reading for reading in lens(made.steps, found)}
    except ValueError as error:
        log.warning("The linear probes of %s are not shown: %s", made.model.name, error)
        return None
    answer = made.model.classes.index(made.ranking[0][0])
    numbers = {answer, *(reading.label for reading in readings.values())}
    return {
        "rows": [_row(readings.get(step.name), answer) for step in made.steps],
        "labels": {str(number): made.model.classes[number] for number in sorted(numbers)},
        "answer": answer,
        "is_edited": bool(made.edits),
        "about": _about(made.model),
    }


def _row(reading: Reading | None, answer: int) -> list[float] | None:
    if reading is None:
        return None
    shares = reading.probabilities
    return [reading.label, round(shares[reading.label], 4), round(shares[answer], 4), reading.accuracy]


def _about(model: Model) -> dict[str, Any]:
    """How the probes were fitted, as far as the card says it.

    Pictures that they were fitted on (`training`) and measured with (`test`), how often the network itself is right on
    these (`network`), and how often its most frequent class is (`most_frequent_class`).
    """
    card: Mapping[str, Any] = model.card[KEY]
    pictures = card.get("pictures")
    counts = {key: pictures.get(key) for key in ("training", "test")} if isinstance(pictures, dict) else {}
    shares = {key: card.get(key) for key in ("network", "most_frequent_class")}
    return {key: value for key, value in counts.items() if isinstance(value, int)} | {
        key: value for key, value in shares.items() if isinstance(value, int | float) and 0 <= value <= 1
    }
