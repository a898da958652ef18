"""The linear head against scikit-learn's logistic regression, and the bodies that it reads."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from torch import nn

import model_zoo
from model_zoo.adopting.entries import About, from_onnx, write
from tests.conftest import SHIPPED
from tests.model_zoo.onnx_graph.files import plain
from train.data.cifar10 import DataError
from train.tools.own import head as heads
from train.tools.own.body import Body


@pytest.mark.parametrize(("count", "strength"), [(40, 0.1), (40, 0.003), (400, 1.0), (400, 0.03)])
@pytest.mark.parametrize("has_bias", [True, False])
def test_a_head_is_the_logistic_regression_of_scikit_learn(count: int, strength: float, has_bias: bool) -> None:
    found = load_digits()
    x, labels = found.data.astype(np.float32), found.target
    train, others = x[:count], x[-300:]  # of 64 features: fewer and more pictures than that
    head = heads.fit(torch.from_numpy(train), torch.from_numpy(labels[:count]), 10, (3.0, strength), has_bias)[-1]
    # Standardised as the module says, and its loss as scikit-learn counts it.
    spread = train.std(0)
    scale = np.maximum(spread, heads.LEAST_SPREAD * spread.mean())
    mean = train.mean(0) if has_bias else 0
    theirs = LogisticRegression(C=1 / (count * strength), fit_intercept=has_bias, max_iter=5000, tol=1e-8)
    theirs.fit((train - mean) / scale, labels[:count])
    mine = head(torch.from_numpy(others)).double().softmax(1).numpy()
    assert mine == pytest.approx(theirs.predict_proba((others - mean) / scale), abs=0.005)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_network_is_a_body(name: str) -> None:
    model = model_zoo.load(name)
    body = Body.of(model)
    x = torch.randn(2, 3, body.size, body.size, generator=torch.Generator().manual_seed(0))
    layer = model.net.get_submodule(body.head)
    assert isinstance(layer, nn.Linear) and layer.in_features == body.width
    with torch.inference_mode():
        expected = model.net(x)
        assert torch.allclose(body.factor * layer(body.of_inputs(x)), expected, atol=1e-4)
        # Given the head that it had, the network is what it was.
        own = layer.bias.double() if layer.bias is not None else torch.zeros(layer.out_features).double()
        head = heads.Head(layer.weight.double() * body.factor, own * body.factor)
        assert torch.allclose(body.with_head(head, layer.out_features)(x), expected, atol=1e-4)


class Doubled(nn.Module):
    """Its answer is not one linear layer of its features."""

    def __init__(self) -> None:
        super().__init__()
        self.flatten, self.fc = nn.Flatten(), nn.Linear(3 * 32 * 32, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.flatten(x)).square()


def test_what_cannot_be_a_body_is_said() -> None:
    model = model_zoo.load("cifar10-cnn")
    with pytest.raises(DataError, match="no body for pictures of 64 pixels"):
        Body.of(model, 64)  # its linear layers take the maps of 32 pixels alone
    odd = model_zoo.Model("odd", Doubled().eval(), model.card, [], model.folder)
    with pytest.raises(DataError, match="odd cannot be the body"):
        Body.of(odd)


def test_networks_of_which_no_card_can_name_another_head_are_no_bodies(tmp_path: Path) -> None:
    write(from_onnx(plain(), About("onnx-one")), tmp_path / "onnx-one")
    with pytest.raises(DataError, match=r"onnx-one cannot be the body.*an ONNX file"):
        Body.of(model_zoo.load_folder(tmp_path / "onnx-one"))
    held = model_zoo.adopt(nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 5)), size=8, name="held")
    with pytest.raises(DataError, match=r"held cannot be the body.*memory"):
        Body.of(held)
