"""A network as PyTorch code: the line that makes a step, with its sums, and the whole network as a file that runs.

from model_zoo.explain import code
print(code.source(model_zoo.load("cifar10-cnn")))    # network.py, which reads model.safetensors beside it
code.steps(model.net, size=32)["conv1"].text         # 'nn.Conv2d(3, 32, kernel_size=3, padding=1)'
"""

from model_zoo.explain.code.network_file import FILE, WEIGHTS, bundle, source
from model_zoo.explain.code.records import Argument, Figure, Formula, Piece, StepCode
from model_zoo.explain.code.step_code import steps

__all__ = ["FILE", "WEIGHTS", "Argument", "Figure", "Formula", "Piece", "StepCode", "bundle", "source", "steps"]
