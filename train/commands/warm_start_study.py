"""From scratch against a warm start, with the same budget: validation ROC AUC by epoch, as a table.

    python -m train starts cifar10-resnet --data DIR --out runs/starts --with --epochs 8 --validation-block 2

Each seed trains RECIPE once with random start weights and once with those of ENTRY where they fit
(train/engine/warm_start.py), all else being equal; what stands behind --with is given to every training. None looks at
the test pictures. Trainings that have ended are taken as they are and interrupted ones go on, so that the command can
be given again, or with more seeds. The table is printed, and written to OUT/starts.md.
"""

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import model_zoo
from model_zoo.entries import entry
from train.engine.guard import TrainingError
from train.entry.run_folder import CHECKPOINT

ROOT = Path(__file__).resolve().parents[2]
SCRATCH, TABLE = "from scratch", "starts.md"
Histories = dict[str, list[list[dict[str, float]]]]  # start -> seeds -> epochs -> columns


def compare(
    recipe: str, sources: Sequence[str], data: str, out: Path, seeds: Sequence[int], words: Sequence[str] = ()
) -> str:
    """Train what is not trained yet, and give the table.

    Args:
        recipe: name of a recipe for photos.
        sources: what `--start-from` takes, each compared with random start weights.
        data: what `--data` takes.
        out: folder of the run folders and of the table.
        seeds: of each kind of start.
        words: further options of every training.

    Raises:
        TrainingError: a training failed; it has said why.
    """
    found: Histories = {}
    taken = []
    for source in ("", *sources):
        name = source or SCRATCH
        runs = [out / f"{(Path(source).name or 'scratch')}-seed{seed}" for seed in seeds]
        for run, seed in zip(runs, seeds, strict=True):
            start = ["--start-from", source] if source else []
            train_once(run, [recipe, "--data", data, "--out", str(run), "--seed", str(seed), *words, *start])
        models = [model_zoo.load_folder(run) for run in runs]
        found[name] = [model.history for model in models]
        if source:
            begun = models[0].card["start"]
            taken.append(f"{begun['share_of_values']:.0%} of the start weights come from {source}")
    text = f"{table(found)}\n\n{recipe}, {'; '.join(taken)}.\n"
    entry.write_files({out / TABLE: text.encode()})
    return text


def train_once(run: Path, words: list[str]) -> None:
    """Train into the folder `run` without a look at the test pictures: what has ended is kept, what has begun goes on.

    Args:
        run: what `--out` among the words names.
        words: of the command line behind `python -m train`.

    Raises:
        TrainingError: the training failed; it has said why.
    """
    begun = (run / CHECKPOINT).exists()
    if not begun and (run / entry.CARD).exists():
        return
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    # A process of its own, so that its card tells the command that trains it.
    command = [sys.executable, "-m", "train", *words, "--no-test", *(["--resume"] if begun else [])]
    status = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}).returncode
    if status == 130:
        raise KeyboardInterrupt
    if status:
        raise TrainingError(f"The training in {run} failed.")


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


def add_command(commands: Any) -> None:
    """`starts` among the commands of `python -m train`."""
    command = commands.add_parser(
        "starts",
        help="from scratch against warm starts, with the same budget",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=_run)
    command.add_argument("entries", metavar="ENTRY[,ENTRY]", help="what to start from, as for --start-from")
    command.add_argument("--recipe", default="invasive-resnet", help="invasive-resnet, if not given")
    command.add_argument("--data", required=True, metavar="DIR", help="as for the training")
    command.add_argument("--out", required=True, metavar="DIR", type=Path, help="folder of the run folders")
    command.add_argument("--seeds", default="0,1", metavar="N,N", help="0,1 if not given")
    command.add_argument(
        "--with",
        dest="words",
        metavar="OPTION",
        nargs=argparse.REMAINDER,
        default=[],
        help="everything behind it is given to every training",
    )


def _run(given: argparse.Namespace) -> int:
    words = [word.strip() for word in given.seeds.split(",")]
    if not all(word.isascii() and word.isdigit() for word in words) or len(set(words)) < len(words):
        raise ValueError(f"--seeds takes whole numbers such as 0,1, each once; not {given.seeds!r}.")
    seeds = [int(word) for word in words]
    print(compare(given.recipe, given.entries.split(","), given.data, given.out, seeds, given.words), end="")
    return 0
