"""What a user can run into before, around and after a run.

EngineError
├── RunFolderError       the run's folder cannot be used: the user's to mend
├── OutputError          the file to write predictions to cannot be used
├── NoPredictor          the run never got as far as a final ensemble
├── NoCandidate          the run knows no candidate of that name
├── NoConversation       no model was asked for what the event tells
├── ExportError          the run cannot be exported: the user's to decide
├── PlanError            a plan of runs cannot be used: the user's to mend
├── ResultDiffers        `result.json` is not what the journal gives
└── IsolationRefused     a layer of the jail is missing that must not be
Interrupted              the user asked a second time to stop
"""


class EngineError(Exception):
    """Base of everything this room raises; its text is one clear line for the user."""


class RunFolderError(EngineError):
    """Raised when a run's folder is taken, missing, not writable or not a run."""


class OutputError(EngineError):
    """Raised when a file that the user named cannot be written."""


class NoPredictor(EngineError):
    """Raised when a run has no final ensemble to predict with."""


class NoCandidate(EngineError):
    """Raised when a run knows no candidate of the name that was given."""


class NoConversation(EngineError):
    """Raised when no conversation with a model is kept with an event."""


class ExportError(EngineError):
    """Raised when nothing of a run can leave the house, or there is no place for it."""


class PlanError(EngineError):
    """Raised when a plan of runs cannot be read or asks for what makes no sense."""


class ResultDiffers(EngineError):
    """Raised when `result.json` is not what the journal gives."""


class IsolationRefused(EngineError):
    """Raised where a layer of the jail is missing that the user will not do without."""


class Interrupted(Exception):
    """Raised when the user asks a second time to stop: nothing more is computed."""
