"""What a network says of many photos, as a table: file, answer, probability, decision, trust, or the problem.

    python -m train answer ENTRY FILE ... --out answers.csv

Each FILE is a photo, a folder of photos, or a zip of them. Every photo is answered as by the page: the network sees its
largest centred square. Where the entry's card has a threshold, it decides. What cannot be answered stands at the end of
the table with its reason, and stops nothing; Ctrl-C does, and nothing is written.

A photo that shows far more ground than the network learned to look at gets no decision; with --survey it is covered
with windows, decided for where one of them reaches the threshold, and its area stands in further columns.

Where `python -m train trust` was run for the entry, further columns tell photos that it does not know: "typicality" is
the share of known pictures that look at least as strange, "unfamiliar" whether that is at most the share of
"false_alarms" (0.05, or what --false-alarms says), "cannot_be_excluded" the classes among which the right one is for
90 % of known pictures, void for others.
"""

import argparse
from pathlib import Path

from train.options import add_false_alarms

HELP = "a table of answers for many photos"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="photos, folders, zips")
    parser.add_argument("--survey", action="store_true", help="cover whole photos with windows")
    add_false_alarms(parser, "photos, or windows of a survey,")
    parser.add_argument("--out", required=True, metavar="CSV", type=Path, help="the table to write")


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from train.tools.answer import answer

    how = {"surveying": given.survey, "false_alarms": given.false_alarms}
    print(answer(model_zoo.entry_of(given.entry), given.files, given.out, **how))
    return 0
