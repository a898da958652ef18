"""The parts of a training on photos: what is learned from them, how it is measured, the networks."""

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score, roc_auc_score

import model_zoo
from model_zoo import nets
from model_zoo.explain import receptive_field, sums
from tests import photosets
from train.data import photo_set
from train.data.cifar10 import DataError, Images
from train.engine import metrics, optim, sources, task, warm_start
from train.engine.distributed import World
from train.engine.ema import Average
from train.recipes import RECIPES
from train.tools import blocks

RECIPE = RECIPES["invasive-resnet"]


def pictures(count: int = 4, side: int = 24) -> torch.Tensor:
    return torch.randint(0, 256, (count, 3, side, side), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


# ------------------------------------------------------------------------------------------------------ what is learned


def test_soft_targets_follow_the_cover() -> None:
    cover = torch.linspace(0, 1, 201)
    share = task.soft_share(cover, 0.1)
    assert share[0] == 0 and (share[20:] == 1).all() and share[10].item() == pytest.approx(0.5)
    assert (share.diff() >= 0).all() and (share[1:20].diff() > 0).all()


def test_without_soft_targets_the_labels_are_learned_and_contradictions_are_named(tmp_path: Path) -> None:
    rows = photosets.four_blocks()
    rows[0] = (*rows[0][:2], 0.01, *rows[0][3:])  # invasive, though hardly covered
    rows[5] = (*rows[5][:2], 0.4, *rows[5][3:])  # not invasive, though well covered
    rows[6] = (*rows[6][:2], 0.05, *rows[6][3:])  # perhaps rounded
    folder = photosets.tiles(tmp_path / "set", rows)
    recipe = replace(RECIPE, size=32, validation_block="3", soft_cover=0.0)
    source = sources.of(recipe, folder, cache=tmp_path / "cache")
    assert torch.equal(source.train.targets, torch.eye(2)[source.train.labels])
    assert [note for note in source.notes if "contradicts" in note] == [
        "2 photos have a label that the covered share contradicts (1 is from 5 % on): tiles/0_00.jpg, tiles/0_05.jpg."
    ]


def test_the_card_names_blocks_as_the_table_does_and_the_window_of_its_tiles(tmp_path: Path) -> None:
    rows = [(*row[:5], f"field {row[5]}") for row in photosets.four_blocks()]
    folder = photosets.tiles(tmp_path / "set", rows)
    table = folder / "labels.csv"
    header, *lines = table.read_text().splitlines()
    table.write_text("\n".join([f"{header},side", *(f"{line},210" for line in lines), ""]))
    recipe = replace(RECIPE, size=32, validation_block="field 3,field 1")
    source = sources.of(recipe, folder, cache=tmp_path / "cache")
    assert "(block field 1, field 3)" in source.facts["data_size"]
    card = source.task.subject()
    assert card.preprocessing["window"] == 210 and "window" not in card.data
    table.write_text("\n".join([f"{header},side", *(f"{line},{200 + n}" for n, line in enumerate(lines)), ""]))
    assert "window" not in sources.of(recipe, folder, cache=tmp_path / "cache").task.subject().preprocessing
    table.write_text("\n".join([f"{header},side", *(f"{line},wide" for line in lines), ""]))
    with pytest.raises(DataError, match="line 2: side is 'wide'; it must be a whole number of pixels"):
        sources.of(recipe, folder, cache=tmp_path / "cache")


def test_tiles_in_between_are_learned_from_and_never_measured_with(tmp_path: Path) -> None:
    folder = photosets.tiles(tmp_path / "set", photosets.four_blocks())
    recipe = replace(RECIPE, size=32, validation_block="3")
    source = sources.of(recipe, folder, cache=tmp_path / "cache")
    # Blocks 0 to 2 have 16 tiles each, one of them with a cover of 2 %.
    assert len(source.train) == 48 and (source.train.labels == -1).sum() == 3
    between = source.train.targets[source.train.labels == -1]
    assert torch.allclose(between, torch.tensor([[0.896, 0.104]]).expand(3, 2), atol=1e-5)  # 3 x 0.04 - 2 x 0.008
    assert len(source.validation) == 15 and (source.validation.labels >= 0).all()
    assert len(source.test()) == 15 and source.train.pictures.shape[1:] == (3, 36, 36)
    hard = sources.of(replace(recipe, soft_cover=0.0), folder, cache=tmp_path / "cache")
    assert len(hard.train) == 45 and set(hard.train.targets.flatten().tolist()) == {0.0, 1.0}


def test_named_blocks_are_held_out(tmp_path: Path) -> None:
    folder = photosets.tiles(tmp_path / "set", photosets.four_blocks())
    held = photo_set.read(folder, 16, cache=tmp_path / "cache", blocks=frozenset({"0", "2"}))
    assert set(held.validation.groups.tolist()) == {0, 2} and set(held.train.groups.tolist()) == {1, 3}
    whole = photo_set.read(folder, 16, cache=tmp_path / "cache", blocks=frozenset())
    assert not len(whole.validation) and len(whole.train) == len(held.train) + len(held.validation)
    assert set(whole.test.names) == set(held.test.names)
    with pytest.raises(DataError, match="There is no block 4"):  # that of the test
        photo_set.read(folder, 16, cache=tmp_path / "cache", blocks=frozenset({"4"}))


def test_rare_classes_weigh_more_and_the_mean_weight_stays() -> None:
    targets = torch.eye(2)[torch.tensor([0] * 85 + [1] * 15)]
    assert task.class_weights(targets, 0.0) == (1.0, 1.0)
    full = task.class_weights(targets, 1.0)
    assert full[0] * 85 == pytest.approx(full[1] * 15) and full[0] * 85 + full[1] * 15 == pytest.approx(100)
    assert 1 < task.class_weights(targets, 0.5)[1] < full[1]
    kind = task.Photos(replace(RECIPE, label_smoothing=0.0), ("no", "yes"), full)
    loss = kind.loss(torch.zeros(100, 2), targets, torch.zeros(0), 100, World())
    assert loss.item() == pytest.approx(math.log(2), rel=1e-5)


def test_the_running_average_forgets_its_start_and_smooths() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(1, 1, bias=False), torch.nn.BatchNorm1d(1))
    net[0].weight.data.fill_(100.0)
    average = Average(net, 0.9)
    expected, seen = 100.0, []
    for step in range(200):
        value = float(step % 2)
        net[0].weight.data.fill_(value)
        net[1].num_batches_tracked += 1
        average.update(net, step)
        kept = min(0.9, (1 + step) / (10 + step))
        expected = kept * expected + (1 - kept) * value
        seen.append(average.net[0].weight.item())
    assert seen[-1] == pytest.approx(expected, abs=1e-5) and abs(seen[-1] - 0.5) < 0.06
    assert average.net[1].num_batches_tracked == 200 and net[0].weight.item() == 1


def test_the_body_learns_more_slowly_than_the_last_layer() -> None:
    net = nets.build("invasive_resnet", {"width": 4})
    recipe = replace(RECIPE, body_rate=0.1)
    optimisers = optim.build(recipe, net)
    rate = optim.set_rates(recipe, optimisers, 0.19, 0.2)
    rates = {id(p): group["lr"] for each in optimisers for group in each.param_groups for p in group["params"]}
    assert rate == rates[id(net.fc.weight)] == pytest.approx(recipe.learning_rate)
    assert rates[id(net.bn1.bias)] == pytest.approx(rate / 10)
    assert rates[id(net.conv1.weight)] == pytest.approx(recipe.muon / 10)
    assert len(rates) == len(list(net.parameters()))


# ------------------------------------------------------------------------------------------------------------- measured


def outputs_of(probabilities: list[float]) -> torch.Tensor:
    p = torch.tensor(probabilities, dtype=torch.float64)
    return torch.stack((torch.zeros(len(p), dtype=torch.float64), (p / (1 - p)).log()), 1).float()


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    chance = torch.Generator().manual_seed(0)
    outputs, labels = torch.randn(60, 2, generator=chance), torch.randint(-1, 2, (60,), generator=chance)
    score = outputs[:, 1] - outputs[:, 0]
    pairs = [(a, b) for a in score[labels == 1].tolist() for b in score[labels == 0].tolist()]
    expected = sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs)
    assert metrics.roc_auc(outputs, labels) == pytest.approx(expected, abs=1e-6)
    assert metrics.roc_auc(outputs * 5, labels) == pytest.approx(expected, abs=1e-6)  # also where it is very sure
    assert math.isnan(metrics.roc_auc(outputs, torch.zeros(60, dtype=torch.long)))


def test_the_threshold_parts_the_classes_best_and_lies_between_them() -> None:
    labels = torch.tensor([0, 0, 0, 0, 0, 0, 1, 0, 1, 1])
    outputs = outputs_of([0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.2, 0.3, 0.4, 0.5])
    # From 0.2 on: all of the 3, and 1 wrongly, so F1 = 6/7; from 0.4 on: 2 of 3, and none wrongly, F1 = 4/5.
    threshold = metrics.best_threshold(outputs, labels)
    assert threshold == pytest.approx((0.06 + 0.2) / 2, abs=1e-4)
    found = metrics.photo_metrics(outputs, labels, ("no", "yes"), threshold)
    assert found["confusion_matrix"] == [[6, 1], [0, 3]] and found["accuracy"] == pytest.approx(0.9)
    assert found["accuracy_per_class"] == {"no": pytest.approx(6 / 7, abs=1e-4), "yes": 1.0}
    assert found["roc_auc"] == pytest.approx(20 / 21, abs=1e-6)
    assert found["average_precision"] == pytest.approx((1 + 1 + 3 / 4) / 3, abs=1e-6)


def test_the_metrics_of_three_classes_are_those_of_scikit_learn() -> None:
    chance = torch.Generator().manual_seed(3)
    labels = torch.arange(60) % 3
    outputs = torch.randn(60, 3, generator=chance) + torch.nn.functional.one_hot(labels, 3)
    found = metrics.photo_metrics(outputs, labels, ("a", "b", "c"), 0.5)
    shares = outputs.double().softmax(1).numpy()
    assert found["roc_auc"] == pytest.approx(roc_auc_score(labels, shares, multi_class="ovr"))
    assert found["average_precision"] == pytest.approx(average_precision_score(np.eye(3)[labels], shares))
    plain = metrics.metrics(outputs, labels, ("a", "b", "c"))
    assert {name: value for name, value in found.items() if name != "average_precision"} == plain
    assert list(found)[:2] == ["roc_auc", "average_precision"]
    some = metrics.photo_metrics(outputs[labels < 2], labels[labels < 2], ("a", "b", "c"), 0.5)
    assert math.isnan(some["roc_auc"]) and some["pictures"] == 40  # one class is missing


@pytest.mark.parametrize(
    ("low", "high"), [(3e-4, 5e-4), (2e-9, 3e-9), (0.5, 0.5 + 3e-7), (0.9995, 0.9997), (1 - 3e-7, 1 - 1e-7)]
)
def test_the_threshold_that_is_printed_parts_what_it_was_chosen_to_part(low: float, high: float) -> None:
    labels = torch.tensor([0, 0, 1, 1])
    outputs = outputs_of([low / 2, low, high, (1 + high) / 2])
    text = blocks.summary([blocks.Held("1", [], outputs, labels)])
    printed = float(re.search(r"threshold (\S+) \(highest F1\): finds 100.0% ", text)[1])
    assert metrics.photo_metrics(outputs, labels, ("no", "yes"), printed)["confusion_matrix"] == [[2, 0], [0, 2]]
    assert replace(RECIPES["invasive-resnet"], threshold=printed).threshold == printed  # as --threshold


class Corner(torch.nn.Module):
    """Answers with the red value of one pixel."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, :1, 2, 5]


def test_eight_views_are_the_photo_mirrored_and_turned() -> None:
    images = Images(pictures(3), torch.zeros(3, dtype=torch.long))
    red, last = images.pictures[:, 0].float() / 255, 23
    places = [(2, 5), (5, 2)]
    places = [(y, x) for a, b in places for y in (a, last - a) for x in (b, last - b)]
    expected = sum(red[:, y, x] for y, x in places) / 8
    answers = metrics.logits(Corner(), images, (0.0,) * 3, (1.0,) * 3, views=8)
    assert torch.allclose(answers[:, 0], expected, atol=1e-6)


# --------------------------------------------------------------------------------------------------------- the networks


def test_at_width_64_the_network_is_torchvisions_resnet18() -> None:
    models = pytest.importorskip("torchvision.models")
    torch.manual_seed(0)
    theirs, ours = models.resnet18(num_classes=2).eval(), nets.build("invasive_resnet", {"width": 64}).eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.allclose(ours(x), theirs(x), atol=1e-5)


def test_the_usual_network_is_small_enough_to_be_shipped() -> None:
    net = nets.build("invasive_resnet", {})
    assert sum(weights.numel() for weights in net.parameters()) == 2_799_394  # 5.6 MB in half precision


@pytest.mark.parametrize("file", ["invasive_resnet", "densenet121", "efficientnet_lite0"])
def test_every_value_of_the_networks_can_be_explained(file: str) -> None:
    torch.manual_seed(0)
    net, x = nets.build(file, {}).eval(), torch.rand(1, 3, 64, 64)
    steps = model_zoo.walk(net, x)
    fields = receptive_field.receptive_fields(steps, 64, 64)
    assert len(steps) == {"invasive_resnet": 69, "densenet121": 431, "efficientnet_lite0": 144}[file]
    assert {step.name for step in steps} <= set(fields)
    for step in [*steps[:: len(steps) // 12], *steps[-5:]]:
        assert sums.adds_up(sums.explain(steps, x, step.name, 0)), step.name
    with torch.inference_mode():
        assert torch.allclose(steps[-1].output, net(x), atol=1e-5)


def test_layers_are_matched_only_where_their_shapes_are_the_same() -> None:
    net, other = nets.build("invasive_resnet", {"width": 32}), nets.build("resnet9", {"width": 32})
    names = warm_start._in_order(net, other)
    mine, its = net.state_dict(), other.state_dict()
    assert names["layer2.0.conv1.weight"] == "unit2.conv.weight"
    assert names["layer2.0.bn1.running_mean"] == "unit2.norm.running_mean"
    assert all(mine[here].shape == its[there].shape for here, there in names.items())
    assert len(set(names.values())) == len(names)
    convolutions = [name for name in names.values() if name.endswith("conv.weight")]
    assert len(convolutions) == 7 and convolutions == [name for name in its if name in convolutions]  # all but 3 -> 32
