"""The look of the page: Gradio's theme with our colours and font; the rest is in `STYLES`."""

from pathlib import Path

from gradio import themes

STYLES = [Path(__file__).parent / "static" / name for name in ("page.css", "frame.css")]
# The semi-bold file that Gradio 6.31 ships for this family has no Latin letters; the bold one has.
FONT = themes.LocalFont("Source Sans Pro", weights=(400, 700))
THEME = themes.Default(
    primary_hue="teal",
    neutral_hue="slate",
    font=[FONT, "ui-sans-serif", "system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],  # Gradio's own is 36 kB, for a few lines of code
).set(
    # The default greys are too faint on a projector.
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    color_accent="*primary_700",
    color_accent_soft="*primary_50",
    # White letters on the default teals have a contrast of 2.5 and 3.7 to 1.
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_dark="*primary_700",
    button_primary_background_fill_hover="*primary_800",
    button_primary_background_fill_hover_dark="*primary_800",
)
