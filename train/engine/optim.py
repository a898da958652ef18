"""The optimisers of a recipe, and their step sizes over a run.

Muon orthogonalises the momentum of every filter matrix before the step (Jordan et al. 2024,
kellerjordan.github.io/posts/muon). PyTorch's own Muon takes matrices only, so filters are flattened here.
"""

import math
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from model_zoo.nets.whitened_cnn import WhitenedCNN
from train.engine import device, warm_start
from train.recipe_types import AdamRecipe, FastRecipe, PhotoRecipe, Recipe

# Of the quintic Newton-Schulz iteration: a steep start matters more than singular values of exactly 1 (Jordan 2024).
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised; the filters of a layer keep the norm sqrt(number of filters).

    Only for filters that batch norm follows, since the norm of those does not change what the network computes.
    """

    def __init__(
        self, params: Sequence[Tensor] | Sequence[dict[str, Any]], lr: float, momentum: float = 0.6, quick: bool = False
    ) -> None:
        """Take these filters; `quick` orthogonalises in bfloat16 where the device has it (as Jordan does)."""
        super().__init__(params, {"lr": lr, "momentum": momentum})
        self._quick = quick

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            for weights in group["params"]:
                if weights.grad is None:
                    continue
                state = self.state[weights]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = torch.zeros_like(weights)
                momentum = state["momentum_buffer"].mul_(group["momentum"]).add_(weights.grad)
                update = weights.grad.add(momentum, alpha=group["momentum"])
                weights.mul_(math.sqrt(len(weights)) / weights.norm())
                with device.autocast(weights.device) if self._quick else nullcontext():
                    direction = orthogonalised(update.reshape(len(update), -1))
                weights.add_(direction.view(update.shape), alpha=-group["lr"])


def orthogonalised(matrix: Tensor, steps: int = 3) -> Tensor:
    """The matrix with all singular values near 1 (about 0.5 to 1.5), by Newton-Schulz iteration; float32."""
    a, b, c = NEWTON_SCHULZ
    x = matrix.float() / (matrix.float().norm() + 1e-7)
    tall = len(x) > x.shape[1]
    if tall:
        x = x.T
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


def build(recipe: Recipe, net: nn.Module) -> list[torch.optim.Optimizer]:
    """The optimisers for a network's weights; `set_rates` sets their step sizes."""
    if isinstance(recipe, FastRecipe):
        assert isinstance(net, WhitenedCNN)  # the one network of this recipe
        return _fast(recipe, net)
    if isinstance(recipe, AdamRecipe):
        return _adam(recipe, net)
    raise TypeError(f"There are no optimisers for {type(recipe).__name__}.")


def _adam(recipe: AdamRecipe, net: nn.Module) -> list[torch.optim.Optimizer]:
    filters = _filters(net) if recipe.muon else []
    others = [p for p in net.parameters() if not any(p is f for f in filters)]
    head = list(warm_start.last_layer(net).parameters())
    body = [p for p in others if not any(p is h for h in head)]
    groups = [{"params": others}] if recipe.body_rate == 1 else [{"params": body} | _slowed(recipe), {"params": head}]
    adam = torch.optim.AdamW(groups, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True)
    if not filters:
        return [adam]
    quick = isinstance(recipe, PhotoRecipe) and recipe.bfloat16
    return [adam, Muon([{"params": filters} | _slowed(recipe)], lr=recipe.muon, quick=quick)]


def _slowed(recipe: AdamRecipe) -> dict[str, float]:
    """What `set_rates` multiplies the body's step sizes by."""
    return {"factor": recipe.body_rate}


def _filters(net: nn.Module) -> list[nn.Parameter]:
    """Filters that are learned and have no bias of their own, because batch norm follows."""
    layers = (module for module in net.modules() if isinstance(module, nn.Conv2d) and module.bias is None)
    return [layer.weight for layer in layers if layer.weight.requires_grad]  # pyright: ignore[reportReturnType]


def _fast(recipe: FastRecipe, net: WhitenedCNN) -> list[torch.optim.Optimizer]:
    biases = [m.bias for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    # The gradients are sums over the batch; SGD multiplies decay by the step size, which is divided out here.
    decay = recipe.weight_decay * recipe.batch_size

    def group(weights: Any, rate: float) -> dict[str, Any]:
        return {
            "params": weights if isinstance(weights, list) else [weights],
            "lr": rate,
            "weight_decay": decay / rate,
        }

    groups = [
        group(net.whiten.bias, recipe.bias_rate) | {"whitening": True},
        group(biases, recipe.bias_rate),
        group(net.head.weight, recipe.head_rate),
    ]
    sgd = torch.optim.SGD(groups, lr=recipe.bias_rate, momentum=recipe.momentum, nesterov=True, fused=True)
    optimisers = [sgd, Muon(_filters(net), lr=recipe.learning_rate)]
    for optimiser in optimisers:
        for each in optimiser.param_groups:
            each["initial"] = each["lr"]  # the largest step size, from which it falls
    return optimisers


def set_rates(recipe: Recipe, optimisers: list[torch.optim.Optimizer], before: float, after: float) -> float:
    """Set the step sizes for one step.

    Args:
        before, after: the share (0..1) of all steps that is done before and after it.

    Returns:
        That of the recipe's `learning_rate`.
    """
    if isinstance(recipe, FastRecipe):
        left = 1 - before
        whitening = max(0.0, 1 - before * recipe.epochs / recipe.whiten_epochs)
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["initial"] * (whitening if group.get("whitening") else left)
        return recipe.learning_rate * left
    assert isinstance(recipe, AdamRecipe)  # see `build`
    rate = learning_rate(recipe, after)
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            own = recipe.muon * rate / recipe.learning_rate if isinstance(optimiser, Muon) else rate
            group["lr"] = own * group.get("factor", 1.0)
    return rate


def learning_rate(recipe: AdamRecipe, progress: float) -> float:
    """The step size after the share `progress` (0..1) of all steps: linear warm-up, then cosine decay to zero."""
    if progress < recipe.warm_up:
        return recipe.learning_rate * progress / recipe.warm_up
    if not recipe.decay:
        return recipe.learning_rate
    done = (progress - recipe.warm_up) / (1 - recipe.warm_up)
    return recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * done))
