"""Temperature scaling and the calibration error."""

import pytest
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

from model_zoo.trust import calibration


def answers(factor: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are `factor` times as large as their classes were drawn by."""
    chance = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(20_000, 5, generator=chance)
    return logits * factor, torch.multinomial(logits.softmax(1), 1, generator=chance)[:, 0]


@pytest.mark.parametrize("factor", [0.2, 1.0, 3.0])
def test_the_temperature_undoes_a_factor(factor: float) -> None:
    logits, labels = answers(factor)
    found = calibration.temperature(logits, labels)
    assert found == pytest.approx(factor, rel=0.05)
    before, after = (calibration.negative_log_likelihood(logits, labels, t) for t in (1.0, found))
    assert after <= before
    errors = [
        calibration.calibration_error(calibration.bins(calibration.probabilities(logits, t), labels))
        for t in (1.0, found)
    ]
    assert errors[1] < 0.012 and (factor == 1 or errors[1] < errors[0] / 5)


def test_the_calibration_error_is_that_of_torchmetrics() -> None:
    logits, labels = answers(3.0)
    found = calibration.bins(logits.softmax(1), labels)
    theirs = multiclass_calibration_error(logits.softmax(1), labels, num_classes=5, n_bins=calibration.BINS)
    assert calibration.calibration_error(found) == pytest.approx(theirs.item(), abs=1e-5)
    assert sum(each.pictures for each in found) == len(labels)
    assert all(each.low <= each.confidence <= each.high + 1e-9 for each in found if each.pictures)


def test_a_network_that_is_always_right_gets_as_sure_as_it_may() -> None:
    logits = torch.eye(3).repeat(10, 1)
    assert calibration.temperature(logits, torch.arange(30) % 3) == pytest.approx(calibration.LOW, rel=0.01)
