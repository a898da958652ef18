"""Knowledge distillation (Hinton et al. 2015, arXiv 1503.02531): a small network learns what others answer.

Teacher and pupil see the very same photos, changed by chance in the same way, so that the pupil learns the teacher's
function and not only its answers to the photos as they are (Beyer et al. 2022, arXiv 2106.05237).
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

import model_zoo
from model_zoo.common.listing import listed
from train.engine import device
from train.engine.guard import TrainingError
from train.recipe_types import PhotoRecipe


@dataclass(frozen=True, eq=False)
class Teachers:
    """Trained networks of the pupil's classes, for inputs as the pupil gets them."""

    nets: tuple[nn.Module, ...]
    card: list[dict[str, str]]  # name and sha256 of each
    bfloat16: bool  # whether they compute in it where the device has it

    def answers(self, inputs: Tensor) -> Tensor:
        """Their mean probabilities, float32 (N, classes), for inputs (N, 3, size, size), normalised."""
        # No inference mode: its tensors could not be targets of a loss.
        with torch.no_grad(), device.autocast(inputs.device, self.bfloat16):
            seen = inputs.to(memory_format=torch.channels_last)
            return torch.stack([net(seen).float().softmax(1) for net in self.nets]).mean(0)

    def move(self, on: torch.device) -> None:
        """To where the inputs are."""
        for net in self.nets:
            net.to(on)


def teachers(recipe: PhotoRecipe, classes: tuple[str, ...]) -> Teachers | None:
    """Those that the recipe names; None where it names none.

    Raises:
        TrainingError: there is none of that name, or it tells other classes apart or sees photos otherwise.
    """
    if not recipe.teacher:
        return None
    nets, card = [], []
    names = [word.strip() for word in recipe.teacher.split(",")]
    if "" in names:
        raise TrainingError(f"--teacher takes entries, with commas between them, not {recipe.teacher!r}.")
    for name in names:
        try:
            model = model_zoo.entry_of(name)
        except (KeyError, model_zoo.BrokenEntry) as error:
            raise TrainingError(f"--teacher takes entries, with commas between them. {error.args[0]}") from error
        if model.classes != classes:
            raise TrainingError(f"{name} tells {listed(model.classes)} apart; here the classes are {listed(classes)}.")
        theirs, ours = _seen(**model.card["preprocessing"]), _seen(recipe.size, recipe.mean, recipe.std)
        if theirs != ours:
            raise TrainingError(f"{name} sees photos of {theirs}; this recipe has {ours}.")
        nets.append(copy.deepcopy(model.net))  # the zoo's own is shared, and stays on the CPU
        card.append({"name": name, "sha256": model.card["sha256"]})
    return Teachers(tuple(nets), card, recipe.bfloat16)


def _seen(size: int, mean: Sequence[float], std: Sequence[float], **_: Any) -> str:
    colours = [" ".join(f"{value:g}" for value in values) for values in (mean, std)]
    return f"{size} pixels, mean {colours[0]}, standard deviation {colours[1]}"
