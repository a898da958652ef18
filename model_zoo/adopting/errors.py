"""The one exception of adopting a network."""


class AdoptError(ValueError):
    """Why a network cannot be taken in, and how to mend that; one to three sentences for the person who gave it."""
