"""What Kafka clients are given, and the files that it comes from."""

from pathlib import Path

import pytest
import trustme

from streams.connection import connection, credentials
from streams.errors import SettingError
from streams.settings import Settings


def secured(**more) -> Settings:
    return Settings(security_protocol="SASL_SSL", sasl_mechanism="SCRAM-SHA-512", sasl_user="worker", **more)


def test_nothing_is_secured_by_default():
    """The defaults are for a Kafka on this machine."""
    assert connection(Settings(brokers="one:1,two:2"))["bootstrap_servers"] == ["one:1", "two:2"]
    assert connection(Settings())["security_protocol"] == "PLAINTEXT"
    assert credentials(Settings()) is None


def test_a_password_file_is_read_anew(tmp_path: Path):
    """Its last newline is not the password's, and a changed password counts from the next client on."""
    file = tmp_path / "password"
    settings = secured(sasl_password_file=file)

    file.write_text("first\n")
    assert connection(settings)["sasl_plain_password"] == "first"
    file.write_text(" second ")
    assert connection(settings)["sasl_plain_password"] == " second "


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), (b"\n", "which is empty"), (b"\xff", "not UTF-8")]
)
def test_a_password_file_that_has_none(tmp_path: Path, content: bytes | None, said: str):
    """The line names the variable and the file."""
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingError, match=rf"EXPORTGATE_SASL_PASSWORD_FILE is .*/password, .*{said}"):
        connection(secured(sasl_password_file=file))


def test_faust_is_given_the_same():
    """The worker's consumer is let in like every other client."""
    settings = secured(sasl_password="hidden")
    given, same = connection(settings), credentials(settings)

    assert (same.username, same.password) == (given["sasl_plain_username"], given["sasl_plain_password"])
    assert (same.mechanism.value, same.protocol.value) == (given["sasl_mechanism"], "SASL_SSL")
    assert same.ssl_context is given["ssl_context"]
    assert "hidden" not in repr(same)


def test_a_certificate_without_its_key(tmp_path: Path):
    """A key that is not the certificate's is refused before anything connects."""
    authority = trustme.CA()
    one, other = authority.issue_cert("one.example"), authority.issue_cert("other.example")
    one.cert_chain_pems[0].write_to_path(tmp_path / "one.pem")
    other.private_key_pem.write_to_path(tmp_path / "other.key")
    settings = Settings(
        security_protocol="SSL", ssl_certificate=tmp_path / "one.pem", ssl_key=tmp_path / "other.key"
    )

    with pytest.raises(SettingError, match=r"EXPORTGATE_SSL_KEY .*other\.key, which cannot be used"):
        connection(settings)
