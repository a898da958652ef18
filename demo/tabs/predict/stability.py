"""How stable an answer is: the network asked again about many slightly disturbed copies of the picture.

This is the one handler that is worth an accelerator: on Hugging Face's ZeroGPU hardware it is bound with `spaces.GPU`.
"""

from copy import deepcopy
from html import escape

import torch
from PIL import Image
from torch.nn import functional as F

from demo.core.networks import given, network
from demo.render.html import bars

COPIES = 200
SHIFT = 0.08  # of the picture's side, the most that a copy is moved
TURN = 10.0  # degrees, the most that a copy is turned
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
    random = torch.Generator().manual_seed(seed)
    values = loaded.card["preprocessing"]
    mean, std = (torch.tensor(values[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
    pixels = loaded.prepare(given(picture)) * std + mean  # back to 0..1, where brightness is a factor
    uniform = torch.rand(4, COPIES, generator=random) * 2 - 1
    angle = uniform[0] * torch.pi * TURN / 180
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1).view(COPIES, 2, 2)
    # affine_grid counts the side as 2, from -1 to 1.
    moves = torch.cat([turn, (2 * SHIFT * uniform[1:3]).T[:, :, None]], 2)
    light = 1 + LIGHT * uniform[3].view(COPIES, 1, 1, 1)
    with torch.inference_mode():
        grid = F.affine_grid(moves, [COPIES, *pixels.shape[1:]], align_corners=False)
        copies = F.grid_sample(pixels.expand(COPIES, -1, -1, -1), grid, padding_mode="border", align_corners=False)
        inputs = (((copies * light).clamp(0, 1) - mean) / std).to(device)
        # A copy of the network on the accelerator, so that the shared one stays where it is.
        net = loaded.net if device.type == "cpu" else deepcopy(loaded.net).to(device)
        votes = torch.cat([net(part).argmax(1).cpu() for part in inputs.split(50)])
    shares = torch.bincount(votes, minlength=len(loaded.classes)).double() / COPIES
    order = shares.argsort(descending=True, stable=True).tolist()
    return {loaded.classes[index]: float(shares[index]) for index in order}


def report(model: str, picture: Image.Image | None) -> str:
    """`stability` as HTML."""
    shares = stability(model, picture)
    first, share = next(iter(shares.items()))
    return (
        f'<section class="answer"><p>For <strong>{share:.0%}</strong> of {COPIES} slightly moved, turned and '
        f"brightened copies the answer is <strong>{escape(first)}</strong>. "
        "Stable means that small changes do not alter the answer; it may still be wrong.</p>"
        f"{bars('Share of the copies with each answer', {label: part for label, part in shares.items() if part})}"
        "</section>"
    )
