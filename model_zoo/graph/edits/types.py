"""The kinds of edits. A new kind is a class beside those of its sort, with its name here; nothing else knows it."""

from model_zoo.graph.edits.picture import Blanked, Shifted
from model_zoo.graph.edits.steps import DropPath, OffEach, Scaled, Weight
from model_zoo.graph.step import Edit

KINDS: tuple[type[Edit], ...] = (Scaled, Weight, DropPath, Blanked, Shifted, OffEach)
