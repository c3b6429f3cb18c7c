"""What is left of an ensemble without some of its members, and what that costs."""

from collections.abc import Collection
from typing import get_args

from bus.journal import read_journal
from engine.combining import Combining
from engine.errors import ExportError
from engine.run_folder import RunFolder
from engine.scoring import Scorer
from engine.trained import Trained
from schemas.commands import Combine
from schemas.ensemble import Ensemble
from schemas.inputs import RunStarted
from tabular.development import Development
from tabular.strategies import FittableStrategy


def reduced_ensemble(
    trained: Trained, development: Development, kept: Collection[str]
) -> Ensemble:
    """Combine the members that are kept anew, by the run's own strategy if it can be had.

    Args:
        trained: The run's ensemble.
        development: The run's development rows, with their targets.
        kept: Ids of candidates that stay.

    Raises:
        ExportError: The journal does not hold what this takes.
    """
    folder, whole = trained.folder, trained.ensemble
    command, seed = _final_command(folder)
    pool = tuple(fit for fit in command.pool if fit.candidate.id in kept)
    if not pool:
        raise ExportError("no member of the ensemble can be exported without a pickle")
    own = whole.combination.strategy
    again = command.model_copy(
        update={
            "pool": pool,
            "strategy": own if own in get_args(FittableStrategy) else "auto",
            "suggested": None,
            "bagged": (),
            "stacker": None,
        }
    )
    scorer = Scorer(trained.task, development)
    combining = Combining(trained.task, development, scorer, folder.blobs, seed)
    built = combining.build(again)
    # The models that predict are those of the run, bagged ones too.
    before = {member.candidate: member for member in whole.members}
    members = tuple(
        before[member.candidate].model_copy(update={"weight": member.weight})
        for member in built.members
    )
    return built.model_copy(update={"members": members})


def _final_command(folder: RunFolder) -> tuple[Combine, int]:
    final: Combine | None = None
    seed = 0
    for event in read_journal(folder.events):
        match event.body:
            case RunStarted(settings=settings):
                seed = settings.seed
            case Combine(is_final=True) as command:
                final = command
    if final is None:
        raise ExportError(f"the journal in {folder.path} never combined candidates")
    return final, seed
