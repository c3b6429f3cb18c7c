"""A real notebook with a kernel of its own."""

from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")

ROOT = Path(__file__).parents[3]
CELLS = (
    "from sage_loop import SageLoopClassifier\n"
    "from sklearn.datasets import load_iris\n"
    "X, y = load_iris(return_X_y=True, as_frame=True)",
    "model = SageLoopClassifier(trials=3, feature_rounds=0, workers=1,\n"
    "                           validation='holdout').fit(X, y)",
    "model",
    "model.predict(X.head(2)).tolist()",
)


@pytest.mark.deep
@pytest.mark.filterwarnings("ignore")
def test_a_notebook_shows_a_bar_and_a_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    # The kernel is a process of its own, and finds the package where it lies.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS]
    )
    client = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3")
    client.execute()

    fitted, shown, predicted = (cell.outputs for cell in notebook.cells[1:])
    assert fitted[0].output_type == "display_data"
    summary = shown[0].data["text/html"]
    assert "development" in summary
    assert "c00-v1" in summary
    assert "SageLoopClassifier" in summary
    assert predicted[0].data["text/plain"] == "[0, 0]"
