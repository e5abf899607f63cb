"""What each key of a reference topic holds."""

import random

import pytest

import rules
from rules import UNREADABLE, read_item
from streams.keyed_records import KeyedRecords, version_of


def items() -> KeyedRecords[rules.Item]:
    return KeyedRecords(read_item, "sku")


def row(sku: str, eccn: str = "4D004") -> bytes:
    return b'{"sku": "%b", "eccn": "%b"}' % (sku.encode(), eccn.encode())


def test_a_record_is_found_by_its_key() -> None:
    """The last record of a key is the one that counts."""
    records = items()
    records.put(b"a", row("a", "4D004"))
    records.put(b"a", row("a", "EAR99"))
    record = records["a"]
    assert isinstance(record, rules.Item)
    assert record.eccn == "EAR99"
    assert list(records) == ["a"]


def test_an_identifier_is_exact() -> None:
    """Spaces around an identifier are part of it: the record is found by the identifier as it is written."""
    records = items()
    assert records.put(b" a ", row(" a ")) is None
    assert records.get("a") is None
    assert records.get(" a ").sku == " a "
    assert records.put(b"b", row(" b ")) == "its key is 'b', its sku ' b '"


def test_a_null_value_deletes() -> None:
    """A deleted record is absent, a readable one as well as an unreadable one."""
    records = items()
    records.put(b"a", row("a"))
    records.put(b"b", b"no record")
    assert records.put(b"a", None) is None
    assert records.put(b"b", None) is None
    assert not records
    assert records.get("a") is None
    assert records.get("b") is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"a", b"not json"),
        (b"a", b""),
        (b"a", b"[]"),
        (b"a", b'{"eccn": "4D004"}'),
        (b"a", b'{"sku": 1}'),
        (b"a", b'{"sku": "a", "eccn": "\xff"}'),
        (b"a", row("b")),
        (b"\xff", row("a")),
    ],
)
def test_a_record_that_does_not_validate_is_unreadable(key: bytes, value: bytes) -> None:
    """The key is unreadable, never as it was before; what is wrong is said."""
    records = items()
    records.put(key, row("a"))
    assert records.put(key, value)
    assert records[key.decode(errors="surrogateescape")] is UNREADABLE
    assert len(records) == 1


def test_a_record_without_a_key_is_refused() -> None:
    """There is no key to mark."""
    records = items()
    assert records.put(None, row("a"))
    assert not records


def test_a_readable_record_makes_the_key_readable_again() -> None:
    """Correcting the record is all that it takes."""
    records = items()
    records.put(b"a", b"broken")
    records.put(b"a", row("a"))
    assert isinstance(records["a"], rules.Item)
    assert not records.unreadable


def test_the_version_is_of_the_content() -> None:
    """The same content has the same version, whatever the order, the detours and the partitions."""
    rows = [(f"sku-{n}".encode(), row(f"sku-{n}")) for n in range(50)] + [(b"broken", b"?")]
    versions = set()
    for seed in range(3):
        records, others = items(), items()
        records.put(b"sku-7", row("sku-7", "EAR99"))
        records.put(b"gone", row("gone"))
        for key, value in random.Random(seed).sample(rows, len(rows)):
            (others if key == b"sku-9" else records).put(key, value)
        records.put(b"gone", None)
        versions.add(version_of(records, others))
    assert len(versions) == 1


def test_other_content_has_another_version() -> None:
    """A value, a key, an unreadable record: each shows."""
    contents = [[], [(b"a", row("a"))], [(b"a", row("a", "EAR99"))], [(b"b", row("b"))], [(b"a", b"?")]]
    versions = set()
    for content in contents:
        records = items()
        for key, value in content:
            records.put(key, value)
        versions.add(version_of(records))
    assert len(versions) == len(contents)
