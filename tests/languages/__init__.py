"""The page in other languages; `python -m tests.languages FOLDER` brings the catalogues up to date."""
