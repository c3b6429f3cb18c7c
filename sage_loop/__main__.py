"""Start sage-loop when it is installed as a wheel."""

import sys
from pathlib import Path


def main() -> None:
    """Put the folder that holds run.py first on the path, then run it."""
    here = Path(__file__).resolve().parent
    root = here if (here / "run.py").is_file() else here.parent
    sys.path.insert(0, str(root))

    from run import main as run_main

    run_main()


if __name__ == "__main__":
    main()
