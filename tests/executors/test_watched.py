"""How full a scratch folder is that no kernel limit guards."""

from pathlib import Path

from executors.jail.files import SCRATCH_BYTES, SCRATCH_FILES
from executors.watched import is_overfull


def test_bytes_on_disk_count_and_holes_do_not(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2 * SCRATCH_BYTES)
    assert not is_overfull(tmp_path)

    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "full").write_bytes(b"x" * (SCRATCH_BYTES + 4096))
    assert is_overfull(tmp_path)


def test_files_count_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").symlink_to("/")
    assert not is_overfull(tmp_path)

    for number in range(SCRATCH_FILES + 1):
        (tmp_path / str(number)).touch()
    assert is_overfull(tmp_path)


def test_a_folder_that_is_gone_is_not_overfull(tmp_path: Path) -> None:
    assert not is_overfull(tmp_path / "gone")
