"""TabICL, a network pretrained on synthetic tables; an extra.

Source: Qu et al., "TabICL: A Tabular Foundation Model for In-Context Learning on Large
Data", ICML 2025.
"""

from toolkit.checkpoints import TABICL
from toolkit.in_context import InContext, Network


class TabICL(InContext):
    """TabICL with weights that lie on disk. Needs the package tabicl."""

    pretrained = TABICL

    def _shown(self, checkpoint: str) -> Network:
        import tabicl  # noqa: PLC0415 - an extra, not always there

        kind = (
            tabicl.TabICLClassifier
            if self.is_classification
            else tabicl.TabICLRegressor
        )
        model = kind(
            n_estimators=self.estimators,
            model_path=checkpoint,
            allow_auto_download=False,
            device="cpu",
            offload_mode="cpu",
            random_state=self.spec.seed,
            n_jobs=self.spec.n_threads,
        )
        shown: Network = model.fit(self.rows, self.target)
        return shown
