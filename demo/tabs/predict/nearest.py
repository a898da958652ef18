"""The training pictures most like the one that is judged, as HTML."""

import gradio as gr
from PIL import Image

from demo.core.handlers import if_latest, user_errors
from demo.core.inference import infer
from demo.core.payloads import payload
from demo.core.request_sequencer import RequestSequencer
from demo.core.samples import Sample, samples
from demo.core.view import View
from demo.errors import UserError
from demo.pictures import datasets
from demo.render.html import term

COUNT = 6
CAPTION = (
    "The training pictures most like this one to the network, and how far their "
    f"{term('features')} are from its features: 0 the same, 1 nothing in common, 2 the opposite."
)
ASKED_LAST = RequestSequencer()
CHOOSE = f"{CAPTION} Choose one to look at it."


MORE = '<span class="more" hidden></span>'  # the page asks once more, as it does where it finds this


@user_errors
def nearest(
    model: str, picture: Image.Image | None, asked: float | None, event: gr.EventData, request: gr.Request
) -> str:
    """The nearest training pictures; in words alone, where the list of the set has yet to be read: the page asks again.

    Nothing changes once the page asks about another picture or network, see `demo.core.handlers.ASKED`.
    """
    is_patient = payload(event).get("more") is True
    return if_latest(ASKED_LAST, asked, request, lambda: _nearest(model, picture, is_patient))


def _nearest(model: str, picture: Image.Image | None, is_patient: bool) -> str:
    if picture is None:
        return ""
    made = infer(View(model=model), picture)
    found = made.model.judgements(made.prepared, made.original, neighbours=COUNT)[0].nearest
    name = datasets.of_network(made.model)
    if not found or not name:
        return ""
    shown = [Sample(each.index, each.label, f"{each.distance:.2f} away") for each in found]
    if not is_patient and not datasets.is_known(name):
        return samples(None, "train", shown, CAPTION) + MORE
    try:
        return samples(datasets.read(name), "train", shown, CHOOSE)
    except UserError:  # the words are all that can be said
        return samples(None, "train", shown, CAPTION)
