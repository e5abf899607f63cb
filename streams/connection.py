"""What every Kafka client is given: the brokers, and how it is secured and known there."""

import asyncio
import ssl
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from aiokafka.conn import create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from streams.errors import SettingError, UserError
from streams.settings import Settings

T = TypeVar("T")

ANSWER_SECONDS = 5.0
"""So long a broker has to say why nothing can be done with it."""

_REFUSED = (AuthenticationFailedError, SaslAuthenticationFailed, UnsupportedSaslMechanismError)


def connection(settings: Settings) -> dict[str, Any]:
    """The arguments that every aiokafka or kafka-python client is made with.

    Raises SettingError for a file that is missing or cannot be used.
    """
    return {"bootstrap_servers": settings.brokers.split(","), **_security(settings)}


def credentials(settings: Settings) -> Any:
    """The same for Faust; None where there is nothing to secure. Raises SettingError."""
    from faust import auth  # Faust takes long to load, and the worker alone has it

    security = _security(settings)
    if "sasl_mechanism" in security:
        return auth.SASLCredentials(
            username=security["sasl_plain_username"],
            password=security["sasl_plain_password"],
            mechanism=security["sasl_mechanism"],
            ssl_context=security["ssl_context"],
        )
    return auth.SSLCredentials(security["ssl_context"]) if security["ssl_context"] else None


def unreachable(settings: Settings) -> UserError:
    """The error for a Kafka that cannot be worked with: asks a broker once more, and says why not.

    Clients only say that none of the brokers will do.
    """
    reasons = [asyncio.run(_reason(settings, address)) for address in settings.brokers.split(",")]
    return next((reason for reason in reasons if reason is not None), None) or UserError(
        f"no Kafka broker answers at {settings.brokers}: run `exportgate broker`, or set EXPORTGATE_BROKERS"
    )


def ask(settings: Settings, work: Coroutine[Any, Any, T], refusal: str) -> T:
    """What comes of work with Kafka.

    Raises UserError where no broker can be worked with, and, beginning with `refusal`, where Kafka refuses.
    """
    try:
        return asyncio.run(work)
    except KafkaConnectionError as error:
        raise unreachable(settings) from error
    except KafkaError as error:
        raise UserError(f"{refusal}: {error}") from error


def _security(settings: Settings) -> dict[str, Any]:
    protocol = settings.security_protocol
    security: dict[str, Any] = {"security_protocol": protocol, "ssl_context": None}
    if protocol.endswith("SSL"):
        security["ssl_context"] = _tls(settings.ssl_ca, settings.ssl_certificate, settings.ssl_key)
    if protocol.startswith("SASL"):
        security |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_user,
            "sasl_plain_password": _password(settings),
        }
    return security


@cache
def _tls(ca: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise SettingError(f"EXPORTGATE_SSL_CA is {ca}, {_no_pem(error)}") from error
    try:
        if certificate is not None:
            # Without a password Python would ask the terminal for that of an encrypted key.
            context.load_cert_chain(certificate, key, password="")
    except OSError as error:
        raise SettingError(
            f"EXPORTGATE_SSL_CERTIFICATE is {certificate} and EXPORTGATE_SSL_KEY {key}, {_no_pem(error)}"
        ) from error
    return context


def _no_pem(error: OSError) -> str:
    return f"which cannot be used ({error.strerror}): name PEM files, a key without a password"


def _password(settings: Settings) -> str | None:
    path = settings.sasl_password_file
    if path is None:
        return settings.sasl_password
    try:
        password = path.read_text().rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SettingError(
            f"EXPORTGATE_SASL_PASSWORD_FILE is {path}, which cannot be read ({reason})"
        ) from error
    if not password:
        raise SettingError(f"EXPORTGATE_SASL_PASSWORD_FILE is {path}, which is empty")
    return password


async def _reason(settings: Settings, address: str) -> UserError | None:
    """Why a broker cannot be worked with, None where it does not answer at all."""
    host, port = address.rsplit(":", 1)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            client = await create_conn(host.strip("[]"), int(port), **_security(settings))
    except ssl.SSLCertVerificationError as error:
        return UserError(
            f"the certificate of Kafka at {address} is not trusted ({error.verify_message}): "
            "set EXPORTGATE_SSL_CA to who issued it, EXPORTGATE_BROKERS to a name that is in it"
        )
    except _REFUSED as error:
        return UserError(
            f"Kafka at {address} refused the user {settings.sasl_user!r} by {settings.sasl_mechanism} "
            f"({error}): look at EXPORTGATE_SASL_MECHANISM, EXPORTGATE_SASL_USER and the password"
        )
    except (ssl.SSLError, KafkaError, ConnectionResetError) as error:
        return UserError(
            f"what answers at {address} takes no {settings.security_protocol} connection of ours "
            f"({str(error) or type(error).__name__}): look at EXPORTGATE_SECURITY_PROTOCOL, and at "
            "EXPORTGATE_SSL_CERTIFICATE where Kafka wants one"
        )
    except (OSError, TimeoutError):
        return None
    client.close()
    return None
