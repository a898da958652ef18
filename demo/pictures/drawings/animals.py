"""Drawings of a bird, a frog, a cat and a dog."""

import numpy as np
from PIL import Image

from demo.pictures.drawings.canvas import Canvas, X, blob, ellipse, polygon, stroke
from demo.pictures.drawings.scenery import meadow

WHITE, BLACK = (0.96, 0.95, 0.92), (0.06, 0.05, 0.05)


def bird() -> Image.Image:
    """A small bird on a branch."""
    canvas = Canvas(13)
    canvas.ground((0, (0.62, 0.74, 0.5)), (1, (0.42, 0.56, 0.34)))
    canvas.texture(np.ones_like(X), 0.14, 0.09)
    canvas.solid(
        stroke(0.05, (0, 0.86), (0.35, 0.8), (0.7, 0.79), (1, 0.72), end=0.035), (0.4, 0.29, 0.2), 0.02, 0.08, 3
    )
    canvas.solid(
        blob((0.62, 0.56), (0.8, 0.68), (0.96, 0.84), (0.9, 0.88), (0.72, 0.78), (0.56, 0.68)),
        (0.3, 0.26, 0.24),
        0.02,
        0.04,
    )
    for x in (0.44, 0.52):
        canvas.paint(stroke(0.016, (x, 0.7), (x - 0.01, 0.79)), (0.35, 0.22, 0.15))
    body = blob(
        (0.2, 0.3),
        (0.26, 0.21),
        (0.37, 0.2),
        (0.45, 0.28),
        (0.6, 0.42),
        (0.7, 0.56),
        (0.66, 0.69),
        (0.5, 0.74),
        (0.35, 0.7),
        (0.25, 0.56),
        (0.22, 0.42),
    )
    canvas.solid(body, (0.55, 0.46, 0.38), 0.06, 0.04)
    canvas.paint(
        blob((0.24, 0.34), (0.34, 0.36), (0.42, 0.5), (0.46, 0.66), (0.36, 0.69), (0.26, 0.56)) * 0.9, (0.9, 0.45, 0.18)
    )
    canvas.solid(
        blob((0.44, 0.42), (0.58, 0.44), (0.72, 0.6), (0.84, 0.74), (0.62, 0.7), (0.48, 0.58)),
        (0.36, 0.3, 0.27),
        0.03,
        0.05,
    )
    canvas.solid(polygon((0.21, 0.27), (0.22, 0.345), (0.07, 0.33)), (0.25, 0.22, 0.2), 0.01)
    canvas.paint(ellipse(0.285, 0.275, 0.022, 0.022), BLACK)
    canvas.paint(ellipse(0.279, 0.268, 0.007, 0.007), (1, 1, 1))
    return canvas.picture()


def frog() -> Image.Image:
    """A green frog on brown ground."""
    canvas = Canvas(14)
    canvas.ground((0, (0.56, 0.48, 0.36)), (1, (0.48, 0.38, 0.27)))
    canvas.texture(np.ones_like(X), 0.14, 0.03, 1.5)
    canvas.shadow(ellipse(0.5, 0.79, 0.42, 0.07), 0.03, 0.6)
    skin = (0.42, 0.6, 0.18)
    for side in (-1, 1):
        canvas.solid(
            stroke(0.15, (0.5 + side * 0.2, 0.58), (0.5 + side * 0.4, 0.6), (0.5 + side * 0.33, 0.77), end=0.07),
            (0.36, 0.52, 0.15),
            0.03,
            0.05,
        )
        canvas.solid(stroke(0.05, (0.5 + side * 0.3, 0.78), (0.5 + side * 0.44, 0.81)), (0.36, 0.52, 0.15), 0.015)
    canvas.solid(
        blob(
            (0.5, 0.25), (0.68, 0.32), (0.76, 0.5), (0.72, 0.72), (0.5, 0.79), (0.28, 0.72), (0.24, 0.5), (0.32, 0.32)
        ),
        skin,
        0.07,
        0.06,
    )
    canvas.paint(
        blob((0.5, 0.55), (0.66, 0.58), (0.63, 0.73), (0.5, 0.77), (0.37, 0.73), (0.34, 0.58)) * 0.75, (0.84, 0.85, 0.6)
    )
    for side in (-1, 1):
        canvas.solid(
            stroke(0.09, (0.5 + side * 0.19, 0.62), (0.5 + side * 0.2, 0.75), (0.5 + side * 0.16, 0.83), end=0.05),
            skin,
            0.025,
            0.05,
        )
        canvas.solid(ellipse(0.5 + side * 0.15, 0.28, 0.085, 0.085), skin, 0.03)
        canvas.solid(ellipse(0.5 + side * 0.16, 0.275, 0.056, 0.056), (0.9, 0.72, 0.25), 0.02)
        canvas.paint(ellipse(0.5 + side * 0.165, 0.275, 0.036, 0.024), BLACK)
    canvas.paint(stroke(0.012, (0.29, 0.47), (0.4, 0.52), (0.5, 0.53), (0.6, 0.52), (0.71, 0.47)), (0.2, 0.28, 0.08))
    return canvas.picture()


def cat() -> Image.Image:
    """The face of a ginger tabby cat."""
    canvas = Canvas(15)
    canvas.ground((0, (0.82, 0.76, 0.7)), (1, (0.6, 0.55, 0.5)))
    canvas.texture(np.ones_like(X), 0.08, 0.09)
    coat, dark = (0.9, 0.6, 0.32), (0.6, 0.32, 0.12)
    canvas.solid(blob((0.3, 0.66), (0.7, 0.66), (0.86, 0.85), (0.9, 1.08), (0.1, 1.08), (0.14, 0.85)), coat, 0.07, 0.06)
    for side in (-1, 1):
        canvas.solid(
            polygon((0.5 + side * 0.33, 0.42), (0.5 + side * 0.3, 0.06), (0.5 + side * 0.06, 0.27)), coat, 0.02, 0.04
        )
        canvas.paint(
            polygon((0.5 + side * 0.29, 0.33), (0.5 + side * 0.27, 0.14), (0.5 + side * 0.13, 0.26)), (0.8, 0.58, 0.54)
        )
    canvas.solid(
        blob(
            (0.5, 0.22),
            (0.7, 0.26),
            (0.84, 0.44),
            (0.83, 0.62),
            (0.68, 0.77),
            (0.5, 0.81),
            (0.32, 0.77),
            (0.17, 0.62),
            (0.16, 0.44),
            (0.3, 0.26),
        ),
        coat,
        0.08,
        0.06,
    )
    for x, top, bottom in (
        (0.5, 0.22, 0.38),
        (0.43, 0.23, 0.36),
        (0.57, 0.23, 0.36),
        (0.36, 0.25, 0.33),
        (0.64, 0.25, 0.33),
    ):
        canvas.paint(stroke(0.03, (x, top), (x * 0.7 + 0.15, bottom), end=0.012), dark, 0.8)
    for side in (-1, 1):
        for y in (0.5, 0.57, 0.64):
            canvas.paint(stroke(0.028, (0.5 + side * 0.33, y), (0.5 + side * 0.21, y + 0.01), end=0.01), dark, 0.75)
        canvas.paint(
            blob(
                (0.5, 0.56), (0.5 + side * 0.12, 0.6), (0.5 + side * 0.14, 0.68), (0.5 + side * 0.05, 0.74), (0.5, 0.72)
            ),
            WHITE,
            0.85,
        )
        canvas.solid(ellipse(0.5 + side * 0.16, 0.47, 0.078, 0.062, side * -12), (0.5, 0.46, 0.14), 0.02)
        canvas.paint(ellipse(0.5 + side * 0.155, 0.47, 0.022, 0.056), BLACK)
        canvas.paint(ellipse(0.5 + side * 0.155 - 0.015, 0.45, 0.011, 0.011), (1, 1, 1))
        for y in (0.62, 0.66, 0.7):
            canvas.paint(stroke(0.005, (0.5 + side * 0.1, 0.655), (0.5 + side * 0.4, y - 0.02)), (1, 1, 1), 0.9)
    canvas.solid(polygon((0.455, 0.575), (0.545, 0.575), (0.5, 0.63)), (0.5, 0.25, 0.22), 0.012)
    canvas.paint(stroke(0.01, (0.43, 0.675), (0.47, 0.69), (0.5, 0.66), (0.53, 0.69), (0.57, 0.675)), dark)
    return canvas.picture()


def dog() -> Image.Image:
    """The face of a brown and white dog with hanging ears."""
    canvas = Canvas(16)
    meadow(canvas, (0.45, 0.58, 0.28))
    coat, dark = (0.7, 0.45, 0.24), (0.42, 0.24, 0.12)
    canvas.solid(blob((0.3, 0.7), (0.7, 0.7), (0.86, 0.9), (0.88, 1.1), (0.12, 1.1), (0.14, 0.9)), WHITE, 0.07, 0.05)
    canvas.solid(
        blob(
            (0.5, 0.12),
            (0.68, 0.17),
            (0.76, 0.36),
            (0.72, 0.58),
            (0.64, 0.78),
            (0.5, 0.84),
            (0.36, 0.78),
            (0.28, 0.58),
            (0.24, 0.36),
            (0.32, 0.17),
        ),
        coat,
        0.07,
        0.05,
    )
    canvas.paint(
        blob(
            (0.5, 0.12),
            (0.55, 0.3),
            (0.58, 0.45),
            (0.68, 0.62),
            (0.6, 0.79),
            (0.5, 0.82),
            (0.4, 0.79),
            (0.32, 0.62),
            (0.42, 0.45),
            (0.45, 0.3),
        )
        * 0.92,
        WHITE,
    )
    for side in (-1, 1):
        canvas.solid(
            blob(
                (0.5 + side * 0.17, 0.17),
                (0.5 + side * 0.28, 0.18),
                (0.5 + side * 0.38, 0.34),
                (0.5 + side * 0.39, 0.56),
                (0.5 + side * 0.31, 0.66),
                (0.5 + side * 0.24, 0.52),
                (0.5 + side * 0.22, 0.32),
            ),
            dark,
            0.04,
            0.05,
        )
        canvas.paint(ellipse(0.5 + side * 0.14, 0.4, 0.042, 0.042), BLACK)
        canvas.paint(ellipse(0.5 + side * 0.14 - 0.012, 0.388, 0.011, 0.011), (1, 1, 1))
    canvas.shadow(ellipse(0.5, 0.66, 0.13, 0.08), 0.02, 0.2)
    canvas.solid(blob((0.5, 0.53), (0.59, 0.55), (0.58, 0.61), (0.5, 0.65), (0.42, 0.61), (0.41, 0.55)), BLACK, 0.03)
    canvas.paint(stroke(0.014, (0.38, 0.7), (0.44, 0.72), (0.5, 0.66), (0.56, 0.72), (0.62, 0.7)), (0.2, 0.12, 0.1))
    canvas.solid(blob((0.45, 0.725), (0.55, 0.725), (0.56, 0.83), (0.5, 0.87), (0.44, 0.83)), (0.92, 0.45, 0.48), 0.025)
    return canvas.picture()
