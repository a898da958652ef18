"""From a probability to a yes or no."""

from model_zoo.model import Model

PRESENT = 0.05
"""From this share of a picture on that a plant covers it counts as there, in labels and when compared with masks."""


def decision(model: Model) -> tuple[str | None, float | None]:
    """The class that a network looks for, and the probability from which on it says that it is there.

    The class is "invasive" where there is one, or else the second of two; None where a network tells more apart. The
    probability is `threshold` where that is about this class, else None.
    """
    classes = model.classes
    label = "invasive" if "invasive" in classes else classes[1] if len(classes) == 2 else None
    return label, threshold(model) if label == classes[1] else None


def threshold(model: Model) -> float | None:
    """The probability of the class at index 1 from which on it is decided for; None where the card tells none.

    It is the card's `threshold`, which a training of two classes chooses on its validation pictures.
    """
    told = model.card.get("threshold")
    return float(told) if type(told) in (int, float) and 0 <= told <= 1 else None
