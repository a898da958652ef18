"""Whether a network can be looked into: its walk, how many values are explained, and its ONNX file.

    python -m model_zoo check NAME [--proofs 100]

NAME is an entry or a folder. The walk's answer must be the network's, bit for bit. So many random values of random
steps are calculated anew from the numbers before them, and must come out as the network has them. Where onnxruntime is
installed, the network is written as an ONNX file, and that gives the same probabilities to 0.0001. Exit status 1 where
something is wrong; an operation that has no explanation is named and is no error.
"""

import argparse

HELP = "whether a network can be looked into: walk, sums, ONNX"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="an entry, or a folder with one")
    parser.add_argument("--proofs", type=int, default=100, metavar="N", help="values that are calculated anew (100)")
    parser.add_argument("--seed", type=int, default=0, help="of which values and which picture (0)")


def run(given: argparse.Namespace) -> int:
    from model_zoo.entries.loading import entry_of
    from model_zoo.entries.onnx_parity import parity
    from model_zoo.explain import proofs

    model = entry_of(given.name)
    found = proofs.prove(model.net, proofs.noise(model.size, given.seed), given.proofs, given.seed)
    print(f"{model.title}: {found.steps} steps, {'the same' if found.is_exact else 'ANOTHER'} answer as the network's")
    print(
        f"{found.right} of {found.right + len(found.wrong)} values add up; {found.fields} steps have receptive fields"
    )
    for sentence in found.wrong:
        print(f"WRONG: {sentence}")
    for operation, steps in found.unexplained.items():
        print(f"not explained: {operation} ({steps} steps); their maps are shown")
    difference, words = parity(model, proofs.noise(model.size, given.seed))
    print(f"ONNX: {words}")
    return int(bool(found.wrong) or not found.is_exact or (difference or 0) > 1e-4)
