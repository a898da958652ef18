"""Surveys of all photos in a folder, by some processes or by Ray: the files of each, and a row of each in a table.

`survey_one` is all that a worker does, whoever calls it. It may be done twice for one photo, when a worker was lost
before it told what it had found: the second time replaces what the first has written.
"""

import csv
import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tqdm import tqdm

import model_zoo
from model_zoo.aerial import results
from train.data import decode
from train.data.archive_files import File
from train.data.cifar10 import DataError
from train.data.picture_files import is_picture
from train.tools.survey import files_of, surveyed

TABLE, SETTINGS = "surveys.csv", "surveys.json"
COLUMNS: tuple[str, ...] = ("photo", "windows", "counted", "share", "problem")
MOST_BLOCKS = 1000  # of photos that Ray hands out; a lost worker costs one block
LOCAL = "local"
NO_RAY = '--ray needs a package that is not here: pip install "ray[data]>=2.40"'


@dataclass(frozen=True)
class Orders:
    """What is to be done with every photo; see `surveyed`."""

    entry: str
    folder: str
    out: str
    label: str
    threshold: float
    window: int | None
    stride: int | None
    metres: float | None
    false_alarms: float


def survey_folder(orders: Orders, workers: int = 1, ray: str = "") -> str:
    """Survey every photo below a folder that has no row in the table yet.

    Args:
        workers: processes, where Ray is not asked for.
        ray: the address of a Ray, or "local" for one of this machine; "" for none.

    Returns:
        What was done, as a line for a terminal.

    Raises:
        DataError: there are no photos, two would write the same files, the folder of results belongs to other orders,
            or workers were lost.
        ValueError: no such number of workers.
    """
    if workers < 1:
        raise ValueError(f"--workers must be at least 1, not {workers}.")
    photos = _photos(orders)
    out = Path(orders.out)
    out.mkdir(parents=True, exist_ok=True)
    _keep_orders(orders, out / SETTINGS)
    done = _rows(out / TABLE)
    left = [photo for photo in photos if photo not in done]
    with _table(out / TABLE, done) as write, tqdm(
        total=len(photos), initial=len(photos) - len(left), desc="surveying", unit=" photos", disable=None
    ) as bar:  # fmt: skip
        for row in _by_ray(orders, left, ray) if ray else _by_processes(orders, left, workers):
            write(row)
            bar.update()
    rows = _rows(out / TABLE)
    bad = sum(bool(row["problem"]) for row in rows.values())
    before = f", {len(photos) - len(left):,} of them before" if len(left) < len(photos) else ""
    problems = f"; {bad:,} could not be surveyed, and say why" if bad else ""
    return f"{out / TABLE}: {len(rows):,} photos{before}{problems}."


def survey_one(orders: Orders, photo: str) -> dict[str, Any]:
    """Survey a photo, named by its path below the folder, and write its files; its row of the table.

    A photo that cannot be surveyed is a row that says why: one in thousands must not end the others.
    """
    file = Path(orders.folder) / photo
    out = (Path(orders.out) / photo).parent
    for path in files_of(file, out).values():
        path.unlink(missing_ok=True)
    row = dict.fromkeys(COLUMNS, "") | {"photo": photo}
    sizes = {"window": orders.window, "stride": orders.stride, "metres": orders.metres}
    try:
        found, _ = surveyed(
            _model(orders.entry), file, out, orders.label, orders.threshold,
            false_alarms=orders.false_alarms, is_watched=False, **sizes,
        )  # fmt: skip
    except (DataError, ValueError) as error:
        return row | {"problem": str(error)}
    counted, share = int(found.counted().sum()), results.share(found, orders.label, orders.threshold)
    return row | {"windows": found.counted().size, "counted": counted, "share": f"{share:.5f}"}


@lru_cache(maxsize=1)
def _model(entry: str) -> model_zoo.Model:
    """The network, read once by each worker, which computes on one core: there are others beside it."""
    import torch

    torch.set_num_threads(1)
    return model_zoo.entry_of(entry)


def _photos(orders: Orders) -> list[str]:
    """Paths below the folder, with "/".

    Raises:
        DataError: there are none, or two would write the same files.
    """
    folder, out = Path(orders.folder), Path(orders.out).resolve()
    files = (path for path in folder.rglob("*") if path.is_file() and out not in path.resolve().parents)
    found = sorted(path.relative_to(folder).as_posix() for path in files if _is_photo(path))
    if not found:
        raise DataError(f"There are no photos in {orders.folder}.")
    by_stem: dict[str, str] = {}
    for photo in found:
        other = by_stem.setdefault(str(Path(photo).with_suffix("")).lower(), photo)
        if other != photo:
            raise DataError(f"{other} and {photo} would write the same files. Rename one of them.")
    return found


def _is_photo(path: Path) -> bool:
    if path.name.startswith("."):
        return False
    return is_picture(File(path.name, 0, 0, (str(path), "")))


def _keep_orders(orders: Orders, file: Path) -> None:
    told = asdict(orders) | {"folder": str(Path(orders.folder).resolve()), "out": ""}
    if file.exists() and json.loads(file.read_text(encoding="utf-8")) != told:
        raise DataError(f"{file.parent} has surveys of other photos or with other settings. Name another folder.")
    file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _rows(file: Path) -> dict[str, dict[str, str]]:
    """The rows that are whole, by photo: a last line that was being written may not be."""
    if not file.exists():
        return {}
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    whole = text[: text.rfind("\n") + 1].splitlines(keepends=True)
    return {row["photo"]: row for row in csv.DictReader(whole) if row["problem"] is not None}


@contextmanager
def _table(file: Path, done: dict[str, dict[str, str]]) -> Iterator[Any]:
    """A function that adds a row; what is in the file already is written anew, so that it is whole."""
    temporary = file.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as made:
        rows = csv.DictWriter(made, COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(done.values())
        made.flush()
        os.replace(temporary, file)

        def write(row: dict[str, Any]) -> None:
            rows.writerow({name: row[name] for name in COLUMNS} | {"problem": " ".join(str(row["problem"]).split())})
            made.flush()

        yield write


def _by_processes(orders: Orders, photos: list[str], workers: int) -> Iterable[dict[str, Any]]:
    if workers == 1:
        yield from (survey_one(orders, photo) for photo in photos)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=decode.end_with_parent) as pool:
        try:
            for each in as_completed([pool.submit(survey_one, orders, photo) for photo in photos]):
                yield each.result()
        except BrokenProcessPool as error:
            raise DataError("A worker was ended, perhaps for want of memory. The same command goes on.") from error


def _by_ray(orders: Orders, photos: list[str], address: str) -> Iterable[dict[str, Any]]:
    """The rows as Ray's workers bring them, in any order; what a lost worker was at is done by another one."""
    try:
        import ray  # pyright: ignore[reportMissingImports] (an extra)
        import ray.data  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError as error:
        raise DataError(NO_RAY) from error
    if not ray.is_initialized():
        ray.init(address=None if address == LOCAL else address, log_to_driver=False, logging_level="warning")
    ray.data.DataContext.get_current().enable_progress_bars = False
    items = [{"photo": photo} for photo in photos]
    blocks = max(1, min(MOST_BLOCKS, len(items)))
    made = ray.data.from_items(items, override_num_blocks=blocks).map(lambda item: survey_one(orders, item["photo"]))
    yield from made.iter_rows() if items else ()
