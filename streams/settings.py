"""Every setting: its variable, its default, what it may be and what it means, each written once."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal

from streams.errors import SettingError

_BROKER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+):([0-9]{1,5})")
_GROUP = re.compile(r"[\w.-]{1,200}", re.ASCII)


@dataclass(frozen=True)
class Allowed:
    """How the text of a variable becomes a value; `read` raises ValueError for what is not allowed."""

    read: Callable[[str], Any]
    words: str


def _brokers(text: str) -> str:
    addresses = [address.strip() for address in text.split(",")]
    for address in addresses:
        match = _BROKER.fullmatch(address)
        if match is None or not 0 < int(match[2]) < 65536:
            raise ValueError(address)
    return ",".join(addresses)


def _group(text: str) -> str:
    if not _GROUP.fullmatch(text):
        raise ValueError(text)
    return text


def _whole(least: int, most: int) -> Allowed:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return Allowed(read, f"a whole number from {least} to {most}")


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 1:
        raise ValueError(text)
    return share


def _one_of(*words: str) -> Allowed:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return Allowed(read, " or ".join(words))


BROKERS = Allowed(_brokers, "host:port, several separated by commas")
GROUP = Allowed(_group, "1 to 200 letters, digits, dots, hyphens and underscores")
PROTOCOL = _one_of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISM = _one_of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
FILE = Allowed(Path, "the path of a file")
SHARE = Allowed(_share, "a number above 0, up to 1")
TEXT = Allowed(str, "any text")
FOLDER = Allowed(Path, "the path of a folder")
DAY = Allowed(date.fromisoformat, "a date, as 2026-11-10")
DAYS = _whole(1, 36500)

SASL = ("sasl_mechanism", "sasl_user", "sasl_password", "sasl_password_file")
TLS = ("ssl_ca", "ssl_certificate", "ssl_key")


@dataclass(frozen=True)
class Setting:
    """One row of the table of settings; a `default` of None stands for what `unset` says."""

    variable: str
    default: str | None
    allowed: Allowed
    meaning: str
    unset: str = ""
    secret: bool = False

    def value(self, env: Mapping[str, str]) -> Any:
        """The value that `env` gives, a blank one being none; raises SettingError."""
        text = env.get(self.variable, "").strip() or self.default
        if text is None:
            return None
        try:
            return self.allowed.read(text)
        except ValueError:
            raise SettingError(f"{self.variable} is {text!r}, but may only be {self.allowed.words}") from None


def _setting(
    variable: str,
    default: str | None,
    allowed: Allowed,
    meaning: str,
    unset: str = "",
    secret: bool = False,
) -> Any:
    setting = Setting(variable, default, allowed, meaning, unset, secret)
    return field(default=setting.value({}), metadata={"setting": setting}, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """The settings of one process; without arguments, the defaults."""

    brokers: str = _setting(
        "EXPORTGATE_BROKERS", "localhost:9092", BROKERS, "the Kafka brokers, separated by commas"
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = _setting(
        "EXPORTGATE_SECURITY_PROTOCOL", "PLAINTEXT", PROTOCOL, "how the brokers are spoken to"
    )
    sasl_mechanism: str | None = _setting(
        "EXPORTGATE_SASL_MECHANISM", None, MECHANISM, "how a user is known to the brokers", "none"
    )
    sasl_user: str | None = _setting("EXPORTGATE_SASL_USER", None, TEXT, "the user", "none")
    sasl_password: str | None = _setting(
        "EXPORTGATE_SASL_PASSWORD", None, TEXT, "the user's password; it is never shown", "none", secret=True
    )
    sasl_password_file: Path | None = _setting(
        "EXPORTGATE_SASL_PASSWORD_FILE", None, FILE, "or a file with nothing but the password", "none"
    )
    ssl_ca: Path | None = _setting(
        "EXPORTGATE_SSL_CA",
        None,
        FILE,
        "the certificates (PEM) of who may have issued the brokers'",
        "those that the system trusts",
    )
    ssl_certificate: Path | None = _setting(
        "EXPORTGATE_SSL_CERTIFICATE",
        None,
        FILE,
        "the certificate (PEM) that is shown to the brokers, with those above it",
        "none",
    )
    ssl_key: Path | None = _setting(
        "EXPORTGATE_SSL_KEY", None, FILE, "the key (PEM, without a password) of that certificate", "none"
    )
    group: str = _setting("EXPORTGATE_GROUP", "exportgate", GROUP, "the consumer group that workers share")
    partitions: int = _setting(
        "EXPORTGATE_PARTITIONS", "8", _whole(1, 10000), "how many partitions the co-partitioned topics have"
    )
    replication: int | None = _setting(
        "EXPORTGATE_REPLICATION",
        None,
        _whole(1, 100),
        "how many replicas `topics create` gives a topic",
        "the broker's default",
    )
    data_dir: Path = _setting(
        "EXPORTGATE_DATA_DIR", ".exportgate", FOLDER, "where the local broker and Faust keep their data"
    )
    web_host: str = _setting("EXPORTGATE_WEB_HOST", "127.0.0.1", TEXT, "where a worker's web port listens")
    web_port: int = _setting(
        "EXPORTGATE_WEB_PORT", "6066", _whole(1, 65535), "a worker's /metrics, /healthz and /readyz"
    )
    restricted_parties: Literal["required", "elsewhere"] = _setting(
        "EXPORTGATE_RESTRICTED_PARTIES",
        "required",
        _one_of("required", "elsewhere"),
        "required: everything is held until a restricted-party list is loaded; "
        "elsewhere: parties are screened by another system",
    )
    match_possible: float = _setting(
        "EXPORTGATE_MATCH_POSSIBLE", "0.75", SHARE, "the score from which a name may be a listed party's"
    )
    match_strong: float = _setting(
        "EXPORTGATE_MATCH_STRONG", "0.90", SHARE, "the score from which a name counts as a listed party's"
    )
    list_alert_hours: int = _setting(
        "EXPORTGATE_LIST_ALERT_HOURS", "48", _whole(1, 876000), "age of the restricted-party list: an alert"
    )
    list_max_age_days: int = _setting(
        "EXPORTGATE_LIST_MAX_AGE_DAYS", "7", DAYS, "age of the restricted-party list: everything is held"
    )
    rescreen_days: int = _setting(
        "EXPORTGATE_RESCREEN_DAYS", "30", DAYS, "how far back a change of the list re-screens releases"
    )
    affiliates_rule_off_from: date | None = _setting(
        "EXPORTGATE_AFFILIATES_RULE_OFF_FROM",
        None,
        DAY,
        "the date from which the Affiliates Rule is not applied",
        "none",
    )
    decision_retention_days: int = _setting(
        "EXPORTGATE_DECISION_RETENTION_DAYS",
        "1827",
        DAYS,
        "how long decisions and alerts are kept; the default is five years, 15 CFR 762.6",
    )
    input_retention_days: int = _setting(
        "EXPORTGATE_INPUT_RETENTION_DAYS", "30", DAYS, "how long events and dead letters are kept"
    )
    download_hold_days: int = _setting(
        "EXPORTGATE_DOWNLOAD_HOLD_DAYS",
        "30",
        DAYS,
        "how long screening.holds shows a download's hold; it still is no release",
    )
    lifted_hold_days: int = _setting(
        "EXPORTGATE_LIFTED_HOLD_DAYS", "7", DAYS, "how long screening.holds shows a hold that was lifted"
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """The settings that the environment gives; raises SettingError at the first that is wrong."""
        settings = cls(**{name: setting.value(env) for name, setting in table().items()})
        if settings.match_possible > settings.match_strong:
            raise SettingError(
                f"EXPORTGATE_MATCH_POSSIBLE is {settings.match_possible}, but may not be above "
                f"EXPORTGATE_MATCH_STRONG, {settings.match_strong}"
            )
        settings._refuse_odd_security()
        return settings

    def _refuse_odd_security(self) -> None:
        protocol = self.security_protocol
        unused = (() if "SASL" in protocol else SASL) + (() if protocol.endswith("SSL") else TLS)
        for name in unused:
            if getattr(self, name) is not None:
                raise SettingError(
                    f"{table()[name].variable} is set, but EXPORTGATE_SECURITY_PROTOCOL is {protocol}, "
                    "which has no use for it: change one of them"
                )
        if "SASL" in protocol:
            self._refuse_no_login()
        if (self.ssl_certificate is None) != (self.ssl_key is None):
            raise SettingError("EXPORTGATE_SSL_CERTIFICATE and EXPORTGATE_SSL_KEY go together: set both")

    def _refuse_no_login(self) -> None:
        missing = [table()[name].variable for name in SASL[:2] if getattr(self, name) is None]
        if (self.sasl_password is None) == (self.sasl_password_file is None):
            missing.append("one of EXPORTGATE_SASL_PASSWORD and EXPORTGATE_SASL_PASSWORD_FILE")
        if missing:
            needed = ", ".join(missing)
            raise SettingError(f"EXPORTGATE_SECURITY_PROTOCOL is {self.security_protocol}: set {needed}")

    def folder(self, *names: str) -> Path:
        """A folder of EXPORTGATE_DATA_DIR, made where it is not there; raises SettingError."""
        path = self.data_dir.absolute().joinpath(*names)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingError(
                f"{path} cannot be made a folder ({error.strerror}): set EXPORTGATE_DATA_DIR"
            ) from error
        return path

    def shown(self, name: str) -> str:
        """The value of one setting as a person reads it."""
        value = getattr(self, name)
        if value is not None and table()[name].secret:
            return "(not shown)"
        return table()[name].unset if value is None else str(value)


def table() -> dict[str, Setting]:
    """Every setting by the name of its attribute, in the order in which they are shown."""
    return {each.name: each.metadata["setting"] for each in fields(Settings)}
