"""Where in a whole photo a network sees its class: a heat map, a table and shapes for programs that draw maps.

    python -m train survey ENTRY PHOTO --out DIR                 PHOTO-survey.png, .csv and .geojson in DIR
    python -m train survey ENTRY PHOTO --out DIR --mask MASK     and how well it agrees with a mask, white for the class

The photo is covered with windows as large as what the network was trained on (model_zoo/aerial/survey.py): in metres of
ground, where the photo's EXIF or XMP data or --metres say how much it shows and the card how much the network learned
from; else in pixels. Where an entry was calibrated (`python -m train cover`), the area that the class covers is told.
"""

import argparse
from pathlib import Path

from train.options import add_false_alarms

HELP = "where in a whole photo a network sees its class"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="a photo")
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="folder for the results")
    parser.add_argument("--mask", metavar="MASK", type=Path, help="of the photo's size; white is the class")
    parser.add_argument("--window", type=int, metavar="N", help="side of a window in the photo's pixels")
    parser.add_argument("--metres", type=float, metavar="M", help="of ground that the photo shows from left to right")
    parser.add_argument("--stride", type=int, metavar="N", help="pixels between windows; a window's side if not given")
    parser.add_argument(
        "--class", dest="label", metavar="NAME", help="the class to map; the one that the entry names, if not given"
    )
    parser.add_argument("--threshold", type=float, metavar="P", help="probability, 0 to 1; the entry's, or 0.5")
    add_false_alarms(parser, "windows")


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from model_zoo.aerial.threshold import chosen
    from train.tools.survey import write_survey

    model = model_zoo.entry_of(given.entry)
    label, threshold = chosen(model, given.label, given.threshold)
    sizes = {"window": given.window, "stride": given.stride, "metres": given.metres}
    more = {"mask_file": given.mask, "false_alarms": given.false_alarms}
    print(write_survey(model, given.photo, given.out, label, threshold, **more, **sizes))
    return 0
