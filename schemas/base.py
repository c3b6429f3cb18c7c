"""The two things every schema shares: it is frozen, and large content is named by its hash."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that never changes after it was made and refuses fields it does not know."""

    # An undefined score is NaN; as `null` it could be written but never read again.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=True,
        ser_json_inf_nan="constants",
    )


class BlobRef(Frozen):
    """Names content that lives in the run's `blobs/` folder.

    Attributes:
        digest: sha256 of the bytes, in hex.
        size: Length in bytes.
    """

    digest: str
    size: int
