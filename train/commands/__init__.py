"""The command line: a module here is a command of `python -m train`, found by `registry.commands`.

A command has a docstring (its help), `HELP` (a line in the list of commands), `add_arguments(parser)` and
`run(given) -> int`; `ALIASES` where it has other names, `commands()` where it is several. What it does stands in
`train/tools` or `train/engine` and is imported in `run`: nothing here loads PyTorch before a command runs.
"""
