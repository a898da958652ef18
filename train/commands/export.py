"""An entry as an ONNX file, for programs without ConvScope and PyTorch.

    python -m train export cifar10-cnn --onnx cifar10-cnn.onnx

Printed is what a program needs to use it.
"""

import argparse
from pathlib import Path

HELP = "an entry as an ONNX file, for programs without ConvScope"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    parser.add_argument("--onnx", required=True, metavar="FILE", type=Path, help="the file to write")


def run(given: argparse.Namespace) -> int:
    import model_zoo
    from model_zoo.entries import onnx_export

    model = model_zoo.entry_of(given.entry)
    onnx_export.export(model, given.onnx)
    print(
        f"{given.onnx}: {given.onnx.stat().st_size / 1e6:.1f} MB, {model.title}. To use it, after import onnxruntime:"
    )
    print(onnx_export.usage(model, given.onnx))
    return 0
