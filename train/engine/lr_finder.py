"""Which step size to take: the range test of Leslie Smith (2015, arXiv 1506.01186, section 3.3).

The network trains for some steps while the step size grows from far too small to far too large. Below some size the
loss hardly moves, then it falls, and at last it rises. Where the smoothed loss is lowest, steps are already too large;
a tenth of that is a common choice for the highest step size of a training.
"""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from model_zoo.entries.entry import write_files
from train.engine import depthwise, device, distributed, guard, init, optim, warm_start
from train.engine.distributed import Setting
from train.engine.task import Source
from train.recipe_types import Recipe

STEPS = 100
LOWEST, HIGHEST = 1e-3, 1e2  # times the recipe's step size
KEPT = 0.9  # of the running mean of the loss, per step
DIVERGED = 3.0  # times the lowest smoothed loss, where the test ends
HARDLY = 0.95  # of the first loss: what does not fall below was not learned from
TABLE, PLOT = "learning-rate.csv", "learning-rate.png"


@dataclass(frozen=True)
class Found:
    """What a range test measured; the lists have one item per step."""

    rates: list[float]  # step sizes
    losses: list[float]  # of the batch, as the recipe counts it
    smoothed: list[float]

    @property
    def lowest(self) -> float:
        """The step size at the lowest smoothed loss."""
        return self.rates[min(range(len(self.rates)), key=self.smoothed.__getitem__)]

    @property
    def suggested(self) -> float:
        """A tenth of that, to two figures."""
        return float(f"{self.lowest / 10:.1e}")

    def table(self) -> str:
        """About ten lines for a terminal, and the suggestion."""
        every = max(1, len(self.rates) // 10)
        rows = list(zip(self.rates, self.losses, self.smoothed, strict=True))[::every]
        lines = [f"{'step size':>10}  {'loss':>8}  {'smoothed':>8}"]
        lines += [f"{rate:10.2e}  {loss:8.4f}  {smooth:8.4f}" for rate, loss, smooth in rows]
        lines.append(f"The loss is lowest at {self.lowest:.1e}; try --learning-rate {self.suggested:g} at its highest.")
        if min(self.smoothed) > HARDLY * self.smoothed[0]:
            lines.append("It hardly fell before it rose, so this says little: try a larger --batch-size.")
        return "\n".join(lines)


def range_test(recipe: Recipe, source: Source, out: Path, setting: Setting, steps: int = STEPS) -> Found:
    """Train for some steps of growing size; writes a table and a plot to `out`, and no network.

    All optimisers grow alike, so that what is found for `learning_rate` keeps the recipe's proportions.

    Raises:
        TrainingError: `out` holds a training already, or cannot be written; or the loss is not finite from the start.
    """
    is_main = setting.world.is_main
    with guard.only_run(out, False, is_main), guard.disk_errors(out):
        net = init.build(recipe, source.train, setting.seed, source.task.classes)
        if recipe.start_from:
            warm_start.start_from(net, recipe.net, recipe.start_from)
        depthwise.prepare(net, recipe.fixed_depthwise)
        net = init.placed(net, setting.on).train()
        found = Found([], [], [])
        losses = _losses(recipe, source, net, setting, steps)
        for rate, loss in tqdm(losses, "range test", steps, disable=None if is_main else True):
            if not _add(found, rate, loss):
                break
        if not found.rates:
            raise guard.TrainingError(
                "The loss is not finite even before the first step: something is wrong with the weights."
            )
        if is_main:
            _write(found, recipe, out)
    return found


def _losses(
    recipe: Recipe, source: Source, net: nn.Module, setting: Setting, steps: int
) -> Iterator[tuple[float, float]]:
    """Step size and loss of one step after the other."""
    task, on, world = source.task, setting.on, setting.world
    optimisers = optim.build(recipe, net)
    groups = [group for optimiser in optimisers for group in optimiser.param_groups]
    peaks = [group["lr"] * group.get("factor", 1.0) for group in groups]
    torch.manual_seed(setting.seed + 1)
    batch = task.batches(source.train.to(on) if task.in_memory else source.train, setting.seed, 1, world, on)
    shared = distributed.wrapped(net, world)
    order: list[torch.Tensor] = []
    for step in range(steps):
        order = order or distributed.batches(
            torch.randperm(len(source.train)).to(on), recipe.batch_size, task.least * world.size
        )
        index = order.pop(0)
        factor = LOWEST * (HIGHEST / LOWEST) ** (step / (steps - 1))
        for group, peak in zip(groups, peaks, strict=True):
            group["lr"] = peak * factor
        inputs, targets = batch(index)
        with device.autocast(on, recipe.bfloat16):
            outputs = shared(inputs)
        loss = task.loss(outputs.float(), targets, inputs, len(index), world)
        loss.backward()
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad()
        yield recipe.learning_rate * factor, world.total(loss.detach().clone()).item() / world.size


def _add(found: Found, rate: float, loss: float) -> bool:
    """Note a step; false when the loss has left for good."""
    if not math.isfinite(loss):
        return False
    before = found.smoothed[-1] if found.smoothed else loss
    # The running mean, without the bias towards the first value that a start at zero would have.
    mean = before + (loss - before) * (1 - KEPT) / (1 - KEPT ** (len(found.losses) + 1))
    found.rates.append(rate)
    found.losses.append(loss)
    found.smoothed.append(mean)
    return mean <= DIVERGED * min(found.smoothed)


def _write(found: Found, recipe: Recipe, out: Path) -> None:
    from matplotlib.figure import Figure

    text, picture = io.StringIO(), io.BytesIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("learning_rate", "loss", "smoothed_loss"))
    table.writerows((f"{a:.6g}", f"{b:.6g}", f"{c:.6g}") for a, b, c in zip(*vars(found).values(), strict=True))
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.semilogx(found.rates, found.losses, color="0.75", label="of a batch")
    axes.semilogx(found.rates, found.smoothed, color="#0d9488", label="smoothed")
    axes.axvline(found.suggested, color="0.3", linestyle=":", label=f"suggested: {found.suggested:g}")
    axes.set_ylim(0.95 * min(found.losses), 1.25 * found.smoothed[0])  # not where it leaves for good
    axes.set(xlabel="step size (learning rate)", ylabel="loss", title=f"{recipe.title}: range test")
    axes.legend(frameon=False)
    figure.savefig(picture, format="png", dpi=150)
    write_files({out / TABLE: text.getvalue().encode(), out / PLOT: picture.getvalue()})
