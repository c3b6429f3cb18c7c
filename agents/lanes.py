"""What sets the lanes of a hybrid run apart: names, loops and shares.

The expert's lane hears nothing of the other one, so its candidates are the same as in a run
without a model. The added lane hears both, and tries what it thinks of beside them.
"""

from schemas.lane import Lane
from schemas.settings import RunSettings

ADDED_SHARE = 0.3
"""Of the workers' time, the added lane may take so much."""
_MODELERS: dict[Lane, str] = {"main": "modeler", "added": "added_modeler"}
_FEATURES: dict[Lane, str] = {"main": "feature", "added": "added_feature"}
_VIEWS: dict[Lane, str] = {"main": "features", "added": "added-features"}
_CANDIDATE_LOOPS: dict[Lane, str] = {"main": "c", "added": "a"}
_PROGRAM_LOOPS: dict[Lane, str] = {"main": "f", "added": "g"}
_ADDED_LOOPS = frozenset({_CANDIDATE_LOOPS["added"], _PROGRAM_LOOPS["added"]})


def is_hybrid(settings: RunSettings) -> bool:
    """Whether a run has an added lane."""
    return settings.proposer.partition(":")[0] == "hybrid"


def is_led_by_expert(settings: RunSettings) -> bool:
    """Whether the expert works in the main lane."""
    return settings.proposer == "expert" or is_hybrid(settings)


def asks_model(settings: RunSettings, lane: Lane) -> bool:
    """Whether a lane's ideas come from a model, or from a script in its place."""
    return lane == "added" or settings.proposer == "llm"


def helping_lane(settings: RunSettings) -> Lane:
    """The lane whose proposer is asked about a run as a whole."""
    return "added" if is_hybrid(settings) else "main"


def modeler_name(lane: Lane) -> str:
    """Name of the Modeler of a lane."""
    return _MODELERS[lane]


def feature_name(lane: Lane) -> str:
    """Name of the Feature agent of a lane."""
    return _FEATURES[lane]


def view_prefix(lane: Lane) -> str:
    """What the names of a lane's views begin with."""
    return _VIEWS[lane]


def candidate_loop(lane: Lane, number: int) -> str:
    """Id of a candidate's loop: `c00` or, in the added lane, `a00`."""
    return f"{_CANDIDATE_LOOPS[lane]}{number:02d}"


def program_loop(lane: Lane, number: int) -> str:
    """Id of a feature program's loop: `f00` or, in the added lane, `g00`."""
    return f"{_PROGRAM_LOOPS[lane]}{number:02d}"


def lane_of(loop: str | None) -> Lane:
    """The lane that a loop belongs to."""
    return "added" if loop and loop[0] in _ADDED_LOOPS else "main"


def trial_bound(settings: RunSettings, lane: Lane) -> int | None:
    """Most trials of a lane; None if the clock decides.

    The user's number is the main lane's; the added lane gets as many more as make up its
    share of all.
    """
    if settings.trials is None or lane == "main":
        return settings.trials
    return int(settings.trials * ADDED_SHARE / (1 - ADDED_SHARE) + 1e-9)
