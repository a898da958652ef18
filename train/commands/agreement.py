"""How well surveys of whole photos agree with masks of where the plant really is.

    python -m train agreement ENTRY --data DIR           a row per photo, all windows together, last line JSON
    python -m train agreement ENTRY --data DIR --save    into the entry's card, too
    python -m train agreement ENTRY --data DIR --marks 40    what checks by eye of 40 windows would bring, too

DIR holds whole photos and their masks, as for `python -m train cut`, in one folder or in its `photos`. Each photo is
covered with windows side by side, as `python -m train survey` does. A window is covered from 5 % on, and free at 0 %.
From two photos on, the area that the plant covers in each is estimated, too, by a calibration on the others.
"""

import argparse
from pathlib import Path

HELP = "how well surveys of whole photos agree with their masks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    parser.add_argument("--data", required=True, metavar="DIR", type=Path, help="photos and masks")
    parser.add_argument(
        "--class", dest="label", default="", help="the plant's; the one that the entry names, if not given"
    )
    parser.add_argument("--window", type=int, metavar="N", help="side of a window; the network's own if not given")
    parser.add_argument(
        "--marks",
        type=int,
        default=0,
        metavar="N",
        help="fit a last layer to N windows of each photo, marked by its mask",
    )
    parser.add_argument("--save", action="store_true", help="write the figures into the entry's card, too")


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from model_zoo.aerial.threshold import chosen
    from train.entry import record
    from train.tools import by_eye
    from train.tools.agreement import agreement, figures, report
    from train.tools.cut import photos_below

    model = model_zoo.entry_of(given.entry)
    label, threshold = chosen(model, given.label)
    folder = photos_below(given.data)
    found = agreement(model, folder, label, threshold, given.window)
    if given.save:
        record.record(model, "survey", figures(found))
    if given.marks:
        print(by_eye.report(by_eye.by_eye(model, folder, label, threshold, given.marks), given.marks))
    print(report(model.name, found))
    return 0
