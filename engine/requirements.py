"""Pins the packages that an exported folder needs to the versions that made it."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, packages_distributions, version

ALWAYS = frozenset({"numpy", "pandas"})


def pinned_requirements(packages: Iterable[str]) -> list[str]:
    """Lines like `scikit-learn==1.9.0`, sorted; no addresses.

    Args:
        packages: Top-level names that are imported; those that nothing installed here
            brings are left out.
    """
    owners = packages_distributions()
    names = {
        owner for name in {*packages, *ALWAYS} for owner in owners.get(name, ())[:1]
    }
    lines = []
    for name in names:
        try:
            lines.append(f"{name.lower()}=={version(name)}")
        except PackageNotFoundError:
            continue
    return sorted(lines)
