"""Where in a whole photo a network sees its class: a heat map, a table and shapes for programs that draw maps.

    python -m train survey ENTRY PHOTO --out DIR                 PHOTO-survey.png, .csv and .geojson in DIR
    python -m train survey ENTRY PHOTO --out DIR --mask MASK     and how well it agrees with a mask, white for the class
    python -m train survey ENTRY FOLDER --out DIR --workers 4    each photo in a folder, and a table of all: surveys.csv
    python -m train survey ENTRY FOLDER --out DIR --ray local    the same by Ray, on this machine or a cluster's address

The photo is covered with windows as large as what the network was trained on (model_zoo/aerial/survey.py): in metres of
ground, where the photo's EXIF or XMP data or --metres say how much it shows and the card how much the network learned
from; else in pixels. Where an entry was calibrated (`python -m train cover`), the area that the class covers is told.

Surveys of a folder of thousands may be interrupted: the same command goes on with the photos that have no row in
surveys.csv. With Ray a photo whose worker is lost is surveyed by another one.
"""

import argparse
from pathlib import Path

from train.options import add_false_alarms

HELP = "where in a whole photo a network sees its class"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="a photo, or a folder of photos")
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="folder for the results")
    parser.add_argument("--mask", metavar="MASK", type=Path, help="of the photo's size; white is the class")
    parser.add_argument("--window", type=int, metavar="N", help="side of a window in the photo's pixels")
    parser.add_argument("--metres", type=float, metavar="M", help="of ground that the photo shows from left to right")
    parser.add_argument("--stride", type=int, metavar="N", help="pixels between windows; a window's side if not given")
    parser.add_argument(
        "--class", dest="label", metavar="NAME", help="the class to map; the one that the entry names, if not given"
    )
    parser.add_argument("--threshold", type=float, metavar="P", help="probability, 0 to 1; the entry's, or 0.5")
    parser.add_argument("--workers", type=int, metavar="N", help="of a folder: so many processes; 1 if not given")
    parser.add_argument(
        "--ray", metavar="ADDRESS", help='of a folder: by Ray, at an address such as ray://HOST:10001, or "local"'
    )
    add_false_alarms(parser, "windows")


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from model_zoo.aerial.threshold import chosen
    from train.tools.survey import write_survey

    if given.photo.is_dir():
        return _folder(given)
    if given.workers is not None or given.ray is not None:
        raise ValueError(f"--workers and --ray are for folders, and {given.photo} is none.")
    model = model_zoo.entry_of(given.entry)
    label, threshold = chosen(model, given.label, given.threshold)
    sizes = {"window": given.window, "stride": given.stride, "metres": given.metres}
    more = {"mask_file": given.mask, "false_alarms": given.false_alarms}
    print(write_survey(model, given.photo, given.out, label, threshold, **more, **sizes))
    return 0


def _folder(given: argparse.Namespace) -> int:
    import model_zoo
    from model_zoo.aerial.threshold import chosen
    from train.tools.survey_folder import Orders, survey_folder

    if given.mask is not None:
        raise ValueError("--mask is for a single photo.")
    label, threshold = chosen(model_zoo.entry_of(given.entry), given.label, given.threshold)
    orders = Orders(
        given.entry, str(given.photo), str(given.out), label, threshold,
        given.window, given.stride, given.metres, given.false_alarms,
    )  # fmt: skip
    print(survey_folder(orders, 1 if given.workers is None else given.workers, given.ray or ""))
    return 0
