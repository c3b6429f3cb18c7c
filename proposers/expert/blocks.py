"""Families of estimators and the toolkit blocks they are built from."""

from proposers.expert.sources import Block

SUPERVISED = {
    "linear": Block("linear_model", "LinearModel"),
    "lightgbm": Block("lightgbm_model", "LightGBM"),
    "catboost": Block("catboost_model", "CatBoost"),
    "extra_trees": Block("extra_trees", "ExtraTrees"),
    "neighbors": Block("nearest_neighbors", "NearestNeighbors"),
    "mlp": Block("mlp", "MLP"),
    "gaussian_process": Block("gaussian_process", "GaussianProcess"),
    "xgboost": Block("xgboost_model", "XGBoost"),
    "ebm": Block("explainable_boosting", "ExplainableBoosting"),
    "tabicl": Block("tabicl_model", "TabICL"),
    "tabpfn": Block("tabpfn_model", "TabPFN"),
}
EXTRAS = {"xgboost": "xgboost", "ebm": "interpret"}
"""Families whose library is an extra, and what it is imported as."""
PRETRAINED = ("tabicl", "tabpfn")
"""Families whose library is an extra, too, and whose weights must lie on disk."""
CLUSTERING = {
    "kmeans": Block("kmeans", "KMeansClusterer"),
    "gaussian_mixture": Block("gaussian_mixture", "GaussianMixtureClusterer"),
    "hierarchical": Block("ward", "WardClusterer"),
    "spectral": Block("spectral", "SpectralClusterer"),
    "genie": Block("genie", "GenieClusterer"),
    "medoids": Block("medoids", "MedoidsClusterer"),
    "density": Block("density", "DensityClusterer"),
    "birch": Block("birch", "BirchClusterer"),
}
