"""Makes versions of a candidate that lack one part each."""

from dataclasses import dataclass

import anyio

from bus.blobs import BlobStore
from bus.effects import Outcome
from proposers.ablation import ablated_sources
from schemas.ablation import AblatedVersion
from schemas.candidate import RAW_VIEW, Candidate
from schemas.inputs import AblationPlanned

MOST_VERSIONS = 4


@dataclass(frozen=True, slots=True)
class Ablating:
    """Carries out `plan_ablation`: sources are read and written, none is run.

    Attributes:
        blobs: Where sources are kept.
    """

    blobs: BlobStore

    async def run(self, candidate: Candidate) -> Outcome:
        """Make the versions in a thread: the core goes on meanwhile."""
        versions = await anyio.to_thread.run_sync(self._versions, candidate)
        return Outcome(AblationPlanned(candidate=candidate.id, versions=versions))

    def _versions(self, candidate: Candidate) -> tuple[AblatedVersion, ...]:
        versions = []
        if candidate.view.programs:
            part = f"the columns of view {candidate.view.name!r}"
            plain = AblatedVersion(
                part=part, lines=None, source=candidate.source, view=RAW_VIEW
            )
            versions.append(plain)
        source = self.blobs.read_text(candidate.source)
        for ablated in ablated_sources(source, MOST_VERSIONS - len(versions)):
            version = AblatedVersion(
                part=ablated.part,
                lines=ablated.lines,
                source=self.blobs.keep_text(ablated.source),
                view=candidate.view,
            )
            versions.append(version)
        return tuple(versions)
