"""Training, and what is done with trained networks: `python -m train`.

Arrows: commands -> tools -> engine -> {data, entry, recipes}; service starts processes, hands on the tools for own
classes, and imports no PyTorch by itself. Nothing here imports demo or gradio.
"""
