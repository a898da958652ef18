"""Changes to one pass through a network, for cause and effect: what would it answer without this channel?

    edits = parse("conv1.3:off~conv2.5:x2~input:blank.4.4.12.8")
    answer(walk(net, x, edits)).output       # `net` and `x` are left as they are

Here live the kinds of changes (`types`), their text (`codec`), what is possible (`check`) and how they are carried out
(`apply`). No walk belongs here: the walk uses this package. No weight of a shared network changes, so that other
threads can walk it with other edits at the same time.
"""

from model_zoo.graph.edits.apply import edited_module, edited_output, edited_picture
from model_zoo.graph.edits.check import check, joined, settle
from model_zoo.graph.edits.codec import BETWEEN, MOST, parse, pieces, words, written
from model_zoo.graph.edits.picture import Blanked, PictureEdit, Shifted
from model_zoo.graph.edits.steps import LARGEST, DropPath, OffEach, Scaled, Weight
from model_zoo.graph.step import Edit

__all__ = [
    "BETWEEN",
    "LARGEST",
    "MOST",
    "Blanked",
    "DropPath",
    "Edit",
    "OffEach",
    "PictureEdit",
    "Scaled",
    "Shifted",
    "Weight",
    "check",
    "edited_module",
    "edited_output",
    "edited_picture",
    "joined",
    "parse",
    "pieces",
    "settle",
    "words",
    "written",
]
