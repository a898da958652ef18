"""Take a network in from elsewhere, as an entry.

    python -m model_zoo add SOURCE --name NAME [--weights FILE | --download | --untrained] [--classes FILE]

SOURCE is an architecture of torchvision (resnet18), of timm (timm:resnet18; it needs pip install "timm>=1.0"), a name
of the Hugging Face Hub (hf-hub:timm/resnet18.a1_in1k), or an ONNX file (mine.onnx, operator sets 13 to 23, its weights
inside). Weights come from a .safetensors or .pth file, of which only tensors are read, or with --download from where
the library keeps them. Nothing is run that stands in a file, and nothing is downloaded unless --download says so.
"""

import argparse
from pathlib import Path

HELP = "take a network in: torchvision, timm, Hugging Face Hub, ONNX"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help="an architecture, timm:NAME, hf-hub:timm/NAME, or FILE.onnx")
    parser.add_argument("--name", required=True, help="of the entry: letters, digits, '.', '_' and '-'")
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument("--weights", type=Path, metavar="FILE", help="a .safetensors or .pth file")
    weights.add_argument("--download", action="store_true", help="those that the library or the Hub offers")
    weights.add_argument("--untrained", action="store_true", help="random ones, to look at the architecture")
    parser.add_argument("--classes", type=Path, metavar="FILE", help="names of the classes, one a line, in their order")
    parser.add_argument("--size", type=int, metavar="N", help="side of the pictures in pixels")
    parser.add_argument("--mean", type=float, nargs="+", metavar="M", help="of pixels from 0 to 1: one number or three")
    parser.add_argument("--std", type=float, nargs="+", metavar="S", help="the same for the standard deviation")
    parser.add_argument("--title", default="", help="what people read")
    parser.add_argument("--licence", default="", help="of the weights, as stated where they are from")


def run(given: argparse.Namespace) -> int:
    from model_zoo.adopting import sources
    from model_zoo.adopting.entries import About, write
    from model_zoo.entries.folders import runs_folder

    folder = sources.new_folder(runs_folder(), given.name)
    about = About(
        given.name,
        given.title,
        sources.class_file(given.classes) if given.classes else None,
        given.size,
        given.mean,
        given.std,
        given.licence,
    )
    adopted = sources.adopted(given.source, about, given.weights, given.download, given.untrained)
    write(adopted, folder)
    card = adopted.model.card
    prepared = card["preprocessing"]
    print(
        f"{card['title']} is now the entry {given.name} in {folder}: {len(card['classes'])} classes, pictures of "
        f"{prepared['size']} x {prepared['size']} pixels, mean {prepared['mean']}, std {prepared['std']}. Its accuracy "
        f"is unknown. See whether all of it is explained: python -m model_zoo check {given.name}"
    )
    return 0
