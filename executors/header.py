"""What a worker writes into the header of its result file.

It is rewritten at each stage, so that it also tells how far a killed worker came. The
host takes nothing in it for a fact: it describes, the wait status decides.
"""

from executors.flat import write_header
from executors.outcome import Stage
from schemas.base import Frozen

MESSAGE_LIMIT_CHARS = 2000


class FailureNote(Frozen):
    """How the worker describes what was raised.

    Attributes:
        exception: Name of the exception's type, or None for a broken contract.
        message: Its message.
        trace: The formatted trace.
        frames: File and line of each frame of the program's own code, outermost first.
    """

    exception: str | None
    message: str
    trace: str = ""
    frames: tuple[tuple[str, int], ...] = ()


class Header(Frozen):
    """The header of a result file.

    Attributes:
        stage: What runs, or ran last.
        is_complete: Whether the values behind the header are final.
        columns: Their number of columns.
        names: Names of the columns (mode `features`).
        unkept: Why the model was not kept, empty if it was or was not asked for.
        failure: What was raised, if anything was.
    """

    stage: Stage = "load"
    is_complete: bool = False
    columns: int = 0
    names: tuple[str, ...] = ()
    unkept: str = ""
    failure: FailureNote | None = None

    def write(self, descriptor: int) -> None:
        """Write this header into a result file.

        Raises:
            FlatFormatError: It is too long.
        """
        write_header(descriptor, self.model_dump_json().encode())
