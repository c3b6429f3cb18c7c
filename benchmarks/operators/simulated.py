"""A stand-in for a language model: ideas of known, decent quality for each operator.

Drafts, refinements and tunings are the expert's own, drafts from a part of its portfolio
that the main lane does not come to. A crossing fits the weaker parent to the table with
the better parent's cross-fitted predictions as further columns.
"""

import re

from proposers.base import Answer, SourceStore
from proposers.bill import Bill
from proposers.expert.proposer import ExpertProposer
from proposers.fingerprint import fingerprint
from schemas.asks import Ask, Briefing, CrossAsk, DraftAsk, FeatureAsk, Parent
from schemas.proposals import CandidateProposal, FeatureProposal
from schemas.task import TaskKind

ORIGIN = "simulated"
_CROSSED = '''"""{title}."""

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold

{first}


{second}


class Candidate:
    """{title}."""

    def __init__(self, spec):
        self.spec = spec
        self.folds = {folds}(3, shuffle=True, random_state=spec.seed)

    def fit(self, X, y, weight=None):
        said = None
        for train, rest in self.folds.split(X, y):
            part = None if weight is None else weight.iloc[train]
            inner = First(self.spec)
            inner.fit(X.iloc[train], y.iloc[train], part)
            values = self._said(inner, X.iloc[rest])
            if said is None:
                said = np.empty((len(X), values.shape[1]))
            said[rest] = values
        self.first = First(self.spec)
        self.first.fit(X, y, weight)
        self.second = Second(self.spec)
        self.second.fit(self._joined(X, said), y, weight)

    def predict(self, X):
        return self.second.predict(self._joined(X, self._said(self.first, X)))
{proba}
    def _said(self, model, X):
        return np.asarray(model.{method}(X), dtype=float).reshape(len(X), -1)

    def _joined(self, X, said):
        columns = [f"first_says_{{number}}" for number in range(said.shape[1])]
        return pd.concat([X, pd.DataFrame(said, X.index, columns)], axis=1)
'''
_PROBA = """
    def predict_proba(self, X):
        return self.second.predict_proba(self._joined(X, self._said(self.first, X)))
"""


class SimulatedModel:
    """Answers the asks of the added lane.

    Args:
        sources: Where sources are read and kept.
        first_draft: Place in the expert's portfolio where its drafts begin.
    """

    def __init__(self, sources: SourceStore, first_draft: int) -> None:
        self._sources = sources
        self._first_draft = first_draft
        self._expert = ExpertProposer(sources)

    async def propose(
        self, ask: Ask, briefing: Briefing, bill: Bill | None = None
    ) -> Answer:
        """Answer one ask."""
        match ask:
            case FeatureAsk():
                return Answer(FeatureProposal(programs=()))
            case CrossAsk():
                return Answer(self._cross(ask, briefing))
            case DraftAsk(index=index):
                later = {"index": index + self._first_draft}
                ask = ask.model_copy(update=later)
                return await self._expert.propose(ask, briefing)
            case _:
                return await self._expert.propose(ask, briefing)

    def _cross(self, ask: CrossAsk, briefing: Briefing) -> CandidateProposal:
        is_regression = briefing.task.kind is TaskKind.REGRESSION
        source = _CROSSED.format(
            title=f"{ask.second.family} told by {ask.first.family}",
            first=self._renamed(ask.first, "First"),
            second=self._renamed(ask.second, "Second"),
            folds="KFold" if is_regression else "StratifiedKFold",
            proba="" if is_regression else _PROBA,
            method="predict" if is_regression else "predict_proba",
        )
        return CandidateProposal(
            family=ask.second.family,
            title=f"{ask.second.family} told by {ask.first.family}",
            source=self._sources.keep_text(source),
            fingerprint=fingerprint(source),
            view=ask.second.view.name,
            origin=ORIGIN,
        )

    def _renamed(self, parent: Parent, name: str) -> str:
        """A parent's source under names of its own; it may be a crossing itself."""
        source = self._sources.read_text(parent.source)
        for old in ("First", "Second", "PARAMETERS"):
            source = re.sub(rf"\b{old}\b", f"{name}{old}", source)
        return re.sub(r"\bCandidate\b", name, source)
