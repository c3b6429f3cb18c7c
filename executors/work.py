"""The six things a worker can be asked to do (in the worker)."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import cloudpickle
import numpy as np
from numpy.typing import NDArray

from executors.applied_models import (
    Candidate,
    SavedModel,
    SavedView,
    predict_with,
    predictions,
)
from executors.applied_views import FittedView, apply_views, isolated
from executors.errors import ContractError
from executors.inputs import Inputs
from executors.judged_columns import columns_to_judge, load_programs
from executors.outcome import Stage
from executors.program import WorkerProgram, WorkerSpec
from executors.returned import as_table
from executors.seeding import seed_everything
from executors.sources import CANDIDATE_MODULE, FEATURES_MODULE, load_class
from executors.steadiness import check_seeded
from executors.views import fit_views, load_features
from schemas.task import TaskKind
from tabular.matrix import standardised_matrix
from toolkit.spec import Spec
from toolkit.state.container import pack, unpack
from toolkit.state.decoding import from_plain
from toolkit.state.encoding import to_plain
from toolkit.state.plain import NotPlainError

Enter = Callable[[Stage], None]


@dataclass(slots=True)
class WorkResult:
    """What a job made.

    Attributes:
        values: Two-dimensional result.
        names: Names of its columns (mode `features`), else empty.
        model: What to keep if the model is wanted.
        state: The model as plain state (mode `state`).
    """

    values: NDArray[np.float64]
    names: tuple[str, ...] = field(default=())
    model: SavedModel | None = None
    state: bytes | None = None


def do_work(program: WorkerProgram, inputs: Inputs, enter: Enter) -> WorkResult:
    """Do what the program says.

    Args:
        program: What to do.
        inputs: What the host handed in.
        enter: Called with the name of each stage as it begins.

    Raises:
        ContractError: Candidate code broke its contract. Anything else that it raises.
    """
    match program.mode:
        case "fit":
            return fit(program, inputs, enter)
        case "cluster":
            return cluster(program, inputs, enter)
        case "predict":
            return predict(program, inputs, enter)
        case "state":
            return write_state(program, inputs, enter)
        case "features":
            return make_features(program, inputs, enter)
        case "judge":
            return judge(program, inputs, enter)
        case "survey":
            return survey(program, inputs, enter)


def fit(program: WorkerProgram, inputs: Inputs, enter: Enter) -> WorkResult:
    """Fit a candidate on training rows and predict the validation rows."""
    kind = load_class(CANDIDATE_MODULE, program.source, "Candidate")
    train, target = inputs.frame("train_x"), inputs.column("train_y")
    weight = (inputs.column("train_weight"),) if "train_weight" in inputs else ()
    valid = inputs.frame("valid_x")
    enter("features")
    viewed = fit_views(program.view, train, target, program.spec.seed)
    valid = apply_views(viewed.views, valid)
    enter("fit")
    spec = make_spec(program.spec, viewed.names)
    candidate = kind(spec)
    candidate.fit(isolated(viewed.train), target.copy(), *weight)
    enter("predict")
    values = predictions(candidate, valid, program.spec.task)
    if program.fits_twice:
        enter("fit")
        seed_everything(program.spec.seed)
        again = kind(spec)
        again.fit(isolated(viewed.train), target.copy(), *weight)
        check_seeded(values, predictions(again, valid, program.spec.task))
    return WorkResult(values, model=saved(candidate, viewed.views))


def cluster(program: WorkerProgram, inputs: Inputs, enter: Enter) -> WorkResult:
    """Fit a clusterer and label the rows that it was fitted on, or others if given."""
    kind = load_class(CANDIDATE_MODULE, program.source, "Candidate")
    train = inputs.frame("train_x")
    others = inputs.frame("valid_x") if "valid_x" in inputs else None
    enter("features")
    viewed = fit_views(program.view, train, None, program.spec.seed)
    rows = viewed.train if others is None else apply_views(viewed.views, others)
    enter("fit")
    spec = make_spec(program.spec, viewed.names)
    candidate = kind(spec)
    candidate.fit(isolated(viewed.train))
    enter("predict")
    values = predictions(candidate, rows, TaskKind.CLUSTERING)
    if program.fits_twice:
        enter("fit")
        seed_everything(program.spec.seed)
        again = kind(spec)
        again.fit(isolated(viewed.train))
        check_seeded(values, predictions(again, rows, TaskKind.CLUSTERING))
    return WorkResult(values, model=saved(candidate, viewed.views))


def predict(program: WorkerProgram, inputs: Inputs, enter: Enter) -> WorkResult:
    """Return the mean prediction of fitted models; of a clusterer its labels."""
    rows = inputs.frame("x")
    models = load_models(program, inputs)
    return WorkResult(predict_with(models, rows, program.spec.task, enter))


def load_models(program: WorkerProgram, inputs: Inputs) -> list[SavedModel]:
    """Return all fitted models that are left among the inputs.

    Raises:
        ContractError: There is none, or more than one clusterer.
    """
    load_class(CANDIDATE_MODULE, program.source, "Candidate")
    for number, view in enumerate(program.view):
        load_features(number, view.source)
    names = [f"model_{number}" for number in range(len(inputs))]
    if not names:
        raise ContractError("no model given")
    if program.spec.task == TaskKind.CLUSTERING and len(names) != 1:
        raise ContractError(f"{len(names)} clusterers given, labels have no mean")
    return [cloudpickle.loads(inputs.content(name)) for name in names]


def write_state(program: WorkerProgram, inputs: Inputs, enter: Enter) -> WorkResult:
    """Write one fitted model down as plain state that predicts the same.

    Raises:
        ContractError: It holds something that is no plain state, or what was made of its
            state predicts something else.
    """
    rows = inputs.frame("x")
    (model,) = load_models(program, inputs)
    own = {name: sys.modules[name] for name in own_modules(program)}
    task = program.spec.task
    try:
        block = pack(to_plain(model, own))
        again: SavedModel = from_plain(unpack(block), own)
    except NotPlainError as error:
        raise ContractError(str(error)) from error
    values = predict_with([model], rows, task, enter)
    if not np.array_equal(values, predict_with([again], rows, task, enter)):
        raise ContractError("what was made of its state predicts something else")
    return WorkResult(values, state=block)


def own_modules(program: WorkerProgram) -> list[str]:
    """Names of the modules that a program's sources become."""
    features = [FEATURES_MODULE.format(number) for number in range(len(program.view))]
    return [CANDIDATE_MODULE, *features]


def make_features(program: WorkerProgram, inputs: Inputs, enter: Enter) -> WorkResult:
    """Return new columns for the training rows: of one program, or those of a view."""
    train = inputs.frame("train_x")
    target = inputs.column("train_y") if "train_y" in inputs else None
    kinds = load_programs(program)
    enter("features")
    made = columns_to_judge(program, kinds, train, target)
    return WorkResult(made.to_numpy(dtype=np.float64), tuple(made.columns))


def judge(program: WorkerProgram, inputs: Inputs, enter: Enter) -> WorkResult:
    """Measure how useful new columns are, by our own trusted code."""
    # Only this mode needs it, and a host without it can do all the rest.
    from toolkit.usefulness import judge as judge_columns  # noqa: PLC0415

    train = inputs.frame("train_x")
    new = inputs.array("new_x").astype(np.float64)
    target = inputs.array("train_y") if "train_y" in inputs else None
    enter("features")
    values = judge_columns(
        train,
        new,
        target,
        program.spec.task,
        program.spec.seed,
        program.spec.n_threads,
    )
    return WorkResult(as_table(values, "judge", program.rows))


def survey(program: WorkerProgram, inputs: Inputs, enter: Enter) -> WorkResult:
    """Measure what speaks for each number of clusters, by our own trusted code."""
    # Only this mode needs it.
    from tabular.clusters.survey import survey as survey_clusters  # noqa: PLC0415

    matrix = standardised_matrix(inputs.frame("train_x"))
    enter("features")
    values = survey_clusters(matrix, program.spec.seed, program.spec.seconds)
    missing = np.zeros((program.rows - len(values), values.shape[1]))
    table = np.vstack([values, missing])
    return WorkResult(as_table(table, "survey", program.rows))


def make_spec(told: WorkerSpec, new_columns: tuple[str, ...]) -> Spec:
    """Return the `spec` for a candidate; new columns are numeric."""
    return Spec(
        task=told.task,
        classes=told.classes,
        seed=told.seed,
        n_threads=told.n_threads,
        seconds=told.seconds,
        kinds=told.kinds | dict.fromkeys(new_columns, "numeric"),
        clusters=told.clusters,
    )


def saved(candidate: Candidate, views: list[FittedView]) -> SavedModel:
    """Return what is kept of a fitted model."""
    return SavedModel(
        candidate=candidate,
        views=[
            SavedView(features=v.features, columns=v.columns, names=v.names)
            for v in views
        ],
    )
