"""Gradients of deep networks before training: measured as autograd has them, and what they show."""

import pytest
import torch
from torch.nn import functional as F

from model_zoo.explain.gradient_flow import KINDS, Deep, gradients

PICTURES = torch.randn(6, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def test_the_sizes_are_those_of_a_backward_pass_and_nothing_random_is_used_up() -> None:
    state = torch.random.get_rng_state()
    for measured in gradients(PICTURES, seeds=(5,), depth=5):
        assert torch.equal(torch.random.get_rng_state(), state)
        with torch.random.fork_rng():
            torch.manual_seed(5)
            net = Deep(measured.kind, 5)
        loss = F.cross_entropy(net(PICTURES), torch.arange(6))
        loss.backward()
        assert measured.losses == pytest.approx((loss.item(),))
        assert measured.sizes[0] == pytest.approx([conv.weight.grad.abs().mean().item() for conv in net.convs])


def test_the_networks_differ_in_the_skip_connections_alone() -> None:
    def outputs(kind_number: int, depth: int) -> torch.Tensor:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            return Deep(KINDS[kind_number], depth)(PICTURES)

    assert torch.equal(outputs(0, 2), outputs(1, 2))  # there is no pair yet
    assert not torch.equal(outputs(0, 3), outputs(1, 3))


def test_in_a_deep_plain_network_the_gradient_vanishes_and_skip_connections_keep_it() -> None:
    plain, skips, normed, both = (m.sizes[0] for m in gradients(PICTURES, seeds=(0,)))
    assert plain[-1] / plain[1] > 1e5
    assert skips[-1] / skips[1] < 100
    assert normed[1] > normed[-1]  # batch norm alone turns it round
    assert 0.1 < both[-1] / both[1] < 10
