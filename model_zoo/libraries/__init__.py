"""Architectures of other libraries, by their names there: never downloaded, never unpickled.

names("torchvision")                                   # ['alexnet', ...], of image classifiers
build("timm", "resnet18", {"num_classes": 10})         # ValueError, a sentence, for what cannot be built
"""

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

# Library -> the module here that knows it; a card names one of these.
LIBRARIES = {"torchvision": "of_torchvision", "timm": "of_timm"}
MOST_WEIGHTS = 200_000_000  # numbers


def names(library: str) -> list[str]:
    """The architectures of a library that can be built.

    Raises:
        ValueError: no such library, or it is not installed; the message is a sentence.
    """
    return _module(library).names()


def build(library: str, name: str, arguments: Mapping[str, Any], random: bool = False) -> "nn.Module":
    """A network whose weights are arbitrary numbers, to be replaced.

    Args:
        library: one of `LIBRARIES`.
        name: one of its `names`.
        arguments: whole numbers by the names that the library's module here lists in `ARGUMENTS`, no others and none
            above those there: a card may come from a stranger.
        random: whether its weights are those with which a training would start.

    Raises:
        ValueError: no such library, architecture or argument; the message is a sentence.
    """
    module = _module(library)
    if not isinstance(name, str) or name not in module.names():
        raise ValueError(f"{library} has no image classifier named {name!r}.{_like(str(name), module.names())}")
    strange = [key for key in arguments if key not in module.ARGUMENTS]
    if strange or not all(type(n) is int and 1 <= n <= module.ARGUMENTS[key] for key, n in arguments.items()):
        known = ", ".join(f"{key} (1 to {most})" for key, most in module.ARGUMENTS.items())
        raise ValueError(
            f"The arguments of an architecture of {library} are whole numbers: {known}; not {_cut(arguments)}."
        )
    from model_zoo.libraries.quickly import bounded

    try:
        with bounded(MOST_WEIGHTS, random):
            return module.build(name, dict(arguments))
    except ValueError:
        raise
    except Exception as error:  # whatever a stranger's numbers make torch raise
        text = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ValueError(f"{name} of {library} cannot be built with {_cut(arguments)}: {text}.") from error


def _cut(arguments: Mapping[str, Any]) -> str:
    """A stranger's arguments in a sentence."""
    text = repr(dict(arguments))
    return text if len(text) <= 200 else f"{text[:200]} ..."


def pretrained(library: str, name: str) -> "tuple[nn.Module, Any, str, str]":
    """A network with the weights that its library offers for it, downloaded where they are not in its cache.

    Returns:
        The network; what the library says of the weights (torchvision's weights, or timm's `pretrained_cfg`); where
        they came from; their licence as stated there, "" where it is not.

    Raises:
        ValueError: no such library or network.
        Exception: whatever the library raises where it cannot fetch them.
    """
    module = _module(library)
    if not name.startswith(getattr(module, "HUB", "\n")) and name not in module.names():
        raise ValueError(f"{library} has no image classifier named {name!r}.{_like(name, module.names())}")
    return module.pretrained(name)


def _like(name: str, known: list[str]) -> str:
    """A few names that resemble a wrong one."""
    from difflib import get_close_matches

    found = get_close_matches(name, known, n=4)
    return f" Like it are: {', '.join(found)}." if found else f" It has {len(known)}, for example {known[0]}."


def _module(library: str) -> Any:
    if not isinstance(library, str) or library not in LIBRARIES:
        raise ValueError(f"There is no library named {library!r}; known are {', '.join(LIBRARIES)}.")
    module = importlib.import_module(f"{__name__}.{LIBRARIES[library]}")
    if not module.INSTALLED:
        raise ValueError(f"This needs the package {library} where ConvScope is installed: {module.INSTALL}")
    return module
