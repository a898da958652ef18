"""The server around the page: limits, compression, turns for long work, folders, and all that Gradio does not promise.
Nothing here knows what the page shows.
"""
