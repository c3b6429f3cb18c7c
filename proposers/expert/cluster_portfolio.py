"""The clusterings to try, in an order that is diverse from the start."""

from proposers.expert.portfolio import Entry
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
        ("hierarchical", "standard", everything, {"linkage": "ward"}),
        ("kmeans", "quantile", projected, {}),
        ("kmeans", "robust", everything, {}),
        ("gaussian_mixture", "robust", projected, {"covariance": "tied"}),
        ("hierarchical", "quantile", projected, {"linkage": "ward"}),
        ("kmeans", "standard", FEW_COMPONENTS, {}),
        ("gaussian_mixture", "standard", everything, {"covariance": "diag"}),
        ("hierarchical", "robust", everything, {"linkage": "average"}),
        ("kmeans", "standard", projected, {}),
        ("hierarchical", "standard", projected, {"linkage": "ward"}),
        ("kmeans", "quantile", everything, {}),
        ("gaussian_mixture", "quantile", projected, {"covariance": "full"}),
        ("kmeans", "robust", projected, {}),
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
    }
    if components is None:
        space = "all columns"
    elif components < 1:
        space = f"{components:.0%} of variance"
    else:
        space = f"{components:.0f} principal components"
    return f"{names[family]}, {SCALINGS[scaling]}, {space}"
