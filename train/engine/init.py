"""The weights that a training starts from."""

import torch
from torch import Tensor, nn

from model_zoo import nets
from model_zoo.nets.whitened_cnn import WhitenedCNN
from train.data.cifar10 import Images, normalise
from train.recipe_types import Recipe, net_arguments

WHITENED_FROM = 5_000  # pictures: 4.8 million patches settle twelve directions


def build(recipe: Recipe, train: Images, seed: int, classes: tuple[str, ...] = ()) -> nn.Module:
    """The recipe's network with its start weights, on the CPU; the same seed gives the same weights."""
    torch.manual_seed(seed)
    net = nets.build(recipe.net, net_arguments(recipe, classes))
    if recipe.he_start:
        he(net)
    if isinstance(net, WhitenedCNN):
        partial_identity(net)
        net.head.weight.data /= net.head.weight.data.std()
        pictures = normalise(train.pictures[:WHITENED_FROM].cpu(), recipe.mean, recipe.std)
        net.whiten.weight.data[:] = whitening(pictures, net.whiten.kernel_size[0])
    return net


def placed(net: nn.Module, on: torch.device) -> nn.Module:
    """The network on a device, its filters laid out channels-last, which is quicker on all that were tried."""
    return net.to(device=on, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] (a stub's gap)


def he(net: nn.Module) -> None:
    """Normal start weights with variance 2 / fan-in (He et al. 2015, equation 10), zero biases."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def partial_identity(net: nn.Module) -> None:
    """As many filters as a learned convolution has inputs begin by handing their channel on; the rest are random."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d) and module.weight.requires_grad:
            nn.init.dirac_(module.weight.data[: module.in_channels])


def whitening(pictures: Tensor, patch: int, floor: float = 5e-4) -> Tensor:
    """Kernels that decorrelate patches: principal directions divided by their standard deviation, with both signs.

    Args:
        pictures: float (N, C, H, W), normalised.
        patch: side of a patch in pixels.
        floor: added to the variances, so that directions of mere noise are not blown up.

    Returns:
        float32 (2 * C * patch * patch, C, patch, patch).
    """
    channels = pictures.shape[1]
    size = channels * patch * patch
    moments = torch.zeros(size, size, dtype=torch.float64)
    count = 0
    for part in pictures.split(500):  # 0.1 GB at a time
        patches = part.contiguous().unfold(2, patch, 1).unfold(3, patch, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, size)
        moments += (patches.T @ patches).double()
        count += len(patches)
    variances, directions = torch.linalg.eigh(moments / count)
    kernels = (directions / torch.sqrt(variances + floor)).T.reshape(size, channels, patch, patch).float()
    # An eigenvector's sign is arbitrary: fixed here, so that every machine starts with the same kernels.
    signs = kernels.flatten(1).gather(1, kernels.flatten(1).abs().argmax(1, keepdim=True)).sign()
    kernels = kernels * signs[:, :, None, None]
    return torch.cat((kernels, -kernels))


def copy_of(net: nn.Module) -> dict[str, Tensor]:
    """The state dict, detached, on the CPU, contiguous."""
    return {name: tensor.detach().cpu().clone().contiguous() for name, tensor in net.state_dict().items()}
