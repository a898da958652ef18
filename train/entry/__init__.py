"""What a training leaves beside weights: card, model card, figures over seeds, names in a run folder.

Nothing here trains or imports train/engine; `run_folder` needs no PyTorch, since the server reads it.
"""
