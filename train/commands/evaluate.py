"""How good an entry is on pictures it was not trained on: figures, confusions, and a last line of JSON.

python -m train evaluate ENTRY --data DIR            the test pictures
python -m train evaluate RUN --data DIR --save       the same, once, into the card of a run with --no-test
python -m train evaluate ENTRY --data DIR --views 8  the mean over eight views of each picture
"""

import argparse
import json

from train.options import add_cache, whole

HELP = "how good an entry is on pictures it was not trained on"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    parser.add_argument("--data", required=True, metavar="DIR", help="as for the training of that entry")
    parser.add_argument("--limit", type=whole(1), metavar="N", help="only N pictures")
    parser.add_argument(
        "--views",
        type=int,
        default=1,
        choices=(1, 6, 8),
        help="the mean over so many views of a picture: 6 moves and mirrors it, 8 turns and mirrors it",
    )
    parser.add_argument(
        "--split",
        default="test",
        choices=("test", "validation"),
        help="the test pictures, if not given, or those that its training kept back to choose the epoch by",
    )
    parser.add_argument(
        "--save",
        action="store_true",
        help="write the figures into the card of an entry that has none, such as a run with --no-test",
    )
    add_cache(parser)


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from train.engine import metrics, sources
    from train.entry import record

    model = model_zoo.entry_of(given.entry)
    name = "test" if given.views == 1 else "test_with_views"
    if given.save:
        if given.split != "test" or given.limit is not None:
            raise ValueError("--save is for all test pictures: leave out --split and --limit.")
        record.check(model, name)
    pictures = sources.labelled(model, given.data, given.split, given.limit, given.cache, own=given.save)
    result = metrics.of_entry(model, pictures, given.views)
    print(f"{model.title} ({model.name})")
    print(metrics.report(result, given.split))
    if given.save:
        views = {"views": given.views} if given.views > 1 else {}
        print(f"Written into {record.record(model, name, views | result)}")
    print(json.dumps({"entry": model.name} | result))
    return 0
