"""What the bench cannot know by itself: the pictures of the page, and the kernels of its networks."""

import base64
from functools import lru_cache
from typing import Any

import gradio as gr
from PIL import Image, ImageOps
from torch import nn

from demo.core.handlers import user_errors
from demo.core.networks import network, title
from demo.core.payloads import is_whole, payload, text, ticket
from demo.errors import UserError
from demo.pictures.decode import open_image
from demo.pictures.examples import examples
from demo.render.html import floats

SIDE = 32  # pixels of the pictures that are sent
LARGEST = 7  # rows and columns of the largest kernel on the bench
NO_KERNEL = "The network has no such kernel. Please reload the page."


@user_errors
def pictures(picture: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """The page's own picture and the examples.

    Returns:
        `own`: pixels as `pixels` gives them, "" without a picture; `examples`: `name`, `title` and `pixels` of each;
        `ticket`: that of the question.
    """
    own = pixels(picture) if picture else ""
    return {"kind": "pictures", "own": own, "examples": list(_examples()), "ticket": ticket(payload(event))}


@lru_cache(maxsize=1)
def _examples() -> tuple[dict[str, str], ...]:
    return tuple(
        {"name": name.lower().replace(" ", "-"), "title": name, "pixels": pixels(open_image(path))}
        for name, path in examples().items()
    )


def pixels(picture: Image.Image) -> str:
    """The centred square of a picture in `SIDE` x `SIDE` pixels, each the mean of those that it stands for.

    Returns:
        Bytes in base64: red, green and blue, row by row.
    """
    small = ImageOps.fit(picture.convert("RGB"), (SIDE, SIDE), Image.Resampling.BOX)
    return base64.b64encode(small.tobytes()).decode("ascii")


@user_errors
def kernels(model: str, event: gr.EventData) -> dict[str, Any]:
    """The network's convolutions, and all kernels of one channel of one of them.

    The event carries `step` and `channel`; "" stands for the network's first convolution.

    Returns:
        `model`, `title`; `steps`: `name`, `channels`, `reads` (how many kernels make a channel) and `size` of each; of
        the chosen one `step`, `channel`, `names` (what each kernel reads), `bias`, `stride`, `padding` and `dilation`;
        `weights`: float32 (reads, size, size) in base64. Without any such convolution a `message` instead.

    Raises:
        UserError: there is no such network, step or channel.
    """
    data = payload(event)
    found = convolutions(network(model).net)
    answer: dict[str, Any] = {"kind": "kernels", "model": model, "title": title(model), "ticket": ticket(data)}
    if not found:
        return answer | {"message": f"No convolution of this network has a square kernel of at most {LARGEST} rows."}
    step, channel = text(data, "step") or next(iter(found)), data.get("channel", 0)
    if step not in found or not is_whole(channel) or channel >= found[step].out_channels:
        raise UserError(NO_KERNEL)
    chosen = found[step]
    reads = chosen.weight.shape[1]
    first = channel // (chosen.out_channels // chosen.groups) * reads
    return answer | {
        "steps": [
            {"name": name, "channels": one.out_channels, "reads": one.weight.shape[1], "size": one.kernel_size[0]}
            for name, one in found.items()
        ],
        "step": step,
        "channel": channel,
        "names": ["red", "green", "blue"]
        if _reads_picture(found, step)
        else [f"channel {first + i}" for i in range(reads)],
        "bias": 0.0 if chosen.bias is None else float(chosen.bias[channel]),
        "stride": chosen.stride[0],
        "padding": chosen.padding[0] if isinstance(chosen.padding, tuple) else 0,
        "dilation": chosen.dilation[0],
        "weights": floats(chosen.weight[channel].float().numpy()),
    }


def _reads_picture(found: dict[str, nn.Conv2d], step: str) -> bool:
    return step == next(iter(found)) and found[step].in_channels == 3


def convolutions(net: nn.Module) -> dict[str, nn.Conv2d]:
    """The convolutions whose kernels fit on the bench, by name, in the order in which the network lists them."""
    return {
        name: module
        for name, module in net.named_modules()
        if isinstance(module, nn.Conv2d)
        and module.kernel_size[0] == module.kernel_size[1] <= LARGEST
        and len(set(module.stride)) == len(set(module.dilation)) == 1
    }
