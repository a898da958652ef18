"""What of a view stays when another network takes the place of the one that it was about."""

from PIL import Image

from demo.core.inference import infer, opening_step
from demo.core.view import View
from demo.errors import UserError
from demo.tabs.explore.overview import overview
from demo.tabs.explore.step_view import named


def moved(view: View, before: str, picture: Image.Image) -> View:
    """The view of a network that takes another one's place.

    Channel and value stay where the other network has a step of this name with maps of this size: there, row and column
    mean the same place of the picture. Else the channel is the strongest one, as of a fresh page, and where a value was
    chosen, that is the channel's largest.

    Args:
        view: what the page showed, of the new network.
        before: the other one's name.

    Raises:
        UserError: there is no such new network.
    """
    if not view.step or before in ("", view.model):
        return view
    steps = infer(view, picture).steps
    step = named(steps, view.step)
    try:
        other = named(infer(View(model=before), picture).steps, view.step)
    except UserError:  # it is gone by now, and nobody knows what its places were
        return view
    if step and other and step.shape[2:] == other.shape[2:]:
        return view
    step = step or opening_step(steps)
    channel = overview.strongest(step)
    view = view.at(step.name, channel)
    return view if view.row is None else view.on(*overview.largest_place(step, channel))
