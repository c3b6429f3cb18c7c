"""A feature program while it is tried, mended and judged."""

from collections.abc import Collection
from dataclasses import dataclass, field

from schemas.candidate import ViewProgram
from schemas.jobs import ColumnJudgement, Failure, FeatureReport
from schemas.memory import TriedProgram
from schemas.proposals import FeatureProgram
from schemas.sayings import FeatureJudged


@dataclass(slots=True)
class ProgramTrial:
    """What the Feature agent remembers of a program.

    Attributes:
        loop: Its id, `f00`, `f01`, ...
        program: The program as it stands, mended perhaps.
        version: How often it was mended.
        pending: Fold of each job that is out, by effect key.
        reports: What came back for this version, by fold.
        failure: Why a version failed last.
        seconds: Processor seconds of its jobs so far.
        judged: What became of it, once that is known.
    """

    loop: str
    program: FeatureProgram
    version: int = 0
    pending: dict[str, int] = field(default_factory=dict)
    reports: dict[int, FeatureReport] = field(default_factory=dict)
    failure: Failure | None = None
    seconds: float = 0.0
    judged: FeatureJudged | None = None

    @property
    def accepted(self) -> tuple[ColumnJudgement, ...]:
        """The columns that passed so far."""
        judgements = self.judged.judgements if self.judged else ()
        return tuple(judged for judged in judgements if judged.fault is None)

    def take_version(self, program: FeatureProgram) -> None:
        """Begin again with a mended program."""
        self.program = program
        self.version += 1
        self.pending = {}
        self.reports = {}

    def judge(
        self, judgements: tuple[ColumnJudgement, ...], reason: str = ""
    ) -> FeatureJudged:
        """Say what became of it."""
        self.judged = FeatureJudged(
            program=self.program.name,
            accepted=tuple(j.name for j in judgements if j.fault is None),
            judgements=judgements,
            failure=self.failure,
            reason=reason,
            seconds=self.seconds,
        )
        return self.judged

    def reject(self, faults: dict[str, str]) -> FeatureJudged | None:
        """Find fault with columns that had passed; None if that changes nothing."""
        if self.judged is None or not faults:
            return None
        return self.judge(
            tuple(
                judged.model_copy(update={"fault": faults[judged.name]})
                if judged.name in faults
                else judged
                for judged in self.judged.judgements
            )
        )

    def as_tried(self) -> TriedProgram:
        """What a proposer is reminded of."""
        judged = self.judged
        columns = judged.judgements if judged else ()
        return TriedProgram(
            name=self.program.name,
            idea=self.program.idea,
            accepted=tuple(column.name for column in self.accepted),
            rejected=tuple((c.name, c.fault) for c in columns if c.fault),
        )

    def in_view(self, columns: Collection[str]) -> ViewProgram:
        """The program with some of its columns, in its own order."""
        names = tuple(j.name for j in self.accepted if j.name in columns)
        program = self.program
        return ViewProgram(name=program.name, source=program.source, columns=names)
