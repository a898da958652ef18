"""From scratch against a warm start, with the same budget: validation ROC AUC by epoch, as a table."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import model_zoo
from model_zoo.entries import entry

SCRATCH, TABLE = "from scratch", "warm-start-study.md"
Histories = dict[str, list[list[dict[str, float]]]]  # start -> seeds -> epochs -> columns


def write_report(runs: Mapping[str, Sequence[Path]], recipe: str, out: Path) -> str:
    """The table of finished trainings, and how much of its start weights each took, as text; written to `out`, too.

    Args:
        runs: what a training started from (`SCRATCH` for random weights) -> its run folders, one a seed.

    Raises:
        BrokenEntry: a run cannot be read.
    """
    models = {start: [model_zoo.load_folder(run) for run in folders] for start, folders in runs.items()}
    taken = [
        f"{of[0].card['start']['share_of_values']:.0%} of the start weights come from {start}"
        for start, of in models.items()
        if start != SCRATCH
    ]
    histories = {start: [model.history for model in of] for start, of in models.items()}
    text = f"{table(histories)}\n\n{recipe}, {'; '.join(taken)}.\n"
    entry.write_files({out / TABLE: text.encode()})
    return text


def table(found: Histories) -> str:
    """Markdown: a row per epoch, a column per start; mean, and lowest to highest over the seeds."""
    lines = [
        f"| validation ROC AUC after epoch | {' | '.join(found)} |",
        f"|---|{'---|' * len(found)}",
    ]
    for epoch in range(max(len(rows) for runs in found.values() for rows in runs)):
        cells = (
            _cell([rows[epoch]["val_auc"] for rows in runs]) if all(len(rows) > epoch for rows in runs) else "ended"
            for runs in found.values()
        )
        lines.append(f"| {epoch} | {' | '.join(cells)} |")
    best = (_cell([max(row["val_auc"] for row in rows) for rows in runs]) for runs in found.values())
    lines.append(f"| best of a run | {' | '.join(best)} |")
    return "\n".join(lines)


def _cell(values: list[float]) -> str:
    mean = f"{statistics.mean(values):.4f}"
    return mean if len(values) == 1 else f"{mean} ({min(values):.4f} to {max(values):.4f})"
