"""Train a network, or see how good one is and what it answers.

    python -m train cifar10-cnn --data DIR --out DIR              train a recipe, here as in the talk
    python -m train RECIPE ... --resume                           go on after an interruption
    python -m train RECIPE ... --find-learning-rate               which step size to take: a plot and a table
    python -m train RECIPE ... --start-from ENTRY                 with the weights of another network where they fit
    torchrun --standalone --nproc-per-node 2 -m train RECIPE ...  on two processes (see train/engine/distributed.py)
    python -m train COMMAND --help                                what a recipe or a command takes, with examples

DIR of --data is a torchvision root (it holds cifar-10-batches-py/, downloaded when missing), or for photos a set of
one of the forms of train/data/layouts.py. The folder of --out is a zoo entry after every epoch: with CONVSCOPE_RUNS
naming its parent, it appears in the page.
"""

import signal

if __name__ == "__main__":  # Ctrl-C while PyTorch is being loaded, when there is nothing to lose yet, ends at once
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import sys
from collections.abc import Sequence

from train.commands import registry


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status (130 after Ctrl-C, 1 after an error said in a sentence)."""
    parser = argparse.ArgumentParser(
        prog="python -m train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    registry.add_parsers(parser)
    typed = sys.argv[1:] if arguments is None else list(arguments)
    return _run(parser.parse_args(typed), typed, parser.prog)


def _run(given: argparse.Namespace, typed: list[str], prog: str) -> int:
    # Here, because they load PyTorch, which takes seconds and which no help needs.
    from model_zoo import BrokenEntry
    from train.engine.guard import TrainingError
    from train.entry.card import command
    from train.entry.run_folder import CHECKPOINT

    if __name__ == "__main__":
        signal.signal(signal.SIGINT, signal.default_int_handler)
    given.command = command(typed)
    try:
        return given.run(given)
    except (TrainingError, BrokenEntry, ValueError) as error:
        print(f"{prog}: {error}", file=sys.stderr)
    except OSError as error:
        print(f"{prog}: {error.filename or 'A file'}: {error.strerror or error}.", file=sys.stderr)
    except KeyError as error:
        print(f"{prog}: {error.args[0]}", file=sys.stderr)
    except KeyboardInterrupt:
        kept = hasattr(given, "recipe") and hasattr(given, "resume") and (given.out / CHECKPOINT).is_file()
        more = " The run folder holds the last finished epoch; go on with --resume." if kept else ""
        print(f"\nStopped.{more}", file=sys.stderr)
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
