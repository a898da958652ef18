"""Model.judge: what it says, from one pass, and what becomes of files that are missing or broken."""

import itertools
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

import model_zoo
from model_zoo import walk
from model_zoo.entries import entry, judge_file
from model_zoo.trust.readings import read, taps
from tests.model_zoo.conftest import change_card, random_picture
from tests.model_zoo.trust.conftest import pictures, replace_judge

PICTURE = random_picture(50, 40)
UNKNOWN = "It is unknown whether the network knows pictures like this one."


def test_a_judgement_says_how_far_an_answer_can_be_trusted(judged: Path) -> None:
    model = model_zoo.load_folder(judged)
    found = model.judge(PICTURE, neighbours=4)
    shares = (model.net(model.prepare(PICTURE)).double() / 1.5).softmax(1)[0]
    assert found.probabilities == pytest.approx(shares.tolist()) and found.is_calibrated
    assert found.typicality is not None and 0 < found.typicality <= 1
    assert found.is_unfamiliar is (found.typicality <= 0.05)
    assert found.prediction_set[0] == model.predict(PICTURE)[0][0]
    assert set(found.prediction_set) <= set(model.classes)
    distances = [each.distance for each in found.nearest]
    assert len(distances) == 4 and distances == sorted(distances)
    assert all(each.index % 7 == 0 and each.label == model.classes[each.index // 7 % 10] for each in found.nearest)


def test_a_walk_that_was_made_is_judged_without_another_pass(judged: Path) -> None:
    model = model_zoo.load_folder(judged)
    x = model.prepare(PICTURE)
    steps = walk(model.net, x)
    without = replace(model, net=torch.nn.Identity())  # which could answer nothing
    assert without.judgements(x, steps) == [model.judge(PICTURE)]


def test_pictures_are_judged_one_by_one_however_many_there_are(judged: Path) -> None:
    model = model_zoo.load_folder(judged)
    x = pictures(5, 9)
    together = model.judgements(x, walk(model.net, x))
    alone = [model.judgements(each[None], walk(model.net, each[None]))[0] for each in x]
    assert [one.typicality for one in together] == pytest.approx([one.typicality for one in alone], abs=0.011)
    assert [one.probabilities for one in together] == [pytest.approx(one.probabilities, abs=1e-4) for one in alone]


def test_the_share_of_false_alarms_can_be_chosen(judged: Path) -> None:
    model = model_zoo.load_folder(judged)
    x = pictures(20, 9)
    steps = walk(model.net, x)
    typical = [one.typicality or 0 for one in model.judgements(x, steps)]
    which = next(number for number, share in enumerate(typical) if 0.1 < share < 0.9)
    for share, unfamiliar in ((typical[which] - 0.05, False), (typical[which] + 0.05, True)):
        found = model.judgements(x, steps, false_alarms=share)[which]
        assert found.is_unfamiliar is unfamiliar and found.false_alarms == share
        assert any(words in found.words for words in ("does not know", "just outside")) is unfamiliar
    for share in (0.0, 1.0, -1.0):
        with pytest.raises(ValueError, match="false alarms must be between 0 and 1"):
            model.judge(PICTURE, false_alarms=share)
        with pytest.raises(ValueError, match="coverage must be between 0 and 1"):
            model.judge(PICTURE, coverage=share)


def test_too_few_pictures_that_were_held_back_say_nothing(judged: Path) -> None:
    """Of 100, the lowest p-value is 1 / 101: at a share of 0.5 % nothing could ever be called unfamiliar."""
    found = model_zoo.load_folder(judged).judge(PICTURE, false_alarms=0.005)
    assert found.is_unfamiliar is None and found.typicality is not None and "Too few pictures" in found.words


def test_a_higher_coverage_excludes_fewer_classes(judged: Path) -> None:
    model = model_zoo.load_folder(judged)
    sets = [model.judge(PICTURE, coverage=share).prediction_set for share in (0.05, 0.5, 0.9, 0.99, 0.995)]
    assert all(small == large[: len(small)] for small, large in itertools.pairwise(sets))
    assert len(sets[0]) < len(sets[2]) and sets[-1] and len(sets[-1]) == 10  # of 100 pictures, 0.995 is more than all


def test_an_entry_without_a_judge_answers_and_says_that_it_does_not_know(original: Path) -> None:
    model = model_zoo.load_folder(original)
    found = model.judge(PICTURE)
    assert dict(zip(model.classes, found.probabilities, strict=True)) == pytest.approx(dict(model.predict(PICTURE)))
    assert not found.is_calibrated and found.is_unfamiliar is None and found.typicality is None
    assert found.prediction_set == () and found.words == UNKNOWN
    x = model.prepare(PICTURE)
    assert model.judgements(x, walk(model.net, x))[0].words == UNKNOWN


def test_weights_of_an_earlier_epoch_are_not_judged_by_what_was_fitted_to_the_last(judged: Path) -> None:
    model = model_zoo.load("cifar10-cnn", epoch=1)
    assert model.trust is None and model.judge(PICTURE).words == UNKNOWN


def test_everything_is_read_again_as_it_was_written(judged: Path) -> None:
    first = model_zoo.load_folder(judged).trust
    assert first is not None
    data = (judged / judge_file.JUDGE).read_bytes()
    assert judge_file.packed(first) == data and len(data) <= judge_file.MOST_BYTES


def about(data: bytes, change: Callable[[dict[str, Any], dict[str, torch.Tensor]], Any]) -> bytes:
    """The file with its description or arrays changed in place."""
    length = int.from_bytes(data[:8], "little")
    values = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["judge"])
    tensors = load_tensors(data)
    change(values, tensors)
    return save_tensors(tensors, {"judge": json.dumps(values)})


BROKEN: dict[str, Callable[[dict[str, Any], dict[str, torch.Tensor]], Any]] = {
    "format 99": lambda values, _: values.update(format=99),
    "unknown kind": lambda values, _: values["detectors"][0].update(kind="os.system"),
    "other parts": lambda values, _: values["detectors"][2].update(more=1),
    "another type": lambda values, _: [each.update(k="2") for each in values["detectors"] if "k" in each],
    "has sets of the unknown kind": lambda values, _: values["rule"].update(kind="magic"),
    "temperature": lambda values, _: values.update(temperature=0),
    "parts do not fit": lambda values, _: values["detectors"].pop(),
    "not finite and sorted": lambda _, tensors: tensors.update(held=tensors["held"].flip(0).contiguous()),
    "not finite": lambda _, tensors: tensors["4.basis"].fill_(float("nan")),
    "bank does not fit": lambda _, tensors: tensors["bank.labels"].fill_(77),
    "other classes": lambda values, _: values.update(classes=["a"] * 10),
    "taps": lambda values, _: values.pop("taps"),
}


@pytest.mark.parametrize("reason", BROKEN)
def test_a_broken_judge_is_a_sentence_in_the_log_and_the_network_answers(
    copy: Path, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    replace_judge(copy, about((copy / judge_file.JUDGE).read_bytes(), BROKEN[reason]))
    check_unjudged(copy, reason, caplog)


def check_unjudged(folder: Path, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    model = model_zoo.load_folder(folder)
    assert model.judge(PICTURE).words == UNKNOWN
    assert len(caplog.records) == 1 and reason in caplog.text and "\n" not in caplog.records[0].message


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda folder: (folder / judge_file.JUDGE).unlink(), "cannot be read"),
        (lambda folder: (folder / judge_file.JUDGE).write_bytes(b"x" * 100), "sha256 differs"),
        (lambda folder: replace_judge(folder, b"x" * (judge_file.MOST_BYTES + 1)), "is larger than 3 MB"),
        (lambda folder: replace_judge(folder, b"x" * 100), "cannot be used"),
        (lambda folder: change_card(folder, lambda card: card["trust"].update(weights="0")), "other weights"),
        (lambda folder: change_card(folder, lambda card: card.update(trust=[])), "sha256 differs"),
    ],
    ids=["missing", "changed", "too large", "no safetensors", "of other weights", "card"],
)
def test_a_judge_that_is_not_the_cards_is_left_out(
    copy: Path, change: Callable[[Path], Any], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    change(copy)
    check_unjudged(copy, reason, caplog)


@pytest.mark.parametrize(
    "change",
    [
        lambda values, tensors: tensors.update({"5.means": tensors["5.means"][:, :7].contiguous()}),
        lambda values, tensors: values["taps"].update(features="conv9"),
        lambda values, tensors: values["detectors"][-1].update(step="conv9"),
    ],
    ids=["shape", "step", "depth"],
)
def test_a_judge_of_another_network_is_said_when_it_should_judge(
    copy: Path, change: Callable[[dict[str, Any], dict[str, torch.Tensor]], Any], caplog: pytest.LogCaptureFixture
) -> None:
    replace_judge(copy, about((copy / judge_file.JUDGE).read_bytes(), change))
    check_unjudged(copy, "does not fit its network", caplog)


def test_no_pixel_is_kept(judged: Path) -> None:
    """Nothing in the file has the size of the pictures."""
    pixels = 3 * 32 * 32
    tensors = load_tensors((judged / judge_file.JUDGE).read_bytes())
    assert not [name for name, each in tensors.items() if each.dim() > 1 and each[0].numel() == pixels]


SIZES = {"talk_cnn": 32, "resnet9": 32, "whitened_cnn": 32, "invasive_resnet": 64, "densenet121": 64}


@pytest.mark.parametrize("name", SIZES)
def test_every_network_has_places_to_read(name: str) -> None:
    net = model_zoo.nets.build(name, {}).eval()
    x = torch.zeros(2, 3, SIZES[name], SIZES[name])
    steps = walk(net, x)
    places = taps(steps)
    found = read(x, steps, places)
    head = dict(net.named_modules())[places.head]
    assert isinstance(head, torch.nn.Linear) and found.features.shape == (2, head.in_features)
    assert found.logits.shape[0] == 2 and len(found.depths) >= 3
    assert all(each.shape[0] == 2 and each.isfinite().all() for each in found.depths.values())
    with pytest.raises(ValueError, match="no step 'missing'"):
        read(x, steps, replace(places, features="missing"))


def test_a_file_that_would_be_too_large_is_not_written(judged: Path) -> None:
    judge = model_zoo.load_folder(judged).trust
    assert judge is not None
    with pytest.raises(ValueError, match="an entry may take 3,000,000"):
        judge_file.packed(replace(judge, held=torch.zeros(1_000_000)))


def test_the_report_is_that_which_the_card_names(copy: Path) -> None:
    card = entry.read_card(copy)
    assert judge_file.read_report(copy, card) is None
    (copy / judge_file.REPORT).write_text("{}")
    assert judge_file.read_report(copy, card) is None
