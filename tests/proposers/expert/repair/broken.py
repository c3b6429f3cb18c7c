"""Broken candidates and feature programs, with what the repair table must say of each."""

import textwrap
from dataclasses import dataclass, field

from schemas.task import TaskKind

MEBIBYTE = 1024**2
HEAD = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, Ridge
"""
PLAIN = (
    HEAD
    + """

class Candidate:
    def __init__(self, spec):
        self.model = LogisticRegression()

    def fit(self, X, y, weight=None):
        self.model.fit(X[["width", "height"]].fillna(0), y)
        return self

    def predict(self, X):
        return self.model.predict(X[["width", "height"]].fillna(0))

    def predict_proba(self, X):
        return self.model.predict_proba(X[["width", "height"]].fillna(0))
"""
)
USED = '[["width", "height"]].fillna(0)'
PROBA = f"return self.model.predict_proba(X{USED})"
FIT = f"self.model.fit(X{USED}, y)"
MODEL = "LogisticRegression()"


def columns(text: str) -> str:
    """The plain candidate on other columns."""
    return PLAIN.replace(USED, text)


def answering(lines: str) -> str:
    """The plain candidate with another end of `predict_proba`."""
    return PLAIN.replace(
        PROBA, textwrap.indent(textwrap.dedent(lines), " " * 8).strip()
    )


def fitting(lines: str) -> str:
    """The plain candidate with another body of `fit`."""
    return PLAIN.replace(FIT, textwrap.indent(textwrap.dedent(lines), " " * 8).strip())


def headed(*imports: str) -> str:
    return HEAD + "\n".join(imports) + "\n"


@dataclass(frozen=True)
class Broken:
    """A source, what must be said of it, and what is odd about its surroundings.

    Attributes:
        source: What is broken.
        diagnosis: Words of the last diagnosis.
        kind: Task.
        target: Class of every training row, if there is only one.
        limits: What differs from the usual limits.
        is_weighted: Whether rows have weights.
        fits_twice: Whether a second fit must predict the same.
    """

    source: str
    diagnosis: str
    kind: TaskKind = TaskKind.BINARY
    target: int | None = None
    limits: dict[str, float] = field(default_factory=dict)
    is_weighted: bool = False
    fits_twice: bool = True


CANDIDATES = {
    "missing values": Broken(columns('[["width", "height"]]'), "missing values"),
    "unseen categories": Broken(
        columns('[["level"]].astype(object).fillna("none")')
        .replace(MODEL, "make_pipeline(OneHotEncoder(), LogisticRegression())")
        .replace(
            HEAD,
            headed(
                "from sklearn.pipeline import make_pipeline",
                "from sklearn.preprocessing import OneHotEncoder",
            ),
        ),
        "level",
    ),
    "new categories": Broken(columns('[["note"]].pipe(pd.get_dummies)'), "numbers"),
    "dtypes": Broken(columns('[["day"]].astype("float64")'), "numbers"),
    "string columns": Broken(columns('[["town", "level", "width"]]'), "numbers"),
    "one column of probabilities": Broken(
        answering(f"return self.model.predict_proba(X{USED})[:, 1]"), "form"
    ),
    "rows missing": Broken(
        answering(f"return self.model.predict_proba(X{USED})[:, [0]].T"), "form"
    ),
    "single-class fold": Broken(PLAIN, "one class", target=1),
    "single-class fold of many": Broken(
        PLAIN, "one class", kind=TaskKind.MULTICLASS, target=2
    ),
    "odd sums": Broken(
        answering(f"return self.model.predict_proba(X{USED}) * 3"), "form"
    ),
    "negative probabilities": Broken(
        answering(f"return self.model.predict_proba(X{USED}) * [-1.0, 2.0]"), "form"
    ),
    "a class too few": Broken(
        answering(f"return self.model.predict_proba(X{USED})[:, :2]"),
        "form",
        kind=TaskKind.MULTICLASS,
    ),
    "NaN predictions": Broken(
        answering(f"return self.model.predict_proba(X{USED}) * np.nan"), "form"
    ),
    "labels for probabilities": Broken(
        PLAIN[: PLAIN.index("    def predict_proba")], "predict_proba"
    ),
    "NaN values": Broken(
        PLAIN.replace(MODEL, "Ridge()").replace(
            f"return self.model.predict(X{USED})", "return np.full(len(X), np.nan)"
        ),
        "form",
        kind=TaskKind.REGRESSION,
    ),
    "two columns of values": Broken(
        PLAIN.replace(MODEL, "Ridge()").replace(
            FIT, f"self.model.fit(X{USED}, np.column_stack([y, y]))"
        ),
        "form",
        kind=TaskKind.REGRESSION,
    ),
    "not converged": Broken(
        fitting(
            f"""
            import warnings
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self.model.fit(X{USED} * 1000, y)
            """
        ).replace(MODEL, "LogisticRegression(C=1e6, max_iter=2)"),
        "converge",
    ),
    "not converged without a number": Broken(
        fitting(
            """
            values = np.nan_to_num(X.select_dtypes("number").to_numpy())
            if np.abs(values).max() > 5:
                raise np.linalg.LinAlgError("SVD did not converge")
            self.model.fit(values, y)
            """
        )
        .replace(f"X{USED}", 'np.nan_to_num(X.select_dtypes("number").to_numpy())')
        .replace("> 5", "> 50 or np.abs(values.mean()) > 0.05"),
        "one scale",
    ),
    "out of time": Broken(
        fitting(
            f"""
            while len(X) > 300:
                pass
            self.model.fit(X{USED}, y)
            """
        ).replace("300", "100"),
        "too long",
        limits={"cpu_seconds": 1},
        fits_twice=False,
    ),
    "out of wall time": Broken(
        fitting(
            f"""
            import time
            if len(X) > 100:
                time.sleep(30)
            self.model.fit(X{USED}, y)
            """
        ),
        "too long",
        limits={"wall_seconds": 1},
        fits_twice=False,
    ),
    "out of memory": Broken(
        fitting(
            f"""
            if len(X) > 100:
                self.space = np.ones((1 << 28,))
            self.model.fit(X{USED}, y)
            """
        ),
        "memory",
        limits={"memory_bytes": 256 * MEBIBYTE},
    ),
    "no import": Broken(PLAIN.replace(HEAD, '"""Linear."""\n'), "without an import"),
    "absent module, not needed": Broken(
        PLAIN.replace(HEAD, headed("import seaborn as sns")), "no seaborn"
    ),
    "absent module, not needed, inside": Broken(
        fitting(f"import seaborn\n{FIT}"), "no seaborn"
    ),
    "absent module with a substitute": Broken(
        PLAIN.replace(HEAD, headed("from faster_xgboost import XGBClassifier")).replace(
            MODEL,
            'XGBClassifier(objective="binary:logistic", n_estimators=5, verbosity=-1)',
        ),
        "no XGBClassifier",
    ),
    "imported from elsewhere": Broken(
        PLAIN.replace(
            HEAD, headed("from sklearn.preprocessing import SimpleImputer")
        ).replace(FIT, f"SimpleImputer()\n        {FIT}"),
        "no SimpleImputer",
    ),
    "markdown": Broken(
        f"Here is the candidate:\n\n```python\n{PLAIN}\n```\n\nIt is linear.",
        "markdown",
    ),
    "prose": Broken(f"Sure! Here it is:\n{PLAIN}\nI hope it helps.", "text before"),
    "indented": Broken(textwrap.indent(PLAIN, "    "), "indented"),
    "typographic quotes": Broken(
        PLAIN.replace('"width"', "\u201cwidth\u201d"), "word processor"
    ),
    "all at once": Broken(
        "Sure:\n" + PLAIN.replace('"width"', "\u201cwidth\u201d"), "among other text"
    ),
    "wrong class name": Broken(
        PLAIN.replace("class Candidate", "class MyModel"), "not called Candidate"
    ),
    "constructor without spec": Broken(
        PLAIN.replace("__init__(self, spec)", "__init__(self)"), "`spec`"
    ),
    "no constructor": Broken(
        PLAIN.replace(
            f"    def __init__(self, spec):\n        self.model = {MODEL}\n",
            f'    """Linear."""\n\n    model = {MODEL}\n',
        ),
        "`spec`",
    ),
    "fit without weight": Broken(
        PLAIN.replace("fit(self, X, y, weight=None)", "fit(self, X, y)"),
        "did not take weight",
        is_weighted=True,
    ),
    "an argument too many": Broken(
        PLAIN.replace("fit(self, X, y, weight=None)", "fit(self, X, y, weight)"),
        "asked for weight",
    ),
    "estimator without weight": Broken(
        PLAIN.replace(MODEL, "KNeighborsClassifier()")
        .replace(FIT, f"self.model.fit(X{USED}, y, sample_weight=weight)")
        .replace(HEAD, headed("from sklearn.neighbors import KNeighborsClassifier")),
        "no row weights",
        is_weighted=True,
    ),
    "mutated input": Broken(
        fitting(
            f"""
            values = X["width"].to_numpy()
            values[np.isnan(values)] = 0
            {FIT}
            """
        ),
        "changed the rows",
    ),
    "dropped what is not there": Broken(
        fitting(
            'self.model.fit(X.drop(columns=["y"])[["width"]].fillna(0), y)'
        ).replace(f"X{USED}", 'X[["width"]].fillna(0)'),
        "dropped columns",
    ),
    "not seeded": Broken(
        fitting(
            f"""
            rows = np.random.default_rng().permutation(len(X))[:60]
            self.model.fit(X{USED}.iloc[rows], y.iloc[rows])
            """
        ),
        "seed",
    ),
    "seeded by the clock": Broken(
        fitting(
            f"""
            import time
            random = np.random.default_rng(time.time_ns())
            rows = random.permutation(len(X))[:60]
            self.model.fit(X{USED}.iloc[rows], y.iloc[rows])
            """
        ),
        "seed",
    ),
    "clusterer with gaps": Broken(
        """
from sklearn.cluster import KMeans


class Candidate:
    def __init__(self, spec):
        self.model = KMeans(3, random_state=spec.seed)

    def fit(self, X):
        self.model.fit(X)

    def predict(self, X):
        return self.model.predict(X)
""",
        "numbers",
        kind=TaskKind.CLUSTERING,
    ),
}

PROGRAM = """
import numpy as np
import pandas as pd


class Features:
    needs_y = False

    def fit(self, X, y=None):
        self.mean = X["width"].mean()
        return self

    def transform(self, X):
        made = pd.DataFrame(index=X.index)
        made["new"] = X["width"] - self.mean
        return made
"""
RETURN = "return made"

PROGRAMS = {
    "array": Broken(PROGRAM.replace(RETURN, "return made.to_numpy()"), "form"),
    "series": Broken(PROGRAM.replace(RETURN, 'return made["new"]'), "form"),
    "rows left out": Broken(PROGRAM.replace(RETURN, "return made.dropna()"), "form"),
    "other index": Broken(
        PROGRAM.replace(RETURN, "return made.set_axis(range(9, 9 + len(X)))"), "form"
    ),
    "category": Broken(
        PROGRAM.replace(RETURN, 'return made.assign(same=X["level"])'), "form"
    ),
    "names that are no text": Broken(
        PROGRAM.replace(RETURN, "return made.set_axis([7], axis=1)"), "form"
    ),
    "too many columns": Broken(
        PROGRAM.replace(
            RETURN,
            'return pd.DataFrame({f"c{n}": X["width"] + n for n in range(600)})',
        ),
        "too many",
    ),
    "gaps": Broken(
        PROGRAM.replace(
            "self.mean =", 'X["width"].astype("int64")\n        self.mean ='
        ),
        "missing values",
    ),
    "texts": Broken(
        PROGRAM.replace('X["width"] - self', 'X["note"].astype("float64") - self'),
        "numbers",
    ),
    "wrong class name": Broken(
        PROGRAM.replace("class Features", "class Ratios"), "not called Features"
    ),
    "constructor with spec": Broken(
        PROGRAM.replace(
            "    def fit",
            "    def __init__(self, spec):\n        self.spec = spec\n\n    def fit",
        ),
        "asked for spec",
    ),
    "fit that asks for a target": Broken(PROGRAM.replace("y=None", "y"), "asked for y"),
    "fit that takes no target": Broken(
        PROGRAM.replace(", y=None", "").replace("needs_y = False", "needs_y = True"),
        "did not take y",
    ),
    "no import": Broken(
        PROGRAM.replace("import pandas as pd\n", ""), "without an import"
    ),
    "markdown": Broken(f"```python\n{PROGRAM}```", "markdown"),
    "not seeded": Broken(
        PROGRAM.replace(
            "self.mean =", "self.mean = np.random.default_rng().random() +"
        ),
        "seed",
    ),
    "out of time": Broken(
        PROGRAM.replace(
            "self.mean =", "while len(X) > 100:\n            pass\n        self.mean ="
        ),
        "too long",
        limits={"cpu_seconds": 1},
    ),
    "unseen level": Broken(
        PROGRAM.replace(
            RETURN,
            'level = X["level"].astype(object).map({"u": 1, "v": 2, "w": 3})\n'
            "        if level.isna().any():\n"
            '            raise ValueError("found unknown categories in level")\n'
            "        return made.assign(level=level)",
        ),
        "level",
    ),
}
