"""What judges an entry's answers, and how good it is, into the entry: judge.safetensors, trust.json and the card."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import model_zoo
from model_zoo import Model
from model_zoo.entries import entry, judge_file
from model_zoo.trust.judgement import Judge
from train.data.cifar10 import DataError
from train.entry import model_card, trust_card
from train.entry.run_folder import CHECKPOINT


def write(model: Model, judge: bytes, report: dict[str, Any]) -> None:
    """Write the files, and the card's section `trust`; the weights stay byte for byte.

    Raises:
        DataError: the entry is a training that has not ended.
        OSError: the folder cannot be written; the older files stay whole.
    """
    if (model.folder / CHECKPOINT).exists():
        raise DataError(f"The training in {model.folder} has not ended; its weights may still change.")
    card = entry.read_card(model.folder)  # as it is now: measurements may have been written since it was loaded
    text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
    card["trust"] = trust_card.section(report) | {
        "sha256": hashlib.sha256(judge).hexdigest(),
        "weights": card["sha256"],
        "report_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    entry.write_files({model.folder / judge_file.JUDGE: judge, model.folder / judge_file.REPORT: text.encode()})
    entry.write_card(model.folder, card, model_card.readme(card))


def beginning(judge: Judge, fitted_to: str, command: str, seed: int, choice: dict[str, Any]) -> dict[str, Any]:
    """A report as long as nothing was measured: what the judge was fitted to, and how it was chosen.

    What is measured on test pictures comes in addition, as "known" (`evaluating.of_known`), "strange" and "means".

    Args:
        fitted_to: the pictures, in words that stand behind "fitted to".
        command: that did it.
        choice: "members", the scores; "criterion", their value, and "alone", that of every score.
    """
    return {
        "format": 1,
        "command": command,
        "date": date.today().isoformat(),
        "calibrated_on": fitted_to,
        "seed": seed,
        "score": choice | {"way": judge.combination.way},
        "temperature": judge.temperature,
        "rule": judge.rule.kind,
        "chosen_on": [],
        "strange": [],
        "means": {},
    }


def left_out(folder: Path) -> dict[str, Any]:
    """What the report of an entry that never met some classes says of these classes.

    Raises:
        DataError: it has no such report.
    """
    model = model_zoo.load_folder(folder)
    trust = model.card.get("trust", {})
    near = [one for one in trust.get("strange", ()) if one["group"] == "near"]
    if not near:
        raise DataError(f"{folder} has no report on classes that it never met: python -m train trust writes one.")
    total = sum(one["pictures"] for one in near)
    return {
        "classes": [one["name"] for one in near],
        "epochs": model.card["metrics"]["epochs_finished"],
        "seed": model.card["recipe"]["seed"],
        "date": trust.get("date", ""),  # older sections do not tell
        "pictures": total,
        "auroc": round(sum(one["auroc"] for one in near) / len(near), 4),
        "fpr95": round(sum(one["fpr95"] for one in near) / len(near), 4),
        "caught": round(sum(one["caught"] * one["pictures"] for one in near) / total, 4),
        "false_alarms": trust["false_alarms"]["found"],
        "score": trust["score"]["members"],
    }
