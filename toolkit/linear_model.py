"""Penalised linear models: logistic regression and ridge."""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import log_loss

from toolkit.arrays import Codes, Floats
from toolkit.dense_encoder import DenseEncoder
from toolkit.estimator import Estimator
from toolkit.inner_split import inner_split
from toolkit.scaler import Scaling
from toolkit.spec import Spec

PENALTIES = (0.1, 1.0, 10.0, 100.0)


class LinearModel(Estimator):
    """Chooses its penalty itself and is then fitted to all training rows.

    Classification is multinomial logistic regression whose penalty is chosen on an
    inner split; regression is ridge whose penalty is chosen by leave-one-out.

    Args:
        spec: The task as the worker describes it.
        penalties: Squared-norm penalties to choose from; a single one is used as it is.
        scaling: How numbers are scaled, see `Scaler`.
        iterations: Most steps of the solver for each penalty.
        bins: Most bins by which numbers are shown as well, see `PiecewiseEncoder`.
    """

    def __init__(
        self,
        spec: Spec,
        penalties: Sequence[float] = PENALTIES,
        scaling: Scaling = "standard",
        iterations: int = 200,
        bins: int = 0,
    ) -> None:
        super().__init__(spec)
        self.penalties = sorted(penalties, reverse=True)
        self.encoder = DenseEncoder(
            scaling, spec.seed, is_classification=self.is_classification, bins=bins
        )
        self.iterations = iterations

    def _fit(
        self, table: pd.DataFrame, target: Floats | Codes, weight: Floats | None
    ) -> None:
        values = self.encoder.fit_transform(table, target)
        if not self.is_classification:
            self.model = RidgeCV(alphas=self.penalties).fit(values, target, weight)
            return
        chosen = self.penalties[0]
        if len(self.penalties) > 1:
            chosen = self._choose_penalty(values, target, weight)
        self.model = self._logistic()
        self._fit_logistic(self.model, chosen, values, target, weight)

    def _predict(self, table: pd.DataFrame) -> Floats:
        values = self.encoder.transform(table)
        if self.is_classification:
            return np.asarray(self.model.predict_proba(values))
        return np.asarray(self.model.predict(values))

    def _choose_penalty(
        self, values: Floats, target: Floats | Codes, weight: Floats | None
    ) -> float:
        """The penalty with the lowest log-loss on an inner split, strongest first."""
        train, check = inner_split(target, self.spec.seed, is_stratified=True)
        model = self._logistic()
        losses: list[float] = []
        for penalty in self.penalties:
            part = None if weight is None else weight[train]
            self._fit_logistic(model, penalty, values[train], target[train], part)
            proba = model.predict_proba(values[check])
            losses.append(log_loss(target[check], proba, labels=model.classes_))
        return self.penalties[int(np.argmin(losses))]

    def _logistic(self) -> LogisticRegression:
        # A warm start carries one penalty's solution over to the next.
        return LogisticRegression(max_iter=self.iterations, warm_start=True)

    def _fit_logistic(
        self,
        model: LogisticRegression,
        penalty: float,
        values: Floats,
        target: Floats | Codes,
        weight: Floats | None,
    ) -> None:
        model.set_params(C=1 / penalty)
        with warnings.catch_warnings():
            # A path that is cut short still predicts well; nobody needs to act on it.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(values, target, weight)
