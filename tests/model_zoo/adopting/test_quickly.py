"""Networks that are built without their random numbers: what is loaded afterwards is all that there is of them."""

import pytest
import torch
from torch import Tensor, nn

from model_zoo import libraries
from model_zoo.libraries.quickly import bounded

NETWORKS = [
    ("torchvision", "resnet18"),
    ("torchvision", "densenet121"),
    ("torchvision", "mobilenet_v3_small"),
    ("torchvision", "swin_t"),
    ("torchvision", "vit_b_32"),
    ("timm", "convnext_atto"),
    ("timm", "efficientnet_lite0"),
    ("timm", "nf_regnet_b0"),
    ("timm", "vit_tiny_patch16_224"),
    ("timm", "pit_ti_224"),
]


@pytest.mark.parametrize(("library", "name"), NETWORKS)
def test_with_its_weights_loaded_a_network_is_what_it_would_be_with_random_ones_before(library: str, name: str) -> None:
    whole = libraries.build(library, name, {}, random=True).eval()
    for value in whole.buffers():  # as after a training
        if value.is_floating_point():
            value.add_(0.01)
    quick = libraries.build(library, name, {}).eval()
    quick.load_state_dict(whole.state_dict())
    wanted, found = dict(whole.named_buffers()), dict(quick.named_buffers())
    beside = set(wanted) - set(whole.state_dict())  # values that no file of weights holds
    assert set(wanted) == set(found)
    assert all(torch.equal(found[key], wanted[key] - 0.01 * (key in beside)) for key in beside)
    for key in beside:
        found[key].copy_(wanted[key])
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), quick.parameters(), strict=True))
    x = torch.randn(1, 3, 224, 224)
    with torch.inference_mode():
        assert torch.equal(whole(x), quick(x))


INITIALISERS = [
    nn.init.normal_,
    nn.init.uniform_,
    nn.init.kaiming_uniform_,
    nn.init.kaiming_normal_,
    nn.init.xavier_uniform_,
    nn.init.xavier_normal_,
    nn.init.trunc_normal_,
    lambda weight: nn.init.trunc_normal_(weight, mean=-0.2, std=1, a=0, b=9),  # its mean is without its bounds
    lambda weight: nn.init.trunc_normal_(weight, std=1, a=2, b=3),  # few fall within them
    lambda weight: weight.normal_(),
    lambda weight: weight.uniform_(),
]


@pytest.mark.parametrize("initialise", INITIALISERS)
def test_every_initialiser_ends_whatever_memory_held_before_and_draws_few_numbers(initialise: object) -> None:
    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.full((300, 500), 1e30))
            initialise(self.weight)  # type: ignore[operator]

    torch.manual_seed(0)
    with bounded(10**6):
        weight: Tensor = Layer().weight
    assert len(weight.unique()) < 40_000  # of 150,000
    with bounded(10**6, random=True):
        weight = Layer().weight
    assert len(weight.unique()) > 40_000 and weight.isfinite().all()


@pytest.mark.parametrize("make", [torch.empty, torch.zeros, torch.ones, torch.randn, torch.rand])
def test_weights_are_counted_however_they_are_made(make: object) -> None:
    with bounded(10_000), pytest.raises(ValueError, match="more than 0 million weights"):
        nn.Parameter(make(101, 100))  # type: ignore[operator]


@pytest.mark.parametrize(("fill", "value"), [(nn.init.zeros_, 0), (nn.init.ones_, 1)])
def test_constants_are_filled_in(fill: object, value: float) -> None:
    with bounded(10**6):
        assert (fill(torch.empty(300, 500)) == value).all()  # type: ignore[operator]
