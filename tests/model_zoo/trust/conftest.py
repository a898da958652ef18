"""An entry with random weights whose answers are judged; what it is fitted to are random pictures."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch
from torch import Tensor

import model_zoo
from model_zoo import INPUT, Model, walk
from model_zoo.entries import entry, judge_file
from model_zoo.trust import conformal, detectors
from model_zoo.trust.calibration import probabilities
from model_zoo.trust.judgement import Bank, Judge, combination
from model_zoo.trust.readings import Readings, read, taps


def pictures(count: int, seed: int) -> Tensor:
    """Inputs float32 (N, 3, 32, 32)."""
    return torch.randn(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


def readings_of(model: Model, x: Tensor) -> Readings:
    steps = walk(model.net, x)
    return read(x, steps, taps(steps))


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory, original: Path) -> Path:
    """An entry that nobody may change; every kind of score is among its judge's."""
    folder = tmp_path_factory.mktemp("judged") / "random"
    shutil.copytree(original, folder)
    model = model_zoo.load_folder(folder)
    places = taps(walk(model.net, pictures(1, 0)))
    train, labels = readings_of(model, pictures(120, 1)), torch.arange(120) % 10
    head = dict(model.net.named_modules())[places.head]
    bank = detectors.fit_bank(train.features, 3)
    plain = detectors.fit_mahalanobis(train.features, labels, 10)
    found = (
        detectors.Msp(),
        detectors.Energy(),
        bank,
        detectors.fit_fdbd(train.features, head.weight),
        detectors.fit_vim(train.features, train.logits, head.weight, head.bias, 20),
        plain,
        detectors.fit_relative(train.features, plain),
        *(
            detectors.fit_statistics(v, step, 3 if step == INPUT else v.shape[1] // 2, 8)
            for step, v in train.depths.items()
        ),
    )
    found = tuple(judge_file.rounded(each) for each in found)
    held = readings_of(model, pictures(100, 2))
    together = combination("fisher", torch.stack([each.score(held) for each in found]))
    strangeness = together.of(torch.stack([each.score(held) for each in found])).sort().values
    rule = conformal.SetRule("raps", penalty=0.01, free=2)
    held_sets = conformal.held_scores(rule, probabilities(held.logits, 1.5), torch.arange(100) % 10)
    kept = Bank(found[2].bank, torch.arange(120) * 7, labels)
    judge = Judge(model.classes, places, 1.5, found, together, strangeness, rule, held_sets, kept)
    replace_judge(folder, judge_file.packed(judge))
    return folder


def replace_judge(folder: Path, data: bytes) -> None:
    """Put another judge into an entry, and let its card vouch for it."""
    (folder / judge_file.JUDGE).write_bytes(data)
    card = json.loads((folder / entry.CARD).read_text())
    card["trust"] = {"sha256": hashlib.sha256(data).hexdigest(), "weights": card["sha256"]}
    (folder / entry.CARD).write_text(json.dumps(card))


@pytest.fixture
def copy(judged: Path, tmp_path: Path) -> Path:
    """One to break."""
    return shutil.copytree(judged, tmp_path / "random")
