"""The endpoints for programs: /predict, /feature_maps, /curves."""

from typing import Any

import gradio as gr
from PIL import Image

from demo.core.components import ImageInput
from demo.core.handlers import user_errors
from demo.core.inference import infer
from demo.core.view import View
from demo.tabs.curves.curves import curves
from demo.tabs.explore import step_view
from demo.tabs.predict.predict import predict


def layout(**limit: Any) -> None:
    """The endpoints; their fields are not shown in the page.

    Args:
        limit: concurrency of handlers that run a network.
    """
    with gr.Row(visible=False):
        name, step = gr.Textbox(), gr.Textbox()
        picture = ImageInput(type="filepath", image_mode=None)
        some = gr.JSON()
        label, maps, rows = gr.Label(), gr.JSON(), gr.JSON()
        go = gr.Button()
    go.click(user_errors(predict), [name, picture], label, api_name="predict", **limit)
    go.click(user_errors(feature_maps), [name, picture, step], maps, api_name="feature_maps", **limit)
    go.click(user_errors(curves), [some], rows, api_name="curves")


def feature_maps(model: str, picture: Image.Image | None, step: str = "") -> dict[str, Any]:
    """The output of one step of the network for a picture.

    Args:
        model: name of a network.
        picture: an RGB picture of any size.
        step: name of the step, such as "conv1"; empty for the first.

    Returns:
        `steps`: all steps in order (name, operation, shape without the batch, parameters, `field`: the theoretical
        receptive field in pixels, height and width, padding beyond the picture counted; `sees`: the same in words;
        `geometry`: where it lies, as `overview.geometry` says; `inputs`: the steps it reads; `block`: number of its
        block);
        `step`: the chosen name; `maps`: its values, packed as `demo.render.html.pack` says (value = integer * factor);
        `low`, `high`, `mean`, `zeros`: per channel, `zeros` as a share of 0..1; `labels`: class names if the
        step's values are the classes' logits, else empty.

    Raises:
        UserError: no such model or step, or no picture; the message is for the user.
    """
    return step_view.feature_maps(infer(View(model=model), picture), step)
