"""From a probability to a yes or no."""

from typing import Any

from model_zoo.model import Model

PRESENT = 0.05
"""From this share of a picture on that a plant covers it counts as there, in labels and when compared with masks."""


def decision(model: Model) -> tuple[str | None, float | None]:
    """The class that a network looks for, and the probability from which on it says that it is there.

    The class is "invasive" where there is one, or else the second of two; None where a network tells more apart. The
    threshold is the card's `threshold`, which a training chooses on its validation pictures; None without.
    """
    classes, told = model.classes, model.card.get("threshold")
    label = "invasive" if "invasive" in classes else classes[1] if len(classes) == 2 else None
    return label, float(told) if label and _is_share(told) else None


def _is_share(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1
