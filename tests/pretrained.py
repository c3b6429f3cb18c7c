"""Small networks with random weights, in files as the packages write them themselves."""

from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

SEED = 0
TABICL_SIZES = {
    "embed_dim": 16,
    "col_num_blocks": 1,
    "col_nhead": 2,
    "col_num_inds": 8,
    "row_num_blocks": 1,
    "row_nhead": 2,
    "row_num_cls": 2,
    "icl_num_blocks": 2,
    "icl_nhead": 2,
}
TABPFN_SIZES = {"emsize": 24, "nlayers": 2, "nhead": 2}
CLASSES = 10
BUCKETS = 50


def small_checkpoints(package: str, folder: Path) -> Path:
    """Write a classifier and a regressor into a folder; skip without the package."""
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed: the tests with it did not run")
    folder.mkdir(parents=True, exist_ok=True)
    {"tabicl": _write_tabicl, "tabpfn": _write_tabpfn}[package](folder)
    for path in folder.iterdir():
        path.chmod(0o644)
    return folder


def _write_tabicl(folder: Path) -> None:
    import torch  # noqa: PLC0415 - an extra
    from tabicl._model.tabicl import TabICL  # noqa: PLC0415 - an extra

    sizes = {
        "classifier": {"max_classes": CLASSES},
        "regressor": {"max_classes": 0, "num_quantiles": BUCKETS},
    }
    for kind, heads in sizes.items():
        config = {**TABICL_SIZES, **heads}
        weights = _random(TabICL(**config))
        path = folder / f"tabicl-{kind}-v2-20260212.ckpt"
        torch.save({"config": config, "state_dict": weights}, path)


def _write_tabpfn(folder: Path) -> None:
    import torch  # noqa: PLC0415 - an extra
    from tabpfn.architectures import ARCHITECTURES  # noqa: PLC0415 - an extra
    from tabpfn.architectures.shared.bar_distribution import (  # noqa: PLC0415
        FullSupportBarDistribution,
    )

    architecture = ARCHITECTURES["tabpfn_v2"]
    buckets = FullSupportBarDistribution(torch.linspace(-4, 4, BUCKETS + 1))
    criterion = {f"criterion.{k}": v for k, v in buckets.state_dict().items()}
    for kind, classes, more in (
        ("classifier", CLASSES, {}),
        ("regressor", 0, criterion),
    ):
        heads = {"max_num_classes": classes, "num_buckets": BUCKETS}
        config, _ = architecture.parse_config({**TABPFN_SIZES, **heads})
        content = {
            "state_dict": {**_random(architecture.get_architecture(config)), **more},
            "config": asdict(config),
            "architecture_name": "tabpfn_v2",
        }
        torch.save(content, folder / f"tabpfn-v2-{kind}.ckpt")


def _random(network: Any) -> dict[str, Any]:  # noqa: ANN401 - a class of an extra
    """Weights that are nowhere zero, so that predictions depend on the rows."""
    import torch  # noqa: PLC0415 - an extra

    torch.manual_seed(SEED)
    for weight in network.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    return dict(network.state_dict())
