"""torchvision's image classifiers (https://docs.pytorch.org/vision/stable/models.html)."""

import warnings
from functools import lru_cache
from typing import Any

from torch import nn

INSTALLED = True  # the page needs it anyhow
INSTALL = "pip install torchvision"
ARGUMENTS = {"num_classes": 100_000, "image_size": 1024}  # the largest that are built


@lru_cache(maxsize=1)
def names() -> list[str]:
    import torchvision

    found = torchvision.models.list_models(module=torchvision.models)
    return sorted(name for name in found if not name.startswith("quantized_"))


def build(name: str, arguments: dict[str, Any]) -> nn.Module:
    import torchvision

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of two about how they will start one day
        return torchvision.models.get_model(name, weights=None, **arguments)


def pretrained(name: str) -> tuple[nn.Module, Any, str, str]:
    """See `model_zoo.libraries.pretrained`."""
    import torchvision

    weights = torchvision.models.get_model_weights(name).DEFAULT  # pyright: ignore[reportAttributeAccessIssue]
    # The file is torch's own format: TORCH_FORCE_WEIGHTS_ONLY_LOAD, which the command sets, keeps it to tensors.
    return torchvision.models.get_model(name, weights=weights), weights, weights.url, ""
