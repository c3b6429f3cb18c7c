"""How many clusters: evidence is weighed, fewer are preferred, none is an answer."""

from schemas.clusters import NumberEvidence
from tabular.clusters.number import choose_number


def evidence(
    gaps: list[float],
    stability: list[float],
    error: float = 0.0,
    gap_error: float = 0.1,
) -> list[NumberEvidence]:
    return [
        NumberEvidence(
            clusters=number + 1,
            gap=gap,
            gap_error=gap_error,
            stability=steady,
            stability_error=error,
            silhouette=0.1,
            davies_bouldin=0.0,
            calinski_harabasz=0.0,
            information=0.0,
        )
        for number, (gap, steady) in enumerate(
            zip([0.0, *gaps], [1.0, *stability], strict=True)
        )
    ]


def test_the_number_after_which_the_gap_falls_is_chosen() -> None:
    survey = choose_number(evidence([2.0, 1.9, 1.8, 0.6, 0.5], [0.9] * 5))

    assert survey.clusters == 4
    assert survey.best[0] == 4
    assert len(survey.best) == 3
    assert survey.is_chosen


def test_fewer_clusters_are_taken_within_one_standard_error() -> None:
    gaps, stability = [2.0, 1.0, 0.48, 0.45], [0.9, 0.92, 0.6, 0.6]

    exact = choose_number(evidence(gaps, stability, gap_error=0.0))
    shaky = choose_number(evidence(gaps, stability, error=0.1, gap_error=0.0))
    vague = choose_number(evidence(gaps, stability, gap_error=0.1))

    assert exact.clusters == 3
    for unsure in (shaky, vague):
        assert unsure.clusters == 2
        assert "within one standard error of 3" in unsure.reason


def test_without_a_clear_gap_there_is_no_structure() -> None:
    survey = choose_number(evidence([0.19, 0.1, 0.22, 0.05], [0.9] * 4))

    assert survey.clusters == 1
    assert survey.best[0] == 1
    assert "no structure" in survey.reason


def test_too_few_rows_are_one_cluster() -> None:
    assert choose_number(evidence([], [])).clusters == 1
