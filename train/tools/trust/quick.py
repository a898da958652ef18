"""What judges a network's answers, fitted in seconds at the end of its training; nothing is measured of it.

As `python -m train trust` does, a temperature, a score of strangeness, chosen by pictures that are made for it, and
prediction sets; but to fewer pictures, with scores that need no large matrices, and without a look at test pictures.
"""

import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

import model_zoo
from model_zoo import INPUT
from model_zoo.entries import judge_file
from train.data.cifar10 import DataError, Images
from train.engine.task import Source
from train.entry import trust_record
from train.tools.trust import choosing, fitting, passes

LEAST = 200  # validation pictures, below which nothing is fitted: 140 of them calibrate, 7 beyond the line of 5 %
HELD = 2_000  # of them at most
BANK = 1_000  # training pictures
STRANGE = 60  # pictures of each kind to choose by
QUICK = ("msp", "energy", "knn", "fdbd", f"statistics of {INPUT}")  # scores


def judge(folder: Path, source: Source, seed: int) -> str:
    """Fit what judges the answers of a finished training, and write it into its entry.

    Args:
        folder: the entry.
        source: the pictures of that training.
        seed: of what is drawn.

    Returns:
        What was done, or why nothing was, in a sentence.

    Raises:
        OSError: the entry cannot be written; the older files stay whole.
    """
    began = time.perf_counter()
    unknown = "so it is unknown which pictures this network does not know"
    if source.validation is None:
        return f"No pictures were kept back for validation, {unknown}. python -m train trust {folder} --data DIR asks."
    if len(source.validation) < LEAST:
        return (
            f"{len(source.validation):,} validation pictures are too few to fit what judges answers (at least {LEAST} "
            f"are needed), {unknown}."
        )
    try:
        count, members = _fit(folder, source, source.validation, seed)
    except (ValueError, DataError) as error:
        return f"What judges answers cannot be fitted, {unknown}: {error}"
    seconds = time.perf_counter() - began
    return (
        f"judge: {', '.join(members)}, fitted to {count:,} validation pictures in {seconds:.0f} s; not measured on a "
        f"test split: python -m train trust {folder} --data DIR"
    )


def _fit(folder: Path, source: Source, validation: Images, seed: int) -> tuple[int, tuple[str, ...]]:
    """Of how many pictures, and the scores that were chosen."""
    model = model_zoo.load_folder(folder)
    reader = passes.reader(model, None)
    reader = replace(reader, places=replace(reader.places, depths=(INPUT,)))  # maps on the way take time to look at
    index = _drawn((source.train.labels >= 0).nonzero()[:, 0], BANK, seed)  # of tiles without a class none
    train = source.task.sample(source.train.take(index), len(index))
    mine = validation.take(_drawn(torch.arange(len(validation)), HELD, seed))
    held, learned = reader.of(mine, "held back"), reader.of(train, "bank")
    strange = choosing.strange(reader, train, STRANGE, seed)
    usual = choosing.handled_copies(reader, train, 2 * STRANGE, seed)
    half = len(usual or ()) // 2  # these fit, the others choose
    to_fit, to_choose = (usual and usual.take(part) for part in (slice(half), slice(half, None)))
    every = fitting.every_detector(model, reader.places, learned, train.labels, to_fit)
    found = {name: every[name] for name in QUICK if name in every}
    numbers = index if source.numbers is None else source.numbers[index]
    bank = choosing.bank(found, numbers, train.labels)
    fitted = fitting.fit(model, reader.places, found, held, mine.labels, strange, to_choose, bank, seed)
    words, command = f"{len(mine):,} validation pictures", model.card["environment"]["command"]
    report = fitted.report(words, command, seed) | {"chosen_on": choosing.told(model)}
    trust_record.write(model, judge_file.packed(fitted.judge), report)
    return len(mine), fitted.chosen


def _drawn(numbers: Tensor, most: int, seed: int) -> Tensor:
    """At most so many of them, in order."""
    chance = torch.Generator().manual_seed(seed)
    return numbers[torch.randperm(len(numbers), generator=chance)[:most].sort().values]
