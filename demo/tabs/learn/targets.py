"""What a card can light up, by names that stay when the page's markup changes."""

# Name -> CSS selector.
TARGETS = {
    "answer": "#answer",
    "picture": "#chosen .picture",
    "network": "#chosen .network",
    "strip": "#strip",
    "channels": "#grid",
    "map": "#map",
    "sum": "#panel",
    "what-if": "#panel-tab-whatif",
    "excites": "#panel-tab-excites",
    "code": "#panel-tab-code",
    "pixels": "#seen",
    "probabilities": "#probabilities",
    "tensor": "#tensor",
    "charts": "#charts",
    "bench-kernel": "#bench .conv .weights",
    "bench-boards": "#bench .boards",
    "bench-layers": "#bench .layers",
    "why-map": "#why",
}
