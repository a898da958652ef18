"""Receptive fields: the part of the picture that one value of a network can see, and how much it depends on it.

A field is a box, the same size for every value of a step and moved on by `stride` from one value to the next. For a
window operation with kernel k, stride s, padding p and dilation d on top of a step with field r, stride j, start t:

    r' = r + (k - 1) d j        j' = s j        t' = t - p j

Source: A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019,
https://distill.pub/2019/computing-receptive-fields (solved here from the picture upwards); the same quantities in
V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016, arXiv:1603.07285.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from model_zoo.explain.field_rules import Field, View, views
from model_zoo.graph.edits import Edit, edited_picture
from model_zoo.graph.op_names import INPUT
from model_zoo.graph.position import Position, index_of
from model_zoo.graph.step import Step
from model_zoo.graph.walk import walk_to
from model_zoo.model import crop_box


def receptive_fields(
    steps: Sequence[Step], height: int, width: int, known: Mapping[str, View] | None = None
) -> dict[str, Field]:
    """The field of every step by its name, for a walk of a (N, C, height, width) input.

    A value of a flattened step sees what it saw before; one that mixes all places (linear, global pooling) sees all
    that they saw together. A step whose operation is not known here, or that depends on such a step, has no entry;
    neither has one whose values stand in another order than row and column say, such as a permuted map: `field_box`
    knows their fields too. Who asks for several of them hands on what `views` gave as `known`.
    """
    known = views(steps, height, width) if known is None else known
    return {name: view.field for name, view in known.items() if view.is_regular}


@dataclass(frozen=True)
class Box:
    """A rectangle of whole pixels: rows `top` to `bottom` - 1, columns `left` to `right` - 1, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int

    def within(self, height: int, width: int) -> "Box":
        """The part of it that lies in a picture; without rows or columns (bottom = top) where none does."""
        top, left = min(max(self.top, 0), height), min(max(self.left, 0), width)
        return Box(top, left, max(min(self.bottom, height), top), max(min(self.right, width), left))

    def padding(self, height: int, width: int) -> tuple[int, int, int, int]:
        """How many of its rows and columns lie beyond a picture: above, left, below, right."""
        beyond = (-self.top, -self.left, self.bottom - height, self.right - width)
        sizes = (self.bottom - self.top, self.right - self.left) * 2
        above, left, below, right = (min(max(n, 0), size) for n, size in zip(beyond, sizes, strict=True))
        return above, left, below, right


def field_box(
    steps: Sequence[Step],
    height: int,
    width: int,
    step: str,
    channel: int = 0,
    row: int = 0,
    column: int = 0,
    known: Mapping[str, View] | None = None,
) -> Box | None:
    """The receptive field of one value as a box of pixels of the network's input; None where it is not known.

    The box is not cut at the picture's edge: what reaches beyond is padding, see `Box.within` and `Box.padding`. It is
    where the value can see; no pixel outside of it changes the value.

    Args:
        steps: a walk of a (N, C, height, width) input.
        step, channel, row, column: the value's place from 0 on, as for `sums.explain`; "input" is the picture. All
            channels of a map have the same field; of a flattened map, `channel` says which place it was.
        known: what `views` gave for this walk, where several boxes are wanted; else it is worked out anew.

    Raises:
        ValueError: no such step, channel, row or column; the message is a sentence.
    """
    position, named = Position(step, channel, row, column), {s.name: s for s in steps}
    if step == INPUT:
        index_of(position._replace(channel=0), (1, 1, height, width))
        return Box(row, column, row + 1, column + 1)
    if step not in named:
        raise ValueError(f"There is no step {step!r}; the steps are {', '.join((INPUT, *named))}.")
    index = index_of(position, named[step].shape)
    view = (views(steps, height, width) if known is None else known).get(step)
    if view is None:
        return None
    top, left = view.start_of(index)
    return Box(top, left, top + view.field.size[0], left + view.field.size[1])


def in_upload(box: Box, size: int, width: int, height: int) -> tuple[float, float, float, float]:
    """Where a box of the network's picture lies in the upload: top, left, bottom and right in its pixels, as fractions.

    The network's picture is the upload's largest centred square, resized to `size` pixels (`Model.crop`). What of the
    box is padding lies outside of that square. Resizing mixes neighbours: a pixel at the box's edge also holds a little
    of what lies up to 1.5 of the network's pixels outside (bicubic; bilinear: 0.5).

    Args:
        box: in pixels of the network's picture, which is `size` pixels high and wide.
        width, height: of the upload, in pixels.
    """
    left, top, right, _ = crop_box(width, height)
    scale = (right - left) / size
    return top + box.top * scale, left + box.left * scale, top + box.bottom * scale, left + box.right * scale


def effective_field(
    net: nn.Module,
    x: Tensor,
    step: str,
    channel: int,
    row: int = 0,
    column: int = 0,
    edits: Sequence[Edit] = (),
) -> np.ndarray:
    """How strongly one value depends on each pixel: the absolute gradient of the value with respect to the picture.

    Source of the idea: W. Luo, Y. Li, R. Urtasun, R. Zemel, "Understanding the Effective Receptive Field in Deep
    Convolutional Neural Networks", 2016, arXiv:1701.04128; here of one value for one picture, not averaged. It is 0 in
    all places for a value that a ReLU has set to 0. Nothing of the network is changed; threads do not disturb each
    other.

    Args:
        net, x, edits: as for `model_zoo.walk`; of several pictures the first one counts. Of an edited picture, the
            pixels are those after the edit.
        step, channel, row, column: the value's place from 0 on, as for `sums.explain`.

    Returns:
        float64 (H, W), at least 0, summed over the colours; 0 where nothing depends on the picture.

    Raises:
        ValueError: no such step, channel, row or column, or as `walk`; the message is a sentence.
    """
    with torch.inference_mode(False), torch.enable_grad():
        picture = edited_picture(x[:1].detach(), edits).requires_grad_()
        output = walk_to(net, picture, step, [edit for edit in edits if edit.target != INPUT])
        value = output[index_of(Position(step, channel, row, column), tuple(output.shape))]
        known = torch.autograd.grad(value, picture, allow_unused=True) if value.requires_grad else (None,)
    gradient = torch.zeros_like(picture) if known[0] is None else known[0]
    return gradient[0].detach().double().abs().sum(dim=0).cpu().numpy()


def fewest_pixels(field: np.ndarray, share: float) -> int:
    """How many pixels hold a share of an effective field's sum, counted from the strongest; 0 where the sum is 0.

    Args:
        field: as from `effective_field`.
        share: above 0, at most 1.
    """
    sums = np.sort(field, axis=None)[::-1].cumsum()
    return int(np.searchsorted(sums, share * sums[-1])) + 1 if sums[-1] > 0 else 0
