"""The Survey tab: a survey map of one whole photo, and a table of answers for many files.

Windows, shares and the files to save are worked out in `model_zoo.aerial`; here is only what the page needs of them.
"""
