"""Identities that depend on nothing but what is asked: effect keys, request hashes, seeds."""

import hashlib

from pydantic import BaseModel

KEY_BYTES = 12
HASH_BYTES = 8
SEED_BITS = 31


def _digest(parts: tuple[object, ...], size: int) -> bytes:
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=size).digest()


def effect_key(
    seed: int, loop: str | None, agent: str, purpose: str, n: int, attempt: int
) -> str:
    """Name an effect when it is issued, so that a repeat is recognisable."""
    return _digest((seed, loop, agent, purpose, n, attempt), KEY_BYTES).hex()


def request_hash(body: BaseModel) -> str:
    """Hash what is asked for; the outcome echoes it."""
    content = body.__pydantic_serializer__.to_json(body)
    return hashlib.blake2b(content, digest_size=HASH_BYTES).hexdigest()


def derived_seed(seed: int, *path: object) -> int:
    """A seed below 2**31 that belongs to one place in one run."""
    raw = int.from_bytes(_digest((seed, *path), HASH_BYTES), "big")
    return raw % (1 << SEED_BITS)
