"""What a user can run into before, around and after a run.

EngineError
├── RunFolderError       the run's folder cannot be used: the user's to mend
└── NoPredictor          the run never got as far as a final ensemble
"""


class EngineError(Exception):
    """Base of everything this room raises; its text is one clear line for the user."""


class RunFolderError(EngineError):
    """Raised when a run's folder is taken, missing, not writable or not a run."""


class NoPredictor(EngineError):
    """Raised when a run has no final ensemble to predict with."""
