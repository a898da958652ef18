"""One training on several processes: `torchrun ... -m train`, as a user runs it."""

import json
import shutil
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model_zoo.entries import entry
from tests.conftest import ROOT
from tests.train.helpers import ALONE, command, done, interrupted, torchrun
from train.data.cifar10 import Images
from train.engine import checkpoint, epoch, init
from train.engine.distributed import Setting, World
from train.engine.progress import Progress
from train.engine.task import Cifar10
from train.entry.run_folder import CHECKPOINT
from train.recipes import RECIPES

# In float32, so that nothing differs but the order in which gradients are added up, by the recipe that learns at once,
# without the dropout, which each process draws for its own share.
ARGUMENTS = (
    *(
        "cifar10-cnn-regularised",
        "--dropout",
        0,
        "--no-bfloat16",
        "--learning-rate",
        2e-4,
        "--threads",
        1,
        "--epochs",
        4,
    ),
    *("--no-judge", "--limit", 300, "--batch-size", 150, "--snapshots", "none"),
)
TOLERANCE = 1e-4


@pytest.mark.parametrize("count", [1, 7, 100, 2000])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_shares_of_a_batch_are_disjoint_and_cover_it(count: int, size: int) -> None:
    batch = torch.randperm(count)
    shares = [World(rank, size).share(batch) for rank in range(size)]
    assert torch.equal(torch.cat(shares).sort().values, torch.arange(count))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("name", ["cifar10-cnn", "cifar10-fast"])
def test_each_epoch_has_an_order_of_its_own_and_its_shares_cover_all_pictures(name: str) -> None:
    recipe = replace(RECIPES[name], batch_size=64)
    images = Images(torch.zeros(300, 3, 32, 32, dtype=torch.uint8), torch.zeros(300, dtype=torch.long))

    def seen(rank: int, number: int, seed: int = 0) -> torch.Tensor:
        setting, nothing = Setting(seed, world=World(rank, 2)), Progress(Path(), 1, 300, speaks=False)
        context = epoch.Context(recipe, Cifar10(recipe), images, None, setting, threading.Event(), nothing)
        return torch.cat([setting.world.share(batch) for batch in epoch.order_of(context, number)])

    for number in (1, 2):
        shares = [seen(rank, number) for rank in (0, 1)]
        assert torch.equal(torch.cat(shares).sort().values, torch.arange(300))
    assert not torch.equal(seen(0, 1), seen(0, 2)) and not torch.equal(seen(0, 1), seen(0, 1, seed=1))
    assert torch.equal(seen(0, 2), seen(0, 2))


def words(processes: int, *arguments: object) -> list[str]:
    return torchrun(processes, "-m", "train", *arguments) if processes > 1 else command(*arguments)


@pytest.fixture(scope="module")
def halves(cifar10_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The same training, stopped after its first epoch, on one process and on two."""
    runs = {processes: tmp_path_factory.mktemp("runs") / f"{processes}" for processes in (1, 2)}
    for processes, out in runs.items():
        interrupted(words(processes, *ARGUMENTS, "--data", cifar10_folder, "--out", out), out, ALONE)
    return runs


@pytest.mark.full
def test_two_processes_give_the_gradients_and_weights_of_one(halves: dict[int, Path]) -> None:
    (one, facts), (two, other_facts) = (checkpoint.read(halves[count] / CHECKPOINT) for count in (1, 2))
    assert len(facts["history"]) == len(other_facts["history"])
    for name, moment in one["optimiser"].items():  # running means of the gradients and of their squares
        assert (moment - two["optimiser"][name]).norm() <= 0.01 * moment.norm(), name
    untrained = init.build(RECIPES[ARGUMENTS[0]], Images(torch.empty(0), torch.empty(0)), seed=0).state_dict()
    for name, weights in one["net"].items():
        # AdamW divides by the gradient's size: where that is next to nothing, a rounding decides a step's direction.
        difference, moved = weights - two["net"][name], weights - untrained[name]
        assert difference.abs().mean() < TOLERANCE, name
        assert difference.norm() < 0.05 * moved.norm(), name


@pytest.mark.faults(
    "A training by several processes is resumed with another number of them",
    "It goes on from the last epoch, with batches of the same size",
)
@pytest.mark.full
def test_a_training_goes_on_with_another_number_of_processes(
    halves: dict[int, Path], cifar10_folder: Path, tmp_path: Path
) -> None:
    histories = []
    for before, after in ((1, 2), (2, 1)):
        out = Path(shutil.copytree(halves[before], tmp_path / f"{before} then {after}"))
        ended = done(words(after, *ARGUMENTS, "--data", cifar10_folder, "--out", out, "--resume"))
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.count("The entry is in") == 1  # one process speaks
        card = json.loads((out / entry.CARD).read_text())
        assert card["environment"]["processes"] == after and card["metrics"]["test"]["pictures"] == 300
        histories.append(entry.read_history(out))
    # The untrained network has seen nothing yet: every picture was counted once, on one process as on two.
    for name in ("val_loss", "val_accuracy"):
        assert histories[1][0][name] == pytest.approx(histories[0][0][name], rel=1e-5), name
    # Every epoch draws its own order, and each process sees its share of it; only the sums are those of one process.
    for row, other in zip(*histories, strict=True):
        assert other["train_loss"] == pytest.approx(row["train_loss"], abs=0.01)
        assert other["val_loss"] == pytest.approx(row["val_loss"], abs=0.01)
    assert histories[0][-1]["train_loss"] < histories[0][1]["train_loss"]


TOGETHER = """
import torch
from train.engine import distributed, init
from train.data.cifar10 import Images
from train.engine.distributed import Setting, World
from train.engine.task import Cifar10
from train.recipes import RECIPES

recipe, cpu = RECIPES["cifar10-cnn"], torch.device("cpu")


def trained(world):
    # Twenty steps of plain SGD in float64: nothing but the order in which gradients are added up can differ. In
    # float32 a rounding grows from step to step, on some processors to a thousandth and more.
    net, task = init.build(recipe, images, 0).double(), Cifar10(recipe)
    shared, batch = distributed.wrapped(net, world), task.batches(images, 0, 1, world, cpu)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    torch.manual_seed(1)
    for step in range(20):
        index = torch.randperm(96)[:9]  # which two processes cannot halve
        inputs, targets = batch(index)
        task.loss(shared(inputs.double()), targets, inputs, len(index), world).backward()
        optimiser.step()
        optimiser.zero_grad()
    return torch.cat([weights.detach().flatten() for weights in net.parameters()])


torch.manual_seed(0)
images = Images(torch.randint(0, 256, (96, 3, 32, 32), dtype=torch.uint8), torch.arange(96) % 10)
with distributed.joined(cpu) as world:
    assert world.size == 2
    one, two = trained(World()), trained(world)
    begin = torch.cat([weights.detach().flatten() for weights in init.build(recipe, images, 0).parameters()])
    assert (one - begin).abs().max() > 0.001, "nothing was learned"
    assert (one - two).abs().max() < 1e-8, (one - two).abs().max()
    net = torch.nn.BatchNorm1d(2)
    net.running_mean += torch.tensor([1.0, 10.0]) * (1 + 2 * world.rank)
    world.average_statistics(net)
    assert net.running_mean.tolist() == [2, 20], net.running_mean
"""


@pytest.mark.full
def test_two_processes_end_with_the_weights_of_one_and_average_the_statistics_of_batch_norm(tmp_path: Path) -> None:
    (tmp_path / "together.py").write_text(TOGETHER)
    settings = ALONE | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        torchrun(2, tmp_path / "together.py"), env=settings, capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.faults(
    "One process of a training by several fails",
    "All of them end, with what it said",
)
def test_a_failing_process_ends_the_whole_run(cifar10_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")  # only the first process writes, so only it fails
    out = tmp_path / "file" / "run"
    ended = done(words(2, *ARGUMENTS, "--data", cifar10_folder, "--out", out))
    assert ended.returncode != 0 and "cannot be written" in ended.stderr
