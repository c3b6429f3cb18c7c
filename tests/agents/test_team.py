"""The team: who belongs to it, and that it decides on nothing but what it hears."""

from typing import get_args

from agents.team import build_agents
from schemas.envelope import Command, Input
from schemas.inputs import EffectCancelled, SessionStarted, WorkersReady
from tests.agents.samples import make_settings


def test_five_agents_hear_in_a_fixed_order() -> None:
    names = [agent.name for agent in build_agents(make_settings(trials=9))]

    assert names == ["director", "feature", "modeler", "critic", "ensembler"]


def test_every_run_has_agents_of_its_own() -> None:
    one, two = (build_agents(make_settings(trials=9)) for _ in range(2))

    assert not {id(agent) for agent in one} & {id(agent) for agent in two}


def test_somebody_hears_every_input_but_those_for_people_and_echoes() -> None:
    heard = {kind for a in build_agents(make_settings(trials=9)) for kind in a.hears}

    assert set(get_args(Input)) - heard == {
        EffectCancelled,
        SessionStarted,
        WorkersReady,
    }


def test_nobody_listens_to_commands() -> None:
    heard = {kind for a in build_agents(make_settings(trials=9)) for kind in a.hears}

    assert heard.isdisjoint(get_args(Command))
