"""The environment says how to reach a model, and the key never travels unprotected."""

import pytest

from proposers.llm.chat.access import DEFAULT_BASE_URL, DEFAULT_MODEL, read_access
from proposers.llm.chat.config import CassetteTable, LlmConfig
from proposers.llm.chat.errors import AccessError

KEY = "sk-test-0123456789abcdef"


def test_a_key_alone_reaches_the_default_server() -> None:
    access = read_access({"OPENAI_API_KEY": f" {KEY}\n"})

    assert access.base_url == DEFAULT_BASE_URL
    assert access.model == DEFAULT_MODEL
    assert access.key.get_secret_value() == KEY


def test_the_model_of_the_settings_wins_over_the_environment() -> None:
    environment = {"OPENAI_API_KEY": KEY, "SAGE_LOOP_LLM_MODEL": "mine"}

    assert read_access(environment).model == "mine"
    assert read_access(environment, "other").model == "other"


def test_without_key_and_address_there_is_no_access() -> None:
    with pytest.raises(AccessError, match="needs OPENAI_API_KEY"):
        read_access({})


@pytest.mark.parametrize(
    "address", ["http://localhost:8091/v1", "http://[::1]:1/v1", "http://127.0.0.2/v1"]
)
def test_a_server_on_this_machine_may_be_plain_http(address: str) -> None:
    environment = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": address}

    assert read_access(environment).base_url == address


def test_a_key_over_plain_http_must_be_allowed() -> None:
    environment = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://gpu.example/v1"}

    with pytest.raises(AccessError, match=r"unencrypted to 'gpu\.example'"):
        read_access(environment)
    assert read_access(environment | {"SAGE_LOOP_LLM_ALLOW_HTTP": "1"})
    assert read_access({"OPENAI_BASE_URL": "http://gpu.example/v1"})


@pytest.mark.parametrize(
    "address",
    ["ftp://x/v1", "nonsense", "https://[", f"https://user:{KEY}@host/v1", "https://"],
)
def test_an_unusable_address_is_refused_without_telling_its_secret(
    address: str,
) -> None:
    with pytest.raises(AccessError) as caught:
        read_access({"OPENAI_API_KEY": "x", "OPENAI_BASE_URL": address})

    assert KEY not in str(caught.value)


def test_the_config_says_where_the_server_is_and_what_holds_the_key() -> None:
    config = LlmConfig(
        base_url="https://gpu.example/v1",
        model="large",
        models={"repair": "small"},
        key_env="MY_KEY",
    )
    environment = {"OPENAI_API_KEY": "other", "MY_KEY": KEY}

    access = read_access(environment, config=config)

    assert access.base_url == "https://gpu.example/v1"
    assert access.key.get_secret_value() == KEY
    assert access.model_for("repair") == "small"
    assert access.model_for("draft") == "large"
    assert read_access(environment, "mine", config).model_for("repair") == "mine"


def test_a_config_that_lies_around_sends_no_key_to_a_stranger() -> None:
    stranger = LlmConfig(base_url="https://stranger.example/v1")

    with pytest.raises(AccessError, match=r"sent to 'stranger\.example'.*--llm-config"):
        read_access({"OPENAI_API_KEY": KEY}, config=stranger, is_config_trusted=False)
    assert read_access({}, config=stranger, is_config_trusted=False)
    assert read_access({"OPENAI_API_KEY": KEY}, config=stranger)


def test_a_config_that_lies_around_may_name_the_server_of_the_environment() -> None:
    own = LlmConfig(base_url="https://gpu.example/v1", model="large")
    environment = {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": "https://gpu.example/v1",
    }

    assert read_access(environment, config=own, is_config_trusted=False)
    local = LlmConfig(base_url="http://127.0.0.1:8080/v1")
    assert read_access(environment, config=local, is_config_trusted=False)


@pytest.mark.parametrize("key", ["sk-\u00e9-secret", "sk-one\nsk-two"])
def test_a_key_that_no_header_can_carry_is_refused_untold(key: str) -> None:
    with pytest.raises(AccessError, match="OPENAI_API_KEY holds") as caught:
        read_access({"OPENAI_API_KEY": key})

    assert "sk-" not in str(caught.value)


def test_a_strict_replay_needs_no_key() -> None:
    config = LlmConfig(cassette=CassetteTable(file="tape.jsonl"))

    assert read_access({}, config=config).secret == ""


def test_no_representation_shows_the_key() -> None:
    assert KEY not in repr(read_access({"OPENAI_API_KEY": KEY}))
