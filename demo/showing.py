"""The page on a network of one's own, from a script or inline in a notebook.

import demo
demo.show(net, classes=["cat", "dog"], size=64)

A process has one page: another call closes the one before, as Gradio's own `close` does, and opens at its address.
"""

import gc
import inspect
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from demo.server import environment, gradio_compat
from demo.server.headers import ANY_FRAME
from demo.server.proxy import past_the_proxy
from model_zoo.entries import loading
from model_zoo.model import Model

if TYPE_CHECKING:
    import gradio as gr
    from torch import nn

_last: "gr.Blocks | None" = None  # that was opened here


def show(
    net: "nn.Module | Model",
    classes: Sequence[str] | None = None,
    size: int | None = None,
    mean: float | Sequence[float] | None = None,
    std: float | Sequence[float] | None = None,
    title: str = "",
    transforms: Any = None,
    name: str = "",
    block: bool | None = None,
    **launch: Any,
) -> str:
    """Open the page on a network, beside the shipped ones; in a notebook it stands below the cell.

    A page that was opened before is closed, and its networks stay in the list of the new one, below this network. The
    new page has the same address, unless `launch` names another one or somebody else has taken it.

    Args:
        net: a network, or a `Model` that stands already.
        classes, size, mean, std, transforms: as for `model_zoo.adopt`; of a `Model` they are its own.
        title, name: as for `model_zoo.adopt`; where they are not given, a `Model` keeps its own.
        block: whether to wait until somebody presses Ctrl-C. Default: in a script, where the process would end.
        launch: more for Gradio's `launch`, e.g. server_port=7861, share=True, inbrowser=True, height=900.

    Returns:
        The page's address.

    Raises:
        model_zoo.AdoptError: the network cannot be shown; the message says why and how to mend it.
    """
    global _last
    from model_zoo.adopting.adopt import adopt

    if isinstance(net, Model):
        model = replace(net, name=name or net.name, card=net.card | ({"title": title} if title else {}))
    else:
        model = adopt(net, classes, size, mean, std, title or _called(net), transforms, name)
    loading.hold(model)
    environment.prepare()
    with gradio_compat.without_stubs(), past_the_proxy():
        from demo import launching

        blocks = launching.built()
        arguments: dict[str, Any] = launching.settings(ANY_FRAME) | {"height": 900} | _closed() | launch
        _last = blocks
        _, address, _ = blocks.launch(**arguments)
    gc.collect()
    if not _in_notebook() if block is None else block:
        blocks.block_thread()
    return address


def _closed() -> dict[str, Any]:
    """Closes the page that was opened before; the port of its server as an argument of `launch`, if it is free now."""
    if _last is None or not _last.is_running:
        return {}
    _last.close(verbose=False)
    host, port = _last.server_name, _last.server_port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as uvicorn does
        try:
            probe.bind((host, port))
        except OSError:
            return {}
    return {"server_port": port}


def _called(net: object) -> str:
    """What the caller of `show` calls the network, if that says more than its class: `show(pets)` is "pets"."""
    frame = inspect.currentframe()
    caller = frame.f_back.f_back if frame and frame.f_back else None
    known = [name for name, value in caller.f_locals.items() if value is net] if caller else []
    telling = [name for name in known if not name.startswith("_") and name not in ("net", "model", "network")]
    return telling[0].replace("_", " ") if telling else type(net).__name__


def _in_notebook() -> bool:
    """Whether there is a prompt that goes on: IPython, Jupyter, Colab, Kaggle, or Python's own."""
    return "get_ipython" in vars(sys.modules.get("builtins", sys)) or hasattr(sys, "ps1")
