"""A network as an ONNX file, for programs that have neither ConvScope nor PyTorch.

    from model_zoo.entries import onnx_export
    onnx_export.export(model_zoo.load("cifar10-cnn"), "cifar10-cnn.onnx")

The file holds everything that its user needs. Input: `pictures`, float32 (N, 3, size, size), any N, prepared as the
metadata say. Outputs: `probabilities`, float32 (N, classes), each row summing to 1, and `logits`, the values before the
softmax. Metadata, each value as JSON: see `metadata`.

`python -m model_zoo.entries.onnx_export FOLDER FILE` does the same in a process of its own, which a program with
several threads needs: torch.export replaces parts of torch for the whole process while it works, and what it imports
stays in memory.
"""

import copy
import json
import os
import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from model_zoo.entries import entry
from model_zoo.entries.loading import load_folder
from model_zoo.model import Model, logits

OPSET = 18  # what torch's exporter is written in; converting to a newer one gains nothing and asks more of readers
INPUT, OUTPUTS = "pictures", ("probabilities", "logits")
IN_WORDS = 3  # exit status of the process when the last line on stderr is a sentence for its user


class ExportError(ValueError):
    """Why a network cannot be written as ONNX, in a sentence for the user."""


def export(model: Model, path: str | os.PathLike[str]) -> None:
    """Write a network as ONNX (operator set 18, float32); the file appears whole or not at all.

    Args:
        path: the file; its folder is made if missing, an older file is replaced.

    Raises:
        ExportError: a package is missing, or the network does something that ONNX has no operations for.
        OSError: the file cannot be written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = _serialised(model)
    try:
        entry.write_files({path: data})
    except OSError as error:  # which may name the temporary file, or none
        raise OSError(error.errno, error.strerror, str(path)) from error


def metadata(model: Model) -> dict[str, Any]:
    """What the file says of the network, by key: JSON values.

    name, title, classes (in the order of the outputs), preprocessing {size, crop, mean, std, interpolation},
    test_accuracy (0..1) and test_pictures (None where not measured), command (that trained it, or None), sha256 (of
    the weights).
    """
    card = model.card
    test = card["metrics"].get("test") or {}
    preprocessing = {key: value for key, value in card["preprocessing"].items() if value is not None}
    return {
        "name": model.name,
        "title": model.title,
        "classes": list(model.classes),
        # The values that count where a card leaves them out.
        "preprocessing": {"crop": "largest centred square", "interpolation": "bicubic"} | preprocessing,
        "test_accuracy": test.get("accuracy"),
        "test_pictures": test.get("pictures"),
        "command": card["environment"].get("command"),
        "sha256": card["sha256"],
    }


def usage(model: Model, path: str | os.PathLike[str]) -> str:
    """Three lines of Python that run the file."""
    shape = f"(N, 3, {model.size}, {model.size})"
    return (
        f"session = onnxruntime.InferenceSession({os.fspath(path)!r})\n"
        f"about = session.get_modelmeta().custom_metadata_map  # as JSON: {', '.join(metadata(model))}\n"
        f'{", ".join(OUTPUTS)} = session.run(None, {{"{INPUT}": pictures}})  # float32 {shape}'
    )


class _Network(nn.Module):
    """The outputs of the file."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        answer = logits(self.net, pictures)
        return answer.softmax(dim=1), answer


def _serialised(model: Model) -> bytes:
    """The bytes of the file."""
    try:
        import onnx
        import onnxscript  # noqa: F401  torch.onnx works with it
    except ImportError as error:
        raise ExportError(
            "Writing ONNX files needs the package onnxscript where ConvScope is installed: pip install onnxscript"
        ) from error
    # A copy, so that whatever tracing does to a network stays here; eval mode leaves out what serves training alone.
    network = _Network(copy.deepcopy(model.net)).eval()
    # Two pictures, because torch.export takes a batch of one for a constant.
    pictures, shapes = torch.zeros(2, 3, model.size, model.size), ({0: torch.export.Dim("batch")},)
    try:
        # A step of its own: torch.onnx.export, given a network, also tries ways that torch 2.8 itself calls unsound.
        program = torch.export.export(network, (pictures,), dynamic_shapes=shapes)
        exported = torch.onnx.export(
            program,
            dynamo=True,
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_shapes=shapes,
            opset_version=OPSET,
            external_data=False,
            verbose=False,
        )
        assert exported is not None  # it is None only where a file is written
        proto = exported.model_proto
    except Exception as error:  # a network is any code at all, and the exporter may raise anything
        raise ExportError(f"The network {model.name} cannot be written as ONNX: {_reason(error)}") from error
    _forget_sources(proto.graph)
    words = (
        f"{model.title}. Input: RGB pictures, float32 (N, 3, {model.size}, {model.size}), prepared as the metadata "
        "'preprocessing' say, values / 255 first. Outputs: probabilities of the metadata 'classes', and logits."
    )
    proto.doc_string = words.encode(errors="replace").decode()  # a card's title may hold half characters
    onnx.helper.set_model_props(proto, {key: json.dumps(value) for key, value in metadata(model).items()})
    return proto.SerializeToString()


def _forget_sources(graph: Any) -> None:
    """Remove the exporter's notes on where in Python each step stands: they name folders of this computer."""
    for part in (graph, *graph.node, *graph.initializer, *graph.input, *graph.output, *graph.value_info):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    for node in graph.node:
        for attribute in node.attribute:  # the branches of an If, the body of a Loop
            if attribute.HasField("g"):
                _forget_sources(attribute.g)


def _reason(error: BaseException) -> str:
    """The first line of what an error came from; the exporter wraps it in pages of advice."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".") + "."


def _main(folder: str, path: str) -> int:
    try:
        export(load_folder(folder), path)
    except ExportError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"The file cannot be written: {error.strerror or error}.", file=sys.stderr)
    except entry.BrokenEntry as error:  # which names folders: for the log, not for a visitor
        print(error, file=sys.stderr)
        return 1
    else:
        return 0
    return IN_WORDS


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m model_zoo.entries.onnx_export FOLDER FILE")
    sys.exit(_main(*sys.argv[1:]))
