"""Drawings of things that people built: ships, airplanes, a car, a truck."""

from PIL import Image

from demo.pictures.drawings.canvas import Canvas, X, Y, blob, ellipse, polygon, stroke
from demo.pictures.drawings.scenery import sea, street

WHITE, BLACK, GLASS = (0.96, 0.96, 0.95), (0.06, 0.06, 0.07), (0.22, 0.3, 0.38)


def ship() -> Image.Image:
    """A cargo steamer from the side, on a calm sea."""
    canvas = Canvas(1)
    canvas.ground((0, (0.56, 0.71, 0.88)), (0.55, (0.86, 0.91, 0.95)), (0.6, (0.9, 0.93, 0.95)))
    clouds = canvas.noise(0.05, 3).clip(0, 2) / 2 * (Y < 0.55)
    canvas.paint(clouds, (1, 1, 1), 0.55)
    sea(canvas, 0.62)
    hull = polygon((0.05, 0.5), (0.14, 0.535), (0.8, 0.535), (0.97, 0.475), (0.9, 0.7), (0.1, 0.7))
    canvas.solid(hull, (0.13, 0.2, 0.36), 0.02)
    canvas.paint(hull * (Y > 0.655), (0.62, 0.14, 0.12))
    canvas.paint(stroke(0.008, (0.06, 0.507), (0.14, 0.541), (0.8, 0.541), (0.965, 0.482)), WHITE, 0.9)
    for left, right, top, bottom in ((0.15, 0.44, 0.42, 0.535), (0.18, 0.41, 0.345, 0.42), (0.21, 0.36, 0.285, 0.345)):
        deck = polygon((left, top), (right, top), (right, bottom), (left, bottom))
        canvas.solid(deck, WHITE, 0.012)
        canvas.paint(deck * (abs(Y - (top + bottom) / 2) < 0.011) * (X % 0.036 < 0.022), GLASS)
    funnel = polygon((0.225, 0.285), (0.235, 0.16), (0.315, 0.16), (0.325, 0.285))
    canvas.solid(funnel, (0.8, 0.2, 0.14), 0.02)
    canvas.paint(funnel * (Y < 0.195), BLACK)
    for mast, top in ((0.56, 0.2), (0.76, 0.24)):
        canvas.paint(stroke(0.012, (mast, 0.535), (mast, top)), (0.3, 0.3, 0.32))
        canvas.paint(stroke(0.006, (mast, top + 0.04), (mast + 0.1, 0.5)), (0.35, 0.35, 0.36))
        canvas.paint(stroke(0.006, (mast, top + 0.04), (mast - 0.1, 0.5)), (0.35, 0.35, 0.36))
    for left, colour in ((0.49, (0.72, 0.4, 0.16)), (0.62, (0.25, 0.45, 0.36)), (0.69, (0.7, 0.66, 0.52))):
        canvas.solid(polygon((left, 0.48), (left + 0.06, 0.48), (left + 0.06, 0.535), (left, 0.535)), colour, 0.01)
    foam = stroke(0.02, (0.06, 0.703), (0.3, 0.708), (0.6, 0.704), (0.93, 0.706))
    canvas.paint(foam * (0.55 + 0.3 * canvas.noise(0.012, 3)).clip(0, 1), WHITE)
    return canvas.picture()


def sailing_ship() -> Image.Image:
    """A ship with three white sails before an evening sky."""
    canvas = Canvas(2)
    canvas.ground((0, (0.5, 0.66, 0.85)), (0.5, (0.86, 0.87, 0.86)), (0.66, (0.96, 0.86, 0.74)))
    sea(canvas, 0.7)
    hull = blob((0.14, 0.66), (0.5, 0.7), (0.86, 0.63), (0.8, 0.75), (0.5, 0.79), (0.22, 0.77))
    canvas.solid(hull, (0.38, 0.2, 0.11), 0.025)
    for mast, top in ((0.36, 0.16), (0.56, 0.1), (0.73, 0.24)):
        canvas.paint(stroke(0.012, (mast, 0.7), (mast, top)), (0.28, 0.17, 0.1))
    for mast, top, wide in ((0.36, 0.18, 0.13), (0.56, 0.12, 0.15), (0.73, 0.26, 0.1)):
        for row in range(3):
            high = (0.66 - top) / 3
            y, half = top + row * high, wide * (0.62 + 0.14 * row)
            sail = blob(
                (mast - half, y + 0.01),
                (mast, y),
                (mast + half, y + 0.01),
                (mast + half * 1.1, y + high - 0.02),
                (mast, y + high - 0.035),
                (mast - half * 0.9, y + high - 0.02),
            )
            canvas.solid(sail, (0.98, 0.95, 0.88), 0.03)
    canvas.paint(stroke(0.008, (0.84, 0.65), (0.97, 0.56)), (0.28, 0.17, 0.1))
    canvas.shadow(ellipse(0.5, 0.81, 0.36, 0.02), 0.012, 0.5)
    return canvas.picture()


def airplane() -> Image.Image:
    """An airliner from the side, climbing into a blue sky."""
    canvas = Canvas(3)
    canvas.ground((0, (0.32, 0.54, 0.83)), (1, (0.68, 0.82, 0.94)))
    canvas.paint(canvas.noise(0.07, 2).clip(0, 2) / 2, (1, 1, 1), 0.35)
    far = polygon((0.5, 0.47), (0.58, 0.45), (0.43, 0.27), (0.38, 0.28))
    canvas.solid(far, (0.62, 0.66, 0.72), 0.012)
    body = blob(
        (0.06, 0.53),
        (0.11, 0.485),
        (0.3, 0.455),
        (0.6, 0.435),
        (0.85, 0.405),
        (0.95, 0.4),
        (0.9, 0.44),
        (0.75, 0.49),
        (0.5, 0.535),
        (0.25, 0.562),
        (0.11, 0.565),
    )
    tail = polygon((0.77, 0.43), (0.86, 0.23), (0.94, 0.22), (0.92, 0.41))
    canvas.solid(tail, (0.16, 0.3, 0.62), 0.012)
    canvas.solid(body, WHITE, 0.035)
    canvas.paint(polygon((0.08, 0.505), (0.13, 0.487), (0.14, 0.503), (0.095, 0.518)), GLASS)
    windows = stroke(0.013, (0.2, 0.496), (0.8, 0.437))
    canvas.paint(windows * (X % 0.03 < 0.018), GLASS)
    canvas.paint(stroke(0.012, (0.1, 0.541), (0.5, 0.512), (0.9, 0.43)), (0.16, 0.3, 0.62), 0.9)
    canvas.solid(polygon((0.84, 0.43), (0.91, 0.42), (0.98, 0.5), (0.94, 0.505)), (0.75, 0.78, 0.82), 0.01)
    near = polygon((0.38, 0.53), (0.56, 0.5), (0.75, 0.77), (0.68, 0.79))
    canvas.solid(near, (0.8, 0.82, 0.86), 0.02)
    for x, y in ((0.45, 0.62), (0.56, 0.73)):
        canvas.solid(ellipse(x, y, 0.055, 0.03, -6), (0.72, 0.75, 0.8), 0.015)
        canvas.paint(ellipse(x - 0.047, y + 0.005, 0.011, 0.024, -6), BLACK)
    return canvas.picture()


def automobile() -> Image.Image:
    """A red car from the side, on a road."""
    canvas = Canvas(4)
    street(canvas)
    canvas.shadow(ellipse(0.5, 0.765, 0.44, 0.03), 0.015, 0.75)
    body = blob(
        (0.05, 0.62),
        (0.08, 0.54),
        (0.2, 0.5),
        (0.33, 0.485),
        (0.5, 0.48),
        (0.75, 0.485),
        (0.93, 0.53),
        (0.965, 0.62),
        (0.94, 0.72),
        (0.7, 0.735),
        (0.3, 0.735),
        (0.07, 0.715),
    )
    cabin = blob((0.26, 0.51), (0.37, 0.37), (0.46, 0.335), (0.62, 0.335), (0.72, 0.38), (0.82, 0.51), (0.55, 0.53))
    canvas.solid(cabin, (0.72, 0.08, 0.07), 0.03)
    canvas.solid(body, (0.85, 0.1, 0.08), 0.05)
    for window in (
        ((0.315, 0.5), (0.4, 0.385), (0.525, 0.37), (0.525, 0.495)),
        ((0.55, 0.495), (0.55, 0.37), (0.63, 0.372), (0.69, 0.405), (0.755, 0.495)),
    ):
        canvas.paint(polygon(*window), GLASS)
        canvas.paint(polygon(*window) * ((X + 0.5 * Y) % 0.16 < 0.05), (0.62, 0.7, 0.76), 0.6)
    canvas.paint(stroke(0.006, (0.537, 0.5), (0.537, 0.71)), (0.45, 0.04, 0.04))
    canvas.paint(stroke(0.01, (0.57, 0.55), (0.61, 0.55)), (0.9, 0.9, 0.9))
    canvas.solid(ellipse(0.085, 0.575, 0.025, 0.022), (1, 0.95, 0.75), 0.01)
    canvas.paint(ellipse(0.945, 0.575, 0.014, 0.025), (1, 0.45, 0.2))
    canvas.paint(stroke(0.02, (0.08, 0.715), (0.5, 0.735), (0.93, 0.715)), (0.12, 0.12, 0.13))
    for x in (0.245, 0.765):
        _wheel(canvas, x, 0.715, 0.09)
    return canvas.picture()


def truck() -> Image.Image:
    """A delivery truck with a white box, from the side."""
    canvas = Canvas(5)
    street(canvas)
    canvas.shadow(ellipse(0.5, 0.8, 0.46, 0.03), 0.015, 0.75)
    box = polygon((0.32, 0.2), (0.96, 0.2), (0.96, 0.68), (0.32, 0.68))
    canvas.solid(box, WHITE, 0.012)
    canvas.paint(box * (abs(Y - 0.43) < 0.045), (0.16, 0.38, 0.7))
    canvas.paint(polygon((0.06, 0.68), (0.96, 0.68), (0.96, 0.735), (0.06, 0.735)), (0.15, 0.15, 0.16))
    cab = blob(
        (0.05, 0.72),
        (0.05, 0.56),
        (0.075, 0.5),
        (0.115, 0.36),
        (0.16, 0.33),
        (0.3, 0.33),
        (0.305, 0.5),
        (0.305, 0.72),
        (0.18, 0.725),
    )
    canvas.solid(cab, (0.8, 0.14, 0.1), 0.03)
    canvas.paint(polygon((0.1, 0.5), (0.135, 0.38), (0.255, 0.38), (0.255, 0.5)), GLASS)
    canvas.paint(polygon((0.15, 0.5), (0.18, 0.38), (0.21, 0.38), (0.18, 0.5)), (0.6, 0.7, 0.76), 0.6)
    canvas.solid(ellipse(0.062, 0.6, 0.014, 0.024), (1, 0.95, 0.75), 0.008)
    canvas.paint(polygon((0.03, 0.69), (0.3, 0.69), (0.3, 0.73), (0.03, 0.73)), (0.25, 0.25, 0.27))
    for x in (0.175, 0.66, 0.84):
        _wheel(canvas, x, 0.74, 0.085)
    return canvas.picture()


def _wheel(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """A wheel with its tyre and hub."""
    canvas.paint(ellipse(x, y, radius * 1.08, radius * 1.08), (0.05, 0.05, 0.06))
    canvas.solid(ellipse(x, y, radius, radius), (0.16, 0.16, 0.17), 0.012)
    canvas.solid(ellipse(x, y, radius * 0.58, radius * 0.58), (0.78, 0.79, 0.81), 0.012)
    canvas.paint(ellipse(x, y, radius * 0.18, radius * 0.18), (0.3, 0.3, 0.32))
