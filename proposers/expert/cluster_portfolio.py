"""The clusterings to try, in an order that is diverse from the start."""

from proposers.expert.entry import Entry
from proposers.expert.sources import Setting

SCALINGS = {
    "standard": "standard scaling",
    "robust": "robust scaling",
    "quantile": "ranks as numbers",
}
PROJECTED_VARIANCE = 0.9
FEW_COMPONENTS = 2


def clustering_portfolio(features: int) -> tuple[Entry, ...]:
    """Entries for a table with so many columns; one column needs no projection."""
    everything, projected = None, PROJECTED_VARIANCE
    plan: list[tuple[str, str, float | None, dict[str, Setting]]] = [
        ("kmeans", "standard", everything, {}),
        ("gaussian_mixture", "standard", projected, {"covariance": "full"}),
        ("spectral", "standard", everything, {"neighbors": 10}),
        ("genie", "standard", everything, {"inequality": 0.3}),
        ("gaussian_mixture", "standard", everything, {"covariance": "full"}),
        ("hierarchical", "standard", everything, {"linkage": "ward"}),
        ("medoids", "robust", everything, {}),
        ("spectral", "quantile", projected, {"neighbors": 10}),
        ("gaussian_mixture", "standard", everything, {"covariance": "tied"}),
        ("kmeans", "robust", everything, {}),
        ("density", "standard", everything, {"smallest": 0.05}),
        ("genie", "quantile", everything, {"inequality": 0.3}),
        ("gaussian_mixture", "standard", everything, {"covariance": "diag"}),
        ("kmeans", "quantile", everything, {}),
        ("hierarchical", "robust", everything, {"linkage": "average"}),
        ("birch", "standard", everything, {}),
        ("spectral", "robust", projected, {"neighbors": 20}),
        ("gaussian_mixture", "quantile", projected, {"covariance": "full"}),
        ("hierarchical", "quantile", projected, {"linkage": "ward"}),
        ("kmeans", "standard", FEW_COMPONENTS, {}),
        ("medoids", "quantile", everything, {}),
        ("density", "robust", projected, {"smallest": 0.02}),
        ("kmeans", "standard", projected, {}),
        ("gaussian_mixture", "robust", projected, {"covariance": "tied"}),
    ]
    return tuple(
        Entry(
            family,
            clustering_title(family, scaling, components, more),
            {"scaling": scaling, "components": components, **more},
        )
        for family, scaling, components, more in plan
        if components is None or features > 1
    )


def clustering_title(
    family: str,
    scaling: str,
    components: float | None,
    more: dict[str, Setting],
) -> str:
    """What a clustering is, in a few words."""
    names = {
        "kmeans": "k-means",
        "gaussian_mixture": f"Gaussian mixture ({more.get('covariance')})",
        "hierarchical": f"Merged rows ({more.get('linkage')})",
        "spectral": f"Spectral, {more.get('neighbors')} neighbours",
        "genie": "Genie",
        "medoids": "k-medoids",
        "density": f"HDBSCAN, {more.get('smallest', 0):.0%} at least",
        "birch": "Birch",
    }
    if components is None:
        space = "all columns"
    elif components < 1:
        space = f"{components:.0%} of variance"
    else:
        space = f"{components:.0f} principal components"
    return f"{names[family]}, {SCALINGS[scaling]}, {space}"
