"""From probabilities to plant area: calibrates how much of a window is covered, and measures how far areas are off.

    python -m train cover ENTRY --data DIR           a row per photo: true area, estimate, interval; last line JSON
    python -m train cover ENTRY --data DIR --save    and the calibration and these figures go into the entry's card

DIR holds tiles with a labels.csv (columns file, cover, split, photo, block), of which those of the test split count,
since the network must not have been trained on them; or whole photos and their masks, as for `python -m train
agreement`. Each photo is estimated by a calibration on the other photos, and where there are several blocks of ground
also by one on the other blocks, which share no ground with it. What is saved is the calibration on all of them.
"""

import argparse
from pathlib import Path

HELP = "calibrate how much ground a probability stands for"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    parser.add_argument(
        "--data", required=True, metavar="DIR", type=Path, help="tiles with covers, or photos and masks"
    )
    parser.add_argument(
        "--class", dest="label", default="", help="the plant's; the one that the entry names, if not given"
    )
    parser.add_argument("--photos", action="store_true", help="whole photos and masks, even where there are tiles")
    parser.add_argument("--save", action="store_true", help="write calibration and figures into the entry's card")


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from model_zoo.aerial.threshold import chosen
    from train.entry import record
    from train.tools.cover import calibrated, figures, for_card, report

    model = model_zoo.entry_of(given.entry)
    label, threshold = chosen(model, given.label)
    found = calibrated(model, given.data, label, threshold, whole=given.photos)
    if given.save:
        record.record(model, "area", figures(found), cover=for_card(found.curve))
    print(report(model.name, found))
    return 0
