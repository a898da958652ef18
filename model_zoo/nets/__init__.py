"""The architectures, plain PyTorch: one file each, whose class, or function that builds one, is registered.

    @register_network
    class MyNet(nn.Module): ...      # in model_zoo/nets/my_net.py: cards name it as "my_net"

No weights, no training, no picture stands here. A file is imported only when its network is asked for by its exact
name, so a card can run nothing but this folder's own code.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:  # names are listed without torch, whose import takes a second
    from torch import nn

Builder = TypeVar("Builder", bound=Callable[..., "nn.Module"])


@dataclass(frozen=True)
class Network:
    """A registered architecture and what it declares of itself."""

    name: str
    build: Callable[..., "nn.Module"]  # its class, or a function that gives a module with random weights
    torchvision: str = ""  # torchvision's function of the same network, whose weights have the same names; "": none
    torchvision_arguments: Mapping[str, Any] = field(default_factory=dict)  # of `build`, at which the shapes agree, too


_NETWORKS: dict[str, Network] = {}


@overload
def register_network(builder: Builder) -> Builder: ...


@overload
def register_network(
    *, name: str = "", torchvision: str = "", torchvision_arguments: Mapping[str, Any] | None = None
) -> Callable[[Builder], Builder]: ...


def register_network(
    builder: Any = None,
    *,
    name: str = "",
    torchvision: str = "",
    torchvision_arguments: Mapping[str, Any] | None = None,
) -> Any:
    """Make a class or function known to cards, recipes and `build`; with or without arguments.

    Args:
        builder: gives the network; it takes keyword arguments that JSON can hold, `classes` among them.
        name: what cards call it; the name of the file if not given.
        torchvision, torchvision_arguments: see `Network`.

    Raises:
        ValueError: another network has that name.
    """

    def register(builder: Any) -> Any:
        called = name or builder.__module__.rpartition(".")[2]
        known = _NETWORKS.get(called)
        if known and (known.build.__module__, known.build.__qualname__) != (builder.__module__, builder.__qualname__):
            raise ValueError(f"Two networks are named {called!r}: {known.build!r} and {builder!r}.")
        _NETWORKS[called] = Network(called, builder, torchvision, torchvision_arguments or {})
        return builder

    return register if builder is None else register(builder)


def names() -> list[str]:
    """What can be built, e.g. ['talk_cnn']: one name per file here, and what else was registered. Imports nothing."""
    files = {module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")}
    return sorted(files | _NETWORKS.keys())


def network(name: str) -> Network:
    """The network of that name, one of `names()`.

    Raises:
        ValueError: there is none, or its file cannot be used here; in a sentence.
    """
    known = names()
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"There is no architecture named {name!r}; known are {', '.join(known)}.")
    if name not in _NETWORKS:
        try:
            importlib.import_module(f"{__name__}.{name}")
        except ImportError as error:  # a package that is not installed
            raise ValueError(f"The architecture {name} cannot be used here: {error}.") from error
    if name not in _NETWORKS:
        raise ValueError(f"The file model_zoo/nets/{name}.py registers no network named {name!r}.")
    return _NETWORKS[name]


def build(name: str, arguments: Mapping[str, Any]) -> "nn.Module":
    """A freshly initialised network.

    Args:
        name: one of `names()`.
        arguments: keyword arguments of its class or function.

    Raises:
        ValueError: no such architecture, or arguments that it does not take.
    """
    builder = network(name).build
    try:
        return builder(**arguments)
    except Exception as error:  # whatever a stranger's arguments make Python or torch raise
        raise ValueError(
            f"The architecture {name} cannot be built with {arguments!r}: {type(error).__name__}: {error}."
        ) from error
