"""What a training needs to go on after an interruption: one safetensors file, never a pickle."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from model_zoo.entries.entry import write_files
from train.engine.guard import TrainingError
from train.entry.card import as_stored
from train.entry.run_folder import CHECKPOINT


def write(
    folder: Path,
    net: nn.Module,
    optimisers: list[torch.optim.Optimizer],
    best: dict[str, Tensor],
    facts: dict[str, Any],
    average: nn.Module | None = None,
) -> None:
    """Store full-precision weights, the optimisers' moments, the best epoch's weights and some facts as JSON.

    Args:
        average: the network that holds the weights' running average, where there is one.
    """
    tensors = {f"net/{name}": tensor for name, tensor in net.state_dict().items()}
    if average:
        tensors |= {f"average/{name}": tensor for name, tensor in average.state_dict().items()}
    tensors |= {f"best/{name}": tensor for name, tensor in best.items()}
    for number, optimiser in enumerate(optimisers):
        for index, moments in optimiser.state_dict()["state"].items():
            tensors |= {
                f"optimiser/{number}/{index}/{name}": torch.as_tensor(moment)
                for name, moment in moments.items()
                if moment is not None
            }
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_files({folder / CHECKPOINT: save(tensors, metadata={"facts": json.dumps(facts)})})


def read(path: Path) -> tuple[dict[str, dict[str, Tensor]], dict[str, Any]]:
    """The tensors by their first name part ("net", "best", "optimiser", "average"), and the facts.

    Raises:
        ValueError: missing or damaged.
    """
    try:
        groups: dict[str, dict[str, Tensor]] = {"net": {}, "best": {}, "optimiser": {}, "average": {}}
        with safe_open(path, framework="pt") as file:
            facts = json.loads(file.metadata()["facts"])
            for name in file.keys():  # noqa: SIM118 (not a dictionary)
                group, rest = name.split("/", 1)
                groups[group][rest] = file.get_tensor(name)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not a checkpoint that can be resumed: {error}.") from error
    return groups, facts


def restore(net: nn.Module, optimisers: list[torch.optim.Optimizer], groups: dict[str, dict[str, Tensor]]) -> None:
    """Put a checkpoint's weights and moments back."""
    net.load_state_dict(groups["net"])
    states: list[dict[int, dict[str, Tensor]]] = [{} for _ in optimisers]
    for name, moment in groups["optimiser"].items():
        number, index, key = name.split("/")
        states[int(number)].setdefault(int(index), {})[key] = moment
    for optimiser, state in zip(optimisers, states, strict=True):
        optimiser.load_state_dict(optimiser.state_dict() | {"state": state})
        # The fused step walks weights and moments through memory side by side, so they need the same layout.
        for weights, moments in optimiser.state.items():
            for key, moment in moments.items():
                if moment.shape == weights.shape:
                    moments[key] = torch.empty_like(weights).copy_(moment)


def resume(
    folder: Path,
    net: nn.Module,
    optimisers: list[torch.optim.Optimizer],
    identity: dict[str, Any],
    average: nn.Module | None = None,
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Put back the checkpoint in a run folder; gives the best epoch's weights and the facts.

    Args:
        identity: facts of the training that must be those it was started with.
        average: the network that holds the weights' running average, where there is one.

    Raises:
        TrainingError: it cannot be read, or belongs to another training; the message names the difference.
    """
    try:
        groups, facts = read(folder / CHECKPOINT)
    except ValueError as error:
        raise TrainingError(str(error)) from error
    for key, value in as_stored(identity).items():
        if _of_now(facts.get(key), value) != value:
            raise TrainingError(
                f"The training in {folder} was started with another {key}: {_difference(facts.get(key), value)}. "
                "Resume it with the command that started it."
            )
    restore(net, optimisers, groups)
    if average:
        average.load_state_dict(groups["average"])
    return groups["best"], facts


def _of_now(old: Any, new: Any) -> Any:
    """What was stored, without values that recipes no longer have."""
    return {name: old[name] for name in old if name in new} if isinstance(old, dict) and isinstance(new, dict) else old


def _difference(old: Any, new: Any) -> str:
    if isinstance(old, dict) and isinstance(new, dict):
        return ", ".join(f"{k} {old.get(k)} then, {v} now" for k, v in new.items() if old.get(k) != v)
    return f"{old} then, {new} now"
