"""What the gateway's checkout posts back through the browser: a success, or an attempt that failed."""

import json
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Regexp


class ReturnForm(FlaskForm):
    """The three fields of a success. It comes from another site, so it carries no token: its proof is the signature."""

    class Meta:
        """No CSRF token can be in this form."""

        csrf = False

    razorpay_order_id = StringField(validators=[InputRequired(), Regexp(r"^order_[0-9A-Za-z]{14}$")])
    razorpay_payment_id = StringField(validators=[InputRequired(), Regexp(r"^pay_[0-9A-Za-z]{14}$")])
    razorpay_signature = StringField(validators=[InputRequired(), Regexp(r"^[0-9a-f]{64}$")])


class BankAccountForm(FlaskForm):
    """Where a mentor's money goes. The domain checks the form of each number; here only that all are there."""

    legal_name = StringField(validators=[InputRequired(), Length(max=200)])
    phone = StringField(validators=[InputRequired(), Length(max=24)])
    pan = StringField(validators=[InputRequired(), Length(max=20)])
    account_number = StringField(validators=[InputRequired(), Length(max=40)])
    ifsc = StringField(validators=[InputRequired(), Length(max=20)])


def failed_order_id() -> str | None:
    """The gateway order id in a posted failure (`error[metadata]`, a JSON text), or None."""
    try:
        metadata: Any = json.loads(request.form.get("error[metadata]", ""))
    except ValueError:
        return None
    order_id = metadata.get("order_id") if isinstance(metadata, dict) else None
    return order_id if isinstance(order_id, str) else None
