"""The team in the order in which they hear a message."""

from collections.abc import Sequence

from agents.critic import Critic
from agents.director import Director
from agents.ensembler import Ensembler
from agents.feature import Feature
from agents.lanes import is_hybrid
from agents.modeler import Modeler
from bus.agent import Agent
from schemas.settings import RunSettings


def build_agents(settings: RunSettings) -> Sequence[Agent]:
    """Make fresh agents for a run; live runs and replays both start here."""
    added: tuple[Agent, ...] = ()
    if is_hybrid(settings):
        added = (Feature(settings, "added"), Modeler(settings, "added"))
    return (
        Director(settings),
        Feature(settings),
        Modeler(settings),
        Critic(settings),
        Ensembler(settings),
        *added,
    )
