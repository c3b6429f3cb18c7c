"""TabPFN, a network pretrained on synthetic tables; an extra.

Source: Hollmann et al., "Accurate predictions on small data with a tabular foundation
model", Nature 2025.
"""

from toolkit.checkpoints import TABPFN
from toolkit.in_context import InContext, Network


class TabPFN(InContext):
    """TabPFN with weights that lie on disk. Needs the package tabpfn."""

    pretrained = TABPFN

    def _shown(self, checkpoint: str) -> Network:
        import tabpfn  # noqa: PLC0415 - an extra, not always there
        import torch  # noqa: PLC0415 - an extra, not always there

        torch.set_num_threads(self.spec.n_threads)
        kind = (
            tabpfn.TabPFNClassifier
            if self.is_classification
            else tabpfn.TabPFNRegressor
        )
        model = kind(
            n_estimators=self.estimators,
            categorical_features_indices=list(range(self.encoder.categories)),
            model_path=checkpoint,
            device="cpu",
            # Sizes were checked; its own limit for processors is one of patience.
            ignore_pretraining_limits=True,
            random_state=self.spec.seed,
        )
        shown: Network = model.fit(self.rows, self.target)
        return shown
