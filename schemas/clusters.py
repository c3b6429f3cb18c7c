"""What is known of clusterings without any label: judgements, numbers of clusters, profiles."""

from schemas.base import BlobRef, Frozen


class ClusterQuality(Frozen):
    """A partition as internal measures see it, on a fixed sample of the rows.

    Attributes:
        clusters: Number of clusters; noise is none.
        noise: Share of the rows that are noise.
        largest: Share of the rows in the largest cluster.
        smallest: Share of the rows in the smallest cluster.
        silhouette: Rousseeuw (1987), -1 to 1.
        davies_bouldin: Davies and Bouldin (1979), 0 and up; smaller is better. None without
            two clusters.
        calinski_harabasz: Calinski and Harabasz (1974), 0 and up.
        cut: Mean over clusters of the share of links between nearest neighbours that leave
            the cluster or lead to noise: 0 where clusters lie apart, whatever their shape.
        likelihood: Mean log-likelihood of a row, in nats, if each cluster is a normal
            distribution.
    """

    clusters: int
    noise: float
    largest: float
    smallest: float
    silhouette: float
    davies_bouldin: float | None
    calinski_harabasz: float
    cut: float
    likelihood: float


class NumberEvidence(Frozen):
    """What speaks for a number of clusters.

    Attributes:
        clusters: The number.
        gap: How much thinner the best partition cuts the links between neighbours than the best
            one of tables without structure does, as a difference of logarithms.
        gap_error: Standard error of that, over such tables.
        stability: Mean agreement (adjusted Rand index) of partitions of subsamples.
        stability_error: Its standard error.
        silhouette: Best silhouette less the best one of tables without structure.
        davies_bouldin: The same for the Davies-Bouldin index, sign turned: larger is better.
        calinski_harabasz: The same for the logarithm of the Calinski-Harabasz index.
        information: Schwarz's criterion of the best mixture of so many normal distributions,
            per row, sign turned: larger is better.
        score: What speaks for the number, in one number; see `tabular.clusters.number`.
        score_error: Its standard error, from those of the gaps and of the stability.
    """

    clusters: int
    gap: float
    gap_error: float
    stability: float
    stability_error: float
    silhouette: float
    davies_bouldin: float
    calinski_harabasz: float
    information: float
    score: float = 0.0
    score_error: float = 0.0


class ClusterSurvey(Frozen):
    """What a first look at a table says about its clusters.

    Attributes:
        clusters: The number that was asked for or chosen; 1 is: no structure was found.
        is_chosen: Whether it was chosen.
        reason: Why, in a sentence.
        evidence: Per number that was tried, ascending.
        best: The three numbers with the most evidence, best first.
    """

    clusters: int
    is_chosen: bool
    reason: str
    evidence: tuple[NumberEvidence, ...]
    best: tuple[int, ...]


class ColumnContrast(Frozen):
    """How one column sets a cluster apart.

    Attributes:
        column: Its name.
        inside: Mean in the cluster, or the share of its most typical level there.
        overall: The same over all rows.
        effect: Difference in standard deviations; for a level, in standard errors of a
            share divided by the root of the rows.
        level: The level, if the column has levels.
    """

    column: str
    inside: float
    overall: float
    effect: float
    level: str | None = None


class ClusterProfile(Frozen):
    """One cluster in words and numbers.

    Attributes:
        cluster: Its label; -1 is noise.
        rows: Number of rows.
        share: Share of all rows.
        confidence: Mean confidence of its rows, 0 to 1.
        stability: How well it is found again in subsamples (largest overlap, Jaccard),
            mean over refits of the members, 0 to 1; None if not measured.
        words: What sets it apart, in a sentence.
        contrasts: The columns that set it apart, strongest first.
    """

    cluster: int
    rows: int
    share: float
    confidence: float
    stability: float | None
    words: str
    contrasts: tuple[ColumnContrast, ...]


class MemberEvidence(Frozen):
    """What speaks for one partition of the pool.

    Attributes:
        candidate: Its id.
        quality: Internal measures.
        validity: They in one number; see `tabular.clusters.judge`.
        stability: Mean agreement with its refits on subsamples (adjusted Rand index), or
            None if it has none.
        rank: Mean rank over the measures among the pool, 0 to 1.
    """

    candidate: str
    quality: ClusterQuality
    validity: float
    stability: float | None
    rank: float


class Clustering(Frozen):
    """A consensus as it is described to people.

    Attributes:
        quality: Internal measures of the consensus.
        stability: Mean agreement of the members' refits with the consensus, None without any.
        evidence: What speaks for each member of the pool, best first.
        profiles: Each cluster in words and numbers; only for the last consensus of a run.
        confidence: Confidence of each development row, little-endian float32.
        map: Two-dimensional map: `MapPoints` as JSON; only for the last consensus of a run.
    """

    quality: ClusterQuality
    stability: float | None
    evidence: tuple[MemberEvidence, ...]
    profiles: tuple[ClusterProfile, ...] = ()
    confidence: BlobRef | None = None
    map: BlobRef | None = None


class MapPoints(Frozen):
    """Sampled rows on a two-dimensional map; lists of the same length.

    Attributes:
        rows: Their numbers.
        x: Place along the direction in which rows differ most.
        y: Place along the next one.
        cluster: Their clusters; -1 is noise.
        shares: Shares of all differences along the two.
    """

    rows: tuple[int, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    cluster: tuple[int, ...]
    shares: tuple[float, float]
