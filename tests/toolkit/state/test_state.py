"""Fitted models written down and made again."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import catboost
import lightgbm
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import xgboost
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from toolkit.explainable_boosting import ExplainableBoosting
from toolkit.state.container import MAGIC, pack, unpack
from toolkit.state.decoding import from_plain
from toolkit.state.encoding import to_plain
from toolkit.state.plain import NotPlainError, PlainState

if TYPE_CHECKING:
    from tests.toolkit.conftest import MakeMixed, MakeSpec
    from tests.toolkit.state.conftest import Build


def again(model: object) -> Any:  # noqa: ANN401 - whatever was written
    """Write a model, carry it over as bytes and make it again."""
    return from_plain(unpack(pack(to_plain(model))))


class TestTheToolkit:
    @pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
    def test_every_estimator_predicts_the_same_to_the_bit(
        self, estimator: "Build", task: str, mixed: "MakeMixed", make_spec: "MakeSpec"
    ) -> None:
        train, later = mixed(150, 0), mixed(60, 1)
        classes = {"binary": ("a", "b"), "multiclass": ("a", "b", "never", "c")}
        model = estimator(make_spec(task, classes.get(task, ())))
        target = {
            "binary": train.signal > 0,
            "multiclass": np.select([train.signal < 0, train.signal < 0.8], [0, 1], 3),
        }.get(task, train.signal)
        model.fit(
            train.table,
            pd.Series(target).astype(float if task == "regression" else int),
        )

        twin = again(model)

        says = "predict" if task == "regression" else "predict_proba"
        expected = getattr(model, says)(later.table)
        np.testing.assert_array_equal(getattr(twin, says)(later.table), expected)

    def test_every_clusterer_labels_the_same(
        self, clusterer: "Build", mixed: "MakeMixed", make_spec: "MakeSpec"
    ) -> None:
        model = clusterer(make_spec("clustering", (), 3))
        model.fit(mixed(90, 0).table)

        twin = again(model)

        later = mixed(40, 1).table
        np.testing.assert_array_equal(twin.predict(later), model.predict(later))

    def test_every_feature_block_makes_the_same_columns(
        self, block: Callable[[], Any], mixed: "MakeMixed"
    ) -> None:
        train, later = mixed(150, 0), mixed(60, 1).table
        made = block()
        made.fit(train.table, pd.Series((train.signal > 0).astype(int)))

        twin = again(made)

        pd.testing.assert_frame_equal(
            twin.transform(later), made.transform(later), check_exact=True
        )


MODELS = [
    LogisticRegression(),
    SGDClassifier(loss="log_loss"),
    GaussianNB(),
    KNeighborsClassifier(),
    SVC(probability=False),
    RandomForestClassifier(5),
    GradientBoostingClassifier(n_estimators=5),
    HistGradientBoostingClassifier(max_iter=5),
    GaussianProcessClassifier(),
    MLPClassifier(max_iter=5),
    make_pipeline(FunctionTransformer(np.cbrt), StandardScaler(), GaussianNB()),
    lightgbm.LGBMClassifier(n_estimators=5, verbose=-1, n_jobs=1),
    catboost.CatBoostClassifier(iterations=5, silent=True, allow_writing_files=False),
    xgboost.XGBClassifier(n_estimators=5, n_jobs=1),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_models_of_libraries_predict_the_same(model: Any) -> None:  # noqa: ANN401
    random = np.random.default_rng(0)
    rows = random.normal(size=(120, 4))
    model.fit(rows, (rows[:, 0] + random.normal(size=120) > 0).astype(int))

    twin = again(model)

    np.testing.assert_array_equal(twin.predict(rows), model.predict(rows))


def test_a_model_of_another_library_is_refused_by_name(
    mixed: "MakeMixed", make_spec: "MakeSpec"
) -> None:
    train = mixed(150, 0)
    model = ExplainableBoosting(make_spec("regression"), outer_bags=1, rounds=20)
    model.fit(train.table, train.signal)

    with pytest.raises(NotPlainError, match="interpret"):
        to_plain(model)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
        | st.frozensets(st.integers(), max_size=3)
    ),
    max_leaves=8,
)


class TestPlainValues:
    @given(PLAIN)
    def test_values_are_what_they_were(self, value: object) -> None:
        twin = again(value)

        assert twin == value
        assert type(twin) is type(value)

    @pytest.mark.parametrize(
        "array",
        [
            np.arange(6, dtype=np.int32).reshape(2, 3),
            np.asfortranarray(np.ones((2, 3))),
            np.zeros((0, 3), dtype=np.float32),
            np.array(["a", "bc"]),
            np.array([True, False]),
            np.array([(1, 2.5)], dtype=[("n", "<i4"), ("x", "<f8")]),
        ],
    )
    def test_arrays_keep_type_shape_and_order(self, array: np.ndarray) -> None:
        twin = again(array)

        assert twin.dtype == array.dtype
        assert twin.flags.f_contiguous == array.flags.f_contiguous
        np.testing.assert_array_equal(twin, array)

    @pytest.mark.parametrize(
        "value",
        [
            np.float32(1.5),
            np.array([1, "a", None], dtype=object),
            pd.Index(["a", "b"], name="n"),
            pd.Timestamp("2024-01-01 12:30"),
            pd.CategoricalDtype(["a", "b"], ordered=True),
            OrderedDict(a=1),
            float("inf"),
        ],
        ids=repr,
    )
    def test_values_of_libraries_are_what_they_were(self, value: Any) -> None:  # noqa: ANN401
        twin = again([value])[0]

        assert type(twin) is type(value)
        assert np.all(twin == value)

    def test_matrices_with_few_values_are_what_they_were(self) -> None:
        matrix = scipy.sparse.random(5, 4, 0.5, format="csr", rng=0)

        assert (again(matrix) != matrix).nnz == 0

    def test_generators_go_on_from_where_they_were(self) -> None:
        generator, old = np.random.default_rng(3), np.random.RandomState(3)
        generator.normal(), old.normal()

        twin, old_twin = again([generator, old])

        assert twin.normal() == generator.normal()
        assert old_twin.normal() == old.normal()

    def test_what_is_shared_stays_shared_even_in_a_circle(self) -> None:
        shared: dict[str, Any] = {"n": 1}
        shared["itself"] = shared

        first, second = again([shared, shared])

        assert first is second
        assert first["itself"] is first


class TestWhatIsNotPlain:
    @pytest.mark.parametrize(
        ("value", "where"),
        [
            ({"f": lambda x: x}, "model.f is code"),
            ([open], "is of _?io.open"),
            ({"d": defaultdict(list)}, None),
            ({"m": pytest}, "cannot be taken apart|is of"),
            ({"g": (n for n in range(3))}, "generator"),
        ],
    )
    def test_it_is_named(self, value: object, where: str | None) -> None:
        if where is None:
            assert again(value) == value
            return
        with pytest.raises(NotPlainError, match=where):
            to_plain(value)

    @pytest.mark.parametrize(
        "tree",
        [
            {"name": "os:system"},
            {"name": "builtins:eval"},
            {"name": "numpy:load"},
            {
                "object": [
                    0,
                    {"make": "sklearn.datasets:load_files", "from": [{"tuple": ["/"]}]},
                ]
            },
            {"object": [0, {"new": "subprocess:Popen", "from": [{"tuple": []}, None]}]},
            {"spell": 1},
            {"object": [0, {"native": ["catboost.sys", 0]}]},
        ],
        ids=str,
    )
    def test_a_forged_tree_names_nothing_else(self, tree: object) -> None:
        with pytest.raises(NotPlainError):
            from_plain(PlainState(tree, [], [b""]))

    @pytest.mark.parametrize(
        "block",
        [
            b"",
            b"PK\x03\x04",
            MAGIC + (2**63).to_bytes(8, "little"),
            MAGIC + (2).to_bytes(8, "little") + b"[]",
            MAGIC + (4).to_bytes(8, "little") + b"{,}}",
        ],
    )
    def test_a_forged_block_is_refused(self, block: bytes) -> None:
        with pytest.raises(NotPlainError):
            unpack(block)

    @pytest.mark.parametrize(
        "header",
        [
            {"dtype": "|O", "shape": [1], "order": "C"},
            {"dtype": "<f8", "shape": [2], "order": "C"},
            {"dtype": "<f8", "shape": [-1], "order": "C"},
            {"dtype": "<f8", "shape": [2**62, 4], "order": "C"},
            {"dtype": "<f8", "shape": [1], "order": "K"},
            {"dtype": "<M8[ns]", "shape": [1], "order": "C"},
        ],
        ids=str,
    )
    def test_a_forged_array_is_refused(self, header: dict[str, Any]) -> None:
        import json  # noqa: PLC0415

        told = json.dumps({"tree": None, "arrays": [header], "texts": []}).encode()
        block = MAGIC + len(told).to_bytes(8, "little") + told + b"\0" * 8

        with pytest.raises(NotPlainError):
            unpack(block)

    @given(st.binary(max_size=60))
    def test_random_bytes_never_do_more_than_be_refused(self, noise: bytes) -> None:
        block = bytearray(pack(to_plain({"a": np.ones(3), "t": "x" * 20_000})))
        block[len(MAGIC) + 8 : len(MAGIC) + 8 + len(noise)] = noise

        try:
            read = unpack(bytes(block))
        except NotPlainError:
            return
        assert isinstance(read, PlainState)
