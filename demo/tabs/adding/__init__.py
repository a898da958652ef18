"""A network of a visitor's own in the page: the form that takes one in, and the list of theirs from which to delete."""
