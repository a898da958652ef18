"""Small sets of drawn photos, in the forms in which sets of photos come."""

import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

TRAIN, TEST = 30, 10


def photo(number: int, invasive: bool, width: int = 96, height: int = 72) -> Image.Image:
    """A meadow; with pale blue flower heads where the plant is there."""
    random = np.random.default_rng(number)
    coarse = random.integers(0, 70, (9, 12, 3), dtype=np.uint8) + np.array([30, 90, 20], np.uint8)
    picture = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for x, y in random.integers(10, (width - 10, height - 10), (4 if invasive else 0, 2)).tolist():
        draw.ellipse((x - 9, y - 9, x + 9, y + 9), fill=(150, 160, 235))
    return picture


def is_invasive(number: int) -> bool:
    return number % 5 < 3  # 18 of 30


def kaggle(folder: Path) -> Path:
    """40 photos as in "Invasive Species Monitoring": 1.jpg to 30.jpg to train on, 1.jpg to 10.jpg to answer for."""
    for split, count, first in (("train", TRAIN, 0), ("test", TEST, 1000)):
        (folder / split).mkdir(parents=True)
        for number in range(1, count + 1):
            photo(first + number, is_invasive(number)).save(folder / split / f"{number}.jpg", quality=90)
    rows = [f"{number},{int(is_invasive(number))}" for number in range(1, TRAIN + 1)]
    (folder / "train_labels.csv").write_text("\n".join(["name,invasive", *rows, ""]))
    rows = [f"{number},0.5" for number in range(1, TEST + 1)]
    (folder / "sample_submission.csv").write_text("\n".join(["name,invasive", *rows, ""]))
    return folder


def classes(folder: Path, counts: dict[str, int]) -> Path:
    """`counts` photos in each folder, named by its path below the set's."""
    for number, (name, count) in enumerate(counts.items()):
        (folder / name).mkdir(parents=True)
        for index in range(count):
            photo(1000 * number + index, index % 2 == 0).save(folder / name / f"{index}.png")
    return folder


def tiles(folder: Path, rows: list[tuple[object, ...]]) -> Path:
    """A set with labels.csv; each row is (file, invasive, cover, split, photo, block) and gets a drawn tile."""
    (folder / "tiles").mkdir(parents=True)
    for number, row in enumerate(rows):
        photo(number, row[1] == 1, 48, 48).save(folder / str(row[0]), quality=90)
    lines = [",".join(map(str, row)) for row in [("file", "invasive", "cover", "split", "photo", "block"), *rows]]
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return folder


def four_blocks() -> list[tuple[object, ...]]:
    """80 rows for `tiles`: blocks 0 to 3 to train on (of four, one is 20 % rounded), block 4 for testing."""
    rows: list[tuple[object, ...]] = []
    for block, positives in enumerate((2, 8, 4, 6, 5)):
        for index in range(16):
            label, cover = (1, 0.3) if index < positives else (-1, 0.02) if index == 15 else (0, 0.0)
            split = "test" if block == 4 else "train"
            rows.append((f"tiles/{block}_{index:02d}.jpg", label, cover, split, f"{block}.jpg", block))
    return rows


def zipped(folder: Path, path: Path, top: str = "") -> Path:
    """The folder as a zip, under a folder of its own where `top` names one."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, f"{top}{file.relative_to(folder).as_posix()}")
    return path
