"""What judges an entry's answers, on the disk: judge.safetensors, beside the weights.

    arrays     those of the detectors and of the bank; whole numbers of 8 bits with a scale a row, or half precision
    metadata   "judge": JSON with classes, steps that are read, temperature, detectors and their numbers, rule of sets

Beside it stands trust.json, the report on how good the judgements are.

The card names its sha256. It may come from a stranger: nothing is unpickled, and what does not fit is refused.
"""

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from model_zoo.entries.entry import BrokenEntry, read_named
from model_zoo.trust import detectors
from model_zoo.trust.conformal import KINDS, SetRule
from model_zoo.trust.detectors import Detector
from model_zoo.trust.judgement import WAYS, Bank, Combination, Judge
from model_zoo.trust.readings import Taps

JUDGE, REPORT = "judge.safetensors", "trust.json"
FORMAT = 1
MOST_BYTES = 3_000_000
SCALE = ".scale"
BYTES = ("bank", "rows")  # arrays whose rows are kept as 8 bits and a scale each
HALVES = ("basis", "whitening", "background")  # in half precision; all others are single
_TOP = 127
_PARTS = ("middle", "spread", "held")  # of a combination
_TYPES = {"Tensor": Tensor, "str": str, "int": int, "float": (int, float)}  # of a detector's parts, as it names them


def packed(judge: Judge) -> bytes:
    """The file's content.

    Raises:
        ValueError: it would be larger than `MOST_BYTES`.
    """
    tensors = {"held": judge.held, "held_sets": judge.held_sets} | {
        f"combination.{name}": getattr(judge.combination, name) for name in _PARTS
    }
    numbers = []
    for at, detector in enumerate(judge.detectors):
        arrays, values = detectors.arrays(detector)
        numbers.append(values)
        if not (isinstance(detector, detectors.Knn) and judge.bank is not None):  # whose bank is kept anyway
            tensors |= _stored(f"{at}.", arrays)
    if judge.bank is not None:
        tensors |= _stored("bank.", {"rows": judge.bank.rows})
        tensors |= {"bank.index": judge.bank.index.int(), "bank.labels": judge.bank.labels.short()}
    about = {
        "format": FORMAT,
        "classes": judge.classes,
        "taps": vars(judge.taps),
        "temperature": judge.temperature,
        "detectors": numbers,
        "way": judge.combination.way,
        "rule": {name: value for name, value in vars(judge.rule).items() if name != "limit"},
    }
    data = save_tensors(
        {name: each.contiguous().clone() for name, each in tensors.items()}, {"judge": json.dumps(about)}
    )
    if len(data) > MOST_BYTES:
        raise ValueError(f"What judges the answers takes {len(data):,} bytes; an entry may take {MOST_BYTES:,} for it.")
    return data


def read_judge(folder: Path, card: dict[str, Any]) -> Judge | None:
    """What judges an entry's answers; None where its card names none.

    Raises:
        BrokenEntry: the file is missing, damaged, of another network, or not as described above.
    """
    trust = card.get("trust")
    if trust is None:
        return None
    path = folder / JUDGE
    named = trust if isinstance(trust, dict) else {}
    data = read_named(path, named.get("sha256"), MOST_BYTES)
    if named.get("weights") != card["sha256"]:
        raise BrokenEntry(f"{path} was fitted to other weights than those of the entry.")
    try:
        judge = _judge(data)
    except (SafetensorError, KeyError, TypeError, ValueError, IndexError, RuntimeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BrokenEntry(f"{path} cannot be used: {reason}") from error
    if list(judge.classes) != card["classes"]:
        raise BrokenEntry(f"{path} is about other classes than its card.")
    return judge


def read_report(folder: Path, card: dict[str, Any]) -> dict[str, Any] | None:
    """The report behind the card's section `trust`; None where there is none, or not the one that the card names."""
    trust = card.get("trust")
    try:
        found = json.loads(read_named(folder / REPORT, trust.get("report_sha256") if isinstance(trust, dict) else None))
    except (BrokenEntry, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _judge(data: bytes) -> Judge:
    tensors = load_tensors(data)
    length = int.from_bytes(data[:8], "little")
    about = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["judge"])
    if about["format"] != FORMAT:
        raise ValueError(f"it has format {about['format']!r}, and this version reads {FORMAT}.")
    bank = None
    if "bank.rows" in tensors:
        rows = _read("bank.", tensors)["rows"]
        bank = Bank(rows, tensors["bank.index"].long(), tensors["bank.labels"].long())
        if not len(rows) == len(bank.index) == len(bank.labels) or not _below(bank.labels, len(about["classes"])):
            raise ValueError("its bank does not fit together.")
    found = tuple(_detector(at, values, tensors, bank) for at, values in enumerate(about["detectors"]))
    held, held_sets = tensors["held"].float(), tensors["held_sets"].double()
    together = Combination(about["way"], *(tensors[f"combination.{name}"].float() for name in _PARTS))
    if not len(held) or not found or about["way"] not in WAYS:
        raise ValueError("its parts do not fit together.")
    if together.middle.shape != (len(found), 1) or together.spread.shape != (len(found), 1):
        raise ValueError("its parts do not fit together.")
    if together.held.shape != (len(found), together.held.shape[-1]) or not (together.spread > 0).all():
        raise ValueError("its parts do not fit together.")
    if any(not each.isfinite().all() or (each.diff() < 0).any() for each in (held, held_sets, *together.held)):
        raise ValueError("its scores are not finite and sorted.")
    t = float(about["temperature"])
    if not 0 < t < math.inf:
        raise ValueError("its temperature is out of range.")
    places = about["taps"]
    taps = Taps(str(places["features"]), str(places["head"]), tuple(map(str, places["depths"])))
    return Judge(tuple(about["classes"]), taps, t, found, together, held, _rule(about["rule"]), held_sets, bank)


def _rule(values: dict[str, Any]) -> SetRule:
    if values["kind"] not in KINDS:
        raise ValueError(f"it has sets of the unknown kind {values['kind']!r}.")
    return SetRule(values["kind"], penalty=float(values["penalty"]), free=int(values["free"]))


def _detector(at: int, values: dict[str, Any], tensors: dict[str, Tensor], bank: Bank | None) -> Detector:
    kind = detectors.KINDS.get(values["kind"])
    if kind is None:
        raise ValueError(f"it has a score of the unknown kind {values['kind']!r}.")
    arrays = _read(f"{at}.", tensors)
    if kind is detectors.Knn and bank is not None:
        arrays["bank"] = bank.rows
    given: dict[str, Any] = arrays | {name: value for name, value in values.items() if name != "kind"}
    if set(given) != {field.name for field in fields(kind)}:
        raise ValueError(f"its score {values['kind']} has other parts than it needs.")
    if not all(_is_of(given[field.name], str(field.type)) for field in fields(kind)):
        raise ValueError(f"its score {values['kind']} has parts of another type than it needs.")
    if any(not each.isfinite().all() for each in arrays.values()):
        raise ValueError(f"its score {values['kind']} holds numbers that are not finite.")
    return kind(**given)


def _is_of(value: Any, type_: str) -> bool:
    """Whether a value can be a detector's part of that type; a number has to be finite."""
    if isinstance(value, bool) or not isinstance(value, _TYPES[type_]):
        return False
    return not isinstance(value, float) or math.isfinite(value)


def rounded(detector: Detector) -> Detector:
    """The detector with the numbers that will be read again."""
    arrays, values = detectors.arrays(detector)
    given: dict[str, Any] = {name: value for name, value in values.items() if name != "kind"}
    return type(detector)(**(given | _read("", _stored("", arrays))))


def _stored(prefix: str, arrays: dict[str, Tensor]) -> dict[str, Tensor]:
    found = {}
    for name, array in arrays.items():
        if name in BYTES:
            scale = array.abs().amax(1, keepdim=True).clamp(min=1e-30) / _TOP
            found[prefix + name] = (array / scale).round().to(torch.int8)
            found[prefix + name + SCALE] = scale.squeeze(1)
        else:
            found[prefix + name] = array.half() if name in HALVES else array
    return found


def _read(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    found = {}
    for key, array in tensors.items():
        name = key.removeprefix(prefix)
        if not key.startswith(prefix) or name.endswith(SCALE) or (name in ("index", "labels") and prefix == "bank."):
            continue
        scale = tensors.get(key + SCALE)
        found[name] = array.float() if scale is None else array.float() * scale.float()[:, None]
    return found


def _below(numbers: Tensor, limit: int) -> bool:
    return bool(((numbers >= 0) & (numbers < limit)).all())
