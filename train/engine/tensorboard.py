"""A run for TensorBoard: `--tensorboard`, then `tensorboard --logdir OUT/tensorboard`."""

import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from train.engine.guard import TrainingError

FOLDER = "tensorboard"  # in the run folder
SHOWN = 64  # pictures of the sample batch


class TensorBoardLog:
    """Scalars of every epoch, a batch of training pictures as the network gets them, the graph, the confusions."""

    def __init__(self, out: Path) -> None:
        """Begin or go on with the log in `out`.

        Raises:
            TrainingError: the package tensorboard is missing.
        """
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise TrainingError("--tensorboard needs a package: pip install tensorboard") from error
        self._writer = SummaryWriter(str(out / FOLDER))

    def begin(self, net: nn.Module, pictures: Tensor, prepared: Tensor) -> None:
        """The sample batch, uint8 (N, 3, H, W), and the network's graph for `prepared`, float32 (1, 3, H, W)."""
        self._writer.add_images("training pictures, augmented", pictures[:SHOWN].cpu(), 0)
        training = net.training
        net.eval()
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # of the tracer, about constants
            self._writer.add_graph(net, prepared)
        net.train(training)

    def epoch(self, row: dict[str, float]) -> None:
        """A row of the history; what was not measured is left out."""
        for name, value in row.items():
            if name != "epoch" and value == value:
                self._writer.add_scalar(name.replace("_", "/", 1), value, int(row["epoch"]))
        self._writer.flush()

    def finish(self, metrics: dict[str, Any], classes: tuple[str, ...]) -> None:
        """The confusion matrix of the test pictures as a figure."""
        from matplotlib.figure import Figure

        counts = torch.tensor(metrics["confusion_matrix"])
        figure = Figure(figsize=(6, 6), layout="constrained")
        axes = figure.subplots()
        axes.imshow(counts / counts.sum(1, keepdim=True).clamp(min=1), cmap="Blues", vmin=0, vmax=1)
        for row, column in torch.cartesian_prod(torch.arange(len(counts)), torch.arange(len(counts))).tolist():
            share = counts[row, column] / counts[row].sum().clamp(min=1)
            axes.text(
                column,
                row,
                str(int(counts[row, column])),
                ha="center",
                va="center",
                color="white" if share > 0.5 else "black",
            )
        axes.set_xticks(range(len(classes)), classes, rotation=90)
        axes.set_yticks(range(len(classes)), classes)
        axes.set_xlabel("predicted class")
        axes.set_ylabel("true class")
        self._writer.add_figure("confusions on the test pictures", figure)
        self._writer.close()
