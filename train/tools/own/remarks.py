"""What somebody should know of the pictures that they gave, in sentences."""

from collections.abc import Sequence

from train.data.layouts import few
from train.tools.own.pictures import Collection

FEW = 10  # scenes of a class below which its accuracy says little
UNEVEN = 3  # times as many pictures as the rarest class has, from which on a class is far more frequent


def remarks(collection: Collection, scenes: Sequence[int]) -> list[str]:
    """Few, unbalanced, near-identical and contradictory pictures; files that were left out. None: nothing to say.

    Args:
        scenes: the scene of each picture.
    """
    return [
        *_few(collection, scenes),
        *_uneven(collection),
        *_alike(collection, scenes),
        *_contradictory(collection),
        *_left_out(collection),
    ]


def _few(collection: Collection, scenes: Sequence[int]) -> list[str]:
    found = []
    for label, name in enumerate(collection.classes):
        mine = [scene for scene, its in zip(scenes, collection.labels, strict=True) if its == label]
        different, of = len(set(mine)), f"{len(mine)} {'picture' if len(mine) == 1 else 'pictures'}"
        if different == 1:
            alone = "It is one picture" if len(mine) == 1 else f"Its {of} are all of one scene"
            found.append(
                f"“{name}”: {alone}, so that nothing can be held out to see how well the class is known. Add "
                "pictures of other things of this class, in other places and light."
            )
        elif different < FEW:
            scenes_ = "" if different == len(mine) else f" of {different} scenes"
            found.append(f"“{name}” has only {of}{scenes_}. With {FEW} or more the figures begin to mean something.")
    return found


def _uneven(collection: Collection) -> list[str]:
    most, least = max(collection.counts), min(collection.counts)
    if most < UNEVEN * least:
        return []
    rich, poor = (collection.classes[collection.counts.index(count)] for count in (most, least))
    return [
        f"“{rich}” has {most:,} pictures and “{poor}” {least:,}: where it is in doubt, the network will prefer "
        f"“{rich}”. Add pictures of “{poor}”."
    ]


def _alike(collection: Collection, scenes: Sequence[int]) -> list[str]:
    several = len(scenes) - len(set(scenes))
    if not several:
        return []
    count = len(set(scenes))
    different = f"{count:,} {'scene' if count == 1 else 'scenes'}"
    return [
        f"The {len(scenes):,} pictures show {different}: near-identical ones, bursts and parts of one "
        "photo count as one, and are held out together."
    ]


def _contradictory(collection: Collection) -> list[str]:
    first: dict[str, int] = {}
    wrong = []
    for i, picture in enumerate(collection.pictures):
        other = first.setdefault(picture.key, i)
        if collection.labels[other] != collection.labels[i]:
            names = (collection.classes[collection.labels[at]] for at in (other, i))
            wrong.append(f"{picture.name} ({' and '.join(names)})")
    return [f"The same picture is in two classes: {few(wrong)}. Remove it from one of them."] if wrong else []


def _left_out(collection: Collection) -> list[str]:
    if not collection.left_out:
        return []
    return [f"Left out: {few(f'{name} {reason}' for name, reason in collection.left_out)}."]
