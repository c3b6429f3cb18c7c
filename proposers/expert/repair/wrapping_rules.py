"""Rules that wrap a class: prepare what goes in, clean what comes out, use less."""

from proposers.expert.repair.case import Mended, RepairCase
from proposers.expert.repair.edits import find_class, find_method, wrap
from proposers.expert.sources import read_parameters, replace_parameters
from schemas.task import TaskKind

FEWEST_ROWS = 300
ROWS_SHARE = 0.25
SIZE_PARAMETERS = ("rounds", "n_estimators", "iterations")
FEWEST_ROUNDS = 20
_GAPS = (
    "nan",
    "missing values",
    "non-finite",
    "cannot convert na",
    "boolean value of na is ambiguous",
)
_UNSEEN = (
    "unknown categor",
    "unseen categor",
    "previously unseen",
    "found unknown",
    "setitem on a categorical",
    "new category",
)
_TEXTS = (
    "could not convert",
    "cannot convert",
    "can't convert",
    "pandas dtypes must be",
    "invalid literal",
    "unsupported operand",
    "not supported between",
    "categor",
    "datetime",
    "timestamp",
    "dtype",
    "must be real number",
    "must be a string or a real number",
    "number of features",
    "features, but",
    "feature names",
    "feature_names",
    "could not be promoted",
)
_MODEL_ERRORS = frozenset(
    {"ValueError", "TypeError", "KeyError", "IntCastingNaNError", "DTypePromotionError"}
    | {"UFuncTypeError", "_UFuncNoLoopError", "CatBoostError", "LightGBMError"}
    | {"FloatingPointError", "NotImplementedError", "AttributeError"}
)


_UNSTEADY = ("transform changes", "other columns", "needs_y")
_ONE_CLASS = (
    "at least 2 classes",
    "only one class",
    "one class",
    "number of classes",
    "only one unique value",
)
FEATURE_WRAPPERS = {
    "Imputed": "FilledFeatures",
    "Encoded": "NumericFeatures",
    "KnownLevels": "KnownFeatures",
    "CleanOutput": "CleanColumns",
    "Subsampled": "SampledFeatures",
}
"""What does for a feature program what the other does for a candidate."""


def single_class(case: RepairCase) -> Mended | None:
    """Answer for a fold whose training rows are all of one class."""
    is_candidate = case.subject == "candidate" and case.is_classification
    if not (is_candidate and _is_model_error(case) and case.says(*_ONE_CLASS)):
        return None
    return _wrapped(case, "SingleClass", "all training rows were of one class")


def unseen_levels(case: RepairCase) -> Mended | None:
    """Replace levels that the training rows did not have."""
    if not (_is_model_error(case) and case.says(*_UNSEEN)):
        return None
    return _wrapped(case, "KnownLevels", "a level turned up that was not trained on")


def gaps(case: RepairCase) -> Mended | None:
    """Fill missing values."""
    if not (_is_model_error(case) and case.says(*_GAPS)):
        return None
    return _wrapped(case, "Imputed", "a model inside does not take missing values")


def strings(case: RepairCase) -> Mended | None:
    """Turn every column into numbers."""
    if not (_is_model_error(case) and case.says(*_TEXTS, *_GAPS, *_UNSEEN)):
        return None
    return _wrapped(case, "Encoded", "a model inside takes only numbers")


def output(case: RepairCase) -> Mended | None:
    """Bring predictions into the form that the contract asks for."""
    if case.subject == "features" or case.task.kind is TaskKind.CLUSTERING:
        return None
    is_broken = case.failure.kind == "contract" and case.failure.stage != "load"
    if not (is_broken or _lacks_probabilities(case)):
        return None
    diagnosis = "predictions did not have the form that the contract asks for"
    if _lacks_probabilities(case):
        diagnosis = "there was no `predict_proba`"
    return _wrapped(case, "CleanOutput", diagnosis)


def new_columns(case: RepairCase) -> Mended | None:
    """Bring what a feature program returns into the form that the contract asks for."""
    is_broken = case.failure.kind == "contract" and case.failure.stage != "load"
    if case.subject != "features" or not is_broken or case.says(*_UNSTEADY):
        return None
    if case.says("columns, expected"):
        mended = wrap(case.source, "FewerColumns", name=case.class_name)
        return Mended(mended, "it made too many columns") if mended else None
    diagnosis = "new columns did not have the form that the contract asks for"
    return _wrapped(case, "CleanOutput", diagnosis)


def too_long(case: RepairCase) -> Mended | None:
    """Make a candidate smaller that took too long: fewer rounds, else fewer rows."""
    if case.failure.kind not in {"timeout", "cpu_limit"}:
        return None
    found = read_parameters(case.source)
    if found is not None:
        smaller = dict(found.parameters)
        for name in SIZE_PARAMETERS:
            value = smaller.get(name)
            if isinstance(value, int) and value > FEWEST_ROUNDS:
                smaller[name] = max(FEWEST_ROUNDS, value // 4)
        if smaller != found.parameters:
            mended = replace_parameters(case.source, found, smaller)
            return Mended(mended, "it took too long: a quarter of the rounds")
    return _fewer_rows(case, "it took too long")


def too_large(case: RepairCase) -> Mended | None:
    """Fit on fewer rows what took too much memory or died of it."""
    is_memory = case.failure.kind in {"memory", "crash"}
    if not is_memory and case.failure.exception != "MemoryError":
        return None
    return _fewer_rows(case, "it took too much memory")


def _is_model_error(case: RepairCase) -> bool:
    return case.failure.exception in _MODEL_ERRORS


def _lacks_probabilities(case: RepairCase) -> bool:
    if case.subject == "features" or not case.is_classification:
        return False
    if not _is_model_error(case):
        return False
    defined = find_class(case.source)
    is_defined = defined is not None and bool(
        defined.bases or find_method(defined, "predict_proba")
    )
    return case.says("predict_proba") or (
        case.failure.exception == "AttributeError" and not is_defined
    )


def _wrapped(case: RepairCase, wrapper: str, diagnosis: str) -> Mended | None:
    mended = wrap(case.source, _wrapper_for(case, wrapper), name=case.class_name)
    return Mended(mended, diagnosis) if mended else None


def _fewer_rows(case: RepairCase, diagnosis: str) -> Mended | None:
    rows = max(FEWEST_ROWS, int(ROWS_SHARE * case.task.rows))
    rows = min(rows, case.task.rows // 2)
    wrapper = _wrapper_for(case, "Subsampled")
    mended = wrap(case.source, wrapper, f"rows = {rows}", case.class_name)
    if mended is None:
        return None
    return Mended(mended, f"{diagnosis}: fitted on {rows} rows")


def _wrapper_for(case: RepairCase, wrapper: str) -> str:
    return wrapper if case.subject == "candidate" else FEATURE_WRAPPERS[wrapper]
