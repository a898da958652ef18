"""The engine beyond the talk's recipe: Muon, whitening, the other networks, snapshots, locks. Real, small trainings."""

import math
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import torch

import model_zoo
from model_zoo import nets
from model_zoo.entries import entry
from tests.conftest import ROOT
from tests.train.helpers import command, digest, refused, run
from train.data.cifar10 import Images, augment, normalise
from train.engine import init, metrics, optim
from train.recipe_types import FastRecipe
from train.recipes import FAST

SMALL = ["--no-judge", "--limit", "400", "--batch-size", "200", "--threads", "1", "--epochs", "2"]


def pictures(count: int, seed: int = 0) -> torch.Tensor:
    """Noise with neighbours that resemble each other, as in photographs."""
    noise = torch.rand(count, 3, 35, 35, generator=torch.Generator().manual_seed(seed))
    return (torch.nn.functional.avg_pool2d(noise, 4, 1) * 255).byte()


# ---------------------------------------------------------------------------------------------------------- the parts


@pytest.mark.parametrize("shape", [(24, 216), (256, 64)])
def test_orthogonalised_matrices_keep_their_directions_and_lose_their_sizes(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0)) * torch.logspace(0, -1, shape[1])
    u, before, v = torch.linalg.svd(matrix, full_matrices=False)
    sizes = (u.T @ optim.orthogonalised(matrix, steps=5) @ v.T).diagonal()
    assert before.max() / before.min() > 2
    assert ((sizes > 0.4) & (sizes < 1.6)).all()


def test_muon_keeps_the_norm_of_a_layer_whatever_the_gradient() -> None:
    weights = torch.nn.Parameter(torch.randn(16, 4, 3, 3))
    optimiser = optim.Muon([weights], lr=0.0)
    weights.grad = torch.randn_like(weights) * 1e6
    optimiser.step()
    assert weights.norm().item() == pytest.approx(4.0, rel=1e-5)


def test_whitened_patches_are_uncorrelated_and_of_equal_spread() -> None:
    batch = normalise(pictures(64), FAST.mean, FAST.std)
    kernels = init.whitening(batch, 2, floor=0.0)
    assert torch.equal(kernels[:12], -kernels[12:])
    values = torch.nn.functional.conv2d(batch, kernels[:12]).permute(1, 0, 2, 3).flatten(1)
    assert torch.allclose(values @ values.T / values.shape[1], torch.eye(12), atol=0.02)


def test_a_partial_identity_hands_its_inputs_on() -> None:
    net = nets.build("whitened_cnn", {})
    init.partial_identity(net)
    x = torch.rand(1, 24, 5, 5)
    assert torch.allclose(net.block1.conv1(x)[:, :24], x, atol=1e-6)
    assert not torch.allclose(net.block1.conv1(x)[:, 24:48], x, atol=0.1)


def test_in_two_epochs_each_picture_is_seen_once_as_it_is_and_once_mirrored() -> None:
    original = pictures(32)
    mirrored = torch.rand(32, generator=torch.Generator().manual_seed(3)) < 0.5
    first, second = (augment(original, 0, True, which) for which in (mirrored, ~mirrored))
    assert torch.equal(first.flip(3)[mirrored], original[mirrored]) and torch.equal(
        first[~mirrored], original[~mirrored]
    )
    assert torch.equal(first.flip(3), second)


class Looks(torch.nn.Module):
    """Answers with the red value of one pixel."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, :1, 10, 12]


def test_six_views_are_the_picture_moved_and_mirrored_with_their_weights() -> None:
    images = Images(pictures(4), torch.arange(4))
    red = images.pictures[:, 0].float() / 255
    expected = torch.zeros(4)
    for (y, x), weight in {(10, 12): 0.5, (9, 11): 0.25, (11, 13): 0.25}.items():
        # Mirrored after it was moved, the pixel stands as far from the right edge.
        expected += weight * (red[:, y, x] + red[:, y, 31 - 12 + x - 12]) / 2
    answers = metrics.logits(Looks(), images, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), views=6)
    assert torch.allclose(answers[:, 0], expected, atol=1e-6)


def test_the_step_sizes_of_the_fast_recipe_fall_to_zero_and_the_whitening_bias_first() -> None:
    net = nets.build("whitened_cnn", {})
    optimisers = optim.build(FAST, net)
    whitening, biases = optimisers[0].param_groups[:2]
    assert optim.set_rates(FAST, optimisers, 0.0, 0.005) == FAST.learning_rate
    assert whitening["lr"] == biases["lr"] == FAST.bias_rate
    optim.set_rates(FAST, optimisers, 0.5, 0.505)
    assert whitening["lr"] == 0 and biases["lr"] == FAST.bias_rate / 2
    trained = {id(p) for optimiser in optimisers for group in optimiser.param_groups for p in group["params"]}
    assert trained == {id(p) for p in net.parameters() if p.requires_grad}


def test_metrics_of_a_perfect_and_of_a_random_network() -> None:
    labels = torch.arange(1000) % 10
    right = torch.nn.functional.one_hot(labels, 10).float() * 50
    assert metrics.metrics(right, labels, RECIPE_CLASSES)["roc_auc"] == 1
    assert metrics.metrics(right, labels, RECIPE_CLASSES)["calibration_error"] == pytest.approx(0, abs=1e-6)
    chance = torch.randn(1000, 10, generator=torch.Generator().manual_seed(0)) * 50
    result = metrics.metrics(chance, labels, RECIPE_CLASSES)
    assert result["roc_auc"] == pytest.approx(0.5, abs=0.05)
    assert result["calibration_error"] > 0.7  # sure and wrong


RECIPE_CLASSES = [str(index) for index in range(10)]


# ----------------------------------------------------------------------------------------------------------- trainings


@pytest.fixture(scope="module")
def fast(cifar10_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the fast recipe."""
    out = tmp_path_factory.mktemp("runs") / "fast"
    done = run("cifar10-fast", "--data", cifar10_folder, "--out", out, *SMALL)
    assert done.returncode == 0, done.stderr
    return out


def test_the_fast_recipe_trains_on_all_pictures_and_says_so(fast: Path) -> None:
    model = model_zoo.load_folder(fast)
    assert "all of them" in model.card["data"]["split"]
    assert "validation_accuracy" not in model.card["metrics"] and math.isnan(model.history[-1]["val_accuracy"])
    assert model.card["metrics"]["best_epoch"] == 2
    assert model.history[-1]["train_loss"] < model.history[0]["train_loss"]
    assert model.card["metrics"]["test_with_views"]["views"] == 6
    assert model.card["recipe"]["head_rate"] == FastRecipe.head_rate
    assert len(model.card["data"]["training_pictures_sha256"]) == 64
    assert not list(fast.glob("*.tmp")) and not (fast / "progress.json").exists() and not (fast / "run.lock").exists()


@pytest.mark.full
def test_the_same_seed_gives_the_same_weights_also_after_kill_9(
    fast: Path, cifar10_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "again"
    arguments = ("cifar10-fast", "--data", cifar10_folder, "--out", out, *SMALL)
    process = subprocess.Popen(command(*arguments), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (out / entry.HISTORY).exists() or len((out / entry.HISTORY).read_text().splitlines()) < 3:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGSTOP)  # so that it is still there
    assert "Another training is running" in refused(*arguments, "--resume")
    process.send_signal(signal.SIGKILL)
    process.wait()
    resumed = run(*arguments, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert digest(out / entry.WEIGHTS) == digest(fast / entry.WEIGHTS)
    for epoch in (0, 1, 2):
        assert digest(entry.snapshot_path(out, epoch)) == digest(entry.snapshot_path(fast, epoch))


def test_snapshots_are_loaded_by_epoch(fast: Path, cifar10_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from train.data import cifar10

    monkeypatch.setenv("CONVSCOPE_RUNS", str(fast.parent))
    model = model_zoo.load("fast")
    assert model.epochs == (0, 1, 2) and model.epoch is None
    test = cifar10.cifar10(cifar10_folder, "test").take(slice(0, 400))
    accuracy = {}
    for epoch in model.epochs:
        loaded = model_zoo.load("fast", epoch)
        assert loaded.epoch == epoch and loaded.name == "fast" and not loaded.net.training
        outputs = metrics.logits(loaded.net, test, FAST.mean, FAST.std)
        accuracy[epoch] = (outputs.argmax(1) == test.labels).float().mean().item()
    assert accuracy[0] < 0.2
    # Half precision and 8-bit kernels against half precision alone.
    assert accuracy[2] == pytest.approx(model.card["metrics"]["test"]["accuracy"], abs=0.02)
    for wrong in (7, -1, "1", True):
        with pytest.raises(KeyError, match="keeps those of 0, 1, 2"):
            model_zoo.load("fast", wrong)


def test_an_entry_is_published_with_its_snapshots_or_without(fast: Path, tmp_path: Path) -> None:
    for words, epochs in (((), (0, 1, 2)), (("--no-snapshots",), ())):
        out = tmp_path / f"of {len(epochs)}"
        done = run("publish", fast, "--out", out, *words)
        assert done.returncode == 0, done.stderr
        model = model_zoo.load_folder(out)
        assert model.epochs == epochs and (out / "snapshots").exists() == bool(epochs)
        assert digest(out / entry.WEIGHTS) == digest(fast / entry.WEIGHTS)


def test_a_damaged_snapshot_is_named_and_the_entry_stays_usable(fast: Path, tmp_path: Path, monkeypatch) -> None:
    shutil.copytree(fast, tmp_path / "damaged")
    path = entry.snapshot_path(tmp_path / "damaged", 1)
    path.write_bytes(path.read_bytes()[:-1] + b"\0\1")
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path))
    with pytest.raises(model_zoo.BrokenEntry, match=r"epoch-001\.safetensors"):
        model_zoo.load("damaged", 1)
    assert model_zoo.load("damaged", 0).epoch == 0 and "damaged" in model_zoo.names()


def test_the_residual_network_learns(cifar10_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "resnet"
    gentle = ("--batch-size", 50, "--learning-rate", 0.001, "--muon", 0.02)  # the recipe's steps are for long runs
    done = run("cifar10-resnet", "--data", cifar10_folder, "--out", out, "--snapshots", "none", *SMALL, *gentle)
    assert done.returncode == 0, done.stderr
    model = model_zoo.load_folder(out)
    assert model.epochs == () and model.history[-1]["train_loss"] < model.history[1]["train_loss"]
    assert [step.operation for step in model_zoo.walk(model.net, torch.rand(1, 3, 32, 32))].count("add") == 2


@pytest.mark.full
def test_a_run_for_tensorboard_holds_curves_pictures_graph_and_confusions(cifar10_folder: Path, tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    out = tmp_path / "run"
    done = run("cifar10-fast", "--data", cifar10_folder, "--out", out, "--tensorboard", *SMALL)
    assert done.returncode == 0, done.stderr
    log = accumulator.EventAccumulator(str(out / "tensorboard")).Reload()
    rows = entry.read_history(out)
    found = [(event.step, event.value) for event in log.Scalars("train/accuracy")]
    assert found == [(row["epoch"], pytest.approx(row["train_accuracy"], abs=1e-5)) for row in rows]
    assert len(log.Tags()["images"]) >= 2 and log.Tags()["graph"]


@pytest.mark.parametrize("words", ["0,many", "1.5", "", "-1"])
def test_snapshots_that_are_no_epochs_are_refused(words: str, cifar10_folder: Path, tmp_path: Path) -> None:
    text = refused("cifar10-cnn", "--data", cifar10_folder, "--out", tmp_path / "run", f"--snapshots={words}")
    assert "--snapshots takes" in text


def test_values_that_a_recipe_does_not_use_are_refused(tmp_path: Path) -> None:
    assert "unrecognized arguments: --warm-up" in refused(
        "cifar10-fast", "--data", tmp_path, "--out", tmp_path / "run", "--warm-up", "0.5"
    )
