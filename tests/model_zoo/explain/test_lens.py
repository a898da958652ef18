"""What each step alone would answer, against the same sums in NumPy."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import model_zoo
from model_zoo.entries.probes import probes
from model_zoo.explain.lens import MOST_FEATURES, features, lens
from model_zoo.graph.edits import parse
from model_zoo.model import Probe
from tests.conftest import SHIPPED, WEIGHTS
from tests.model_zoo.conftest import random_picture


def softmax(logits: np.ndarray) -> np.ndarray:
    shares = np.exp(logits - logits.max())
    return shares / shares.sum()


def by_hand(model: model_zoo.Model, steps: list[model_zoo.Step]) -> dict[str, np.ndarray]:
    """The probabilities of every step's probe, from the tensors of a walk, in double precision."""
    outputs, found = {step.name: step.output.numpy().astype(np.float64)[0] for step in steps}, {}
    for step in steps:
        values = outputs[step.inputs[0]] if step.operation == "flatten" else outputs[step.name]
        read = values.mean((1, 2)) if values.ndim == 3 else values
        probe = probes(model)[step.name]
        found[step.name] = softmax(probe.weight.numpy().astype(np.float64) @ read + probe.bias.numpy())
    return found


@pytest.mark.parametrize("name", SHIPPED)
def test_every_step_of_a_shipped_network_is_read_as_numpy_reads_it(name: str) -> None:
    model = model_zoo.load(name)
    if not probes(model):
        pytest.skip("no probes were fitted to this network")
    steps = model_zoo.walk(model.net, model.prepare(random_picture(200, 150)))
    readings, expected = lens(steps, probes(model)), by_hand(model, steps)
    assert [reading.step for reading in readings] == [step.name for step in steps]
    for reading in readings:
        shares = expected[reading.step]
        assert np.allclose(reading.probabilities, shares, atol=1e-4), reading.step
        assert sum(reading.probabilities) == pytest.approx(1) and reading.label == np.argmax(reading.probabilities)
        assert reading.accuracy == model.card["probes"]["steps"][reading.step]["test"]
    assert (WEIGHTS / name / "probes.safetensors").stat().st_size < 300_000


@pytest.mark.parametrize("name", SHIPPED)
def test_the_last_probes_are_about_as_good_as_the_network_and_better_than_the_first(name: str) -> None:
    told = model_zoo.load(name).card.get("probes")
    if told is None:
        pytest.skip("no probes were fitted to this network")
    accuracies = [one["test"] for one in told["steps"].values()]
    assert abs(accuracies[-1] - told["network"]) < 0.03
    assert max(accuracies) > accuracies[0] + 0.05 and accuracies[0] > told["most_frequent_class"]


def test_the_readings_follow_a_changed_pass_and_the_steps_before_it_stay() -> None:
    model = model_zoo.load(SHIPPED[0])
    x = model.prepare(random_picture(40, 40))
    names = [step.name for step in model_zoo.walk(model.net, x)]
    changed = model_zoo.walk(model.net, x, parse("conv3.0:off~conv3.1:off", model.black))
    before, after = (lens(steps, probes(model)) for steps in (model_zoo.walk(model.net, x), changed))
    at = names.index("conv3")
    assert changed[at].edits
    assert before[:at] == after[:at]
    assert all(one.probabilities != other.probabilities for one, other in zip(before[at:], after[at:], strict=True))


class Odd(nn.Module):
    """A map, its flattened values, a vector of too many values, and a tensor of five dimensions."""

    def forward(self, x: Tensor) -> Tensor:
        large = x.repeat(1, 1, 40, 40)
        many = large.reshape(2, -1)
        deep = x.unsqueeze(2) * 2
        return large.flatten(1)[:, :48] + x.flatten(1) + many.mean() + deep.mean()


def test_features_are_means_of_maps_and_values_of_vectors() -> None:
    x = torch.arange(2 * 3 * 4 * 4, dtype=torch.float32).reshape(2, 3, 4, 4)
    steps = model_zoo.walk(Odd().eval(), x)
    found = features(steps)
    of_map, of_input = (step for step in steps if step.operation == "flatten")
    assert of_input.inputs == ("input",) and torch.equal(found[of_input.name], x.flatten(1))  # the input is no step
    assert of_map.shape[1] > MOST_FEATURES and torch.allclose(found[of_map.name], x.mean((2, 3)))
    assert torch.equal(found[of_map.inputs[0]], found[of_map.name])
    left_out = [step for step in steps if step.name not in found]
    assert {step.output.dim() for step in left_out} >= {0, 5}
    assert any(step.output.dim() == 2 and step.shape[1] > MOST_FEATURES for step in left_out)


def test_a_probe_of_another_step_is_refused() -> None:
    model = model_zoo.load(SHIPPED[0])
    steps = model_zoo.walk(model.net, torch.zeros(1, 3, 32, 32))
    with pytest.raises(ValueError, match="The probe of conv1 reads 7 features, and the step has 32"):
        lens(steps, {"conv1": Probe(torch.zeros(10, 7), torch.zeros(10), 0.5)})
    assert lens(steps, {"nothing": Probe(torch.zeros(10, 7), torch.zeros(10), 0.5)}) == []
