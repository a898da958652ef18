"""What stands behind the things of the drawings: sea, street, meadow."""

import numpy as np

from demo.pictures.drawings.canvas import Canvas, Y


def sea(canvas: Canvas, horizon: float) -> None:
    """Water from the horizon down, with waves."""
    water = (Y - horizon > 0).astype(float)
    near = ((Y - horizon) / (1 - horizon)).clip(0, 1)[..., None]
    canvas.paint(water, np.array((0.36, 0.5, 0.6)) * (1 - near) + np.array((0.1, 0.24, 0.38)) * near)
    canvas.texture(water, 0.09, 0.008, 5)
    canvas.texture(water, 0.07, 0.02, 4)


def street(canvas: Canvas) -> None:
    """A road before trees and sky, which are out of focus."""
    canvas.ground(
        (0, (0.72, 0.8, 0.88)), (0.3, (0.85, 0.88, 0.88)), (0.42, (0.5, 0.58, 0.48)), (0.6, (0.42, 0.5, 0.36))
    )
    canvas.texture((Y > 0.3) * 1.0, 0.16, 0.05)
    canvas.soften(0.015)
    road = (Y > 0.62).astype(float)
    near = ((Y - 0.62) / 0.38).clip(0, 1)[..., None]
    canvas.paint(road, np.array((0.56, 0.56, 0.57)) * (1 - near) + np.array((0.42, 0.42, 0.44)) * near)
    canvas.texture(road, 0.04, 0.004, 3)


def meadow(canvas: Canvas, grass: tuple[float, float, float]) -> None:
    """Grass before trees, which are out of focus."""
    canvas.ground(
        (0, (0.5, 0.6, 0.46)), (0.45, (0.3, 0.42, 0.24)), (0.6, grass), (1, tuple(0.85 * part for part in grass))
    )
    canvas.texture((Y < 0.55) * 1.0, 0.22, 0.045)
    canvas.soften(0.014)
    canvas.texture((Y > 0.55) * 1.0, 0.1, 0.008, 0.6)
