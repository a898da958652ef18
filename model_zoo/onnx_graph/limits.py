"""How large a file and its network may be, and the error that says what is too large or cannot be read."""

MOST_BYTES = 100_000_000  # of a file
MOST_STRUCTURE = 4_000_000  # bytes of a file besides its weights: what the parser makes objects of, many times as large
MOST_PARTS = 300_000  # fields of these messages
MOST_NODES = 5_000
MOST_WEIGHTS = 200_000_000  # numbers; one that two operations use counts twice
MOST_CONSTANT = 1_000_000  # numbers of a tensor that is worked out while the file is read
MOST_VALUES = 100_000_000  # numbers of one output, of one picture
MOST_IN_ALL = 200_000_000  # of all outputs together, which a walk keeps
MOST_PRODUCTS = 100_000_000_000  # multiplications for one picture: some ten seconds of a core
MOST_NAME = 200  # characters
OPSETS = range(13, 24)


class OnnxError(ValueError):
    """Why an ONNX file cannot be taken in; one or two sentences for the person who gave it."""
