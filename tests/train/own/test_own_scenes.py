"""Which pictures show one scene, and validation that keeps scenes together."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance
from sklearn.datasets import load_sample_images

from train.tools.own import pictures, remarks, teach
from train.tools.own.pictures import Collection, of_image
from train.tools.own.scenes import scenes
from train.tools.own.validation import folds, validate

CHINA, FLOWER = (Image.fromarray(picture) for picture in load_sample_images().images)


def cut(picture: Image.Image, left: int, top: int, light: float = 1.0) -> Image.Image:
    return ImageEnhance.Brightness(picture.crop((left, top, left + 360, top + 360))).enhance(light)


def test_near_identical_pictures_are_one_scene_and_others_are_not() -> None:
    burst = [cut(CHINA, 100, 30), cut(CHINA, 103, 31, 1.1), cut(CHINA, 98, 29, 0.95)]
    others = [cut(CHINA, 280, 60), cut(FLOWER, 100, 30), CHINA.resize((300, 200)).transpose(Image.Transpose.ROTATE_180)]
    plain = [Image.new("RGB", (64, 64), "navy"), Image.new("RGB", (80, 64), "navy"), Image.new("RGB", (64, 64), "gold")]
    found = scenes([of_image(picture, str(at)) for at, picture in enumerate([*burst, *others, *plain])])
    assert found == [0, 0, 0, 1, 2, 3, 4, 4, 5]


def test_names_times_and_copies_tell_scenes(tmp_path: Path) -> None:
    random = np.random.default_rng(0)

    def saved(name: str, moment: str = "") -> pictures.OwnPicture:
        picture = Image.fromarray(random.integers(0, 256, (40, 40, 3), dtype=np.uint8))
        exif = Image.Exif()
        if moment:
            exif[306] = moment
        picture.save(tmp_path / name, exif=exif)
        return pictures.of_file((str(tmp_path / name), ""), name)

    tiles = [saved("0062_r0_c01.jpg"), saved("0062_r3_c12.jpg"), saved("0063_r0_c01.jpg")]
    video = [saved("walk_frame_0001.png"), saved("walk_frame_0099.png")]
    times = ["2026:05:01 10:00:00", "2026:05:01 10:00:02", "2026:05:01 10:00:04", "2026:05:01 10:00:30", "no time"]
    camera = [saved(f"IMG_{at:04}.jpg", moment) for at, moment in enumerate(times)]
    copy = of_image(CHINA, "a"), of_image(CHINA.copy(), "b")
    assert scenes([*tiles, *video, *camera, *copy]) == [0, 0, 1, 2, 2, 3, 3, 3, 4, 5, 6, 6]
    assert camera[1].taken - camera[0].taken == 2 and math.isnan(camera[4].taken)


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("a/0062_r3_c12.jpg", "a/0062"),
        ("a/photo-x12_y7.png", "a/photo"),
        ("clip_frame_0012.png", "clip"),
        ("P1_tile3.webp", "P1"),
        ("IMG_0012.jpg", ""),
        ("cat-3.png", ""),
        ("20260501_100203.jpg", ""),
    ],
)
def test_what_a_name_says(name: str, whole: str) -> None:
    assert pictures.whole(name) == whole


def test_folds_keep_scenes_together_and_no_class_vanishes() -> None:
    chance = np.random.default_rng(1)
    for _ in range(50):
        labels = chance.integers(0, 4, 60).tolist()
        found = chance.integers(0, 25, 60).tolist()
        labels += [4, 4, 4]  # a class of a single scene
        found += [99, 99, 99]
        fold = folds(labels, found)
        for scene in set(found):
            assert len({fold[i] for i in range(63) if found[i] == scene}) == 1
        assert fold[-3:] == [-1, -1, -1]
        for out in range(max(fold) + 1):
            learned = {labels[i] for i in range(63) if fold[i] != out}
            assert {labels[i] for i in range(63) if fold[i] == out} <= learned
        held = [fold.count(part) for part in range(max(fold) + 1)]
        assert max(held) - min(held) < 15


def crossed(labels: Sequence[int], found: Sequence[int]) -> tuple[float | None, tuple[float, float]]:
    """Cross-validated accuracy and interval where pictures of one scene are all alike and say nothing of the class."""
    chance = torch.Generator().manual_seed(0)
    places = torch.randn(max(found) + 1, 50, generator=chance)[list(found)]
    result = validate(places + 0.01 * torch.randn(len(found), 50, generator=chance), labels, found, 2)
    return result.accuracy, result.interval


def test_scenes_that_are_recognised_do_not_make_it_look_better() -> None:
    labels = [at % 2 for at in range(40) for _ in range(5)]  # five pictures of each of forty scenes
    accuracy, (low, high) = crossed(labels, [at for at in range(40) for _ in range(5)])
    naive, (tight, _) = crossed(labels, list(range(200)))
    assert accuracy is not None and 0.25 < accuracy < 0.75 and low < 0.5 < high
    same = [at for at in range(40) for _ in range(5)]
    torch.manual_seed(0)
    leaking = validate(torch.randn(40, 50)[same] + 0.01 * torch.randn(200, 50), labels, list(range(200)), 2)
    assert leaking.accuracy is not None and leaking.accuracy > 0.95  # what a division at random would have told
    assert naive is not None and tight > low


def test_a_choice_among_bodies_that_know_nothing_is_not_better_than_chance() -> None:
    """Twenty bodies of noise: the best of them seems to know something; chosen anew for each part, they do not."""
    chance, labels, scenes_ = torch.Generator().manual_seed(0), [i % 2 for i in range(100)], list(range(100))
    best, anew = [], []
    for _ in range(10):
        tried = [validate(torch.randn(100, 5, generator=chance), labels, scenes_, 2) for _ in range(20)]
        best.append(min(tried, key=lambda one: one.loss or 9).accuracy)
        found = teach.chosen_anew(tried, folds(labels, scenes_))
        assert found is not None and found[1] == 100
        anew.append(found[0] / 100)
    assert np.mean(best) > 0.55
    assert np.mean(anew) < np.mean(best) - 0.03 and abs(np.mean(anew) - 0.5) < 0.05


def test_the_pictures_are_spoken_of_in_sentences(digits: Collection) -> None:
    assert remarks.remarks(digits, list(range(60))) == []
    few = digits.take([*range(20), 20, *range(40, 44)])
    said = remarks.remarks(few, [*range(21), 22, 22, 23, 24])
    assert "“one”: It is one picture, so that nothing can be held out" in said[0]
    assert said[1] == "“seven” has only 4 pictures of 3 scenes. With 10 or more the figures begin to mean something."
    assert "“naught” has 20 pictures and “one” 1" in said[2]
    assert said[3].startswith("The 25 pictures show 24 scenes:")
    twice = digits.with_pictures([digits.pictures[0]], 1)
    assert "The same picture is in two classes" in " ".join(remarks.remarks(twice, scenes(twice.pictures)))


@pytest.mark.parametrize("seed", range(5))
def test_no_class_vanishes_from_what_is_learned_where_scenes_hold_several(seed: int) -> None:
    chance = np.random.default_rng(seed)
    # A photo without the plant, and two with it.
    sets = [([1] * 60 + ([0] * 5 + [1] * 20) * 2, [0] * 60 + [1] * 25 + [2] * 25)]
    for _ in range(40):
        scenes = np.sort(chance.integers(0, chance.integers(4, 12), 60)).tolist()
        sets.append((chance.integers(0, 3, 60).tolist() if chance.random() < 0.3 else _in_few(scenes, chance), scenes))
    for labels, scenes in sets:
        found = np.array(folds(labels, scenes, seed))
        for fold in range(found.max() + 1):
            assert set(np.array(labels)[found != fold]) == set(labels)
        assert all(len(set(found[np.array(scenes) == scene])) == 1 for scene in scenes)


def _in_few(scenes: list[int], chance: np.random.Generator) -> list[int]:
    """Labels of which some stand in a few scenes alone, beside others."""
    rare = set(chance.choice(max(scenes) + 1, 2).tolist())
    return [int(scene in rare and chance.random() < 0.3) for scene in scenes]
