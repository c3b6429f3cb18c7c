"""Every command ends with one line and a code that says why."""

import errno
import re

import pytest
import typer

from cli.exits import exit_codes
from executors.errors import ZygoteStartError

LOG = "the zygote ended while it started:\nTraceback:\nImportError: no lightgbm\n"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(errno.ENOSPC, "No space left"), 74, "disk failed.*resume the run"),
        (OSError(errno.EIO, "Input/output error", "x"), 74, "disk failed.*resume"),
        (
            PermissionError(errno.EACCES, "Permission denied", "/root/x"),
            2,
            "'/root/x' cannot be used: Permission denied$",
        ),
        (OSError(errno.EMFILE, "Too many open files"), 1, "refused.*Too many open"),
        (ZygoteStartError(LOG), 1, "workers.*: ImportError: no lightgbm; look"),
        (ExceptionGroup("", [ZygoteStartError(LOG)]), 1, "workers"),
    ],
)
def test_what_is_told_is_one_line_that_fits(
    error: Exception, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, exit_codes():
        raise error

    assert ended.value.exit_code == code
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(said, line), line
