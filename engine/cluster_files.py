"""Writes what people take from a clustering: the cluster of each row, and the map."""

import csv

import numpy as np
import pandas as pd

from engine.holdout import read_labels
from engine.run_folder import RunFolder
from schemas.clusters import Clustering, MapPoints
from schemas.ensemble import Ensemble

CONFIDENCE_DIGITS = 4


def write_clusters(folder: RunFolder, ensemble: Ensemble) -> None:
    """Write `assignments.csv` and, once the consensus is final, `map.csv`."""
    if ensemble.labels is None:
        return
    labels = read_labels(folder.blobs, ensemble.labels)
    table = pd.DataFrame({"row": np.arange(len(labels)), "prediction": labels})
    found = ensemble.clustering
    if found is not None and found.confidence is not None:
        sure = np.frombuffer(folder.blobs.read(found.confidence), dtype="<f4")
        table["confidence"] = sure.astype(np.float64).round(CONFIDENCE_DIGITS)
    table.to_csv(folder.assignments, index=False)
    if found is not None:
        _write_map(folder, found)


def _write_map(folder: RunFolder, found: Clustering) -> None:
    if found.map is None:
        return
    points = MapPoints.model_validate_json(folder.blobs.read_text(found.map))
    columns = (points.rows, points.x, points.y, points.cluster)
    with folder.cluster_map.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("row", "x", "y", "cluster"))
        writer.writerows(zip(*columns, strict=True))
