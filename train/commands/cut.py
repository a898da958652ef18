"""Whole photos and their masks cut into labelled tiles, the form of set that `photo_set.read` takes.

    python -m train cut PHOTOS MASKS OUT                       tiles of 250 x 250 pixels, saved at 144 x 144
    python -m train cut PHOTOS MASKS OUT --blocks TABLE.csv    blocks and splits from a table (photo, block, split)

A mask has its photo's size and name (`0062.png` or `0062_mask.png` for `0062.jpg`); white is the plant. The rules:

- **tiles**: whole ones, row by row from the top left corner; what is left at the right and lower edge is not used;
- **cover**: the share of white pixels in the tile, at full resolution;
- **invasive**: 1 where cover is at least 5 %, 0 where it is 0, else -1, which trains and tests nothing;
- **block and split** by the table, or else by the order of the photos' names, taken for that of the flight: so many
  successive photos as `--strip` says are a block, the last blocks are for testing, and the photos just before them
  (`--gap`) are left out, because successive photos show some of the same ground, and training and testing must share
  none.
"""

import argparse
from pathlib import Path

HELP = "cut photos with masks into labelled tiles"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of photos")
    parser.add_argument("masks", metavar="MASKS", type=Path, help="folder of their masks, white for the plant")
    parser.add_argument("out", metavar="OUT", type=Path, help="folder to write, new or empty")
    parser.add_argument("--tile", type=int, default=250, metavar="N", help="side of a tile in the photo (250 pixels)")
    parser.add_argument("--overlap", type=float, default=0.0, help="of neighbouring tiles, share of a side (0)")
    parser.add_argument("--size", type=int, default=144, metavar="N", help="side of a saved tile (144 pixels)")
    parser.add_argument("--blocks", type=Path, metavar="CSV", help="table with the columns photo, block and split")
    parser.add_argument("--strip", type=int, default=8, metavar="N", help="successive photos in a block (8)")
    parser.add_argument("--test", type=float, default=0.3, help="share of blocks for testing (0.3)")
    parser.add_argument("--gap", type=int, default=1, metavar="N", help="photos left out before those (1)")


def run(given: argparse.Namespace) -> int:
    from train.tools.cut import cut

    limits = {"tile": (8, 10_000), "overlap": (0, 0.9), "size": (8, 1024), "strip": (1, 10**6), "test": (0, 0.9)}
    for name, (low, high) in (limits | {"gap": (0, 10**6)}).items():
        if not low <= getattr(given, name) <= high:
            raise ValueError(f"--{name} must be from {low} to {high:,}, not {getattr(given, name)}.")
    values = {name: getattr(given, name) for name in (*limits, "gap", "blocks")}
    print(cut(given.photos, given.masks, given.out, **values))
    return 0
