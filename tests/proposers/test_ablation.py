"""What can be taken out of a source, and that what is left is still a source."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposers.ablation import ablated_sources
from proposers.fingerprint import fingerprint

MOST = 9
PIPELINE = """
from sklearn.pipeline import Pipeline

model = Pipeline(
    [
        ("scale", StandardScaler()),
        ("choose", SelectKBest(k=5)),
        ("model", SVC()),
    ]
)
"""
COLUMNS = """
def add(X):
    X = X.copy()
    X["ratio"] = X["a"] / X["b"]
    X[f"{1}"] = X["a"] * 2
    print(X)
    X["late"] = 0
    return X
"""
TABLE: dict[str, tuple[str, list[tuple[str, tuple[int, int]]]]] = {
    "settings of a block": (
        "class Candidate:\n"
        "    def __init__(self, spec):\n"
        "        self.model = Linear(spec, penalties=(1.0,), **MORE)\n",
        [("the settings of Linear (penalties, **MORE)", (3, 3))],
    ),
    "settings of a library's estimator over several lines": (
        "model = lgb.LGBMClassifier(\n    leaves=3,\n    rate=0.1,\n    n_jobs=1,\n)",
        [("the settings of LGBMClassifier (leaves, rate)", (2, 3))],
    ),
    "no more settings are named than fit": (
        "A(a=1, b=2, c=3, d=4, e=5, f=6)",
        [("the settings of A (a, b, c, d, 2 more)", (1, 1))],
    ),
    "steps of a pipeline but its last": (
        PIPELINE,
        [
            ("step 'scale' (StandardScaler)", (6, 6)),
            ("the settings of SelectKBest (k)", (7, 7)),
            ("step 'choose' (SelectKBest)", (7, 7)),
        ],
    ),
    "steps of a pipeline without names": (
        "make_pipeline(Scaler(), Net())",
        [("step Scaler", (1, 1))],
    ),
    "members of any other list": (
        "models = [Trees(), Net()]",
        [("step Trees", (1, 1)), ("step Net", (1, 1))],
    ),
    "transformers with their columns": (
        "ColumnTransformer([('n', numbers, ['a']), ('c', OneHot(), ['b'])])",
        [("step 'n'", (1, 1)), ("step 'c' (OneHot)", (1, 1))],
    ),
    "derived columns, line by line in a row": (
        COLUMNS,
        [
            ("what is set in X ('ratio', f'{1}')", (4, 5)),
            ("what is set in X ('late')", (7, 7)),
        ],
    ),
    "what an estimator is made of stays": ("Bag(estimator=Tree(), steps=x)", []),
    "what makes it repeatable and quiet stays": ("A(spec=s, random_state=1)", []),
    "frames have no settings": ("pd.DataFrame(a, columns=names)", []),
    "functions have no settings": ("fit(a, rounds=3)", []),
    "a single step stays": ("Pipeline([('model', Net())])", []),
    "a line that is all of a body stays": ("for a in b:\n    X['a'] = 1", []),
    "what is no Python has no parts": ("class Candidate(:", []),
    "what nests too deeply has no parts": ("a = " + "-" * 5000 + "1", []),
    "nothing has no parts": ("", []),
}


@pytest.mark.parametrize("name", TABLE)
def test_parts_are_named_with_their_lines(name: str) -> None:
    source, wanted = TABLE[name]

    found = ablated_sources(source, MOST)

    assert [(each.part, each.lines) for each in found] == wanted


def test_a_part_is_gone_and_all_else_is_there() -> None:
    columns = [each.source for each in ablated_sources(COLUMNS, MOST)]
    scaled, plain, chosen = (e.source for e in ablated_sources(PIPELINE, MOST))

    assert "ratio" not in columns[0]
    assert "late" in columns[0]
    assert "StandardScaler" not in scaled
    assert "SelectKBest(k=5)" in scaled
    assert "SelectKBest()" in plain
    assert "StandardScaler" in plain
    assert "SelectKBest" not in chosen


def test_each_kind_of_part_has_its_turn() -> None:
    found = ablated_sources(COLUMNS + PIPELINE, 3)

    assert [each.part.split()[0] for each in found] == ["what", "step", "the"]


FRAGMENTS = st.sampled_from(
    [PIPELINE, COLUMNS, *(source for source, _ in TABLE.values() if "(:" not in source)]
)


@given(fragments=st.lists(FRAGMENTS, max_size=4), most=st.integers(0, 6))
def test_what_is_left_parses_and_is_another_source_each_time(
    fragments: list[str], most: int
) -> None:
    source = "\n".join(fragments)

    found = ablated_sources(source, most)

    assert len(found) <= most
    for each in found:
        ast.parse(each.source)
        first, last = each.lines
        assert 1 <= first <= last <= len(source.splitlines())
    prints = {fingerprint(each.source) for each in found}
    assert len(prints | {fingerprint(source)}) == len(found) + 1


@given(st.text(max_size=80))
def test_no_text_is_too_strange(source: str) -> None:
    assert all(ast.parse(each.source) for each in ablated_sources(source, MOST))
