"""What was taught, as lines for a terminal."""

from typing import Any

from train.data.layouts import few
from train.tools.own.pictures import Collection
from train.tools.own.teach import Taught
from train.tools.own.validation import Validation

JUDGED = "It tells of a picture whether it knows its like."
UNJUDGED = "The pictures are too few to tell of others whether it knows their like."
WIDEST = 14  # characters of a class's name in a table


def lines(taught: Taught) -> list[str]:
    """The pictures, how often it is right, the confusions, the hardest pictures, and what to know."""
    collection, held = taught.collection, taught.validation
    counts = ", ".join(f"{count} {name}" for name, count in zip(collection.classes, collection.counts, strict=True))
    scenes = len(set(taught.scenes))
    found = [
        f"{len(collection):,} pictures of {scenes:,} scenes: {counts}",
        f"Body: {taught.body.name} at {taught.body.size} pixels; penalty {held.strength:g}; {taught.seconds:.1f} s",
    ]
    if held.accuracy is None:
        found.append("Nothing could be held out, so it is unknown how often it is right.")
    else:
        found += ["", *_validated(taught), "", *_hardest(taught)]
    return [*found, *(["", *taught.remarks] if taught.remarks else [])]


def of_test(test: Collection, found: dict[str, Any]) -> list[str]:
    """How often it is right on a test split, and what of that was left out.

    Args:
        found: what `own_entry.record_test` returned; {} where no picture was left.
    """
    said = [f"Left out of the test: {few(f'{name} {why}' for name, why in test.left_out)}."] if test.left_out else []
    if not found:
        return [*said, "No test picture is left, so that nothing is known but the cross-validation."] if said else []
    first = f"Of {found['pictures']:,} test pictures, which taught nothing, {found['accuracy']:.1%} right"
    return [first, *said]


def _validated(taught: Taught) -> list[str]:
    held, classes = taught.validation, taught.collection.classes
    low, high = held.interval
    first = (
        f"Cross-validated in {held.folds} parts, whole scenes held out: {held.right} of {len(held.index)} right, "
        f"{held.accuracy:.1%} (95 % interval {low:.1%} to {high:.1%})"
    )
    return [first, *_chosen(taught), "", *table(held, classes)]


def _chosen(taught: Taught) -> list[str]:
    """What is to be known of the figure of a body that was chosen."""
    if taught.chosen_anew is None:
        return []
    right, of = taught.chosen_anew
    return [
        f"It is the best of {len(taught.compared)}, which makes this figure look better than it is: chosen anew for "
        f"each part by the others, {right} of {of} were right, {right / of:.1%}"
    ]


def table(held: Validation, classes: tuple[str, ...]) -> list[str]:
    """The confusions: a row a class, a column an answer."""
    names = [name if len(name) <= WIDEST else name[: WIDEST - 1] + "…" for name in classes]
    wide = max(len("class"), *map(len, names))
    cells = [max(5, len(name)) for name in names]
    head = [f"{'class':<{wide}}", *(f"{name:>{cell}}" for name, cell in zip(names, cells, strict=True)), "  right"]
    rows = []
    for label, (name, row) in enumerate(zip(names, held.confusion(), strict=True)):
        share = f"{row[label] / sum(row):7.1%}" if sum(row) else " unknown"
        rows.append("  ".join([f"{name:<{wide}}", *(f"{n:>{c}}" for n, c in zip(row, cells, strict=True)), share]))
    return ["  ".join(head), *rows]


def _hardest(taught: Taught, most: int = 5) -> list[str]:
    collection = taught.collection
    rows = [
        f"  {share:6.1%}  {collection.classes[collection.labels[i]]}: {collection.pictures[i].name}"
        for i, share in taught.validation.hardest(most)
    ]
    return ["The hardest pictures, with the probability of the right class when they were held out:", *rows]
