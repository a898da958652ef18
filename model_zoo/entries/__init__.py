"""What a zoo entry is: its one format on disk, read, written, quantised, found by name, loaded once, exported.

Nothing here trains, draws or explains, and no architecture stands here (see `model_zoo.nets`).
"""
