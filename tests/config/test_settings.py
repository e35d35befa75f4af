"""The environment is read once, and production does not start half set up."""

from pathlib import Path

import pytest

from config.settings import BadSettings, Settings

PRODUCTION = {
    "PEERLEARN_ENV": "production",
    "SECRET_KEY": "k" * 40,
    "PUBLIC_URL": "https://peerlearn.example",
    "DATABASE_URL": "postgres://u:p@db/peerlearn",
    "RAZORPAY_KEY_ID": "rzp_live_x",
    "RAZORPAY_KEY_SECRET": "s",
    "RAZORPAY_WEBHOOK_SECRETS": "now, before",
    "SMTP_URL": "smtp://mail.example",
}


def test_nothing_is_needed_in_development(tmp_path: Path) -> None:
    settings = Settings.from_env({"DATA_DIR": str(tmp_path)})
    assert settings.embedded_database
    assert settings.razorpay_base_url == "http://127.0.0.1:8001"


def test_production_starts_with_its_secrets() -> None:
    settings = Settings.from_env(PRODUCTION)
    assert settings.database_url == "postgresql+psycopg2://u:p@db/peerlearn"
    assert settings.razorpay_webhook_secrets == ("now", "before")
    assert settings.razorpay_base_url == "https://api.razorpay.com"


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "PUBLIC_URL", "RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRETS", "SMTP_URL"],
)
def test_production_refuses_to_start_without(name: str) -> None:
    with pytest.raises(BadSettings, match=name):
        Settings.from_env({key: value for key, value in PRODUCTION.items() if key != name})


def test_production_refuses_the_simulator() -> None:
    with pytest.raises(BadSettings, match="Razorpay itself"):
        Settings.from_env({**PRODUCTION, "RAZORPAY_BASE_URL": "http://127.0.0.1:8001"})


def test_a_bad_number_is_named() -> None:
    with pytest.raises(BadSettings, match="PORT must be a number"):
        Settings.from_env({"PORT": "eighty"})


@pytest.mark.parametrize("kind", ["prod", "Production", "live"])
def test_a_misspelt_environment_is_refused_and_not_taken_for_development(kind: str) -> None:
    with pytest.raises(BadSettings, match="PEERLEARN_ENV"):
        Settings.from_env({**PRODUCTION, "PEERLEARN_ENV": kind})


@pytest.mark.parametrize("name", ["SECRET_KEY", "RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRETS"])
def test_production_refuses_the_secrets_of_development(name: str) -> None:
    development = Settings()
    value = getattr(development, name.lower())
    with pytest.raises(BadSettings, match=name):
        Settings.from_env({**PRODUCTION, name: value if isinstance(value, str) else ",".join(value)})


def test_room_rates_are_lifted_for_measurements_and_never_in_production(tmp_path: Path) -> None:
    lifted = {"DATA_DIR": str(tmp_path), "ROOM_RATE_FACTOR": "1000"}
    assert Settings.from_env(lifted).room_rate_factor == 1000
    with pytest.raises(BadSettings, match="ROOM_RATE_FACTOR"):
        Settings.from_env({**PRODUCTION, "ROOM_RATE_FACTOR": "1000"})
    for odd in ("0", "0.5", "nan", "many", "1e9"):
        with pytest.raises(BadSettings, match="ROOM_RATE_FACTOR"):
            Settings.from_env({**lifted, "ROOM_RATE_FACTOR": odd})


def test_ink_takes_the_quick_way_unless_it_is_turned_off(tmp_path: Path) -> None:
    assert Settings.from_env({"DATA_DIR": str(tmp_path)}).room_fast_path
    assert not Settings.from_env({"DATA_DIR": str(tmp_path), "ROOM_FAST_PATH": "0"}).room_fast_path
