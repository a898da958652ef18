"""Why skip connections: the gradient of every layer of a deep network before training, measured and drawn."""

import math
from collections.abc import Iterator, Sequence
from html import escape

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from demo.pictures.decode import open_image
from demo.pictures.examples import examples
from demo.render.html import number, term
from demo.render.svg_chart import COLOURS, SMALLEST, Axis, Band, Frame, Line, Mark, chart, sample
from model_zoo.explain.gradient_flow import DEPTH, KINDS, SEEDS, WIDTH, Gradients, gradients
from model_zoo.model import crop_box

SIDE = 32  # pixels
FRAME = Frame(width=760, height=340, left=64, right=12, top=12, bottom=46)
SKIPS, PLAIN = COLOURS[:2]  # blue and orange
WHAT = (
    f"Two networks of {DEPTH} convolutions (3 × 3, {WIDTH} channels, ReLU) that differ only in the skip connections, "
    "before any training. Learning changes every weight in proportion to its gradient, so a layer whose gradient is "
    "next to nothing does not learn. The gradients come from your picture and the examples, each network drawn anew "
    f"{len(SEEDS)} times."
)


def pictures(own: Image.Image | None) -> Tensor:
    """The examples and one picture more as float32 (N, 3, 32, 32), mean 0 and spread 1 over all of them."""
    all_of_them = [*([own] if own else []), *map(open_image, examples().values())]
    small = [p.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=crop_box(*p.size)) for p in all_of_them]
    values = torch.from_numpy(np.stack([np.asarray(p) for p in small])).permute(0, 3, 1, 2).float()
    return (values - values.mean()) / values.std().clamp_min(1e-6)


def figures(own: Image.Image | None) -> Iterator[str]:
    """The figure as HTML, more and more of it, until all kinds of networks are measured."""
    found: list[Gradients] = []
    batch = pictures(own)
    yield _figure(found, len(batch))
    for measured in gradients(batch):
        found.append(measured)
        yield _figure(found, len(batch))


def typical(measured: Gradients) -> np.ndarray:
    """The gradient's size in each layer: the geometric mean over the seeds."""
    return np.exp(np.log(np.maximum(measured.sizes, SMALLEST)).mean(axis=0))


def sentence(measured: Gradients) -> str:
    """What the measured numbers of one kind say: the second layer against the last.

    The first layer reads three channels instead of `WIDTH`, so that its gradient is not of the same kind.
    """
    sizes = typical(measured)
    early, last = sizes[1], sizes[-1]
    text = f"{measured.kind.name[0].upper()}{measured.kind.name[1:]}: {_power(early)} in layer 2, {_power(last)} in"
    factor = max(early, last) / min(early, last)
    times = number(float(f"{factor:.2g}"))
    if factor < 1.5:
        return f"{text} layer {len(sizes)}, about the same."
    if early < last:
        return f"{text} layer {len(sizes)}: {times} times smaller at the beginning than at the end."
    return f"{text} layer {len(sizes)}: {times} times larger at the beginning than at the end."


def _figure(found: Sequence[Gradients], count: int) -> str:
    left = len(KINDS) - len(found)
    state = f'<p class="quiet" role="status">Measuring, {left} of {len(KINDS)} to go …</p>' if left else ""
    said = "".join(f"<li>{escape(sentence(measured))}</li>" for measured in found)
    advice = "" if left else f"<p>{_advice({m.kind.name: typical(m) for m in found})}</p>"
    return (
        f'<section class="curves skips">{state}{_legend()}{_chart(found)}{advice}<ul class="sentences">{said}</ul>'
        f'<p class="quiet">Mean absolute {term("gradient")} of the loss for a convolution\u2019s weights, '
        f"{count} pictures in one {term('batch')}, on a scale where each line is ten or more times the one below; the "
        f"band is the smallest and largest of {len(SEEDS)} drawings. PyTorch\u2019s own initial weights.</p>"
        f"{'' if left else _table(found)}</section>"
    )


def _advice(sizes: dict[str, np.ndarray]) -> str:
    """What to look at, as far as these numbers bear it out."""

    def fall(name: str) -> float:
        return sizes[name][-1] / sizes[name][1]

    plain, skips, normed, both = (kind.name for kind in KINDS)
    text = "Look at how steep the lines are, from the last layer on the right to the first on the left. "
    if fall(plain) > 100 * max(fall(skips), 1):
        text += (
            "The orange line falls: on its way back through the plain network the gradient shrinks in every layer, "
            f"until next to nothing is left to learn from. {term('skip-connection', 'Skip connections')} (blue) hand "
            "it back unchanged beside every pair of layers, and the first layers get their share. "
        )
    if fall(normed) < 100:
        text += (
            f"{term('batch-norm', 'Batch norm')} (dashed), which rescales each channel to the same mean and "
            "spread, alone also keeps the "
            "gradient from vanishing. "
        )
        if fall(normed) < 0.5 and abs(math.log(fall(both))) < abs(math.log(fall(normed))):
            text += "It makes it grow towards the first layers instead; with skip connections as well it changes least."
    return text


def _legend() -> str:
    keys = "".join(f"<li>{sample(_colour(k.skips), dashed=k.norm)}{escape(k.name)}</li>" for k in KINDS)
    return f'<ul class="legend">{keys}</ul>'


def _colour(skips: bool) -> str:
    return SKIPS if skips else PLAIN


def _chart(found: Sequence[Gradients]) -> str:
    every = np.concatenate([np.maximum(m.sizes, SMALLEST).ravel() for m in found]) if found else np.array([1e-12, 1.0])
    low, high = math.floor(math.log10(every.min())), math.ceil(math.log10(every.max()))
    high = max(high, low + 1)
    powers = range(low, high + 1, max(1, math.ceil((high - low) / 7)))
    y = Axis(10.0**low, 10.0**high, [(10.0**p, _power(10.0**p, False)) for p in powers], is_logarithmic=True)
    layers = [(layer, str(layer)) for layer in (1, *range(4, DEPTH + 1, 4))]
    marks: list[Mark] = []
    for measured in found:
        colour = _colour(measured.kind.skips)
        lowest, highest, middle = (
            list(enumerate(sizes.tolist(), start=1))
            for sizes in (measured.sizes.min(axis=0), measured.sizes.max(axis=0), typical(measured))
        )
        marks += [
            Band(lowest, highest, colour),
            Line(middle, colour, "line dashed" if measured.kind.norm else "line"),
        ]
    spoken = "Size of the gradient in each layer, on a logarithmic scale; the sentences and the table say the same"
    x = Axis(1, DEPTH, layers, "convolution, first to last")
    return chart(FRAME, x, y, marks, spoken, attributes='class="gradients"')


def _power(value: float, with_factor: bool = True) -> str:
    """A number as a power of ten: 1.1 · 10⁻¹², or 10⁻¹² without the factor."""
    factor, power = f"{value:.1e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{factor} · 10{raised}" if with_factor else f"10{raised}"


def _table(found: Sequence[Gradients]) -> str:
    head = "".join(f'<th scope="col">{escape(measured.kind.name)}</th>' for measured in found)
    columns = [typical(measured) for measured in found]
    body = "".join(
        f'<tr><th scope="row">{layer + 1}</th>' + "".join(f"<td>{_power(c[layer])}</td>" for c in columns) + "</tr>"
        for layer in range(DEPTH)
    )
    return (
        '<details class="numbers"><summary>The numbers as a table</summary><div class="scroll"><table>'
        f'<thead><tr><th scope="col">layer</th>{head}</tr></thead><tbody>{body}</tbody></table></div></details>'
    )
