"""Whether the ONNX file of a network says what the network says; needs onnxruntime."""

import tempfile
from pathlib import Path

import torch
from torch import Tensor

from model_zoo.entries import onnx_export
from model_zoo.model import Model, logits


def parity(model: Model, x: Tensor) -> tuple[float | None, str]:
    """The largest difference of two probabilities, and words about it; None where that could not be measured."""
    try:
        import onnxruntime
    except ImportError:
        return None, "not compared; that needs pip install onnxruntime"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        try:
            onnx_export.export(model, path)
        except onnx_export.ExportError as error:
            return None, str(error)
        session = onnxruntime.InferenceSession(path)
        found = session.run(["probabilities"], {onnx_export.INPUT: x.numpy()})[0]
    with torch.inference_mode():
        own = logits(model.net, x).softmax(1)
    difference = float((torch.as_tensor(found) - own).abs().max())
    return difference, f"probabilities differ by {difference:.1e} at most"
