"""How a network from elsewhere wants its pictures: what its library says of that, as a card's `preprocessing`.

torchvision says it in `weights.transforms()`, timm in the network's `pretrained_cfg`. Both first resize a picture a
little larger than needed and then cut its middle out; a `Model` takes the largest centred square whole. What is taken
over is the size of the result, the normalisation and the interpolation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model_zoo.adopting.errors import AdoptError
from model_zoo.model import RESAMPLING

CROP = "largest centred square"
LARGEST = 1024  # pixels; of a card, too
PLAIN_MEAN, PLAIN_STD = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)  # pixels from 0 to 1, as they are


@dataclass(frozen=True)
class Preprocessing:
    """What is known so far; None where nothing is."""

    size: int | None = None  # side of the square picture, in pixels
    mean: tuple[float, ...] | None = None  # one number, or one for each colour, of pixels from 0 to 1
    std: tuple[float, ...] | None = None
    interpolation: str | None = None  # "bicubic" or "bilinear"

    def or_else(self, other: "Preprocessing") -> "Preprocessing":
        """These values, and those of another where nothing is known."""
        pairs = {name: (value, getattr(other, name)) for name, value in vars(self).items()}
        return Preprocessing(**{name: second if first is None else first for name, (first, second) in pairs.items()})

    def card(self) -> dict[str, Any]:
        """As a card holds it; what is not known is a picture of plain pixels from 0 to 1.

        Raises:
            AdoptError: a value that no picture can be prepared with; the message names it.
        """
        size = self.size
        if type(size) is not int or not 1 <= size <= LARGEST:
            raise AdoptError(f"The size of the pictures is a whole number of pixels from 1 to {LARGEST}, not {size!r}.")
        mean, std = _colours("mean", self.mean, PLAIN_MEAN), _colours("std", self.std, PLAIN_STD)
        if min(std) < 1e-6:
            raise AdoptError(f"Pixels are divided by std, which must be above 0: {std} is not.")
        return {
            "size": size,
            "crop": CROP,
            "mean": mean,
            "std": std,
            "interpolation": self.interpolation if self.interpolation in RESAMPLING else "bicubic",
        }


IMAGENET = Preprocessing(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
"""What most networks were trained with whose files do not say it: mean and deviation of ImageNet's colours."""


def given(size: Any, mean: Any, std: Any) -> Preprocessing:
    """What somebody wrote: numbers, or a sequence of them."""
    return Preprocessing(size, _numbers("mean", mean), _numbers("std", std))


def stated(source: Any) -> Preprocessing:
    """What a library's own description says.

    Args:
        source: torchvision's weights (`ResNet18_Weights.DEFAULT`) or their `transforms()`, a `Compose` of
            torchvision's transforms, timm's `pretrained_cfg`, or None.

    Raises:
        AdoptError: it is nothing of these.
    """
    if source is None:
        return Preprocessing()
    if hasattr(source, "transforms") and callable(source.transforms):  # a member of an enumeration of weights
        source = source.transforms()
    if isinstance(source, Mapping):
        return _of_timm(source)
    if hasattr(source, "to_dict"):  # timm's PretrainedCfg
        return _of_timm(source.to_dict())
    if hasattr(source, "crop_size") and hasattr(source, "mean"):  # a preset of torchvision
        size = source.crop_size
        return Preprocessing(
            int(size if isinstance(size, int) else size[0]),
            _numbers("mean", source.mean),
            _numbers("std", source.std),
            _interpolation(source.interpolation),
        )
    parts = getattr(source, "transforms", None)
    if isinstance(parts, Sequence):
        return _of_parts(parts)
    raise AdoptError(
        f"How pictures are prepared cannot be read from a {type(source).__name__}. Give torchvision's "
        "weights.transforms(), timm's pretrained_cfg, or size, mean and std."
    )


def categories(source: Any) -> list[str] | None:
    """The names of the classes that torchvision's weights bring with them; None where there are none."""
    meta = getattr(source, "meta", None)
    found = meta.get("categories") if isinstance(meta, Mapping) else None
    return list(map(str, found)) if found else None


def _of_timm(config: Mapping[str, Any]) -> Preprocessing:
    shape = config.get("input_size")
    return Preprocessing(
        int(shape[-1]) if shape else None,
        _numbers("mean", config.get("mean")),
        _numbers("std", config.get("std")),
        _interpolation(config.get("interpolation")),
    )


def _of_parts(parts: Sequence[Any]) -> Preprocessing:
    """Of `torchvision.transforms.Compose`: the last size named, and the normalisation."""
    found = Preprocessing()
    for part in parts:
        size = getattr(part, "size", None)
        if size is not None:
            size = int(size if isinstance(size, int) else size[0])
            found = Preprocessing(size, found.mean, found.std, found.interpolation)
        if type(part).__name__ == "Normalize":
            found = Preprocessing(
                found.size, _numbers("mean", part.mean), _numbers("std", part.std), found.interpolation
            )
        if getattr(part, "interpolation", None) is not None and type(part).__name__ == "Resize":
            found = Preprocessing(found.size, found.mean, found.std, _interpolation(part.interpolation))
    return found


def _interpolation(value: Any) -> str | None:
    """The name of an interpolation, if `Model` knows it: a text, or torchvision's enumeration."""
    name = str(getattr(value, "value", value)).lower()
    return name if name in RESAMPLING else None


def _numbers(name: str, values: Any) -> tuple[float, ...] | None:
    if values is None:
        return None
    found = list(values) if hasattr(values, "__iter__") else [values]
    try:
        return tuple(float(value) for value in found)
    except (TypeError, ValueError):
        raise AdoptError(f"{name} is one number for each colour, not {values!r}.") from None


def _colours(name: str, values: tuple[float, ...] | None, default: tuple[float, ...]) -> list[float]:
    values = default if values is None else values
    values = values * 3 if len(values) == 1 else values
    if len(values) != 3 or not all(-1000 <= value <= 1000 for value in values):
        raise AdoptError(f"{name} is one number, or one for each of three colours, up to 1000: not {list(values)}.")
    return list(values)
