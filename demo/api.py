"""The endpoints for programs: /predict, /judge, /feature_maps, /curves."""

from dataclasses import asdict
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.components import ImageInput, PlainNumber
from demo.core.crop import SMALLEST, WHOLE, Crop
from demo.core.handlers import user_errors
from demo.core.inference import infer
from demo.core.uploads import cropped
from demo.core.view import View
from demo.errors import UserError
from demo.tabs.curves.curves import curves
from demo.tabs.explore import step_view
from demo.tabs.predict import predict as predict_tab
from model_zoo.trust.judgement import COVERAGE, FALSE_ALARMS, check_shares

NEIGHBOURS = 5  # training pictures that are named
NO_SQUARE = (
    "The crop must be three whole numbers with commas between them, left,top,size, such as 250,0,500: left and top "
    f"from 0 to {WHOLE}, size from {SMALLEST} to {WHOLE}, in thousandths of the picture's width, height and shorter "
    "side."
)


def layout(**limit: Any) -> None:
    """The endpoints; their fields are not shown in the page.

    Args:
        limit: concurrency of handlers that run a network.
    """
    with gr.Row(visible=False):
        name, step, crop = gr.Textbox(), gr.Textbox(""), gr.Textbox("")  # with a value: may be left out
        picture = ImageInput(type="filepath", image_mode=None)
        some = gr.JSON()
        shares = PlainNumber(FALSE_ALARMS), PlainNumber(COVERAGE)
        label, judged, maps, rows = gr.Label(), gr.JSON(), gr.JSON(), gr.JSON()
        go = gr.Button()
    go.click(user_errors(predict), [name, picture, crop], label, api_name="predict", **limit)
    go.click(user_errors(judge), [name, picture, *shares, crop], judged, api_name="judge", **limit)
    go.click(user_errors(feature_maps), [name, picture, step, crop], maps, api_name="feature_maps", **limit)
    go.click(user_errors(curves), [some], rows, api_name="curves")


def predict(model: str, picture: Image.Image | None, crop: str = "") -> dict[str, float]:
    """Probability of every class for a picture.

    Args:
        model: name of a network, one that the page's list offers.
        picture: an RGB picture of any size; the network sees its largest centred square.
        crop: a square of the picture that takes its place, "left,top,size": three whole numbers, in thousandths of the
            upright picture's width, height and shorter side, such as "250,0,500", as the page's address has it. Size is
            100 to 1000. A square that reaches beyond the picture is moved back into it. Empty for the whole picture.

    Returns:
        Class name -> probability; they sum to 1.

    Raises:
        UserError: no such model, no picture, or no such square; the message is for the user.
    """
    return predict_tab.predict(model, _square(picture, crop))


def judge(
    model: str,
    picture: Image.Image | None,
    false_alarms: float = FALSE_ALARMS,
    coverage: float = COVERAGE,
    crop: str = "",
) -> dict[str, Any]:
    """The answer for a picture, and how far it can be trusted.

    Args:
        model: name of a network.
        picture: an RGB picture of any size.
        false_alarms: the share of known pictures that may be called unfamiliar, between 0 and 1.
        coverage: the share of known pictures whose right class should be in the set, between 0 and 1.
        crop: as for `predict`.

    Returns:
        `label`: the most probable class; `probabilities`: class -> probability, calibrated where `is_calibrated`,
        sum 1; `typicality`: the share of known pictures that look at least as strange, in (0, 1]; `is_unfamiliar`:
        whether it is at most `false_alarms`; both None where nothing is known of that; `prediction_set`: classes that
        cannot be excluded, most probable first, empty where not measured; `coverage`: the share of known pictures whose
        right class is in their set, which says nothing about unfamiliar ones; `nearest`: the training pictures most
        like it (`index` in the training split, `label`, `distance` between features of length 1, 0..2); `words`: a
        sentence on typicality.

    Raises:
        UserError: no such model, picture, square or share; the message is for the user.
    """
    made = infer(View(model=model), _square(picture, crop))
    try:
        check_shares(false_alarms, coverage)
    except ValueError as error:
        raise UserError(str(error)) from error
    found = made.model.judgements(made.prepared, made.original, false_alarms, coverage, NEIGHBOURS)[0]
    shares = dict(zip(made.model.classes, found.probabilities, strict=True))
    best = max(shares, key=shares.__getitem__)
    return {"label": best} | asdict(found) | {"probabilities": shares, "words": found.words}


def feature_maps(model: str, picture: Image.Image | None, step: str = "", crop: str = "") -> dict[str, Any]:
    """The output of one step of the network for a picture.

    Args:
        model: name of a network.
        picture: an RGB picture of any size.
        step: name of the step, such as "conv1"; empty for the first.
        crop: a square of the picture that takes its place, as for /predict; empty for the whole picture.

    Returns:
        `steps`: all steps in order (name, operation, shape without the batch, parameters, `field`: the theoretical
        receptive field in pixels, height and width, padding beyond the picture counted; `sees`: the same in words;
        `geometry`: where it lies, as `overview.geometry` says; `inputs`: the steps it reads; `block`: number of its
        block);
        `step`: the chosen name; `maps`: its values, packed as `demo.render.html.pack` says (value = integer * factor);
        `low`, `high`, `mean`, `zeros`: per channel, `zeros` as a share of 0..1; `labels`: class names if the
        step's values are the classes' logits, else empty.

    Raises:
        UserError: no such model or step, no picture, or no such square; the message is for the user.
    """
    return step_view.feature_maps(infer(View(model=model), _square(picture, crop)), step)


def _square(picture: Image.Image | None, text: Any) -> Image.Image | None:
    """The square of a picture that a program asks for; it gets what it names or a refusal, never another one."""
    crop = Crop.parse(text)
    if text not in ("", None) and str(crop) != text:
        raise UserError(NO_SQUARE)
    return cropped(picture, crop) if picture else None
