"""The command line of an exported folder."""

import argparse
import sys
import warnings
from pathlib import Path
from typing import TextIO

from exported.member import UntrustedCode
from exported.model import load_model
from exported.reading import read_table
from exported.self_test import LARGEST_DIFFERENCE, largest_difference
from tabular.errors import TableError

EXIT_DIFFERS = 1
EXIT_BAD_INPUT = 2


def main(folder: Path, arguments: list[str] | None = None) -> int:
    """Predict a file, or test the folder.

    Args:
        folder: The exported folder.
        arguments: What was typed; that of this process by default.

    Returns:
        The exit status: 0, 1 if the self-test found a difference, 2 if the table cannot be
        used.
    """
    parser = argparse.ArgumentParser(prog="predict.py", description=__doc__)
    parser.add_argument("table", nargs="?", type=Path, help="CSV, Parquet or Feather")
    parser.add_argument("--out", type=Path, help="CSV to write")
    parser.add_argument("--self-test", action="store_true", help="repeat predictions")
    parser.add_argument(
        "--trust-code", action="store_true", help="load members that are pickles"
    )
    asked = parser.parse_args(arguments)
    if not asked.self_test and (asked.table is None or asked.out is None):
        parser.error("name a TABLE and --out FILE, or --self-test")
    warnings.showwarning = _show
    try:
        model = load_model(folder, trust_code=asked.trust_code)
        if asked.self_test:
            return report(largest_difference(model, folder))
        predicted = model.predict(read_table(asked.table, model.table_schema))
        predicted.to_csv(asked.out, index=False)
    except (TableError, UntrustedCode, OSError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return EXIT_BAD_INPUT
    print(f"{len(predicted)} rows predicted, written to {asked.out}", file=sys.stderr)
    return 0


def report(difference: float) -> int:
    """Say what the self-test found."""
    is_same = difference <= LARGEST_DIFFERENCE
    said = "the same predictions as the run" if is_same else "OTHER PREDICTIONS"
    print(f"self-test: {said}; largest relative difference {difference:.3g}")
    return 0 if is_same else EXIT_DIFFERS


def _show(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Tell a warning in one line, without the place in the code."""
    print(f"warning: {message}", file=sys.stderr)
