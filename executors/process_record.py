"""Remembers on disk which processes were started, so that none outlives a dead run."""

from pathlib import Path

from pydantic import ValidationError

from executors.process_identity import ProcessIdentity, end_process, identify


class ProcessRecord:
    """A file of identities, one a line.

    Args:
        path: The file; it is made with the first process.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, pid: int) -> None:
        """Write down a process that was just started."""
        identity = identify(pid)
        if identity is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(identity.model_dump_json() + "\n")

    def note_handle(self, handle: int) -> None:
        """Write down the process that a process descriptor stands for."""
        for line in Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines():
            name, _, number = line.partition(":")
            if name == "Pid" and int(number) > 0:
                self.note(int(number))

    def end_all(self) -> int:
        """Kill whatever is left of these processes, and forget them.

        Returns:
            How many were still alive.
        """
        ended = sum(end_process(identity) for identity in self._read())
        self.forget()
        return ended

    def forget(self) -> None:
        """All of them are known to have ended."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> list[ProcessIdentity]:
        if not self._path.exists():
            return []
        found = []
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(ProcessIdentity.model_validate_json(line))
            except ValidationError:
                continue  # torn by the crash
        return found
