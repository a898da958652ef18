"""How good own classes (`python -m train own`) are with few pictures of each: draws from a large set, as a table.

    python -m train own-study --data DIR --out runs/own-cifar10 --body imagenet-efficientnet-lite0 --size 128,224
    python -m train own-study --data DIR/hogweed --block 0 --out runs/own-hogweed --pictures 30,100 --size 128,224

Without --block the pictures are drawn from CIFAR-10's training split and the test is all its 10,000 test pictures; with
it they are tiles of that block of ground, and the test is the set's test split. Each draw learns as the command `own`
does: penalty and size of the pictures are chosen by a cross-validation on the drawn pictures alone. A body that was
itself trained on these pictures would look too good. Features and results are kept in OUT, so that the command can be
given again; the table is printed, and written to OUT/own-study.md.
"""

import argparse
from pathlib import Path

from train.commands.own_classes.own import further_options
from train.options import numbers, whole

HELP = "own classes measured with few pictures, on a large set"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", required=True, metavar="DIR", type=Path, help="torchvision root with CIFAR-10, or a set of tiles"
    )
    parser.add_argument("--out", required=True, metavar="DIR", type=Path, help="folder of features and results")
    parser.add_argument("--body", required=True, metavar="NAME[,NAME]", help="names of the zoo, or folders")
    parser.add_argument("--size", metavar="N[,N]", default="", help="pixels to compare; each body's own, if not given")
    parser.add_argument("--block", metavar="NAME", help="of the tiles that are drawn")
    parser.add_argument(
        "--pictures", default="10,30,100", metavar="N[,N]", help="of each class; 10,30,100 if not given"
    )
    parser.add_argument("--draws", type=whole(1, 100), default=3, metavar="N", help="with the seeds 0, 1, ... (3)")
    parser.add_argument(
        "--export", action="store_true", help="write the first draw of each number as a folder per class into OUT, too"
    )
    parser.add_argument("--limit", type=whole(1), metavar="N", help="only N test pictures, to try things")
    further_options(parser)
    parser.add_argument("--threads", type=whole(1, 1024), default=1, metavar="N", help="CPU threads (1)")


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from model_zoo.entries import entry
    from train.engine import device
    from train.tools.own import study, study_sets
    from train.tools.own.body import Body

    counts, sizes = numbers("--pictures", given.pictures, 2), numbers("--size", given.size, 16, 1024)
    device.prepare(device.choose("cpu"), given.threads)
    models = [model_zoo.entry_of(name.strip()) for name in given.body.split(",")]
    bodies = [[Body.of(model, size) for size in sizes or [model.size]] for model in models]
    if given.block is None:
        draws = study_sets.of_cifar10(given.data, max(counts), given.draws)
    else:
        draws = study_sets.of_tiles(given.data, given.block, max(counts), given.draws)
    for count in counts if given.export else ():
        study_sets.export(study_sets.smaller(draws.draws[0], count), given.out / f"draw-{count}")
    further = None
    if given.fine_tune:
        further = study.Further(given.epochs, given.batch_size, given.learning_rate, given.turn)
    text = study.table(study.study(draws, bodies, counts, given.out, given.limit, further))
    entry.write_files({given.out / study.TABLE: text.encode()})
    print(text, end="")
    return 0
