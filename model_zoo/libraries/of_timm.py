"""timm's networks (https://huggingface.co/docs/timm), if that package is installed: pip install "timm>=1.0"."""

import importlib.util
from functools import lru_cache
from typing import Any

from torch import nn

INSTALLED = importlib.util.find_spec("timm") is not None
INSTALL = 'pip install "timm>=1.0"'
ARGUMENTS = {"num_classes": 100_000, "in_chans": 3, "img_size": 1024}  # the largest that are built
HUB = "hf-hub:"


@lru_cache(maxsize=1)
def names() -> list[str]:
    import timm

    return timm.list_models()


def build(name: str, arguments: dict[str, Any]) -> nn.Module:
    import timm

    return timm.create_model(name, pretrained=False, **arguments)


def pretrained(name: str) -> tuple[nn.Module, Any, str, str]:
    """See `model_zoo.libraries.pretrained`; the name may be one of the Hugging Face Hub, "hf-hub:timm/...".

    The environment variable HF_HUB_OFFLINE=1 keeps it from the network.
    """
    import timm

    net = timm.create_model(name, pretrained=True)
    config: dict[str, Any] = dict(getattr(net, "pretrained_cfg", {}))
    origin = config.get("hf_hub_id") or config.get("url") or name
    return net, config, str(origin), str(config.get("license") or "")
