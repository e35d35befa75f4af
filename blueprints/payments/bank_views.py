"""A mentor's bank account for payouts: a short form whose words go straight to the gateway."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.extensions import limiter, ports
from blueprints.guards import role
from blueprints.payments import bp
from blueprints.payments.forms import BankAccountForm
from peerlearn.errors import Conflict, Invalid, TooMany, Upstream
from peerlearn.payments.models import Payee
from peerlearn.payments.payees import BankForm, bank_waits_until, payee_for, payee_onboard


@bp.get("/money/bank")
@role("mentor")
def bank() -> ResponseReturnValue:
    """How the account stands, and the form to open or correct it."""
    return _page(BankAccountForm(formdata=None))


@bp.post("/money/bank")
@limiter.limit("10/hour")
@role("mentor")
def bank_save() -> ResponseReturnValue:
    """Send the form to the gateway. Nothing of it is stored but ids and the last four digits; nothing is logged."""
    form = BankAccountForm()
    if not form.validate():
        return _page(form), 400
    given = BankForm(
        legal_name=" ".join(form.legal_name.data.split()),
        email=current_user.email,
        phone=form.phone.data.replace(" ", ""),
        pan=form.pan.data.replace(" ", "").upper(),
        account_number=form.account_number.data.replace(" ", ""),
        ifsc=form.ifsc.data.replace(" ", "").upper(),
    )
    try:
        payee_onboard(current_user.id, given, gateway=ports().gateway)
    except Invalid as refused:
        field = str(refused.details.get("field"))
        return _page(form, {field: refused.message}), 400
    except (Conflict, Upstream, TooMany) as refused:
        return _page(form, problem=refused.message), refused.status
    return redirect(url_for("payments.bank"), 303)


def _page(form: BankAccountForm, errors: dict[str, str] | None = None, problem: str | None = None) -> str:
    found = {name: fault[0] for name, fault in form.errors.items()} if form.errors else {}
    payee = payee_for(current_user.id)
    return render_template(
        "payments/bank.html",
        form=form,
        errors={**found, **(errors or {})},
        problem=problem,
        payee=payee,
        words=payee_words(payee),
        changing=request.method == "POST" or bool(request.args.get("change")),
    )


def payee_words(payee: Payee | None) -> tuple[str, str, str]:
    """How an account stands: the kind of chip, its text, and a sentence about what happens next."""
    if payee is not None and payee.state == "activated" and bank_waits_until(payee) is not None:
        return (
            "pending",
            _("New"),
            _("Payouts wait for 24 hours after a change of the account, in case it was not you."),
        )
    state = payee.state if payee is not None else "new"
    return {
        "new": ("plain", _("No bank account yet"), _("Give us one, and what you earn goes there by itself.")),
        "created": ("pending", _("Sent"), _("Our payment partner will look at it.")),
        "under_review": (
            "pending",
            _("Being checked"),
            _("This takes a day or two. What you earn waits for you meanwhile."),
        ),
        "needs_clarification": (
            "warn",
            _("Needs another look"),
            _("Our payment partner could not confirm it. Correct the form and send it again."),
        ),
        "activated": ("good", _("Ready"), _("Money of a lesson goes there a day after its end, by itself.")),
        "suspended": ("bad", _("Paused"), _("Our payment partner has paused this account. Write to us.")),
    }[state]
