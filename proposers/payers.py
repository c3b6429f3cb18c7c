"""Which agent's budget pays for which kind of ask."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

AskKind = Literal[
    "feature",
    "draft",
    "refine",
    "tune",
    "cross",
    "repair",
    "strategy",
    "clusters",
    "stacker",
]
AgentName = Literal["feature", "modeler", "critic", "ensembler"]

AGENT_OF: Mapping[AskKind, AgentName] = MappingProxyType(
    {
        "feature": "feature",
        "draft": "modeler",
        "refine": "modeler",
        "tune": "modeler",
        "cross": "modeler",
        "repair": "critic",
        "strategy": "ensembler",
        "clusters": "ensembler",
        "stacker": "ensembler",
    }
)
