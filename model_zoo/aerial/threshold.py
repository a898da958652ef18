"""From a probability to a yes or no: the class that a network looks for, and from which probability on it is there.

The card says it:

    "decision": {"class": "invasive", "threshold": 0.387}

`class` is one of the card's classes; `threshold`, which may be missing, is about its probability. A training writes it
where its data name a class of interest, as a table with 0/1 labels does. A set with a folder per class names none, nor
does a card that is older than this field: then whoever asks chooses. Such cards may hold a plain `threshold`: that of
the class at index 1, with which the figures of two classes were counted. It counts where that class is chosen.
"""

from typing import Any

from model_zoo.common.listing import listed
from model_zoo.model import Model

PRESENT = 0.05
"""From this share of a picture on that a plant covers it counts as there, in labels and when compared with masks."""
EVEN = 0.5  # the threshold where a card tells none


def decision(model: Model) -> tuple[str | None, float | None]:
    """The class that the network's card names to look for, and the probability from which on it counts as there.

    None for a class that is not named, and for a threshold that is not told.
    """
    named = _named(model)
    label = named.get("class")
    if not isinstance(label, str) or label not in model.classes:
        return None, None
    return label, threshold_of(model, label)


def threshold_of(model: Model, label: str) -> float | None:
    """The probability of a class from which on it is decided for; None where the card tells none."""
    named = _named(model)
    if label == named.get("class") and (told := _share(named.get("threshold"))) is not None:
        return told
    return _share(model.card.get("threshold")) if label == model.classes[1] else None


def threshold(model: Model) -> float | None:
    """`threshold_of` the class at index 1, with which the figures of two classes are counted."""
    return threshold_of(model, model.classes[1])


def chosen(model: Model, label: str | None = None, probability: float | None = None) -> tuple[str, float]:
    """The class to look for and the threshold of its probability.

    Args:
        label: the class that the user names; the card's if None or "".
        probability: the threshold that the user gives; the card's for that class, or else `EVEN`, if None.

    Raises:
        ValueError: nobody names a class, there is no such class, or the threshold is none; in words.
    """
    label = label or decision(model)[0]
    if label is None:
        kinds = " and ".join(model.classes) if len(model.classes) == 2 else listed(model.classes)
        raise ValueError(
            f"The card of {model.name} names no class to look for; it tells {kinds} apart. "
            "Choose one with --class NAME."
        )
    if label not in model.classes:
        raise ValueError(f"{model.name} has no class {label!r}; it has {listed(model.classes)}.")
    if probability is None:
        told = threshold_of(model, label)
        return label, EVEN if told is None else told
    if not 0 <= probability <= 1:
        raise ValueError(f"The threshold must be from 0 to 1, not {probability:g}.")
    return label, probability


def _named(model: Model) -> dict[str, Any]:
    named = model.card.get("decision")
    return named if isinstance(named, dict) else {}


def _share(told: Any) -> float | None:
    return float(told) if type(told) in (int, float) and 0 <= told <= 1 else None
