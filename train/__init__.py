"""Training, and what is done with trained networks: `python -m train`.

Arrows: commands -> tools -> engine -> {data, entry, recipes}; service starts processes and imports no PyTorch. Nothing
here imports demo or gradio.
"""
