"""The receptive field of one value: no pixel outside its box changes the value, and each side of the box counts."""

import copy
import threading

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torchvision.models import resnet18

import model_zoo
from model_zoo import walk
from model_zoo.explain.receptive_field import Box, effective_field, fewest_pixels, field_box, in_upload
from model_zoo.explain.sums import explain
from model_zoo.graph.edits import Blanked, Shifted, edited_picture, parse
from model_zoo.graph.op_names import INPUT
from model_zoo.model import crop_box
from tests.conftest import SHIPPED
from tests.model_zoo.conftest import random_picture
from tests.model_zoo.helpers import by_name
from tests.model_zoo.small_nets import HEIGHT, WIDTH, picture, shake, small_net


def value(net: nn.Module, x: Tensor, step: str, *place: int) -> float:
    return float(by_name(walk(net, x))[step].output[(0, *place)])


def places(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Corners and the middle of maps, or the ends of a vector."""
    sizes = shape[1:]
    ends = [tuple(0 for _ in sizes), tuple(size - 1 for size in sizes), tuple(size // 2 for size in sizes)]
    return list(dict.fromkeys(ends))


def deep() -> nn.Module:
    """Without ReLU, so that no pixel is lost on the way."""
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.SiLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(4, 4, (3, 1), stride=(1, 2), padding=(1, 0)),
        nn.BatchNorm2d(4),
        nn.GELU(),
        nn.Conv2d(4, 2, 2, dilation=(2, 1), padding=1),
        nn.Flatten(),
    )


def test_only_pixels_inside_the_box_change_a_value() -> None:
    height, width = 16, 14
    x = torch.randn(1, 3, height, width, generator=torch.Generator().manual_seed(0)).double()
    net = shake(deep()).double()
    steps = walk(net, x)
    asked = [(step.name, *place) for step in steps for place in places(step.shape)]
    before = [float(by_name(steps)[name].output[(0, *place)]) for name, *place in asked]
    changed = np.zeros((len(asked), height, width), dtype=bool)
    for row, column in np.ndindex(height, width):
        other = x.clone()
        other[0, :, row, column] += 1.0
        named = by_name(walk(net, other))
        after = [float(named[name].output[(0, *place)]) for name, *place in asked]
        changed[:, row, column] = [a != b for a, b in zip(after, before, strict=True)]  # equal: to the last bit
    uncut = set()
    for place, mask in zip(asked, changed, strict=True):
        box = field_box(steps, height, width, *place)
        inside = box.within(height, width)
        outside = np.ones((height, width), dtype=bool)
        outside[inside.top : inside.bottom, inside.left : inside.right] = False
        assert not mask[outside].any(), place
        assert mask.any(), place
        if box == inside:  # each of its sides counts
            rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
            assert Box(rows[0], columns[0], rows[-1] + 1, columns[-1] + 1) == box, place
            uncut.add(place[0])
    assert uncut >= {"0", "2", "3", "6"}  # the steps that are no activations


@pytest.mark.parametrize("step", ["conv2", "pool2", "relu4", "pool3", "flatten", "fc3"])
def test_all_pixels_outside_the_box_at_once_change_nothing_in_a_shipped_network(step: str) -> None:
    model = model_zoo.load(SHIPPED[0])
    x = model.prepare(random_picture(40, 40)).double()
    net = model_zoo.nets.build("talk_cnn", {}).double().eval()
    net.load_state_dict(model.net.state_dict())
    steps = walk(net, x)
    for place in places(by_name(steps)[step].shape):
        box = field_box(steps, 32, 32, step, *place).within(32, 32)
        other = torch.randn(x.shape, generator=torch.Generator().manual_seed(1)).double()
        other[:, :, box.top : box.bottom, box.left : box.right] = x[:, :, box.top : box.bottom, box.left : box.right]
        assert value(net, other, step, *place) == value(net, x, step, *place)


def test_the_box_of_a_corner_says_how_much_of_it_is_padding() -> None:
    net = nn.Sequential(nn.Conv2d(3, 2, 5, padding=2), nn.Conv2d(2, 2, 3, stride=2, padding=1)).eval()
    steps = walk(net, torch.rand(1, 3, 10, 12))
    box = field_box(steps, 10, 12, "1", 0, 0, 5)
    assert box == Box(-3, 7, 4, 14)
    assert box.padding(10, 12) == (3, 0, 0, 2)
    assert box.within(10, 12) == Box(0, 7, 4, 12)
    assert box.within(10, 12).padding(10, 12) == (0, 0, 0, 0)


def test_a_box_all_in_the_padding_has_nothing_of_the_picture() -> None:
    steps = walk(nn.Sequential(nn.Conv2d(3, 1, 1, padding=2)).eval(), torch.rand(1, 3, 4, 4))
    box = field_box(steps, 4, 4, "0", 0, 0, 7)
    inside = box.within(4, 4)
    assert (inside.bottom - inside.top) * (inside.right - inside.left) == 0
    assert box.padding(4, 4) == (1, 0, 0, 1)


def test_the_input_sees_itself_and_a_linear_layer_everything() -> None:
    net = small_net("chain")
    steps = walk(net, picture(dtype=torch.float32))
    assert field_box(steps, HEIGHT, WIDTH, INPUT, 2, 3, 4) == Box(3, 4, 4, 5)
    seen = field_box(steps, HEIGHT, WIDTH, "5", 1)
    assert seen.within(HEIGHT, WIDTH) == Box(0, 0, HEIGHT, 9)


def test_an_entry_of_a_flattened_map_sees_what_its_place_saw() -> None:
    x = picture(dtype=torch.float32)
    steps = walk(small_net("chain"), x)
    for entry in (0, 7, 19, 20, 79):
        pooled = explain(steps, x, "4", entry).main
        assert field_box(steps, HEIGHT, WIDTH, "4", entry) == field_box(steps, HEIGHT, WIDTH, *pooled)


def test_entries_of_a_flattened_picture_are_pixels() -> None:
    steps = walk(nn.Sequential(nn.Flatten(), nn.ReLU()).eval(), torch.rand(1, 3, 4, 5))
    assert field_box(steps, 4, 5, "1", 20 + 7) == Box(1, 2, 2, 3)


def test_an_operation_without_a_field_has_no_box_and_no_place_outside_is_answered() -> None:
    net = nn.Sequential(nn.Conv2d(3, 2, 3, padding=1, padding_mode="circular"), nn.ReLU()).eval()
    steps = walk(net, torch.rand(1, 3, 6, 6))
    assert field_box(steps, 6, 6, "1", 0, 0, 0) is None
    for place, message in (
        (("2",), "There is no step '2'; the steps are input, 0, 1."),
        (("1", 2), "1 has channels 0 to 1; there is no channel 2."),
        (("1", 0, 6), "1 has rows 0 to 5; there is no row 6."),
        ((INPUT, 0, 0, 6), "input has columns 0 to 5; there is no column 6."),
    ):
        with pytest.raises(ValueError, match=f"^{message}$"):
            field_box(steps, 6, 6, *place)


# From the network's picture to the upload


def test_boxes_are_found_again_in_the_upload() -> None:
    assert crop_box(300, 200) == (50, 0, 250, 200)
    assert in_upload(Box(0, 0, 32, 32), 32, 300, 200) == (0, 50, 200, 250)
    assert in_upload(Box(-2, 4, 8, 16), 32, 300, 200) == (-12.5, 75, 50, 150)
    assert in_upload(Box(0, 0, 16, 32), 32, 20, 25) == (2, 0, 12, 20)


@pytest.mark.parametrize(("width", "height"), [(320, 224), (224, 321), (64, 64), (33, 47)])
def test_a_mark_in_the_upload_stands_in_the_pixel_that_the_mapping_names(width: int, height: int) -> None:
    model = model_zoo.load(SHIPPED[0])
    for box in (Box(3, 5, 4, 6), Box(20, 28, 24, 32)):
        top, left, bottom, right = in_upload(box, model.size, width, height)
        mark = np.zeros((height, width, 3), dtype=np.uint8)
        mark[round(top) : round(bottom), round(left) : round(right)] = 255
        seen = np.asarray(model.crop(Image.fromarray(mark)))[:, :, 0]
        assert seen[box.top : box.bottom, box.left : box.right].min() > 100
        seen = seen.copy()
        seen[box.top - 2 : box.bottom + 2, box.left - 2 : box.right + 2] = 0  # resizing mixes neighbours
        assert not seen.any()


# The effective receptive field


def test_the_effective_field_is_the_gradient_by_differences() -> None:
    net, x = shake(deep()).double(), torch.randn(1, 3, 16, 20, generator=torch.Generator().manual_seed(0)).double()
    field = effective_field(net, x, "3", 1, 4, 3)
    assert field.shape == (16, 20) and field.dtype == np.float64 and field.min() == 0
    for row, column in ((8, 12), (9, 13), (5, 10)):
        differences = []
        for colour in range(3):
            shift = torch.zeros_like(x)
            shift[0, colour, row, column] = 1e-5
            above, below = (value(net, x + sign * shift, "3", 1, 4, 3) for sign in (1, -1))
            differences.append(abs(above - below) / 2e-5)
        assert field[row, column] == pytest.approx(sum(differences), abs=1e-7)
    box = field_box(walk(net, x), 16, 20, "3", 1, 4, 3)
    inside = np.zeros_like(field, dtype=bool)
    inside[box.top : box.bottom, box.left : box.right] = True
    assert np.array_equal(field > 0, inside)


def test_the_effective_field_looks_at_the_step_before_it_is_overwritten() -> None:
    net, x = shake(nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(inplace=True))), torch.rand(1, 3, 6, 6)
    before, after = (by_name(walk(net, x))[name].output[0] for name in ("0", "1"))
    dead = tuple((before < 0).nonzero()[0].tolist())
    assert float(after[dead]) == 0
    assert effective_field(net, x, "0", *dead).any()
    assert not effective_field(net, x, "1", *dead).any()


def test_the_effective_field_of_an_edited_pass_is_that_of_the_edited_network() -> None:
    """Against the same network built with the change, in float64; in-place operations and picture edits included."""
    x = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1)).double()
    net = shake(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Conv2d(4, 2, 3))).double()
    for text, changed in (
        ("0.1.2.0.1:w1.5", {"0.weight": (1, 2, 0, 1, 1.5)}),
        ("1.2:x-3", {"2.weight": (slice(None), 2, slice(None), slice(None), -3 * net[2].weight[:, 2])}),
        ("1.0:off", {"2.weight": (slice(None), 0, slice(None), slice(None), 0.0)}),
    ):
        edits = (*parse(text), Blanked(2, 3, 2, 2), Shifted(1, 0))
        twin = copy.deepcopy(net)
        with torch.no_grad():
            for name, (*place, new) in changed.items():
                twin.get_parameter(name)[tuple(place)] = new
        picture = edited_picture(x, edits).requires_grad_()
        (expected,) = torch.autograd.grad(twin(picture)[0, 1, 2, 1], picture)
        field = effective_field(net, x, "2", 1, 2, 1, edits)
        assert np.allclose(field, expected[0].abs().sum(0).numpy(), rtol=1e-12, atol=0)
        assert not np.allclose(field, effective_field(net, x, "2", 1, 2, 1))


def test_the_effective_field_of_what_depends_on_no_pixel_is_zero() -> None:
    class Constant(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.argmax(dim=1, keepdim=True).float() + 1

    field = effective_field(Constant().eval(), torch.rand(1, 3, 4, 5), "add", 0, 1, 1)
    assert field.shape == (4, 5) and not field.any()


def test_the_fewest_pixels_that_hold_a_share() -> None:
    field = np.array([[0.0, 5.0, 1.0], [2.0, 0.0, 2.0]])
    assert [fewest_pixels(field, share) for share in (0.1, 0.5, 0.51, 0.7, 0.9, 1.0)] == [1, 1, 2, 2, 3, 4]
    assert fewest_pixels(np.zeros((2, 2)), 0.5) == 0


def test_the_effective_field_leaves_the_network_alone_and_needs_no_grad_mode() -> None:
    net = shake(resnet18(weights=None))
    x = torch.rand(1, 3, 32, 40)
    modes = [parameter.requires_grad for parameter in net.parameters()]
    expected = effective_field(net, x, "layer2.0.add", 3, 1, 2)
    with torch.inference_mode():
        assert np.array_equal(effective_field(net, x.clone(), "layer2.0.add", 3, 1, 2), expected)
    assert all(parameter.grad is None for parameter in net.parameters())
    assert [parameter.requires_grad for parameter in net.parameters()] == modes
    assert not any(module._forward_hooks or module._backward_hooks for module in net.modules())
    assert x.grad is None and not x.requires_grad


def test_threads_that_ask_at_once_get_their_own_answers() -> None:
    net = small_net("chain").double()
    xs = [picture(seed) for seed in range(6)]
    expected = [effective_field(net, x, "9", 1) for x in xs]
    assert not np.array_equal(expected[0], expected[1])
    found: list[list[np.ndarray]] = [[] for _ in xs]

    def ask(i: int) -> None:
        for _ in range(5):
            found[i].append(effective_field(net, xs[i], "9", 1))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(len(xs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answers, right in zip(found, expected, strict=True):
        assert len(answers) == 5 and all(np.array_equal(answer, right) for answer in answers)


def test_what_an_effective_field_cannot_be_asked_gets_a_sentence() -> None:
    net, x = small_net("chain"), picture(dtype=torch.float32)
    with pytest.raises(ValueError, match=r"^There is no step 'fc7' in Sequential\.$"):
        effective_field(net, x, "fc7", 0)
    with pytest.raises(ValueError, match=r"^5 has channels 0 to 4; there is no channel 5\.$"):
        effective_field(net, x, "5", 5)
    with pytest.raises(ValueError, match=r"training mode: call net\.eval\(\)"):
        effective_field(small_net("chain").train(), x, "5", 0)
