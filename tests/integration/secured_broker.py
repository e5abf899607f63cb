"""A real Kafka that lets in whom it knows: SASL_SSL with SCRAM, TLS with certificates, and an authorizer."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from streams.broker import SINGLE_NODE, _java, _wait_until_ready, format_command, free_port
from streams.settings import Settings

USERS = ("administrator", "loader", "worker", "shop", "compliance")

_SECURED = """\
listeners=SASL_SSL://{sasl},SSL://{tls},PLAINTEXT://{open},CONTROLLER://{controller}
listener.security.protocol.map=SASL_SSL:SASL_SSL,SSL:SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
listener.name.ssl.ssl.client.auth=required
"""


class SecuredBroker:
    """Its addresses and what to reach it with; `open` is for the test alone, which may do anything there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sasl, self.tls, self.open, self._controller = (f"127.0.0.1:{free_port()}" for _ in range(4))
        self._certify()

    def settings(self, user: str, **more: Any) -> Settings:
        """The settings of one of USERS."""
        settings = Settings(
            brokers=self.sasl,
            security_protocol="SASL_SSL",
            sasl_mechanism="SCRAM-SHA-512",
            sasl_user=user,
            sasl_password=f"{user}'s secret",
            ssl_ca=self.folder / "ca.pem",
            partitions=2,
            data_dir=self.folder,
            restricted_parties="elsewhere",
        )
        return replace(settings, **more)

    @contextmanager
    def running(self) -> Iterator["SecuredBroker"]:
        """Run until the context ends."""
        properties = self.folder / "server.properties"
        addresses = {"sasl": self.sasl, "tls": self.tls, "open": self.open, "controller": self._controller}
        described = (SINGLE_NODE + _SECURED).format(
            folder=self.folder, data=self.folder / "data", **addresses
        )
        properties.write_text(described)
        java = _java()
        subprocess.run([*java, *format_command(properties), *_users()], check=True, capture_output=True)
        with (self.folder / "kafka.log").open("wb") as log:
            kafka = subprocess.Popen(
                [*java, "-Xmx512m", "kafka.Kafka", str(properties)], stdout=log, stderr=log
            )
            try:
                _wait_until_ready(kafka, self.open, threading.Event(), self.folder)
                yield self
            finally:
                kafka.terminate()
                kafka.wait()

    def _certify(self) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.folder / "ca.pem")
        trustme.CA().cert_pem.write_to_path(self.folder / "other-ca.pem")
        _write(authority.issue_cert("127.0.0.1"), self.folder / "broker.pem", self.folder / "broker.pem")
        worker = authority.issue_cert("worker.example", common_name="worker")
        _write(worker, self.folder / "worker.pem", self.folder / "worker.key")


def _users() -> list[str]:
    """What a data folder is told when it is formatted, so that it knows USERS."""
    users = [f"SCRAM-SHA-512=[name={user},password={user}'s secret]" for user in USERS]
    return [word for user in users for word in ("--add-scram", user)]


def _write(certificate: trustme.LeafCert, chain: Path, key: Path) -> None:
    """Kafka takes no key but one in PKCS #8."""
    private = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with chain.open("ab") as file:
        file.writelines(pem.bytes() for pem in certificate.cert_chain_pems)
