"""The commands of `python -m model_zoo`, a module each; what they do stands in the other rooms."""

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence

COMMANDS = ("add", "list", "remove", "check")
MODULES = {name: f"{__name__}.{name}_entry" for name in COMMANDS}
ABOUT = """Networks from elsewhere as entries, which Predict, Explore and all else then offer.

    python -m model_zoo add resnet18 --weights mine.safetensors --name mine --classes classes.txt --size 64
    python -m model_zoo add timm:mobilenetv3_small_050 --weights mine.pth --name mine
    python -m model_zoo add exported.onnx --name mine
    python -m model_zoo add resnet18 --download --name imagenet-resnet18
    python -m model_zoo check mine
    python -m model_zoo list
    python -m model_zoo remove mine

They stand in the folder that CONVSCOPE_RUNS names (default runs/)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status: 0, or 1 after a sentence about what is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m model_zoo", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, path in MODULES.items():
        module = importlib.import_module(path)
        one = subparsers.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(one)
        one.set_defaults(run=module.run)
    given = parser.parse_args(arguments)
    # Whatever a library loads by itself: tensors alone, never a program.
    os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # its retries say nothing to act on
    try:
        return given.run(given)
    except (ValueError, KeyError) as error:
        text = error.args[0] if isinstance(error, KeyError) and error.args else error
        print(f"{parser.prog}: {text}", file=sys.stderr)
    except OSError as error:
        print(f"{parser.prog}: {error.filename or 'A file'}: {error.strerror or error}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 1
