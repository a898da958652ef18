"""The Curves tab: how networks learned, drawn as SVG so that it is sharp on a projector and follows light and dark."""

import csv
import io
import math
import tempfile
from html import escape
from pathlib import Path

from demo.core.networks import network, title
from demo.errors import UserError
from demo.render.history_chart import LINES, Rows, by_epoch, loss_and_accuracy
from demo.render.html import number, term
from demo.render.svg_chart import COLOURS, swatch
from demo.server.paths import work_folder
from model_zoo.common.csv_export import plain
from model_zoo.entries.best_epoch import best_row

NOTHING = "Choose at least one network."
MOST = 20  # networks compared at once
RISE = 1.02  # times the lowest validation loss; a smaller rise is noise on a few thousand pictures
HOW = (
    f"An {term('epoch')} is one pass over all training pictures. The {term('loss')} ({term('cross-entropy')}) is the "
    f"smaller the more probability the right classes get. {term('validation', 'Validation')} is measured after each "
    f"epoch. Training figures are means over the epoch, while the {term('weight', 'weights')} were still changing and "
    f"with {term('dropout')} and {term('augmentation', 'augmented')} pictures where the recipe has them, so training "
    f"can look worse than validation at first. The {term('learning-rate', 'learning rate')} is the size of a step."
)
TABLE = (  # heading, column of the history, format; "" is that of sentences
    ("epoch", "epoch", ".0f"),
    ("learning rate", "learning_rate", ""),
    ("training loss", "train_loss", ".3f"),
    ("validation loss", "val_loss", ".3f"),
    ("training accuracy", "train_accuracy", ".1%"),
    ("validation accuracy", "val_accuracy", ".1%"),
    ("training ROC AUC", "train_auc", ".4f"),
    ("validation ROC AUC", "val_auc", ".4f"),
    ("seconds", "seconds", ".0f"),
)
# Behind the name of a column in the CSV file: its unit or scale.
UNITS = {
    "epoch": "0 = untrained",
    "learning_rate": "size of a step",
    "train_loss": "cross-entropy in nats",
    "val_loss": "cross-entropy in nats",
    "train_accuracy": "share right, 0 to 1",
    "val_accuracy": "share right, 0 to 1",
    "train_auc": "area under the ROC curve, 0 to 1",
    "val_auc": "area under the ROC curve, 0 to 1",
    "seconds": "since the start",
}


def curves(models: list[str]) -> dict[str, Rows]:
    """The learning curves of some networks.

    Args:
        models: names of networks.

    Returns:
        Name -> one row per epoch, epoch 0 being the untrained network: epoch, learning_rate (of the epoch's last
        step), train_loss and val_loss (cross-entropy in nats), train_accuracy and val_accuracy (0..1), seconds;
        of networks for photos also train_auc and val_auc, the area under the ROC curve (0..1).

    Raises:
        ValueError: no list, or no such model; the message is for the user.
    """
    if not isinstance(models, list) or not all(isinstance(name, str) for name in models):
        raise UserError("The names of the networks must come as a list of texts.")
    models = list(dict.fromkeys(models))
    if len(models) > MOST:
        raise UserError(f"At most {MOST} networks can be compared at once.")
    return {name: network(name).history for name in models}


def charts(models: list[str]) -> str:
    """Loss, accuracy and learning rate of some networks as HTML: charts, sentences and a table."""
    if not models:
        return f'<p class="quiet">{NOTHING}</p>'
    histories = curves(models)
    drawn = {name: rows for name, rows in histories.items() if rows}
    colours = {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(histories)}
    legend = "".join(f"<li>{swatch(colours[name])}{escape(title(name))}</li>" for name in drawn)
    sentences = "".join(f"<li>{escape(sentence(title(name), rows))}</li>" for name, rows in histories.items())
    if not drawn:
        return f'<section class="curves"><ul class="sentences">{sentences}</ul></section>'
    panels = loss_and_accuracy(drawn, colours)
    ranked = {name: rows for name, rows in drawn.items() if "val_auc" in rows[0]}
    if ranked:
        unit = "area under the ROC curve; 0.5 is chance, higher is better"
        panels += by_epoch("ROC AUC", unit, ranked, colours, ("train_auc", "val_auc"), top=1.0)
    panels += by_epoch("Learning rate", "size of a step", drawn, colours, (None, "learning_rate"))
    return (
        f'<section class="curves"><ul class="legend">{legend}{LINES}<li>● best epoch</li></ul>'
        f'<div class="charts">{panels}<ul class="sentences">{sentences}</ul></div>'
        f'<p class="quiet">{HOW}</p>{_table(drawn)}</section>'
    )


def sentence(name: str, rows: Rows) -> str:
    """What the curves of one network say, worked out from its numbers."""
    if not rows:
        return f"{name} was trained elsewhere: how it learned is not on record."
    if len(rows) < 2:
        return f"{name} has not been trained yet."
    if math.isnan(rows[-1]["val_accuracy"]):
        return (
            f"{name}: trained on all pictures for a fixed number of epochs, none kept back to validate on, so there is "
            f"no best epoch. {rows[-1]['train_accuracy']:.1%} of the training pictures right in the last one."
        )
    best = best_row(rows)
    reached = (
        f"{best['val_accuracy']:.1%} of the validation pictures right ({rows[0]['val_accuracy']:.1%} before training)"
    )
    if "val_auc" in best:
        reached = f"a validation ROC AUC of {best['val_auc']:.4f} ({rows[0]['val_auc']:.4f} before training)"
    text = f"{name}: best at epoch {best['epoch']:.0f} with {reached}."
    return f"{text} {_over_fitting(rows)}"


def _over_fitting(rows: Rows) -> str:
    """Over-fitting: after its lowest value the validation loss rises by 2 % or more while the training loss falls."""
    turn = min(rows[1:], key=lambda row: row["val_loss"])
    last = rows[-1]
    if last["val_loss"] > RISE * turn["val_loss"] and last["train_loss"] < turn["train_loss"]:
        return (
            f"Over-fitting starts after epoch {turn['epoch']:.0f}: from there the training loss falls from "
            f"{number(turn['train_loss'])} to {number(last['train_loss'])} while the validation loss rises from "
            f"{number(turn['val_loss'])} to {number(last['val_loss'])}."
        )
    if turn is last:
        return "No sign of over-fitting: the validation loss was still falling when training ended."
    return (
        f"No sign of over-fitting: the validation loss is lowest at epoch {turn['epoch']:.0f} of {last['epoch']:.0f} "
        f"({number(turn['val_loss'])}) and does not rise by 2 % from there while the training loss falls."
    )


def table_file(models: list[str]) -> str:
    """The path of a CSV file with all rows of these networks, the network's name in the first column.

    Each other column is named as in the history, with its unit in brackets.

    Raises:
        UserError: no network chosen, or no such model.
    """
    if not models:
        raise UserError(NOTHING)
    histories = curves(models)
    columns = list(dict.fromkeys(column for rows in histories.values() for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, ["network", *columns], restval="")
    writer.writerow({"network": "network"} | {name: _with_unit(name) for name in columns})
    writer.writerows({"network": plain(name)} | row for name, rows in histories.items() for row in rows)
    path = _new_file("learning-curves.csv")
    path.write_text(text.getvalue(), encoding="utf-8")
    return str(path)


def _with_unit(column: str) -> str:
    return f"{column} ({UNITS[column]})" if column in UNITS else plain(column)


def figure_file(models: list[str]) -> str:
    """The path of a PNG of the loss and accuracy charts at print size (24 x 9 cm, 300 dots per inch).

    Raises:
        UserError: no network chosen, or no such model.
    """
    from matplotlib.figure import Figure  # here, because importing it would slow the start

    if not models:
        raise UserError(NOTHING)
    figure = Figure(figsize=(24 / 2.54, 9 / 2.54), dpi=300, layout="constrained")
    axes = figure.subplots(1, 2)
    for colour, (name, rows) in zip(COLOURS * len(models), curves(models).items(), strict=False):
        if not rows:  # trained elsewhere: nothing is drawn of it, so that no colour stands for it
            continue
        epochs = [row["epoch"] for row in rows]
        for axis, kind in zip(axes, ("loss", "accuracy"), strict=True):
            for part, prefix, style in (("validation", "val", "-"), ("training", "train", "--")):
                values = [row[f"{prefix}_{kind}"] for row in rows]
                axis.plot(epochs, values, style, color=colour, label=f"{title(name)}, {part}")
    for axis, label in zip(axes, ("loss (cross-entropy, nats)", "accuracy (share of pictures right)"), strict=True):
        axis.set_xlabel("epoch (0 = untrained)")
        axis.set_ylabel(label)
        axis.set_ylim(bottom=0)
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.spines[["top", "right"]].set_visible(False)
    axes[1].set_ylim(top=1)
    legend = axes[0].legend(*axes[0].get_legend_handles_labels(), frameon=False, fontsize=8)
    for text in legend.get_texts():
        text.set_parse_math(False)  # a title is a stranger's text
    path = _new_file("learning-curves.png")
    figure.savefig(path)
    return str(path)


def _new_file(name: str) -> Path:
    return Path(tempfile.mkdtemp(dir=work_folder())) / name


def _table(histories: dict[str, Rows]) -> str:
    known = {column for rows in histories.values() for column in rows[0]}
    table = [each for each in TABLE if each[1] in known]
    head = "".join(f"<th>{text}</th>" for text in ("network", *(heading for heading, _, _ in table)))
    body = "".join(
        f'<tr><th scope="row">{escape(title(name))}</th>'
        + "".join(f"<td>{_cell(row.get(column, math.nan), form)}</td>" for _, column, form in table)
        + "</tr>"
        for name, rows in histories.items()
        for row in rows
    )
    return (
        f'<details class="numbers"><summary>The numbers as a table</summary><div class="scroll"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )


def _cell(value: float, form: str) -> str:
    """Empty for a value that was not measured."""
    if math.isnan(value):
        return ""
    return format(value, form) if form else number(value)
