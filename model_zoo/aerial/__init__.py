"""Whole photos from above: windows, their answers as a map, shares and files, the class and threshold that decide.

No page, no command line, no training; a survey takes any `Model` and knows no species by name.
"""
