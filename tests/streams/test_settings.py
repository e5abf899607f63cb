"""Settings: their defaults, what they may be, and what is said about a wrong one."""

from datetime import date

import pytest

from streams.errors import SettingError
from streams.settings import Settings, table


def test_defaults():
    """An empty environment gives the defaults of the contract."""
    settings = Settings.from_env({})

    assert settings == Settings()
    assert (settings.brokers, settings.group, settings.partitions) == ("localhost:9092", "exportgate", 8)
    assert settings.replication is None
    assert settings.restricted_parties == "required"
    assert (settings.match_possible, settings.match_strong) == (0.75, 0.90)
    assert settings.affiliates_rule_off_from is None


def test_values_are_read_and_typed():
    """A variable that is set becomes a value of the attribute's type."""
    settings = Settings.from_env(
        {
            "EXPORTGATE_BROKERS": "kafka-1:9092, [::1]:9093",
            "EXPORTGATE_PARTITIONS": "12",
            "EXPORTGATE_RESTRICTED_PARTIES": "elsewhere",
            "EXPORTGATE_AFFILIATES_RULE_OFF_FROM": "2026-11-10",
        }
    )

    assert settings.brokers == "kafka-1:9092,[::1]:9093"
    assert settings.partitions == 12
    assert settings.restricted_parties == "elsewhere"
    assert settings.affiliates_rule_off_from == date(2026, 11, 10)


def test_blank_is_not_set():
    """A blank variable, as a compose file may give, means the default."""
    assert (
        Settings.from_env({"EXPORTGATE_RESTRICTED_PARTIES": " ", "EXPORTGATE_REPLICATION": ""}) == Settings()
    )


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("EXPORTGATE_BROKERS", "localhost", "host:port"),
        ("EXPORTGATE_BROKERS", "localhost:99999", "host:port"),
        ("EXPORTGATE_BROKERS", "one:9092,,two:9092", "host:port"),
        ("EXPORTGATE_GROUP", "a group", "letters"),
        ("EXPORTGATE_PARTITIONS", "0", "from 1 to 10000"),
        ("EXPORTGATE_PARTITIONS", "eight", "from 1 to 10000"),
        ("EXPORTGATE_REPLICATION", "-1", "from 1 to 100"),
        ("EXPORTGATE_WEB_PORT", "65536", "from 1 to 65535"),
        ("EXPORTGATE_RESTRICTED_PARTIES", "Elsewhere", "required or elsewhere"),
        ("EXPORTGATE_MATCH_STRONG", "nan", "above 0"),
        ("EXPORTGATE_MATCH_STRONG", "1.01", "above 0"),
        ("EXPORTGATE_LIST_MAX_AGE_DAYS", "7.5", "a whole number"),
        ("EXPORTGATE_AFFILIATES_RULE_OFF_FROM", "10 November 2026", "a date"),
    ],
)
def test_a_wrong_value(variable, value, allowed):
    """A wrong value is one line that names the variable, the value and what is allowed."""
    with pytest.raises(SettingError) as wrong:
        Settings.from_env({variable: value})

    message = str(wrong.value)
    assert variable in message
    assert value in message
    assert allowed in message
    assert "\n" not in message


def test_the_possible_band_lies_below_the_strong_one():
    """Thresholds in the wrong order are refused, both named."""
    with pytest.raises(
        SettingError, match=r"EXPORTGATE_MATCH_POSSIBLE is 0\.95.*EXPORTGATE_MATCH_STRONG, 0\.9"
    ):
        Settings.from_env({"EXPORTGATE_MATCH_POSSIBLE": "0.95"})


LOGIN = {
    "EXPORTGATE_SECURITY_PROTOCOL": "SASL_SSL",
    "EXPORTGATE_SASL_MECHANISM": "SCRAM-SHA-512",
    "EXPORTGATE_SASL_USER": "worker",
    "EXPORTGATE_SASL_PASSWORD": "hidden",
}


def test_the_password_is_not_shown():
    """Neither among the settings that are shown, nor where the settings come into a message."""
    settings = Settings.from_env(LOGIN)

    assert settings.sasl_password == "hidden"
    assert settings.shown("sasl_password") == "(not shown)"
    assert "hidden" not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"EXPORTGATE_SECURITY_PROTOCOL": "SSL"}, "EXPORTGATE_SASL_MECHANISM is set, but .* is SSL"),
        ({"EXPORTGATE_SECURITY_PROTOCOL": ""}, "EXPORTGATE_SASL_MECHANISM is set, but .* is PLAINTEXT"),
        (
            {"EXPORTGATE_SECURITY_PROTOCOL": "SASL_PLAINTEXT", "EXPORTGATE_SSL_CA": "ca.pem"},
            "EXPORTGATE_SSL_CA is set, but .* is SASL_PLAINTEXT",
        ),
        ({"EXPORTGATE_SECURITY_PROTOCOL": "TLS"}, "PLAINTEXT or SSL or SASL_PLAINTEXT or SASL_SSL"),
        ({"EXPORTGATE_SASL_MECHANISM": "GSSAPI"}, "PLAIN or SCRAM-SHA-256 or SCRAM-SHA-512"),
        (
            {"EXPORTGATE_SASL_MECHANISM": "", "EXPORTGATE_SASL_USER": ""},
            "is SASL_SSL: set EXPORTGATE_SASL_MECHANISM, EXPORTGATE_SASL_USER$",
        ),
        ({"EXPORTGATE_SASL_PASSWORD": ""}, "set one of EXPORTGATE_SASL_PASSWORD and"),
        ({"EXPORTGATE_SASL_PASSWORD_FILE": "password"}, "set one of EXPORTGATE_SASL_PASSWORD and"),
        ({"EXPORTGATE_SSL_KEY": "key.pem"}, "EXPORTGATE_SSL_CERTIFICATE and EXPORTGATE_SSL_KEY go together"),
    ],
)
def test_security_that_makes_no_sense(changes, said):
    """What is missing, or has no use, is named; the password is not."""
    with pytest.raises(SettingError, match=said) as wrong:
        Settings.from_env(LOGIN | changes)

    assert "hidden" not in str(wrong.value)


def test_every_setting_can_be_shown():
    """What has no value says what that means."""
    shown = {setting.variable: Settings().shown(name) for name, setting in table().items()}

    assert shown["EXPORTGATE_REPLICATION"] == "the broker's default"
    assert shown["EXPORTGATE_AFFILIATES_RULE_OFF_FROM"] == "none"
    assert all(shown.values())
