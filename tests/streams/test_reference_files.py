"""Reference records as files."""

from pathlib import Path

import pytest

import rules
from streams.errors import UserError
from streams.reference_files import files_of, read_files, read_folder

ITEM = '{"sku": "PT-PRO", "eccn": "4D004"}\n'
END_USER = '{"end_user_id": "eu-1", "country": "VN", "category": "private_company"}\n'


def test_a_folder_holds_any_of_the_files(tmp_path: Path) -> None:
    """What is there is read; other files are left alone; destinations are the packaged ones."""
    (tmp_path / "items.jsonl").write_text(ITEM)
    (tmp_path / "end_users.jsonl").write_text(f"\n{END_USER}\n")
    (tmp_path / "README.md").write_text("what this is")
    files = read_folder(tmp_path)
    assert list(files.items) == ["PT-PRO"]
    assert list(files.end_users) == ["eu-1"]
    assert "VN" in files.destinations
    assert isinstance(files.end_users["eu-1"], rules.EndUser)


def test_destinations_of_a_folder_stand_in_for_the_packaged_ones(tmp_path: Path) -> None:
    """A folder that has destinations has all of them, were it none."""
    (tmp_path / "destinations.jsonl").write_text("")
    assert len(read_folder(tmp_path).destinations) == 0


def test_the_same_rows_have_the_same_version(tmp_path: Path) -> None:
    """Spaces, the order of fields and the order of rows are no difference."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, rows in (
        (first, '{"country": "VN", "periods": []}\n{"country": "SG", "periods": []}\n'),
        (second, '{"periods":[],"country":"SG"}\n{ "country": "VN", "periods": [] }'),
    ):
        folder.mkdir()
        (folder / "destinations.jsonl").write_text(rows)
    assert read_folder(first).snapshot().version == read_folder(second).snapshot().version


@pytest.mark.parametrize(
    "row",
    [
        "no json",
        "[]",
        '{"eccn": "4D004"}',
        '{"sku": "a", "eccn": 4}',
        '{"sku": "PT-PRO", "eccn": "EAR99"}',
        '{"sku": "a", "more": ' + "[" * 400 + "]" * 400 + "}",
    ],
)
def test_an_invalid_row_is_named_by_file_and_line(tmp_path: Path, row: str) -> None:
    """Not JSON, no record, no key, a wrong type, a second row for a key: one line says where and what."""
    path = tmp_path / "items.jsonl"
    path.write_text(ITEM + row + "\n")
    with pytest.raises(UserError, match=r"items\.jsonl:2: .*nothing of this file") as error:
        read_files([path])
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_utf8_is_named_by_line(tmp_path: Path) -> None:
    """Bytes that are no text are no row."""
    path = tmp_path / "items.jsonl"
    path.write_bytes(b'{"sku": "\xff"}\n')
    with pytest.raises(UserError, match=r"items\.jsonl:1: "):
        read_files([path])


def test_unknown_and_missing_files_are_errors(tmp_path: Path) -> None:
    """One clear line each."""
    with pytest.raises(UserError, match=r"parties\.jsonl: not a reference file"):
        read_files([tmp_path / "parties.jsonl"])
    with pytest.raises(UserError, match=r"cannot read .*items\.jsonl"):
        read_files([tmp_path / "items.jsonl"])
    with pytest.raises(UserError, match="no folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(UserError, match="no reference file here"):
        files_of(tmp_path)


def test_identifiers_of_a_file_are_as_they_are_written(tmp_path: Path) -> None:
    """A space around an identifier is part of it, in a file as in an event, so that they meet."""
    (tmp_path / "items.jsonl").write_text('{"sku": " X ", "eccn": "4D004"}\n')
    items = read_folder(tmp_path).items
    assert items.get("X") is None
    assert items.get(" X ").eccn == "4D004"
