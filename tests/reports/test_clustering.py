"""What a result says of a clustering, for machines and for people."""

import json

from rich.console import Console

from reports.clustering import ClusteringSummary, summarise_clustering
from reports.clusters_view import cluster_lines, render_clusters
from schemas.clusters import (
    Clustering,
    ClusterProfile,
    ClusterQuality,
    ClusterSurvey,
    NumberEvidence,
)
from schemas.ensemble import Consensus, Ensemble, Exclusion
from schemas.task import Task, TaskKind

TASK = Task(
    kind=TaskKind.CLUSTERING,
    target=None,
    classes=(),
    metric="validity",
    greater_is_better=True,
    rows=10,
    features=2,
    test_rows=0,
    folds=4,
    validation_rows=10,
    clusters=2,
)
QUALITY = ClusterQuality(
    clusters=2,
    noise=0.1,
    largest=0.5,
    smallest=0.4,
    silhouette=0.5,
    davies_bouldin=None,
    calinski_harabasz=9.0,
    cut=0.1,
    likelihood=1.0,
)


def evidence(clusters: int) -> NumberEvidence:
    return NumberEvidence(
        clusters=clusters,
        gap=1.5,
        gap_error=0.1,
        stability=0.9,
        stability_error=0.1,
        silhouette=0.1,
        davies_bouldin=0.1,
        calinski_harabasz=0.1,
        information=-3.0,
        score=2.0,
    )


SURVEY = ClusterSurvey(
    clusters=2,
    is_chosen=True,
    reason="2 clusters have the most evidence",
    evidence=(evidence(2), evidence(3)),
    best=(2, 3),
)


def profile(cluster: int) -> ClusterProfile:
    return ClusterProfile(
        cluster=cluster,
        rows=5,
        share=0.5,
        confidence=0.8,
        stability=None,
        words=f"very high price in cluster {cluster}",
        contrasts=(),
    )


ENSEMBLE = Ensemble(
    members=(),
    combination=Consensus(clusters=2, weights=(), labels=(), affinity=()),
    score=1.0,
    standard_error=0.0,
    excluded=(Exclusion(candidate="c03-v1", reason="degenerate: it is"),),
    clustering=Clustering(
        quality=QUALITY,
        stability=0.75,
        evidence=(),
        profiles=(profile(-1), profile(0), profile(1)),
    ),
)


def summary(survey: ClusterSurvey | None = SURVEY) -> ClusteringSummary:
    found = summarise_clustering(TASK, survey, ENSEMBLE)
    assert found is not None
    return found


def test_a_chosen_number_comes_with_its_evidence() -> None:
    found = summary()

    assert (found.clusters, found.is_chosen) == (2, True)
    assert [one.clusters for one in found.best] == [2, 3]
    assert found.excluded[0].candidate == "c03-v1"
    assert json.loads(found.model_dump_json())["quality"]["davies_bouldin"] is None


def test_a_number_that_was_named_is_not_called_chosen() -> None:
    found = summary(survey=None)

    assert not found.is_chosen
    assert found.reason == "the number was asked for"
    assert found.best == ()


def test_other_tasks_have_no_clusters() -> None:
    task = TASK.model_copy(update={"kind": TaskKind.REGRESSION})

    assert summarise_clustering(task, None, ENSEMBLE) is None
    assert summarise_clustering(TASK, SURVEY, None) is None
    assert summarise_clustering(None, None, None) is None


def test_people_read_why_and_what_sets_each_apart() -> None:
    console = Console(width=120, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(render_clusters(summary()))
    text = capture.get()

    lines = dict(cluster_lines(summary()))
    assert lines["clusters"] == "2: 2 clusters have the most evidence"
    assert "stability 0.9000" in lines["evidence"]
    assert "noise" in text
    assert "very high price in cluster 1" in text
