"""Where the command line writes: results to one stream, everything else to the other."""

from rich.console import Console

errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
output = Console(soft_wrap=False, highlight=False)
