"""The `flask --app config.app ...` commands: demo, ledger, index, clock."""

import sys

import click
from flask import Flask
from flask.cli import AppGroup

from config.demo.build import demo_load
from config.ports import make_ports
from config.settings import Settings
from peerlearn.clock import now
from peerlearn.jobs.queue import JOBS
from peerlearn.payments.agreement import gateway_differs
from peerlearn.payments.service import ledger_check
from peerlearn.ports import Ports


def worker_ports(app: Flask) -> Ports:
    """The ports a worker has: the reference encoder in place of the web's."""
    settings: Settings = app.config["PEERLEARN"]
    own: Ports = app.extensions["peerlearn.ports"]
    return make_ports(settings, queue=own.queue, worker=True)


def register(app: Flask) -> None:
    """Install the commands on an application."""
    demo = AppGroup("demo", help="People, lessons and money to try the product with.")
    ledger = AppGroup("ledger", help="The double-entry ledger.")
    index = AppGroup("index", help="The index of nearest mentors.")

    @demo.command("load")
    def load() -> None:
        """Load the demo data; a second time only adds what the calendar needs."""
        if app.config["PEERLEARN"].production:
            sys.exit("Demo people have a known password. They are refused in production.")
        demo_load(worker_ports(app))

    @ledger.command("check")
    @click.option("--gateway", is_flag=True, help="Compare the last days with the gateway's own books, too.")
    def check(gateway: bool) -> None:
        """Prove that the ledger sums to zero; exit 1 where it does not, or where the gateway's books differ."""
        report = ledger_check()
        click.echo(str(report))
        differs = gateway_differs(gateway=worker_ports(app).gateway) if gateway else []
        for line in differs:
            click.echo(line)
        sys.exit(0 if report.balanced and not differs else 1)

    @index.command("rebuild")
    def rebuild() -> None:
        """Embed what has changed and publish a new index."""
        tray = worker_ports(app)
        for name in ("export_encoder", "embed_stale", "rebuild_index"):
            JOBS[name](tray)
            click.echo(f"{name}: done")

    @app.cli.command("clock")
    def clock() -> None:
        """Print the application's time."""
        click.echo(now().isoformat())

    for group in (demo, ledger, index):
        app.cli.add_command(group)
