"""The training pictures most like the one that is judged, as HTML."""

from collections.abc import Iterator

import gradio as gr
from PIL import Image

from demo.core.handlers import user_errors
from demo.core.inference import infer
from demo.core.request_sequencer import Outdated, RequestSequencer
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


@user_errors
def nearest(model: str, picture: Image.Image | None, asked: float | None, request: gr.Request) -> Iterator[str]:
    """The nearest training pictures; first in words, where the list of the set has yet to be read.

    Nothing more comes once the page asks about another picture or network, see `demo.core.handlers.ASKED`.
    """
    session, number = request.session_hash, asked or 0.0
    ASKED_LAST.note(session, number)
    try:
        for found in _nearest(model, picture):
            ASKED_LAST.check(session, number)
            yield found
    except Outdated:
        return


def _nearest(model: str, picture: Image.Image | None) -> Iterator[str]:
    if picture is None:
        yield ""
        return
    made = infer(View(model=model), picture)
    found = made.model.judgements(made.prepared, made.original, neighbours=COUNT)[0].nearest
    name = datasets.of_network(made.model)
    if not found or not name:
        yield ""
        return
    shown = [Sample(each.index, each.label, f"{each.distance:.2f} away") for each in found]
    if not datasets.is_known(name):
        yield samples(None, "train", shown, CAPTION)
    try:
        yield samples(datasets.read(name), "train", shown, CHOOSE)
    except UserError:  # what stands there already is all that can be said
        yield samples(None, "train", shown, CAPTION)
