"""Trained networks and how to look inside one.

    import model_zoo
    model_zoo.names()                       # ['cifar10-cnn', ...]
    model = model_zoo.load("cifar10-cnn")
    model.predict(picture)                  # [('cat', 0.93), ('dog', 0.05), ...]
    model.judge(picture).words              # whether it knows pictures like this one
    model_zoo.walk(model.net, model.prepare(picture))
    model = model_zoo.adopt(net, classes=["cat", "dog"], size=64)    # a network of one's own

Shipped entries stand in `model_zoo/weights/`; entries that `python -m train` wrote stand in the folder that the
environment variable CONVSCOPE_RUNS names (default `runs/`).

Here stands only the list of public names; each is imported when it is first used, so that `import model_zoo` costs
nothing and a command can print its help without waiting for torch. `python -m model_zoo --help` lists the commands
that take networks in from elsewhere. No gradio, no training in this package.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model_zoo import nets
    from model_zoo.adopting.adopt import adopt
    from model_zoo.adopting.errors import AdoptError
    from model_zoo.entries.entry import BrokenEntry
    from model_zoo.entries.loading import card_of, count_weights, entry_of, load, load_folder, names
    from model_zoo.graph.op_names import INPUT
    from model_zoo.graph.walk import Step, walk
    from model_zoo.model import Model
    from model_zoo.trust.judgement import Judgement

__all__ = [
    "INPUT",
    "AdoptError",
    "BrokenEntry",
    "Judgement",
    "Model",
    "Step",
    "adopt",
    "card_of",
    "count_weights",
    "entry_of",
    "load",
    "load_folder",
    "names",
    "nets",
    "walk",
]

_HOMES = {
    "INPUT": "graph.op_names",
    "AdoptError": "adopting.errors",
    "BrokenEntry": "entries.entry",
    "Judgement": "trust.judgement",
    "Model": "model",
    "Step": "graph.walk",
    "adopt": "adopting.adopt",
    "card_of": "entries.loading",
    "count_weights": "entries.loading",
    "entry_of": "entries.loading",
    "load": "entries.loading",
    "load_folder": "entries.loading",
    "names": "entries.loading",
    "walk": "graph.walk",
}


def __getattr__(name: str) -> Any:
    """A public name at its first use (PEP 562)."""
    if name == "nets":
        return importlib.import_module("model_zoo.nets")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
