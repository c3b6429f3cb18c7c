"""What all parts of `result.json` share."""

from pydantic import ConfigDict

from schemas.base import Frozen


class Summary(Frozen):
    """A part of the result, for readers that may know no NaN."""

    model_config = ConfigDict(ser_json_inf_nan="null")
