"""Every network that there is, a line each: name, title, pictures, classes, weights, accuracy, where it is from."""

import argparse

HELP = "every network that there is"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(given: argparse.Namespace) -> int:
    from model_zoo.entries.loading import load, names

    for name in names():
        model = load(name)
        test, source = model.card["metrics"].get("test"), model.card.get("origin")
        weights = sum(weight.numel() for weight in model.net.parameters())
        right = f"{test['accuracy']:.1%} right" if test else "accuracy unknown"
        origin = source.get("kind", "elsewhere") if isinstance(source, dict) else "trained with ConvScope"
        print(
            f"{name}: {model.title}; {model.size} x {model.size} pixels, {len(model.classes)} classes, "
            f"{weights / 1e6:.2f} million weights, {right}, {origin}"
        )
    return 0
