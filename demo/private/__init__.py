"""Networks that belong to one visitor: added from a file, or taught with pictures of one's own.

They are entries like all others, under names that nobody can guess, in a folder of their own. They are in the lists of
their visitor alone and are deleted after some hours.
"""
