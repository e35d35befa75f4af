"""Builds the adapters into one frozen tray of ports. The only place that chooses an implementation."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from config.settings import Settings
from peerlearn.adapters.annoy_index import AnnoyVectorIndex
from peerlearn.adapters.bus import SocketBus, make_manager
from peerlearn.adapters.encoders import make_encoder
from peerlearn.adapters.mail import make_mailer
from peerlearn.adapters.razorpay_gateway import RazorpayGateway
from peerlearn.clock import clock_in_use
from peerlearn.jobs.queue import HueyQueue, make_huey
from peerlearn.ports import Bus, Offload, Ports, Queue

R = TypeVar("R")


def call_directly(function: Callable[..., R], *args: Any) -> R:
    """The Offload port where every request already has a real thread of its own."""
    return function(*args)


def make_queue(settings: Settings) -> HueyQueue:
    """Return the job queue of these settings, not yet bound to an application."""
    Path(settings.data_dir).mkdir(parents=True, exist_ok=True)
    return HueyQueue(
        make_huey(
            redis_url=settings.redis_url,
            sqlite_file=str(settings.data_dir / "queue.db"),
        )
    )


def make_bus_manager(settings: Settings, *, write_only: bool, sleep: Any = None) -> Any:
    """Return the client manager of these settings. Without Redis the one web process is the only reader."""
    extra = {} if sleep is None else {"sleep": sleep}
    return make_manager(
        redis_url=settings.redis_url,
        sqlite_file=str(settings.data_dir / "bus.db"),
        write_only=write_only,
        alone=not write_only,
        **extra,
    )


def make_ports(
    settings: Settings,
    *,
    queue: Queue,
    emitter: Any = None,
    offload: Offload = call_directly,
    worker: bool = False,
) -> Ports:
    """Build the ports of one application.

    `emitter` is the running Socket.IO server of a web process; without one the bus only writes to the channel.
    `worker` chooses the reference encoder, which imports torch; a web process never gets it.
    """
    bus: Bus = SocketBus(emitter if emitter is not None else make_bus_manager(settings, write_only=True))
    return Ports(
        settings=settings,
        clock=clock_in_use(),
        gateway=RazorpayGateway(
            key_id=settings.razorpay_key_id,
            key_secret=settings.razorpay_key_secret,
            webhook_secrets=settings.razorpay_webhook_secrets,
            base_url=settings.razorpay_base_url,
            checkout_url=settings.razorpay_checkout_url,
        ),
        encoder=make_encoder(settings.encoder, worker=worker, folder=settings.data_dir / "artifacts"),
        index=AnnoyVectorIndex(settings.data_dir / "artifacts"),
        mailer=make_mailer(settings.smtp_url, settings.mail_from, folder=settings.data_dir / "mail"),
        bus=bus,
        queue=queue,
        offload=offload,
    )
