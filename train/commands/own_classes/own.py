"""Own classes from a few pictures, as an entry of the zoo: a frozen body, and a linear head fitted to the pictures.

    python -m train own --data FOLDER --out DIR                   FOLDER, or a zip: a folder for each class
    python -m train own --data FOLDER --out DIR --body NAME       on the body of this network, chosen from no others
    python -m train own --data FOLDER --out DIR --fine-tune       and then body and head trained further (minutes)
    python -m train own --data FOLDER --out DIR --zip FILE.zip    and a zip with predict.py to take home

The accuracy is that of a cross-validation: every picture is answered by a head that learned from the others, without
any of the same scene. Bursts, tiles of one photo, near-identical and identical pictures are one scene. Pictures in a
folder `test` teach nothing and are answered once, at the end; those of a scene that taught are left out, with a word.
Where nobody names a body, up to three entries of the zoo are compared by a cross-validation; the least loss decides.
DIR is an entry: with CONVSCOPE_RUNS naming its parent, it appears in the page. With --fine-tune the network with the
fitted head stands in DIR-head, and what the further training makes of it in DIR; Ctrl-C keeps the last epoch, --resume
goes on.
"""

import argparse
from pathlib import Path

from train.options import numbers, whole

HELP = "own classes from a few pictures, on a trained body"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="FOLDER", type=Path, help="pictures: a folder for each class")
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="folder to write, new or empty")
    parser.add_argument(
        "--body",
        metavar="NAME[,NAME]",
        default="",
        help="up to three names of the zoo or folders to choose from; those of the most classes, if not given",
    )
    parser.add_argument(
        "--size", metavar="N[,N]", default="", help="pixels that pictures are brought to; several are compared as well"
    )
    parser.add_argument("--limit", type=whole(1), metavar="N", help="at most N pictures of each class, drawn by chance")
    parser.add_argument(
        "--seed", type=whole(0, 2**31 - 1), default=0, metavar="N", help="of that draw and the parts (0)"
    )
    parser.add_argument("--title", default="", help="what the page calls it; the names of the classes, if not given")
    parser.add_argument("--threads", type=whole(1, 1024), default=1, metavar="N", help="CPU threads (1)")
    further = further_options(parser)
    further.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    parser.add_argument("--zip", metavar="FILE", type=Path, help="a zip of the entry with predict.py, too")


def further_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """What says how body and head are trained further."""
    further = parser.add_argument_group("training body and head further")
    further.add_argument("--fine-tune", action="store_true", help="do so; an accelerator is not used")
    further.add_argument("--epochs", type=whole(1, 1000), default=8, metavar="N", help="passes over the pictures (8)")
    further.add_argument("--batch-size", type=whole(2, 512), default=16, metavar="N", help="pictures a step (16)")
    further.add_argument(
        "--learning-rate", type=float, default=2e-4, help="of the head; 0.3 of it for the body (0.0002)"
    )
    further.add_argument("--turn", action="store_true", help="turn pictures by quarters: from above there is no up")
    return further


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from train.engine import device
    from train.tools.own import fine_tune, home, judging, own_entry, reading, report
    from train.tools.own.body import Body
    from train.tools.own.teach import bodies, teach

    sizes = numbers("--size", given.size, 16, 1024)
    head_out = given.out.with_name(f"{given.out.name}-head") if given.fine_tune else given.out
    if not given.resume:
        own_entry.check_out(given.out)
        own_entry.check_out(head_out)
    device.prepare(device.choose("cpu"), given.threads)
    collection, test = reading.read(given.data, given.limit, given.seed)
    names = [name.strip() for name in given.body.split(",") if name.strip()]
    models = [model_zoo.entry_of(name) for name in names] or [body.model for body in bodies()]
    candidates = [Body.of(model, size) for model in models for size in sizes or [model.size]]
    taught = teach(collection, candidates, print, given.seed)
    print("\n".join(report.lines(taught)), flush=True)
    if given.resume:
        model = model_zoo.load_folder(head_out)
    else:
        model = own_entry.write(taught, head_out, given.title, given.command)
        print(report.JUDGED if judging.judge(taught, model) else report.UNJUDGED)
    if given.fine_tune:
        how = fine_tune.recipe(model, given.epochs, given.batch_size, given.learning_rate, given.turn)
        fine_tune.fine_tune(taught, how, model, given.out, given.command, given.resume, given.seed)
        model = model_zoo.load_folder(given.out)
    answered = own_entry.record_test(model, test) if len(test) else {}
    for line in report.of_test(test, answered):
        print(line)
    if given.zip is not None:
        home.take_home(model_zoo.load_folder(given.out), given.zip)
        print(f"The zip to take home is {given.zip}")
    print(f"The entry is in {given.out}")
    return 0
