"""Tests of the page in other languages, and what brings their catalogues up to date: `python -m tests.languages FOLDER`."""
