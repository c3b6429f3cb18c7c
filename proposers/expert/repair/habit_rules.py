"""Rules for habits that go wrong here: no seed, writing into arrays, too few iterations."""

import re

from proposers.expert.repair.case import Mended, RepairCase
from proposers.expert.repair.edits import wrap

UNSEEDED = (
    (re.compile(r"\b(default_rng|RandomState|Random)\(\s*(?:None)?\s*\)"), r"\1(0)"),
    (re.compile(r"\b(?:random\.)?SystemRandom\(\s*\)"), "random.Random(0)"),
    (re.compile(r"\b(random_state|seed|random_seed)=None\b"), r"\1=0"),
    (re.compile(r"\bos\.urandom\((\w+)\)"), r"bytes(\1)"),
    (re.compile(r"\btime\.time(?:_ns)?\(\)"), "0"),
    (re.compile(r"\bsecrets\.randbits\(\w+\)"), "0"),
    (re.compile(r"\b(?:np\.)?random\.seed\(\s*(?:None)?\s*\)"), "np.random.seed(0)"),
)
"""Ways to draw what no seed decides, and what to write in their place."""
WRITING = (
    (re.compile(r"\.values\b(?!\s*\()"), ".to_numpy(copy=True)"),
    (re.compile(r"\.to_numpy\(\s*\)"), ".to_numpy(copy=True)"),
    (re.compile(r"\bnp\.asarray\("), "np.array("),
)
"""Ways to look at a table's own memory, and how to copy it."""
_ITERATIONS = re.compile(r"\bmax_iter\s*=\s*(\d+)")
MOST_ITERATIONS = 10_000
_DROPPED = re.compile(r"\.drop\(((?:[^()]|\([^()]*\))*)\)")


def unseeded(case: RepairCase) -> Mended | None:
    """Give everything random a seed."""
    if case.failure.kind != "contract" or not case.says("from one fit to the next"):
        return None
    return _replaced(case, UNSEEDED, "what it draws did not depend on the seed")


def read_only(case: RepairCase) -> Mended | None:
    """Let code write into copies: what it is given is not its own."""
    if not case.says("read-only", "read only", "writeable"):
        return None
    return _replaced(case, WRITING, "it changed the rows that it was given")


def not_converged(case: RepairCase) -> Mended | None:
    """Allow ten times the iterations; put all columns on one scale if that is no help."""
    named = case.failure.exception in {"ConvergenceWarning", "LinAlgError"}
    if case.failure.kind != "exception" or not (named or case.says("converge")):
        return None
    longer = _ITERATIONS.sub(_ten_times, case.source)
    if longer != case.source:
        return Mended(longer, "it did not converge: ten times the iterations")
    mended = wrap(case.source, "Standardized", name=case.class_name)
    if case.subject != "candidate" or mended is None:
        return None
    return Mended(mended, "it did not converge: all columns on one scale")


def absent_columns(case: RepairCase) -> Mended | None:
    """Let the dropping of columns that are not there pass."""
    if case.failure.exception != "KeyError" or not case.says("not found in axis"):
        return None
    mended = _DROPPED.sub(
        lambda found: (
            found.group()
            if "errors" in found.group()
            else f'.drop({found.group(1).rstrip().rstrip(",")}, errors="ignore")'
        ),
        case.source,
    )
    return Mended(mended, "it dropped columns that are not there")


def _ten_times(found: re.Match[str]) -> str:
    iterations = int(found.group(1))
    return f"max_iter={max(iterations, min(10 * iterations, MOST_ITERATIONS))}"


def _replaced(
    case: RepairCase, table: tuple[tuple[re.Pattern[str], str], ...], diagnosis: str
) -> Mended | None:
    mended = case.source
    for pattern, text in table:
        mended = pattern.sub(text, mended)
    return Mended(mended, diagnosis) if mended != case.source else None
