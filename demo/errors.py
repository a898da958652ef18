"""The one exception whose text is meant for the person in front of the page."""


class UserError(ValueError):
    """Why something cannot be done: one or two plain sentences, without names of files or functions."""
