"""A whole network as a Python file that needs nothing of ConvScope: torch, numpy, Pillow and safetensors alone."""

import keyword
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from safetensors import safe_open
from torch import nn

from model_zoo.common.picture import SHORT_SIDE
from model_zoo.explain.code import templates
from model_zoo.explain.code.constructors import constructor, written
from model_zoo.explain.code.literals import NoCodeError, literal
from model_zoo.explain.code.program import Program
from model_zoo.explain.code.step_code import programmed
from model_zoo.graph.step import Step
from model_zoo.model import SNAPSHOTS, Model, snapshots

FILE, WEIGHTS, README = "network.py", "model.safetensors", "README.txt"
LONGEST = 100  # characters of a statement that has its output's shape beside it
TAKEN = frozenset(("Image", "ImageCms", "ImageOps", "Path", "BytesIO", "F"))


def source(model: Model, called: str = FILE) -> str:
    """The network as a file: its class, how its weights are read and a picture prepared, and what it answers.

    `python network.py picture.png` prints the five best classes; the weights lie beside it as `WEIGHTS`. It gives the
    probabilities of `model.predict`, to the rounding of float32.

    Args:
        called: the file's name, which it tells who asks how to use it.

    Raises:
        NoCodeError: the network does something that torch alone does not; the message is a sentence.
        ValueError: its operations cannot be listed, or its weights' file cannot be read.
    """
    program, steps, _ = programmed(model.net, model.size)
    name = _class_name(model.net)
    preprocessing = model.card["preprocessing"]
    loading = _loading(model, program)
    head = templates.HEAD.format(
        about=_one_line(f"{model.title}: the network {model.name} of ConvScope in plain PyTorch."),
        file=called,
        operator="import operator\n" if "operator." in "".join(s.text for s in program.statements) else "",
        functional="from torch.nn import functional as F\n" if _uses_functions(program) else "",
    )
    constants = templates.CONSTANTS.format(
        classes=_classes(model.classes),
        size=model.size,
        mean=list(preprocessing["mean"]),
        std=list(preprocessing["std"]),
    )
    body = "\n".join(_class(name, model, program, steps))
    picture = templates.PICTURE.format(
        short=max(SHORT_SIDE, model.size), method=(preprocessing.get("interpolation") or "bicubic").upper()
    )
    return (
        f"{head}\n{constants}\n\n{body}\n\n\n{loading}\n\n{picture}\n\n{templates.MAIN.format(name=name, file=called)}"
    )


def bundle(model: Model, path: str | os.PathLike[str]) -> None:
    """Write a zip with the network's file, its weights and a word on how to run it.

    Args:
        path: of the zip; an older one is replaced.

    Raises:
        OSError: it cannot be written.
        ValueError: as `source`.
    """
    text = source(model)
    # Weights do not get smaller by being packed.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(FILE, text)
        archive.write(weights_file(model), WEIGHTS)
        archive.writestr(README, templates.README.format(title=model.title))


def weights_file(model: Model) -> Path:
    """Where a model's weights lie: those of its entry, or of the epoch that was asked for."""
    if model.epoch is not None and model.epoch in snapshots(model.card):
        return model.folder / SNAPSHOTS / f"epoch-{model.epoch:03}.safetensors"
    return model.folder / WEIGHTS


# --------------------------------------------------------------------------------------------------------- the network


def _class(name: str, model: Model, program: Program, steps: list[Step]) -> Iterator[str]:
    net, size = model.net, model.size
    yield f"class {name}(nn.Module):"
    yield f'    """Logits (N, {len(model.classes)}) for pictures (N, 3, {size}, {size}), prepared as below."""'
    yield ""
    yield "    def __init__(self):"
    yield "        super().__init__()"
    for path, attribute_name in program.modules.items():
        yield f"        self.{attribute_name} = {written(*constructor(net.get_submodule(path)))}"
    for path, attribute_name in program.tensors.items():
        yield f"        {_declared(net, path, attribute_name)}"
    for attribute_name, value in program.constants.items():
        tensor = f"torch.tensor({literal(value.tolist())}, dtype={value.dtype})"
        yield f'        self.register_buffer("{attribute_name}", {tensor}, persistent=False)'
    yield ""
    yield "    def forward(self, x):"
    shapes = {step.name: tuple(step.shape[1:]) for step in steps}
    block = None
    for statement in program.statements:
        here = statement.step.split(".")[0] if "." in statement.step else None
        if (here != block and block is not None) or (here and block is None and statement is not program.statements[0]):
            yield ""
        block = here
        shape = shapes.get(statement.step)
        sizes = "" if shape is None else "  # " + (" × ".join(map(str, shape)) or "one value")
        yield f"        {statement.text}{sizes if len(statement.text) < LONGEST else ''}"
    yield f"        return {program.answer}"


def _declared(net: nn.Module, path: str, name: str) -> str:
    """The line that makes room for a weight or buffer of a module of the network's own."""
    value = dict((*net.named_parameters(remove_duplicate=False), *net.named_buffers(remove_duplicate=False))).get(path)
    if value is None:
        raise NoCodeError(f"The network reads {path}, which is no tensor that it keeps.")
    shape = literal(tuple(value.shape))
    if isinstance(value, nn.Parameter):
        return f"self.{name} = nn.Parameter(torch.empty({shape}))"
    return f'self.register_buffer("{name}", torch.empty({shape}, dtype={value.dtype}))'


def _class_name(net: nn.Module) -> str:
    name = type(net).__name__
    return name if name.isidentifier() and not keyword.iskeyword(name) and name not in TAKEN else "Network"


def _uses_functions(program: Program) -> bool:
    return any("F." in statement.text for statement in program.statements)


# --------------------------------------------------------------------------------------------------------- the weights


def _loading(model: Model, program: Program) -> str:
    """The function that reads the weights: no more of it than their format and names ask for."""
    stored = weights_file(model)
    try:
        with safe_open(stored, "pt") as file:
            kinds = {name: file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118  it is no dict
    except Exception as error:  # safetensors raises errors of its own, and those of the system
        raise ValueError(f"The weights of {model.name} cannot be read.") from error
    in_blocks = any(f"{name}.scale" in kinds for name in kinds)
    in_nibbles = any(kind == "U8" and f"{name}.scale" in kinds for name, kind in kinds.items())
    names = _renamed(model.net, program)
    unpack = (
        templates.UNPACK_BLOCKS.format(nibbles=templates.NIBBLES if in_nibbles else "")
        if in_blocks
        else templates.UNPACK
    )
    kept = [name for name in kinds if not (name.endswith(".scale") and name.removesuffix(".scale") in kinds)]
    if all(names.get(name) == name for name in kept):
        return templates.LOAD.format(unpack=unpack, rename="")
    regular = all(names[name] == _by_rule(name) for name in kept if name in names)
    unused = [name for name in kept if name not in names]
    if regular and not unused:
        return templates.LOAD.format(unpack=unpack, rename=templates.BY_RULE)
    lines = "".join(f"    {literal(name)}: {literal(names[name])},\n" for name in kept if name in names)
    table = f"NAMES = {{  # in the weights' file: here; what is missing is not used\n{lines}}}\n\n\n"
    return table + templates.LOAD.format(unpack=unpack, rename=templates.BY_TABLE)


def _renamed(net: nn.Module, program: Program) -> dict[str, str]:
    """Name of each tensor in the network -> its name in the file's class, for those that it has."""
    found = dict(program.tensors)
    for path, name in program.modules.items():
        found |= {f"{path}.{key}": f"{name}.{key}" for key in net.get_submodule(path).state_dict()}
    return found


def _by_rule(name: str) -> str:
    """What `templates.BY_RULE` makes of a name."""
    layer, _, tensor = name.rpartition(".")
    return f"{layer.replace('.', '_')}.{tensor}"


# --------------------------------------------------------------------------------------------------------------- words


def _classes(classes: tuple[str, ...]) -> str:
    lines, line = [], ""
    for name in map(literal, classes):
        if line and len(line) + len(name) > LONGEST:
            lines.append(line.rstrip())
            line = ""
        line += f"{name}, "
    return "\n    ".join([*lines, line.rstrip()])


def _one_line(text: str) -> str:
    """Text of a stranger's card that is to stand in a docstring: it cannot end it, nor begin another line."""
    return " ".join(text.replace("\\", "/").replace('"', "'").split())
