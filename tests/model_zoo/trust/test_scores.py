"""The scores, compared with pytorch-ood and scikit-learn, which were written by others after the same papers."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from model_zoo.trust import detectors, scores
from model_zoo.trust.readings import Readings

oracle = pytest.importorskip("pytorch_ood.detector", reason="pytorch-ood is in requirements-dev.txt")
CLASSES, WIDE = 4, 12


@pytest.fixture(scope="module")
def head() -> nn.Linear:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Linear(WIDE, CLASSES).requires_grad_(False)


@pytest.fixture(scope="module")
def train() -> tuple[Tensor, Tensor]:
    """Features of 400 pictures, around a middle for each class, and their classes."""
    chance = torch.Generator().manual_seed(1)
    labels = torch.arange(400) % CLASSES
    middles = 2 * torch.randn(CLASSES, WIDE, generator=chance)
    stretched = torch.randn(400, WIDE, generator=chance) * torch.linspace(0.3, 2, WIDE)
    return middles[labels] + stretched, labels


@pytest.fixture(scope="module")
def features() -> Tensor:
    return 3 * torch.randn(50, WIDE, generator=torch.Generator().manual_seed(2))


def readings(features: Tensor, head: nn.Linear) -> Readings:
    return Readings(head(features), features, {})


def close(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours.float(), theirs.float(), rtol=2e-3, atol=2e-3)


def in_proportion(ours: Tensor, theirs: Tensor) -> None:
    """Equal but for a factor above 0, which no ranking and no p-value sees."""
    factor = (theirs * ours).sum() / ours.square().sum()
    assert factor > 0
    close(ours, theirs / factor)


def test_probability_and_energy(features: Tensor, head: nn.Linear) -> None:
    logits = head(features)
    close(scores.msp(logits), oracle.MaxSoftmax.score(logits))
    close(scores.energy(logits), oracle.EnergyBased.score(logits))


def test_fdbd(train: tuple[Tensor, Tensor], features: Tensor, head: nn.Linear) -> None:
    theirs = oracle.fDBD(None, head).fit_features(train[0]).predict_features(features)
    ours = detectors.fit_fdbd(train[0], head.weight).score(readings(features, head))
    in_proportion(ours, theirs)


def test_vim(train: tuple[Tensor, Tensor], features: Tensor, head: nn.Linear) -> None:
    theirs = oracle.ViM(None, 5, head.weight, head.bias).fit_features(*train).predict_features(features)
    ours = detectors.fit_vim(train[0], head(train[0]), head.weight, head.bias, 5)
    close(ours.score(readings(features, head)), theirs)


def test_mahalanobis_and_its_relative(train: tuple[Tensor, Tensor], features: Tensor, head: nn.Linear) -> None:
    plain = detectors.fit_mahalanobis(*train, CLASSES)
    given = readings(features, head)
    # Theirs takes the sum of outer products for the covariance, and half of the distance.
    in_proportion(plain.score(given), oracle.Mahalanobis(None).fit_features(*train).predict_features(features))
    theirs = oracle.RMD(None).fit_features(*train).predict_features(features)
    in_proportion(detectors.fit_relative(train[0], plain).score(given), theirs)


def test_the_nearest_are_those_of_a_full_sort(train: tuple[Tensor, Tensor], features: Tensor) -> None:
    bank = detectors.fit_bank(train[0], 7)
    all_of_them = torch.cdist(nn.functional.normalize(features), nn.functional.normalize(train[0])).sort(1)
    distances, rows = scores.nearest(features, bank.bank, 7)
    close(distances, all_of_them.values[:, :7])
    assert torch.equal(rows[:, 0], all_of_them.indices[:, 0])
    close(scores.knn(features, bank.bank, 7), all_of_them.values[:, 6])
    assert scores.knn(features, bank.bank[:3], 7).shape == (50,)  # a bank of fewer pictures than k


def test_probabilistic_pca_is_that_of_scikit_learn() -> None:
    decomposition = pytest.importorskip("sklearn.decomposition", reason="scikit-learn is in requirements-dev.txt")
    chance = np.random.default_rng(0)
    values = chance.normal(size=(500, 9)) @ chance.normal(size=(9, 9))
    values -= values.mean(0)
    theirs = decomposition.PCA(4, svd_solver="full").fit(values)
    basis = torch.from_numpy(theirs.components_.T)
    rest = torch.from_numpy(values).square().sum() / 499 - theirs.explained_variance_.sum()
    ours = scores.probabilistic_pca(
        torch.from_numpy(values), basis, torch.from_numpy(theirs.explained_variance_), float(rest) / 5
    )
    density = torch.from_numpy(theirs.score_samples(values))  # its logarithm: -1/2 the distance, and a constant
    shift = density + ours / 2
    torch.testing.assert_close(shift, shift.mean().expand_as(shift))


def test_what_is_grey_or_blurred_or_plain_is_strange_to_statistics() -> None:
    """Channels whose spread all but vanishes are far away, however usual their means are."""
    chance = torch.Generator().manual_seed(0)
    usual = torch.cat((torch.randn(500, 6, generator=chance), 1 + 0.2 * torch.rand(500, 6, generator=chance)), 1)
    fitted = detectors.fit_statistics(usual, "relu", 6, 64)
    odd = usual.clone()
    odd[:, 8:] *= 0.1

    def strangeness(statistics: Tensor) -> Tensor:
        return fitted.score(Readings(torch.zeros(500, 2), torch.zeros(500, 3), {"relu": statistics}))

    assert strangeness(odd).min() > strangeness(usual).max()
    plain = torch.cat((usual[:, :6], torch.zeros(500, 6)), 1)
    assert strangeness(plain).isfinite().all() and strangeness(plain).min() > strangeness(odd).max()


def test_directions_that_never_vary_count_nothing() -> None:
    """A channel that ReLU always removed has no variance; nothing may become infinite."""
    features = torch.randn(100, 5, generator=torch.Generator().manual_seed(0))
    features[:, 2] = 0
    fitted = detectors.fit_mahalanobis(features, torch.arange(100) % 2, 2)
    assert fitted.score(Readings(torch.zeros(100, 2), features, {})).isfinite().all()
