"""The only reader of the environment. Refuses to start in production without its secrets."""

import os
import secrets
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from peerlearn.payments.seller import SAC, Seller, gstin_right

RAZORPAY_API = "https://api.razorpay.com"
RAZORPAY_CHECKOUT = "https://checkout.razorpay.com/v1/checkout.js"
KINDS = ("development", "production")  # a misspelt one would run real people with secrets that everybody knows
MOST_RATE_FACTOR = 10_000
DEVELOPMENT_KEY_ID = "rzp_test_peerlearn0001"
DEVELOPMENT_KEY_SECRET = "development-only-key-secret"
DEVELOPMENT_WEBHOOK_SECRET = "development-only-webhook-secret"


class BadSettings(Exception):
    """The environment can't run this application. The message lists every fault, a line each."""


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def database_url(url: str) -> str:
    """Name the driver: bare `postgres(ql)://` means another driver in SQLAlchemy 2.1, and one that blocks green threads."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg2://" + url.removeprefix(prefix)
    return url


@dataclass(frozen=True)
class Settings:
    """Every setting of the house; names are those of the environment in lower case."""

    env: str = "development"
    secret_key: str = "development-only-secret-key-not-for-production"
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str | None = None
    async_mode: str = "eventlet"
    razorpay_key_id: str = DEVELOPMENT_KEY_ID
    razorpay_key_secret: str = DEVELOPMENT_KEY_SECRET
    razorpay_webhook_secrets: tuple[str, ...] = (DEVELOPMENT_WEBHOOK_SECRET,)
    razorpay_base_url: str = "http://127.0.0.1:8001"
    razorpay_checkout_url: str = "http://127.0.0.1:8001/checkout.js"
    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    turn_ttl_seconds: int = 3 * 3600
    smtp_url: str | None = None
    mail_from: str = "PeerLearn <hello@peerlearn.test>"
    platform_fee_percent: Decimal = Decimal(15)
    gst_percent: Decimal = Decimal(18)
    tds_percent: Decimal = Decimal(0)
    # Who writes receipts and statements. Without a GSTIN they say nothing about a registration.
    platform_name: str = "PeerLearn"
    platform_address: str = ""
    platform_gstin: str = ""
    platform_place: str = ""
    platform_sac: str = SAC
    socket_ping_seconds: int = 10
    # How many times faster than the protocol allows a seat may speak. Only a measurement of the relay itself needs it.
    room_rate_factor: float = 1.0
    # Whether ink goes from socket to socket without passing the ordinary handlers. Off, it means the same and costs more.
    room_fast_path: bool = True
    encoder: str = "sentence-transformers"
    testing: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def seller(self) -> Seller:
        """The platform as receipts and statements name it."""
        return Seller(
            self.platform_name, self.platform_address, self.platform_gstin, self.platform_place, self.platform_sac
        )

    @property
    def production(self) -> bool:
        """Whether real people and real money are served."""
        return self.env == "production"

    @property
    def embedded_database(self) -> bool:
        """Whether the truth is the SQLite file of this machine."""
        return self.database_url.startswith("sqlite")

    @property
    def public_origin(self) -> str:
        """Scheme and host that browsers see."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @classmethod
    def from_env(cls, environ: dict[str, str] | None = None) -> Self:
        """Read the environment. Raises BadSettings with every fault at once."""
        env = dict(os.environ if environ is None else environ)
        kind = env.get("PEERLEARN_ENV", "production" if env.get("DYNO") else "development")
        base = cls(env=kind)
        data_dir = Path(env.get("DATA_DIR") or base.data_dir).absolute()
        faults: list[str] = []

        def number(name: str, default: Any, make: Any) -> Any:
            try:
                return make(env[name]) if env.get(name) else default
            except (ValueError, InvalidOperation):
                faults.append(f"{name} must be a number, not {env[name]!r}.")
                return default

        port = number("PORT", base.port, int)
        production = kind == "production"
        if production:
            base = replace(
                base,
                secret_key="",
                host="0.0.0.0",
                razorpay_key_id="",
                razorpay_key_secret="",
                razorpay_webhook_secrets=(),
                razorpay_base_url=RAZORPAY_API,
                razorpay_checkout_url=RAZORPAY_CHECKOUT,
            )
        else:
            base = replace(
                base,
                razorpay_base_url=f"http://127.0.0.1:{port + 1}",
                razorpay_checkout_url=f"http://127.0.0.1:{port + 1}/checkout.js",
                public_url=f"http://127.0.0.1:{port}",
            )
        settings = cls(
            env=kind,
            secret_key=env.get("SECRET_KEY") or base.secret_key,
            public_url=(env.get("PUBLIC_URL") or base.public_url).rstrip("/"),
            host=env.get("HOST") or base.host,
            port=port,
            data_dir=data_dir,
            database_url=database_url(env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'peerlearn.db'}"),
            redis_url=env.get("REDIS_URL") or None,
            async_mode=env.get("ASYNC_MODE") or base.async_mode,
            razorpay_key_id=(env.get("RAZORPAY_KEY_ID") or base.razorpay_key_id).strip(),
            razorpay_key_secret=(env.get("RAZORPAY_KEY_SECRET") or base.razorpay_key_secret).strip(),
            razorpay_webhook_secrets=_list(env.get("RAZORPAY_WEBHOOK_SECRETS")) or base.razorpay_webhook_secrets,
            razorpay_base_url=(env.get("RAZORPAY_BASE_URL") or base.razorpay_base_url).rstrip("/"),
            razorpay_checkout_url=env.get("RAZORPAY_CHECKOUT_URL") or base.razorpay_checkout_url,
            stun_urls=_list(env.get("STUN_URLS")),
            turn_urls=_list(env.get("TURN_URLS")),
            turn_secret=env.get("TURN_SECRET", ""),
            turn_ttl_seconds=number("TURN_TTL_SECONDS", base.turn_ttl_seconds, int),
            smtp_url=env.get("SMTP_URL") or None,
            mail_from=env.get("MAIL_FROM") or base.mail_from,
            platform_fee_percent=number("PLATFORM_FEE_PERCENT", base.platform_fee_percent, Decimal),
            gst_percent=number("GST_PERCENT", base.gst_percent, Decimal),
            tds_percent=number("TDS_PERCENT", base.tds_percent, Decimal),
            platform_name=env.get("PLATFORM_NAME") or base.platform_name,
            platform_address=env.get("PLATFORM_ADDRESS", "").strip(),
            platform_gstin=env.get("PLATFORM_GSTIN", "").replace(" ", "").upper(),
            platform_place=env.get("PLATFORM_PLACE", "").strip(),
            platform_sac=env.get("PLATFORM_SAC") or base.platform_sac,
            socket_ping_seconds=number("SOCKET_PING_SECONDS", base.socket_ping_seconds, int),
            room_rate_factor=number("ROOM_RATE_FACTOR", base.room_rate_factor, float),
            room_fast_path=env.get("ROOM_FAST_PATH", "1") != "0",
            encoder=env.get("ENCODER") or base.encoder,
        )
        faults += settings.faults()
        if faults:
            raise BadSettings("\n".join(faults))
        return settings

    def faults(self) -> list[str]:
        """What is wrong with these settings, a sentence each."""
        found: list[str] = []
        if self.env not in KINDS:
            found.append(f"PEERLEARN_ENV must be {' or '.join(KINDS)}, not {self.env!r}.")
        if self.async_mode not in {"eventlet", "threading"}:
            found.append("ASYNC_MODE must be eventlet or threading.")
        if self.encoder not in {"onnx", "sentence-transformers"}:
            found.append("ENCODER must be onnx or sentence-transformers.")
        if self.turn_urls and not self.turn_secret:
            found.append("TURN_URLS needs TURN_SECRET.")
        if not 0 <= self.platform_fee_percent <= 100:
            found.append("PLATFORM_FEE_PERCENT must be between 0 and 100.")
        if not 0 <= self.tds_percent <= 20:
            found.append("TDS_PERCENT must be between 0 and 20.")
        if self.platform_gstin and not gstin_right(self.platform_gstin):
            found.append("PLATFORM_GSTIN is not a GSTIN: fifteen letters with a right check letter at the end.")
        if not 1 <= self.room_rate_factor <= MOST_RATE_FACTOR:
            found.append(f"ROOM_RATE_FACTOR must be between 1 and {MOST_RATE_FACTOR}.")
        return found + (self._production_faults() if self.production else [])

    def _production_faults(self) -> list[str]:
        found: list[str] = []
        if self.room_rate_factor != 1:
            found.append("ROOM_RATE_FACTOR is for measurements: in production it must stay unset.")
        if len(self.secret_key) < 32:
            found.append("Production needs SECRET_KEY of at least 32 characters.")
        known = Settings()
        found += [
            f"{name.upper()} is the one that everybody knows from development. Choose one of your own."
            for name in ("secret_key", "razorpay_key_id", "razorpay_key_secret")
            if getattr(self, name) == getattr(known, name)
        ]
        if DEVELOPMENT_WEBHOOK_SECRET in self.razorpay_webhook_secrets:
            found.append(
                "RAZORPAY_WEBHOOK_SECRETS holds the one that everybody knows from development. Choose your own."
            )
        needed = ("razorpay_key_id", "razorpay_key_secret", "razorpay_webhook_secrets")
        found += [f"Production needs {name.upper()}." for name in needed if not getattr(self, name)]
        if self.razorpay_base_url != RAZORPAY_API or self.razorpay_checkout_url != RAZORPAY_CHECKOUT:
            found.append(
                "Production talks to Razorpay itself: leave RAZORPAY_BASE_URL and RAZORPAY_CHECKOUT_URL unset."
            )
        if not self.public_url.startswith("https://"):
            found.append("Production needs PUBLIC_URL that starts with https://.")
        if not self.smtp_url:
            found.append("Production needs SMTP_URL to send mail.")
        return found

    @classmethod
    def for_tests(cls, **overrides: Any) -> Self:
        """Settings for a test: threading mode, a fresh secret, everything else as given."""
        values: dict[str, Any] = {
            "env": "test",
            "testing": True,
            "secret_key": secrets.token_hex(32),
            "async_mode": "threading",
            "public_url": "http://localhost",
        }
        return cls(**{**values, **overrides})
