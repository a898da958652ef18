"""Which epoch of a training counts: one rule for the training itself, for choosing among runs, and for the page."""

import math

Row = dict[str, float]  # of a history: column -> value, NaN where it was not measured


def score_column(history: list[Row]) -> str:
    """By which column epochs are compared: ROC AUC on validation where that is measured, else accuracy there."""
    return "val_auc" if "val_auc" in history[0] else "val_accuracy"


def rank(row: Row, column: str) -> tuple[float, float]:
    """What is larger for a better epoch: its score, and between equal scores the lower validation loss."""
    score, loss = row[column], row["val_loss"]
    return (score if math.isfinite(score) else -math.inf, -loss if math.isfinite(loss) else -math.inf)


def best_row(history: list[Row]) -> Row:
    """The epoch whose weights count: the best by `rank`, the earliest of equal ones; without validation the last."""
    column = score_column(history)
    if math.isnan(history[-1][column]):
        return history[-1]
    return max(history, key=lambda row: rank(row, column))
