"""How often the peak of a map of what speaks for the plant lies on the plant: the pointing game.

    python -m train pointing ENTRY --data DIR                       Grad-CAM, for all windows that show the plant
    python -m train pointing ENTRY --data DIR --method occlusion    without gradients; slower
    python -m train pointing ENTRY --data DIR --save                into the entry's card, too

DIR holds whole photos and their masks, as for `python -m train cut`, in one folder or in its `photos`. Windows are cut
as tiles are; one counts if at least 5 % of it is the plant. The peak is the middle of the map's largest place. By
chance a place lies on the plant as often as the plant covers the windows; the same network with shuffled weights shows
what the network's form alone gives. Source: J. Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV
2016, section 4.1, here without their tolerance of 15 pixels.
"""

import argparse
from pathlib import Path

HELP = "how often a map's peak lies on the plant"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    parser.add_argument("--data", required=True, metavar="DIR", type=Path, help="photos and masks")
    parser.add_argument(
        "--method", choices=("grad-cam", "occlusion"), default="grad-cam", help="grad-cam, if not given"
    )
    parser.add_argument(
        "--class", dest="label", default="", help="the plant's; the one that the entry names, if not given"
    )
    parser.add_argument("--tile", type=int, default=250, metavar="N", help="side of a window (250 pixels)")
    parser.add_argument("--save", action="store_true", help="write the figures into the entry's card, too")


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from model_zoo.aerial.threshold import chosen
    from train.entry import record
    from train.tools.cut import photos_below
    from train.tools.pointing import figures, peak_on_plant, report, windows_of

    model = model_zoo.entry_of(given.entry)
    if not 8 <= given.tile <= 10_000:
        raise ValueError(f"--tile must be from 8 to 10,000, not {given.tile}.")
    target = model.classes.index(chosen(model, given.label)[0])
    found = peak_on_plant(model, windows_of(photos_below(given.data), given.tile), target, given.method)
    if given.save:
        record.record(model, "pointing", figures(given.method, found))
    print(report(model.name, given.method, found))
    return 0
