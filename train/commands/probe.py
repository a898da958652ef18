"""What each step of a network alone tells of the classes: a linear probe of every step, stored with the entry.

    python -m train probe ENTRY --data DIR              fit, measure and write probes.safetensors and the card
    python -m train probe ENTRY --data DIR --out DIR    the same into a copy of the entry
    python -m train probe ENTRY --data DIR --replace    in place of those that it has

A probe is a softmax regression on the means of a step's channels. It is fitted on training pictures, its L2 penalty
chosen on the validation pictures, and it is measured once on the test pictures. The network stays as it is. The page
shows below each step of an answer what its probe says. Source: G. Alain, Y. Bengio: "Understanding intermediate layers
using linear classifier probes", arXiv 1610.01644, 2016.
"""

import argparse
from pathlib import Path

from train.options import add_cache, whole

HELP = "what each step alone tells of the classes: linear probes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    parser.add_argument("--data", required=True, metavar="DIR", help="as for the training of that entry")
    parser.add_argument("--out", metavar="DIR", type=Path, help="a copy of the entry to write; the entry, if not given")
    parser.add_argument("--replace", action="store_true", help="write in place of probes that the entry has")
    parser.add_argument(
        "--pictures", type=whole(10), default=10_000, metavar="N", help="to fit on at most (10,000), drawn by chance"
    )
    parser.add_argument("--seed", type=whole(0, 2**32 - 1), default=0, metavar="N", help="of that draw (0)")
    parser.add_argument("--threads", type=whole(1), metavar="N", help="CPU threads; PyTorch's own number if not given")
    add_cache(parser)


def run(given: argparse.Namespace) -> int:
    import datetime
    import json

    import model_zoo
    from train.engine import device, sources
    from train.tools import probe

    model = model_zoo.entry_of(given.entry)
    probe.check(model, given.replace)
    if given.out is not None:
        probe.check_out(given.out)
    device.prepare(device.choose("cpu"), given.threads)
    found = probe.fit(model, sources.splits(model, given.data, given.cache), given.pictures, given.seed)
    facts = {"command": given.command, "date": datetime.date.today().isoformat()}
    folder = probe.save(model, found, facts, given.out)
    print(probe.report(model, found.about))
    print(f"Written into {folder / 'probes.safetensors'}")
    print(json.dumps({"entry": model.name, "network": found.about["network"]} | found.about["steps"]))
    return 0
