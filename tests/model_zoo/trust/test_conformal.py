"""Conformal p-values and prediction sets: what they promise, on pictures like those that were held back."""

import pytest
import torch

from model_zoo.trust.conformal import SetRule, held_scores, nonconformity, p_values, with_coverage


def test_a_p_value_is_the_share_that_looks_at_least_as_strange() -> None:
    held = torch.tensor([1.0, 2.0, 2.0, 3.0])
    found = p_values(torch.tensor([0.0, 1.0, 2.0, 2.5, 3.0, 9.0]), held)
    assert found.tolist() == pytest.approx([1.0, 1.0, 0.8, 0.4, 0.4, 0.2])


def test_p_values_of_pictures_like_those_held_back_are_uniform() -> None:
    """Over many draws of both, P(p <= a) is a, up to the step 1 / (n + 1); they are never below."""
    chance = torch.Generator().manual_seed(0)
    found = []
    for _ in range(2000):
        held = torch.randn(99, generator=chance).exp().sort().values
        found.append(p_values(torch.randn(10, generator=chance).exp(), held))
    found = torch.cat(found)
    assert found.min() > 0 and found.max() <= 1
    for share in (0.01, 0.05, 0.1, 0.5, 0.9):
        assert (found <= share + 1e-9).double().mean().item() == pytest.approx(share, abs=0.01)


RULES = [SetRule("lac"), SetRule("aps"), SetRule("raps", penalty=0.1, free=1)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind)
def test_sets_hold_the_right_class_as_often_as_they_say(rule: SetRule) -> None:
    """Over many calibrations; that of a single one varies."""
    chance, covered = torch.Generator().manual_seed(1), []
    for _ in range(200):
        shares = (2 * torch.randn(400, 6, generator=chance)).softmax(1)
        labels = torch.multinomial(shares.sqrt(), 1, generator=chance)[:, 0]  # the network is surer than it should be
        fitted = with_coverage(rule, held_scores(rule, shares[:200], labels[:200]), 0.9)
        covered.append(fitted.sets(shares[200:]).gather(1, labels[200:, None]).double().mean())
    assert 0.895 < torch.stack(covered).mean().item() < 0.92


def test_adaptive_sets_by_hand() -> None:
    shares = torch.tensor([[0.1, 0.6, 0.3]])
    assert nonconformity(shares, SetRule("aps", 0))[0].tolist() == pytest.approx([1.0, 0.6, 0.9])
    assert nonconformity(shares, SetRule("raps", 0, 0.5, 1))[0].tolist() == pytest.approx([2.0, 0.6, 1.4])
    assert SetRule("aps", 0.9001).sets(shares)[0].tolist() == [False, True, True]
    assert SetRule("lac", 0.75).sets(shares)[0].tolist() == [False, True, True]


def test_the_most_probable_class_is_always_in_the_set() -> None:
    assert SetRule("lac", 0.1).sets(torch.tensor([[0.4, 0.35, 0.25]]))[0].tolist() == [True, False, False]


def test_too_few_pictures_exclude_nothing() -> None:
    shares = torch.tensor([[0.9, 0.1]] * 5)
    held = held_scores(SetRule("lac"), shares, torch.zeros(5).long())
    assert with_coverage(SetRule("lac"), held, 0.9).sets(shares).all()
    assert not with_coverage(SetRule("lac"), held, 5 / 6).sets(shares)[:, 1].any()


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="lac, aps, raps"):
        nonconformity(torch.ones(1, 2), SetRule("magic", 0))
