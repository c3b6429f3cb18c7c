"""Names that sources use without importing them, and where they come from."""

import ast
import builtins

from proposers.expert.repair.case import Mended, RepairCase
from proposers.expert.repair.edits import add_import, parsed

_MODULES = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "pd": "import pandas as pd",
    "pandas": "import pandas",
    "lgb": "import lightgbm as lgb",
    "lightgbm": "import lightgbm",
    "catboost": "import catboost",
    "sklearn": "import sklearn",
    "scipy": "import scipy",
    "math": "import math",
    "re": "import re",
    "warnings": "import warnings",
}
_NAMES = {
    "lightgbm": "LGBMClassifier LGBMRegressor",
    "catboost": "CatBoostClassifier CatBoostRegressor Pool",
    "sklearn.base": "clone",
    "sklearn.cluster": "AgglomerativeClustering Birch DBSCAN HDBSCAN KMeans "
    "MiniBatchKMeans SpectralClustering",
    "sklearn.compose": "ColumnTransformer TransformedTargetRegressor "
    "make_column_selector make_column_transformer",
    "sklearn.decomposition": "NMF PCA TruncatedSVD",
    "sklearn.ensemble": "AdaBoostClassifier AdaBoostRegressor BaggingClassifier "
    "BaggingRegressor ExtraTreesClassifier ExtraTreesRegressor "
    "GradientBoostingClassifier GradientBoostingRegressor "
    "HistGradientBoostingClassifier HistGradientBoostingRegressor "
    "RandomForestClassifier RandomForestRegressor StackingClassifier "
    "StackingRegressor VotingClassifier VotingRegressor",
    "sklearn.feature_extraction.text": "CountVectorizer HashingVectorizer TfidfVectorizer",
    "sklearn.feature_selection": "SelectFromModel SelectKBest VarianceThreshold",
    "sklearn.gaussian_process": "GaussianProcessClassifier GaussianProcessRegressor",
    "sklearn.impute": "KNNImputer MissingIndicator SimpleImputer",
    "sklearn.kernel_approximation": "Nystroem RBFSampler",
    "sklearn.linear_model": "BayesianRidge ElasticNet ElasticNetCV HuberRegressor Lasso "
    "LassoCV LinearRegression LogisticRegression LogisticRegressionCV Ridge "
    "RidgeClassifier RidgeCV SGDClassifier SGDRegressor",
    "sklearn.mixture": "BayesianGaussianMixture GaussianMixture",
    "sklearn.model_selection": "KFold StratifiedKFold cross_val_predict "
    "cross_val_score train_test_split",
    "sklearn.naive_bayes": "BernoulliNB ComplementNB GaussianNB MultinomialNB",
    "sklearn.neighbors": "KNeighborsClassifier KNeighborsRegressor",
    "sklearn.neural_network": "MLPClassifier MLPRegressor",
    "sklearn.pipeline": "FeatureUnion Pipeline make_pipeline make_union",
    "sklearn.preprocessing": "FunctionTransformer KBinsDiscretizer LabelEncoder "
    "MaxAbsScaler MinMaxScaler Normalizer OneHotEncoder OrdinalEncoder "
    "PolynomialFeatures PowerTransformer QuantileTransformer RobustScaler "
    "SplineTransformer StandardScaler TargetEncoder",
    "sklearn.svm": "LinearSVC LinearSVR SVC SVR",
    "sklearn.tree": "DecisionTreeClassifier DecisionTreeRegressor",
}
IMPORTS = _MODULES | {
    name: f"from {module} import {name}"
    for module, names in _NAMES.items()
    for name in names.split()
}
"""A well-known name and the line that imports it."""


def missing_imports(case: RepairCase) -> Mended | None:
    """Add the imports of all well-known names that the source uses and never binds."""
    tree = parsed(case.source)
    if case.failure.exception != "NameError" or tree is None:
        return None
    unbound = [name for name in _unbound_names(tree) if name in IMPORTS]
    if not unbound:
        return None
    mended = case.source
    for name in unbound:
        mended = add_import(mended, IMPORTS[name])
    return Mended(mended, f"used without an import: {', '.join(unbound)}")


def _unbound_names(tree: ast.Module) -> list[str]:
    """Names that are read somewhere and bound nowhere, in alphabetical order."""
    bound = set(dir(builtins))
    read: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                read.add(name)
            case ast.Name(id=name):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.arg(arg=name):
                bound.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                bound.update((a.asname or a.name).split(".")[0] for a in names)
            case _:
                pass
    return sorted(read - bound)
