"""walk() among threads: a trace disturbs no other thread's forward pass, and any number may walk at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F
from torchvision.models import resnet18

from model_zoo import Step, walk
from tests.model_zoo.helpers import plain

PATIENCE = 60  # seconds until a deadlock is called one


class Meeting(nn.Module):
    """Calls `meet` in the middle of its forward pass, with what the pass works on: a Proxy while it is traced."""

    def __init__(self, meet: Callable[[Tensor | fx.Proxy], None] = lambda x: None) -> None:
        super().__init__()
        self.meet = meet
        self.conv = nn.Conv2d(3, 4, 3)
        self.weight = nn.Parameter(torch.randn(2, 4, 3, 3))

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        self.meet(x)
        return F.conv2d(x, self.weight).relu()


@pytest.fixture
def x() -> Tensor:
    return torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def test_other_threads_use_networks_as_ever_while_one_is_traced(x: Tensor) -> None:
    tracing, go_on = threading.Event(), threading.Event()

    def meet(value: Tensor | fx.Proxy) -> None:
        if isinstance(value, fx.Proxy):
            tracing.set()
            assert go_on.wait(PATIENCE)

    net, other, known = Meeting(meet).eval(), Meeting().eval(), Meeting().eval()
    expected, expected_other = plain(net, x), plain(other, x)
    walk(known, x)
    with ThreadPoolExecutor(1) as pool:
        walking = pool.submit(walk, net, x)
        try:
            assert tracing.wait(PATIENCE)
            assert torch.equal(plain(net, x), expected)
            assert torch.equal(plain(other, x), expected_other)
            assert isinstance(net.weight, nn.Parameter)
            assert torch.equal(walk(known, x)[-1].output, plain(known, x))
        finally:
            go_on.set()
        assert torch.equal(walking.result(PATIENCE)[-1].output, expected)


def test_two_networks_traced_at_once_do_not_mix(x: Tensor) -> None:
    nets = [Meeting().eval() for _ in range(8)]
    expected = [plain(net, x) for net in nets]
    start = threading.Barrier(len(nets))

    def run(net: nn.Module) -> list[Step]:
        start.wait(PATIENCE)
        return walk(net, x)

    with ThreadPoolExecutor(len(nets)) as pool:
        for net, steps, output in zip(nets, pool.map(run, nets), expected, strict=True):
            assert torch.equal(steps[-1].output, output)
            assert steps[0].module is net.conv


def test_many_threads_walk_one_fresh_network_that_is_traced_once(x: Tensor) -> None:
    traces = []
    net = Meeting(lambda value: traces.append(value) if isinstance(value, fx.Proxy) else None).eval()
    inputs = [x * factor for factor in range(1, 9)]
    expected = [plain(net, value) for value in inputs]
    start = threading.Barrier(len(inputs))

    def run(value: Tensor) -> Tensor:
        start.wait(PATIENCE)
        return walk(net, value)[-1].output

    with ThreadPoolExecutor(len(inputs)) as pool:
        for output, wanted in zip(pool.map(run, inputs), expected, strict=True):
            assert torch.equal(output, wanted)
    assert len(traces) == 1


def test_forward_passes_and_walks_are_exact_while_fresh_networks_are_traced(x: Tensor) -> None:
    torch.manual_seed(1)
    shared, done, passes = resnet18(weights=None).eval(), threading.Event(), []
    expected = plain(shared, x)
    fresh = [resnet18(weights=None).eval() for _ in range(3)]
    expected_fresh = [plain(net, x) for net in fresh]

    def forward(net: nn.Module, wanted: Tensor) -> None:
        while True:  # at least once, also where tracing is quick
            assert torch.equal(plain(net, x), wanted)
            passes.append(net)
            if done.is_set():
                return

    with ThreadPoolExecutor(4) as pool:
        users = [pool.submit(forward, shared, expected)]
        users += [pool.submit(forward, fresh[-1], expected_fresh[-1]) for _ in range(2)]
        try:
            for net, wanted in zip(fresh, expected_fresh, strict=True):
                assert torch.equal(walk(net, x)[-1].output, wanted)
        finally:
            done.set()
        for user in users:
            user.result(PATIENCE)
    assert {id(net) for net in passes} == {id(shared), id(fresh[-1])}
