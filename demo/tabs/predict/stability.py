"""How stable an answer is: the network asked again about many slightly disturbed copies of the picture.

This is the one handler that is worth an accelerator: on Hugging Face's ZeroGPU hardware it is bound with `spaces.GPU`.
"""

from copy import deepcopy
from html import escape

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from demo.core.networks import given, network
from demo.render.html import bars
from model_zoo import Model
from model_zoo.model import logits

COPIES = 200
MOST_SHOWN = 10  # answers with a bar
SHIFT = 0.08  # of the picture's side, the most that a copy is moved
TURN = 10.0  # degrees, the most that a copy is turned
CPU = torch.device("cpu")
LIGHT = 0.15  # the most that brightness changes, as a share


def stability(model: str, picture: Image.Image | None, seed: int = 0) -> dict[str, float]:
    """Share of 200 disturbed copies for which each class is the answer.

    Each copy is moved by up to 8 % of its side, turned by up to 10 degrees, its edges repeated, and made up to 15 %
    lighter or darker, all drawn evenly from a generator with that seed.

    Args:
        model: name of a network.
        picture: an RGB picture of any size.
        seed: of the disturbances.

    Returns:
        Class name -> share of 0..1, most frequent first.

    Raises:
        UserError: no such model, or no picture; the message is for the user.
    """
    loaded = network(model)
    device = torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    votes = answers_of_copies(loaded, loaded.prepare(given(picture)), COPIES, seed, device)
    shares = torch.bincount(votes, minlength=len(loaded.classes)).double() / COPIES
    order = shares.argsort(descending=True, stable=True).tolist()
    return {loaded.classes[index]: float(shares[index]) for index in order}


def answers_of_copies(model: Model, x: Tensor, count: int, seed: int, device: torch.device = CPU) -> Tensor:
    """The answers for disturbed copies of an input, as `stability` describes them: class numbers, int64 (count,).

    Args:
        model: the network.
        x: float32 (1, 3, H, W), as `Model.prepare` returns it.
        count: of copies.
        seed: of the disturbances.
        device: where the network runs.
    """
    random = torch.Generator().manual_seed(seed)
    values = model.card["preprocessing"]
    mean, std = (torch.tensor(values[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
    pixels = x * std + mean  # back to 0..1, where brightness is a factor
    uniform = torch.rand(4, count, generator=random) * 2 - 1
    angle = uniform[0] * torch.pi * TURN / 180
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1).view(count, 2, 2)
    # affine_grid counts the side as 2, from -1 to 1.
    moves = torch.cat([turn, (2 * SHIFT * uniform[1:3]).T[:, :, None]], 2)
    light = 1 + LIGHT * uniform[3].view(count, 1, 1, 1)
    with torch.inference_mode():
        grid = F.affine_grid(moves, [count, *pixels.shape[1:]], align_corners=False)
        copies = F.grid_sample(pixels.expand(count, -1, -1, -1), grid, padding_mode="border", align_corners=False)
        inputs = (((copies * light).clamp(0, 1) - mean) / std).to(device)
        # A copy of the network on the accelerator, so that the shared one stays where it is.
        net = model.net if device.type == "cpu" else deepcopy(model.net).to(device)
        return torch.cat([logits(net, part).argmax(1).cpu() for part in inputs.split(50)])


def report(model: str, picture: Image.Image | None) -> str:
    """`stability` as HTML."""
    shares = stability(model, picture)
    first, share = next(iter(shares.items()))
    given = {label: part for label, part in shares.items() if part}
    shown = dict(list(given.items())[:MOST_SHOWN])
    others = len(given) - len(shown)
    more = f'<p class="quiet">{others} other answers, {1 - sum(shown.values()):.1%} together.</p>' if others else ""
    return (
        f'<section class="answer"><p>For <strong>{share:.0%}</strong> of {COPIES} slightly moved, turned and '
        f"brightened copies the answer is <strong>{escape(first)}</strong>. "
        "Stable means that small changes do not alter the answer; it may still be wrong.</p>"
        f"{bars('Share of the copies with each answer', shown)}{more}</section>"
    )
