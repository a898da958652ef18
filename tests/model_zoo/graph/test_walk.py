"""walk(): names, order, inputs and outputs of every step, on TalkCNN, ResNet-18 and small networks with traps."""

import gc
import re
import weakref

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import resnet18

from model_zoo import Step, walk
from tests.model_zoo.helpers import by_name, check_arithmetic, plain

# TalkCNN


@pytest.fixture(scope="module")
def talk_steps(talk_cnn: nn.Module) -> tuple[Tensor, list[Step]]:
    x = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    return x, walk(talk_cnn, x)


def test_the_steps_of_talk_cnn_are_its_modules_in_order(talk_cnn: nn.Module, talk_steps) -> None:
    _, steps = talk_steps
    assert [step.name for step in steps] == [name for name, _ in talk_cnn.named_children()]
    assert [step.module for step in steps] == list(talk_cnn.children())
    assert [step.inputs for step in steps] == [("input",), *((step.name,) for step in steps[:-1])]
    assert len(steps) == 21


def test_shapes_and_parameters_of_talk_cnn_are_the_networks(talk_cnn: nn.Module, talk_steps) -> None:
    x, steps = talk_steps
    assert sum(step.parameters for step in steps) == sum(p.numel() for p in talk_cnn.parameters())
    for step in steps:
        assert step.parameters == sum(p.numel() for p in step.module.parameters())
        x = step.module(x)
        assert step.shape == tuple(x.shape) == tuple(step.output.shape)


def test_operations_have_the_fields_names(talk_steps) -> None:
    _, steps = talk_steps
    words = {"conv": "convolution", "relu": "ReLU", "pool": "max pool", "flatten": "flatten", "fc": "linear"}
    assert [step.operation for step in steps] == [words[step.name.rstrip("0123456789")] for step in steps]


def test_the_last_output_of_talk_cnn_is_exactly_the_networks(talk_cnn: nn.Module, talk_steps) -> None:
    x, steps = talk_steps
    assert torch.equal(steps[-1].output, plain(talk_cnn, x))
    check_arithmetic(steps, x)


# ResNet-18, whose ReLU works in place and is called twice in every block


@pytest.fixture(scope="module")
def resnet() -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(2)
        return resnet18(weights=None).eval()


@pytest.fixture(scope="module")
def resnet_steps(resnet: nn.Module) -> tuple[Tensor, list[Step]]:
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(3))
    return x, walk(resnet, x)


def test_resnet_equals_the_plain_pass_exactly_and_adds_up(resnet: nn.Module, resnet_steps) -> None:
    x, steps = resnet_steps
    assert torch.equal(steps[-1].output, plain(resnet, x))
    check_arithmetic(steps, x)


def test_maps_before_an_in_place_relu_keep_their_negative_values(resnet_steps) -> None:
    _, steps = resnet_steps
    named = by_name(steps)
    relus = [step for step in steps if step.operation == "ReLU"]
    assert relus and all(step.module.inplace for step in relus)
    for step in relus:
        before = named[step.inputs[0]]
        assert before.operation in ("batch norm", "add")
        assert before.output.min() < 0 and step.output.min() == 0


def test_a_residual_add_takes_the_block_and_its_shortcut(resnet: nn.Module, resnet_steps) -> None:
    _, steps = resnet_steps
    named = by_name(steps)
    blocks = [name for name, module in resnet.named_modules() if type(module).__name__ == "BasicBlock"]
    assert [step.name for step in steps if step.operation == "add"] == [f"{block}.add" for block in blocks]
    for block in blocks:
        shortcut = f"{block}.downsample.1" if f"{block}.downsample.1" in named else named[f"{block}.conv1"].inputs[0]
        assert named[f"{block}.add"].inputs == (f"{block}.bn2", shortcut)


def test_names_are_unique_and_fit_in_an_address(resnet: nn.Module, resnet_steps) -> None:
    _, steps = resnet_steps
    assert len(by_name(steps)) == len(steps)
    assert all(re.fullmatch(r"[A-Za-z0-9._]+", step.name) for step in steps)
    paths = {path for path, module in resnet.named_modules() if not list(module.children())}
    assert paths <= set(by_name(steps))
    assert "layer1.0.relu_2" in by_name(steps)


def test_the_parameters_of_resnet_add_up(resnet: nn.Module, resnet_steps) -> None:
    assert sum(step.parameters for step in resnet_steps[1]) == sum(p.numel() for p in resnet.parameters())


# Functions, methods and weights outside of modules


class Inner(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        left, right = x.chunk(2, dim=1)
        return torch.cat([right, left], dim=1) + x.shape[0]


class Functional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 3, 3, 3))
        self.inner = Inner()
        self.register_buffer("scale", torch.tensor(0.5))

    def forward(self, x: Tensor, double: bool = False, extra: Tensor | None = None) -> Tensor:
        x = F.conv2d(x, self.weight, None, 1, 1)
        x = self.inner(self.inner(x)) * self.scale + torch.tensor(0.25)
        if double:
            x = x * 2
        if extra is not None:
            x = x + extra
        x = F.max_pool2d(x, 2)
        return F.softmax(x.view(x.size(0), -1), dim=1)


@pytest.fixture(scope="module")
def functional() -> tuple[nn.Module, Tensor, dict[str, Step]]:
    torch.manual_seed(5)
    net, x = Functional().eval(), torch.randn(2, 3, 8, 8)
    return net, x, by_name(walk(net, x))


def test_functions_are_steps_with_the_path_of_who_calls_them(functional) -> None:
    net, x, steps = functional
    assert torch.equal(list(steps.values())[-1].output, plain(net, x))
    assert steps["inner.cat"].operation == "concatenate"
    assert steps["inner.add"].inputs == ("inner.cat",)
    assert steps["inner.add_2"].inputs == ("inner.cat_2",)
    assert steps["max_pool2d"].operation == "max pool"
    assert steps["softmax"].operation == "softmax"
    assert all(step.module is None for step in steps.values())


def test_inputs_look_through_what_is_no_tensor(functional) -> None:
    _, _, steps = functional
    halves = [step for name, step in steps.items() if name.startswith("inner.getitem")]
    assert halves and all(isinstance(step.output, Tensor) for step in steps.values())
    assert {step.inputs for step in halves} == {("conv2d",), ("inner.add",)}
    assert steps["inner.add"].inputs == ("inner.cat",)  # x.shape[0] says nothing about the values of x
    assert steps["view"].inputs == ("max_pool2d",)


def test_weights_that_a_function_reads_count_as_its_own(functional) -> None:
    net, _, steps = functional
    assert steps["conv2d"].inputs == ("input",)
    assert steps["conv2d"].parameters == net.weight.numel()
    assert sum(step.parameters for step in steps.values()) == net.weight.numel()


def test_the_other_arguments_of_a_function_are_told_by_name(functional) -> None:
    net, x, steps = functional
    arguments = steps["conv2d"].arguments
    assert arguments["weight"] is net.weight
    assert (arguments["stride"], arguments["padding"]) == (1, 1)
    assert steps["max_pool2d"].arguments["kernel_size"] == 2
    assert steps["softmax"].arguments["dim"] == 1
    assert torch.equal(steps["conv2d"].output, F.conv2d(x, **arguments))


def test_tracing_leaves_nothing_on_the_network() -> None:
    net = Functional().eval()
    before = set(vars(net))
    walk(net, torch.randn(1, 3, 8, 8))
    assert set(vars(net)) == before


# Names


class Named(nn.Module):
    """Names that collide with each other, with "input", and with what may stand in an address."""

    def __init__(self) -> None:
        super().__init__()
        self.input, self.relu, self.relu_2 = nn.Conv2d(3, 3, 1), nn.ReLU(), nn.ReLU()
        self.parts = nn.ModuleDict({"3x3 straße/é": nn.Conv2d(3, 3, 3), "3x3 stra_e__": nn.Conv2d(3, 3, 3)})

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu_2(self.relu(self.relu(self.relu(self.input(x)))))
        return torch.relu(torch.relu(self.parts["3x3 stra_e__"](self.parts["3x3 straße/é"](x))))


def test_colliding_and_odd_names_become_unique_and_fit_in_an_address() -> None:
    net, x = Named().eval(), torch.randn(1, 3, 8, 8)
    steps = walk(net, x)
    assert len(by_name(steps)) == len(steps) == 9
    assert all(re.fullmatch(r"[A-Za-z0-9._]+", step.name) for step in steps)
    assert by_name(steps)["relu"].module is net.relu
    assert by_name(steps)["relu_2"].module is net.relu_2
    assert "input" not in by_name(steps)
    assert steps[0].inputs == ("input",) and steps[0].module is net.input
    check_arithmetic(steps, x)


def test_names_stay_the_same_from_walk_to_walk(resnet: nn.Module, resnet_steps) -> None:
    again = walk(resnet, torch.randn(2, 3, 32, 32))
    assert [step.name for step in again] == [step.name for step in resnet_steps[1]]
    assert again[-1].shape[0] == 2


# Life of the graph


def test_a_later_walk_sees_new_weights() -> None:
    net, x = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU()).eval(), torch.randn(1, 3, 8, 8)
    first = walk(net, x)[-1].output
    net.load_state_dict({name: -tensor for name, tensor in net.state_dict().items()}, assign=True)
    second = walk(net, x)[-1].output
    assert torch.equal(second, plain(net, x)) and not torch.equal(first, second)


def test_walking_does_not_keep_a_network_alive() -> None:
    net = Functional().eval()
    walk(net, torch.randn(1, 3, 8, 8))
    gone = weakref.ref(net)
    del net
    gc.collect()
    assert gone() is None
