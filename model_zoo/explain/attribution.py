"""Which places of a picture speak for a class: three ways to ask, none of which changes the network.

    x = model.prepare(picture)
    grad_cam(model.net, x, target)               # from a step's maps and the gradient: quick
    occlusion(model.net, x, target)              # without gradients: a part of the picture is covered, place by place
    integrated_gradients(model.net, x, target)   # signed values per pixel that add up to the score

All are about the class's score: the network's output before softmax (its logit). All work on networks that
`model_zoo.walk` can walk, hook nothing into them, and may run in any number of threads at once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo.graph.norms import mixes_pictures
from model_zoo.graph.step import Step, answer, answer_of
from model_zoo.graph.walk import differentiable_walk, walk

BATCH = 32  # pictures that are run at once; more are no faster on a CPU
WINDOW = 1 / 4  # side of the covered square in `occlusion`, as a share of the picture's
PLACES = 12  # of that square along each side of the picture
BLUR = 1 / 8  # standard deviation of the blur that covers, as a share of the picture's side
POINTS = (32, 64, 128)  # of the path along which `integrated_gradients` sums up: more while it does not add up
ADDS_UP = 0.02  # share of the score's difference (or of 1, if that is more) by which the sum may miss it

Progress = Callable[[int, int], None]  # called with how many of how many passes are done


@dataclass(frozen=True, eq=False)
class Map:
    """How much each place of a picture speaks for a class, in units of the class's score."""

    values: Tensor  # float64 (rows, columns), a grid that lies over the whole input
    signed: bool  # whether values below 0 mean something: what speaks against the class
    step: str = ""  # whose maps it was made from
    score: float = 0.0  # of the class, for the picture
    start: float = 0.0  # of the class, for the picture that integrated gradients start from

    @property
    def is_empty(self) -> bool:
        """Whether it marks nothing at all."""
        return not bool(self.values.any())


def covered(x: Tensor) -> Tensor:
    """The input so blurred that no shape is left, of the same shape: what covered places show.

    A Gaussian blur; unlike a grey square it brings neither new edges nor a colour that the picture does not have.
    """
    channels, side = x.shape[1], min(x.shape[2:])
    deviation = max(BLUR * side, 0.5)
    reach = min(int(3 * deviation + 0.5), side - 1)
    offsets = torch.arange(-reach, reach + 1, dtype=x.dtype)
    kernel = torch.exp(-(offsets**2) / (2 * deviation**2))
    kernel = (kernel / kernel.sum()).to(x.device)
    x = F.pad(x, (reach, reach, reach, reach), mode="reflect")
    x = F.conv2d(x, kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
    return F.conv2d(x, kernel.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)


# ------------------------------------------------------------------------------------------------------------ Grad-CAM


def steps_with_maps(net: nn.Module, x: Tensor) -> list[str]:
    """Names of the steps for `grad_cam`, in order: those whose maps have several places and reach the output.

    A map that the next operation overwrites in place cannot be asked; that operation's own can.
    """
    steps, maps = _maps(net, x)
    gradients = torch.autograd.grad(answer(steps).output.sum(), [step.output for step in maps], allow_unused=True)
    return [step.name for step, gradient in zip(maps, gradients, strict=True) if gradient is not None]


def usual_step(steps: Iterable[Step]) -> str:
    """The step that Grad-CAM is usually made from: the last one before the head.

    That is the last whose maps have the size of the last convolution's: after its norm, ReLU and residual add, before
    pooling. "" where no step has maps.
    """
    maps = [step for step in steps if _has_places(step)]
    convolutions = [step for step in maps if step.operation == "convolution"]
    if convolutions:
        size = convolutions[-1].shape[2:]
        maps = [step for step in maps if step.shape[2:] == size]
    return maps[-1].name if maps else ""


def grad_cam(net: nn.Module, x: Tensor, target: int, step: str = "") -> Map:
    """Gradient-weighted class activation map.

    Every channel of a step is weighted by the mean gradient of the class's score with respect to it; the weighted sum
    of the channels, where it is above 0, is the map. Source: R. Selvaraju et al., "Grad-CAM: Visual Explanations from
    Deep Networks via Gradient-based Localization", ICCV 2017, equations 1 and 2.

    Args:
        net: a network in eval mode.
        x: the input, float (1, 3, H, W).
        target: number of the class.
        step: name of a step with maps; `usual_step` if empty.

    Returns:
        The map, as large as the step's maps; no value is below 0.

    Raises:
        ValueError: no such step, class or map; the message is a sentence.
    """
    steps, maps = _maps(net, x)
    step = step or usual_step(steps)
    chosen = next((s for s in maps if s.name == step), None)
    if chosen is None:
        known = ", ".join(s.name for s in maps) or "none"
        raise ValueError(f"There is no step {step!r} with maps of several places; there are {known}.")
    score = _score(answer(steps).output, target)[0]
    (gradient,) = torch.autograd.grad(score, [chosen.output], allow_unused=True)
    if gradient is None:
        raise ValueError(f"The answer does not depend on what {step} gives, or the next step overwrites it.")
    weights = gradient[0].double().mean(dim=(1, 2))
    values = torch.einsum("c,chw->hw", weights, chosen.output[0].detach().double()).relu()
    return Map(values.cpu(), signed=False, step=step, score=float(score.detach()))


def _maps(net: nn.Module, x: Tensor) -> tuple[list[Step], list[Step]]:
    """All steps, and those with several places."""
    steps = differentiable_walk(net, x[:1].detach().clone().requires_grad_())
    return steps, [step for step in steps if _has_places(step)]


def _has_places(step: Step) -> bool:
    return len(step.shape) == 4 and step.shape[2] * step.shape[3] > 1


# ----------------------------------------------------------------------------------------------------------- occlusion


def occlusion(net: nn.Module, x: Tensor, target: int, progress: Progress | None = None) -> Map:
    """By how much the class's score falls when a square of the picture is covered, for squares all over it.

    The square has a quarter of the picture's side and shows the blurred picture (`covered`). Values below 0 are places
    without which the score is higher. Source: M. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional
    Networks", ECCV 2014, section 4.2, with blur in place of their grey square.

    Args:
        net, x, target: as for `grad_cam`.
        progress: is called after each batch.

    Returns:
        A map of 12 x 12 values, one for each place of the square's centre, or a value a pixel for smaller pictures.

    Raises:
        ValueError: no such class.
    """
    x = x[:1].detach()
    height, width = x.shape[2:]
    rows, columns = min(PLACES, height), min(PLACES, width)
    blurred = covered(x)
    with torch.inference_mode():
        score = _score(_scores(net, x), target)[0]
        places = [(r / rows, c / columns) for r in range(rows) for c in range(columns)]
        found, batch = [], pictures_at_once(net, x)
        for at in range(0, len(places), batch):  # memory for one batch at a time
            masks = torch.stack([_square(x, *place, rows, columns) for place in places[at : at + batch]])
            found.append(_score(_scores(net, torch.where(masks, blurred, x)), target))
            if progress:
                progress(at + len(masks), len(places))
        scores = torch.cat(found)
    values = (score - scores).double().view(rows, columns)
    return Map(values.cpu().clone(), signed=True, score=float(score))


def _square(x: Tensor, top: float, left: float, rows: int, columns: int) -> Tensor:
    """Where a square around the middle of one place lies: bool (1, H, W)."""
    height, width = x.shape[2:]
    mask = torch.zeros(1, height, width, dtype=torch.bool, device=x.device)
    spans = []
    for share, count, length in ((top, rows, height), (left, columns, width)):
        side = max(1, round(WINDOW * length))
        first = round((share + 0.5 / count) * length - side / 2)
        spans.append(slice(max(0, first), max(0, first + side)))
    mask[:, spans[0], spans[1]] = True
    return mask


# ------------------------------------------------------------------------------------------------ integrated gradients


def integrated_gradients(net: nn.Module, x: Tensor, target: int, start: Tensor | None = None) -> Map:
    """What each pixel's difference from a plain picture adds to the class's score.

    The gradient is summed up along the straight way from the plain picture to this one, times the difference; over
    all pixels the values add up to the score's difference. Source: M. Sundararajan, A. Taly, Q. Yan, "Axiomatic
    Attribution for Deep Networks", ICML 2017; computed by captum with Gauss-Legendre points.

    Args:
        net, x, target: as for `grad_cam`.
        start: the plain picture, of the shape of `x`; if None, zeros, which is the mean colour of what a network was
            trained on where its pictures are normalised.

    Returns:
        A map with a value a pixel, summed over the colours, with `score` and `start`: their difference is what the
        values add up to, but for the error of a sum in place of an integral, 2 % where 128 points are enough for that.

    Raises:
        ValueError: no such class.
    """
    from captum.attr import IntegratedGradients  # takes two seconds, mostly for pictures that are not wanted here

    x = x[:1].detach()
    start = torch.zeros_like(x) if start is None else start
    batch = pictures_at_once(net, x)
    with torch.inference_mode():
        ends = torch.cat([_score(_scores(net, end), target) for end in (x, start)])
    difference = float(ends[0] - ends[1])
    method = IntegratedGradients(partial(_scores, net), multiply_by_inputs=True)
    values = torch.zeros(x.shape[2:], dtype=torch.float64)
    for points in POINTS:
        with torch.inference_mode(False), torch.enable_grad():
            found = method.attribute(x.clone(), start.clone(), target=target, n_steps=points, internal_batch_size=batch)
        values = found[0].detach().double().sum(dim=0)
        if abs(float(values.sum()) - difference) <= ADDS_UP * max(1.0, abs(difference)):
            break
    return Map(values.cpu(), signed=True, score=float(ends[0]), start=float(ends[1]))


def pictures_at_once(net: nn.Module, x: Tensor) -> int:
    """How many pictures can be run together: one where a batch norm takes mean and variance of all of them."""
    return 1 if mixes_pictures(walk(net, x[:1])) else BATCH


def _scores(net: nn.Module, x: Tensor) -> Tensor:
    """What the network answers, (N, classes), whatever else it returns."""
    return answer_of(net(x), len(x))


def _score(output: Tensor, target: int) -> Tensor:
    """The score of one class for each picture."""
    if output.dim() != 2:
        raise ValueError(f"The network gives no scores of classes but values of the shape {tuple(output.shape)}.")
    if not 0 <= target < output.shape[1]:
        raise ValueError(f"There is no class {target}; there are {output.shape[1]}, counted from 0.")
    return output[:, target]


# --------------------------------------------------------------------------------------------------------------- shared


def enlarged(values: Tensor, height: int, width: int) -> Tensor:
    """A map's values for every pixel, float64 (height, width), going over evenly between the middles of its places."""
    return F.interpolate(values[None, None], (height, width), mode="bilinear", align_corners=False)[0, 0]


def peak(values: Tensor, height: int, width: int) -> tuple[int, int]:
    """Row and column of the pixel in the middle of the map's largest place; the first of equals."""
    at = int(values.argmax())
    row, column = divmod(at, values.shape[1])
    return int((row + 0.5) * height / values.shape[0]), int((column + 0.5) * width / values.shape[1])
