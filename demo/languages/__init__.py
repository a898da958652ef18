"""The page in other languages: a catalogue for each, in gettext's format, served to the browsers that want it.

English is the source: the page is written in it, and `static/lib/on_demand/languages/` puts the words of the catalogue
in place of what the browser shows. Lessons and glossary have files of their own for each language.
"""
