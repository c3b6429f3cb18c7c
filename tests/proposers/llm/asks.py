"""One ask of every kind, with all the context that it can carry."""

from proposers.base import SourceStore
from schemas.ablation import AblatedPart, Ablation
from schemas.asks import (
    Ask,
    BestVersion,
    CellCount,
    ClustersAsk,
    CrossAsk,
    DraftAsk,
    FeatureAsk,
    Parent,
    RefineAsk,
    RepairAsk,
    ScoredCandidate,
    StackedColumns,
    StackerAsk,
    StrategyAsk,
    TriedVersion,
    TuneAsk,
)
from schemas.base import BlobRef
from schemas.candidate import RAW_VIEW, View, ViewProgram
from schemas.jobs import Failure
from schemas.memory import Attempt, ErrorCondition, ErrorLeaf, TriedProgram

LINE = """PARAMETERS = {
    "penalties": (0.1, 1.0),
    "scaling": 'robust',
    "rounds": 50,
}


class Candidate:
    pass
"""
TREES = "class Candidate:\n    trees = 1\n"
BROKEN = (
    "class Candidate:\n    def fit(self, X, y, weight=None):\n        X.sum() + 'a'\n"
)
RATIOS = ViewProgram(
    name="ratios", source=BlobRef(digest="ab" * 32, size=10), columns=("age_per_plan",)
)
RICH = View(name="rich", programs=(RATIOS,))
LEADER = ScoredCandidate(
    id="c01-v1",
    family="lightgbm",
    title="lightgbm with defaults",
    view="raw",
    score=0.84123,
    standard_error=0.0052,
    seconds=1.25,
)
ATTEMPT = Attempt(operator="draft", title="a plain line", outcome="0.79 +- 0.01")
ERROR = ErrorLeaf(
    conditions=(
        ErrorCondition(column="age", relation="below", bound=30.5),
        ErrorCondition(column="plan", relation="is", levels=("pro",)),
        ErrorCondition(column="age", relation="present"),
    ),
    rows=64,
    error=2.1,
)

ABLATION = Ablation(
    candidate="c02-v1",
    score=0.81,
    parts=(
        AblatedPart(
            part="the settings of Line (penalties, scaling)",
            lines=(2, 3),
            score=0.772,
            loss=0.0382,
        ),
        AblatedPart(
            part="the columns of view 'rich'", lines=None, score=0.815, loss=-0.005
        ),
        AblatedPart(part="step 'scale'", lines=(8, 8), score=None, loss=None),
    ),
)


def every_ask(sources: SourceStore) -> dict[str, Ask]:
    """Asks by the names of their snapshots."""
    line, trees = sources.keep_text(LINE), sources.keep_text(TREES)
    broken = sources.keep_text(BROKEN)
    board, errors, attempts = (LEADER,), (ERROR,), (ATTEMPT,)
    cells = (CellCount(family="linear", view="raw", count=2),)
    tuned = TuneAsk(
        candidate="c02-v1",
        source=line,
        family="linear",
        title="a line",
        view=RAW_VIEW,
        score=0.8123,
        standard_error=0.0111,
        round=2,
        history=(
            TriedVersion(source=line, score=0.8),
            TriedVersion(source=trees, score=0.7),
        ),
        leaderboard=board,
    )
    refined = RefineAsk(
        candidate="c02-v1",
        source=line,
        family="linear",
        title="a line",
        view=RAW_VIEW,
        score=0.8123,
        standard_error=0.0111,
        fold_spread=0.0222,
        train_score=0.99,
        seconds=0.5,
        best=BestVersion(
            candidate="c01-v1",
            family="lightgbm",
            title="lightgbm with defaults",
            view="raw",
            source=trees,
            score=0.841,
        ),
        round=1,
        views=(RAW_VIEW, RICH),
        leaderboard=board,
        attempts=attempts,
        errors=errors,
    )
    failure = Failure(
        kind="exception",
        stage="fit",
        exception="TypeError",
        message="unsupported operand type(s)",
        lines=("3: X.sum() + 'a'",),
    )
    repair = RepairAsk(candidate="c03-v1", source=broken, failure=failure, attempt=1)
    tried = TriedProgram(
        name="sums",
        idea="sums of things",
        accepted=("age_per_plan",),
        rejected=(("age_plus", "no better than its shuffled copies"),),
    )
    return {
        "feature": FeatureAsk(round=1, view=RICH, tried=(tried,), errors=errors),
        "draft": DraftAsk(
            index=2,
            views=(RAW_VIEW, RICH),
            leaderboard=board,
            tried=cells,
            attempts=attempts,
            errors=errors,
        ),
        "refine": refined,
        "refine_part": refined.model_copy(update={"ablation": ABLATION}),
        "cross": CrossAsk(
            round=1,
            first=_parent("c01-v1", trees, "lightgbm"),
            second=_parent("c02-v1", line, "linear"),
            views=(RAW_VIEW, RICH),
            leaderboard=board,
            attempts=attempts,
        ),
        "tune": tuned,
        "tune_code": tuned.model_copy(update={"source": trees, "family": "lightgbm"}),
        "repair": repair,
        "repair_features": repair.model_copy(update={"subject": "features"}),
        "strategy": StrategyAsk(
            choices=("greedy", "stacking"), pooled=5, tried=cells, leaderboard=board
        ),
        "clusters": ClustersAsk(fewest=2, most=10, leaderboard=board),
        "stacker": StackerAsk(
            row_count=800,
            members=(
                StackedColumns(family="linear", title="a line", columns=("m0_yes",)),
            ),
        ),
    }


def _parent(name: str, source: BlobRef, family: str) -> Parent:
    return Parent(
        candidate=name,
        source=source,
        family=family,
        title=f"a {family} model",
        view=RAW_VIEW,
        score=0.84,
        standard_error=0.005,
    )
