"""Paying: the pay page, the way back from the gateway, the state of an order, receipts, the gateway's webhook."""

from flask import Blueprint

bp = Blueprint("payments", __name__)

# The views attach themselves to the blueprint.
from blueprints.payments import bank_views, offer_views, pack_views, statement_views, views  # noqa: E402, F401
