"""What the gateway's checkout is opened with, on the pay page and in the room."""

from typing import Any

from flask import url_for
from flask_login import current_user

from blueprints.extensions import ports
from peerlearn.payments.models import PaymentOrder

INDIGO = "#3f3fa6"  # the colour that the gateway's own page takes from us


def checkout_options(order: PaymentOrder, title: str) -> dict[str, Any]:
    """Return the checkout's options. The amount is for show: the gateway takes the one of its own order."""
    return {
        "key": ports().gateway.key_id,
        "order_id": order.gateway_order_id,
        "amount": order.amount_paise,
        "currency": "INR",
        "name": "PeerLearn",
        # The gateway refuses a description that does not begin with a letter or a digit.
        "description": title if title[:1].isalnum() else f"PeerLearn {title}",
        "prefill": {"name": current_user.name, "email": current_user.email},
        "theme": {"color": INDIGO},
        "callback_url": url_for("payments.return_", _external=True),
    }
