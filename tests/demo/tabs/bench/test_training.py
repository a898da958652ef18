"""The bench's two trainings in JavaScript against torch: the two layers, and gradient descent on two weights."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

SCRIPT = """
import { program } from './demo/tabs/bench/layers/code.js';
import { TwoLayers, outcome } from './demo/tabs/bench/layers/network.js';
import { Generator } from './demo/tabs/bench/layers/random.js';
import { encode, parse } from './demo/tabs/bench/layers/settings.js';
const plain = (values) => Array.from(values);
const trained = (settings) => {
  const net = new TwoLayers(settings);
  const isNumber = () => Number.isFinite(net.losses.at(-1) ?? 0);
  for (let step = 0; step < settings.steps && isNumber(); step += 1) net.step(settings.rate);
  const weights = net.weights().map(({ before, after }) => [before, after].map(({ values }) => plain(values)));
  const again = parse(encode(settings));
  return { losses: net.losses, weights, outcome: outcome(net.losses), program: program(settings), again };
};
export const answer = ({ seeds, runs }) => ({
  drawn: (seeds ?? []).map((seed) => {
    const generator = new Generator(seed);
    return [plain(generator.normal(40)), plain(generator.uniform(700, 0.25)), plain(generator.normal(1600))];
  }),
  runs: (runs ?? []).map(trained),
});
"""
DESCENT = """
import { encode, parse, pathOf, program, verdict } from './demo/tabs/bench/descent/descent.js';
import { lossAt, lowest, PROBLEMS } from './demo/tabs/bench/descent/problems.js';
export const answer = (cases) => cases.map((settings) => {
  const path = pathOf(settings);
  const weights = lowest(PROBLEMS[settings.problem]);
  const { loss } = lossAt(PROBLEMS[settings.problem], weights);
  const again = parse(encode(settings));
  return { path, lowest: { weights, loss }, verdict: verdict(path, loss), program: program(settings), again };
});
"""
# Hidden values, rate, steps, seed.
RUNS = [(100, 0.1, 500, 0), (100, 0.01, 500, 7), (30, 0.03, 100, 3), (5, 0.1, 500, 9999)]
USUAL = 0.1  # learning rate with which the bench begins


def settings(run: tuple[int, float, int, int]) -> dict[str, Any]:
    return dict(zip(("hidden", "rate", "steps", "seed"), run, strict=True)) | {"trained": True}


def plain_loop(run: tuple[int, float, int, int], dtype: torch.dtype) -> tuple[list[float], list[list[torch.Tensor]]]:
    """Losses before each step, and every parameter before and after."""
    hidden, rate, steps, seed = run
    torch.manual_seed(seed)
    x, y = torch.randn(64, 1000), torch.randn(64, 10)
    net = nn.Sequential(nn.Linear(1000, hidden), nn.ReLU(), nn.Linear(hidden, 10)).to(dtype)
    first = [parameter.detach().clone() for parameter in net.parameters()]
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=rate), []
    for _ in range(steps):
        loss = nn.functional.mse_loss(net(x.to(dtype)), y.to(dtype))
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses, [[before, after.detach()] for before, after in zip(first, net.parameters(), strict=True)]


def test_random_numbers_are_those_of_torch(node: Callable[..., Any]) -> None:
    seeds = [0, 1, 42, 9999, 2**32 - 1]
    for seed, (few, uniform, many) in zip(seeds, node(SCRIPT, {"seeds": seeds})["drawn"], strict=True):
        torch.manual_seed(seed)
        by_torch = [torch.randn(40), torch.empty(700).uniform_(-0.25, 0.25), torch.randn(1600)]
        np.testing.assert_allclose(few, by_torch[0], rtol=1e-5, atol=1e-6)
        assert (np.array(uniform, np.float32) == by_torch[1].numpy()).all()  # bit for bit
        np.testing.assert_allclose(many, by_torch[2], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("run", RUNS)
def test_the_loss_curve_and_the_weights_are_those_of_a_plain_loop(
    node: Callable[..., Any], run: tuple[int, float, int, int]
) -> None:
    """In double precision to 1e-4 of each loss; in single precision to 1e-3, as long as the loss is above 1e-6."""
    found = node(SCRIPT, {"runs": [settings(run)]})["runs"][0]
    assert found["again"] == settings(run)
    losses, weights = plain_loop(run, torch.float64)
    np.testing.assert_allclose(found["losses"], losses, rtol=1e-4)
    for ours, by_torch in zip(found["weights"], weights, strict=True):
        for values, tensor in zip(ours, by_torch, strict=True):
            np.testing.assert_allclose(values, tensor.flatten().numpy(), rtol=0, atol=1e-5)
    single = np.array(plain_loop(run, torch.float32)[0])
    np.testing.assert_allclose(np.array(found["losses"])[single > 1e-6], single[single > 1e-6], rtol=1e-3)


def test_the_copied_training_runs_and_prints_these_losses(node: Callable[..., Any]) -> None:
    found = node(SCRIPT, {"runs": [settings((10, 0.03, 100, 2))]})["runs"][0]
    np.testing.assert_allclose([loss for _, loss in printed(found["program"])], found["losses"], rtol=1e-3)


def test_a_rate_that_is_too_large_diverges_here_and_in_torch(node: Callable[..., Any]) -> None:
    runs = [(100, 10, 500, 0), (100, USUAL, 500, 0), (100, 0.001, 100, 0)]
    outcomes = [run["outcome"] for run in node(SCRIPT, {"runs": [settings(run) for run in runs]})["runs"]]
    assert outcomes == ["diverges", "learns", "crawls"]
    assert not np.isfinite(plain_loop(runs[0], torch.float32)[0][-1])


def printed(program: str) -> list[tuple[int, float]]:
    """What a program prints, as pairs of numbers."""
    with redirect_stdout(io.StringIO()) as out:
        exec(program, {})
    return [(int(line.split()[0]), float(line.split()[1])) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("problem", ["line", "scaled", "classes"])
def test_the_way_down_is_that_of_torchs_optimizer(node: Callable[..., Any], problem: str) -> None:
    """The copied program prints every place; it calculates with 7 digits."""
    rate = {"line": 0.008, "scaled": 0.3, "classes": 3}[problem]
    cases = [
        {"problem": problem, "rate": rate, "momentum": momentum, "from": start, "steps": 30}
        for momentum in (0, 0.5, 0.9)
        for start in ([0.1, 10], [2, -3.125])
    ]
    for case, found in zip(cases, node(DESCENT, cases), strict=True):
        assert found["again"] == case
        with redirect_stdout(io.StringIO()) as out:
            exec(found["program"], {})
        places = [eval(line.split(" ", 1)[1]) for line in out.getvalue().splitlines()]
        np.testing.assert_allclose([point["weights"] for point in found["path"][1:]], places, rtol=1e-3, atol=1e-3)
        assert all(point["loss"] >= found["lowest"]["loss"] - 1e-9 for point in found["path"])


def test_the_lowest_points_are_those_of_other_libraries(node: Callable[..., Any]) -> None:
    """Anscombe's line is y = 0.5 x + 3, as he says; the flowers' is that of a logistic regression without a penalty."""
    linear_model, datasets = pytest.importorskip("sklearn.linear_model"), pytest.importorskip("sklearn.datasets")
    cases = [{"problem": name, "rate": 1, "momentum": 0, "from": [0, 0], "steps": 0} for name in ("line", "classes")]
    line, flowers = node(DESCENT, cases)
    np.testing.assert_allclose(line["lowest"]["weights"], [0.5001, 3.0001], atol=1e-3)
    iris = datasets.load_iris()
    x = iris.data[50:, 2:]
    fitted = linear_model.LogisticRegression(C=1e9, fit_intercept=False, tol=1e-9)
    fitted.fit((x - x.mean(0)) / x.std(0), iris.target[50:])
    np.testing.assert_allclose(flowers["lowest"]["weights"], fitted.coef_[0], atol=0.01)


def test_what_has_become_of_a_descent(node: Callable[..., Any]) -> None:
    def case(problem: str, rate: float, momentum: float, steps: int) -> dict[str, Any]:
        return {"problem": problem, "rate": rate, "momentum": momentum, "from": [0.1, 10], "steps": steps}

    cases = [
        *(
            case("line", 0.008, 0, 0),
            case("line", 0.008, 0, 20),
            case("line", 0.012, 0, 60),
            case("scaled", 0.3, 0, 40),
        ),
        case("scaled", 0.1, 0.9, 25),
    ]
    verdicts = [found["verdict"] for found in node(DESCENT, cases)]
    assert verdicts == ["start", "falls", "diverges", "arrived", "swings"]
