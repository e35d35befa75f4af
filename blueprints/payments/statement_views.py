"""Statements of a month: as a page that prints well, and as a table for a spreadsheet. Every number is the ledger's."""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.extensions import ports
from blueprints.guards import signed_in
from blueprints.payments import bp
from blueprints.public.shell import viewing_side
from peerlearn.accounts.queries import users_by_ids
from peerlearn.clock import local, now
from peerlearn.errors import Missing
from peerlearn.payments.ledger import LEARNER, MENTOR_PAYABLE
from peerlearn.payments.models import PaymentOrder
from peerlearn.payments.months import INDIA, Month
from peerlearn.payments.packs import PURPOSE as PACK
from peerlearn.payments.receipts import receipt_numbers
from peerlearn.payments.statements import PACKS, SHARES, Line, Statement, months_of, orders_behind, statement_of
from peerlearn.sessions.lesson_money import lessons_of_orders
from peerlearn.sessions.models import LiveSession

ACCOUNTS = {"mentor": MENTOR_PAYABLE, "learner": LEARNER}
DAY = timedelta(days=1)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute a cell that begins so


@dataclass(frozen=True)
class Row:
    """A line in words."""

    line: Line
    day: str
    what: str
    who: str
    receipt: str | None
    receipt_url: str | None


@bp.get("/money/statements")
@signed_in
def statements() -> ResponseReturnValue:
    """The months in which money moved, newest first."""
    side = _side()
    months = [
        {"month": month, "name": month_words(month), "came": came, "went": went, "closed": month.closed(now())}
        for month, came, went in months_of(ACCOUNTS[side], current_user.id)
    ]
    return render_template("payments/statements.html", side=side, months=months)


@bp.get("/money/statements/<month>")
@signed_in
def statement(month: str) -> ResponseReturnValue:
    """One month on paper."""
    found, side = _statement(month), _side()
    return render_template(
        "payments/statement.html",
        side=side,
        statement=found,
        name=month_words(found.month),
        short=format_date(local(found.month.starts_at, INDIA).date(), "LLL yyyy"),
        first=format_date(local(found.month.starts_at, INDIA).date(), "d MMM"),
        last=format_date(local(found.month.ends_at - DAY, INDIA).date(), "d MMM"),
        rows=_rows(found, side),
        sums=_mentor_sums(found) if side == "mentor" else _learner_sums(found),
        closed=found.month.closed(now()),
        written=format_date(local(now(), INDIA).date(), "d MMMM yyyy"),
        seller=ports().settings.seller,
        gst_percent=f"{ports().settings.gst_percent.normalize():f}",
    )


@bp.get("/money/statements/<month>.csv")
@signed_in
def statement_csv(month: str) -> ResponseReturnValue:
    """The same lines for a spreadsheet, in rupees with two decimals."""
    found, side = _statement(month), _side()
    out = io.StringIO()
    sheet = csv.writer(out)
    columns = _COLUMNS[side]
    sheet.writerow(["date", "what", "person", "receipt", "reference", *columns, "balance"])
    sheet.writerow(
        [f"{found.month.name}-01", "opening balance", *[""] * (3 + len(columns)), _plain(found.opening_paise)]
    )
    for row in _rows(found, side):
        amounts = [_plain(getattr(row.line, f"{name}_paise")) for name in columns]
        words = [_safe(row.what), _safe(row.who), row.receipt or "", row.line.reference]
        day = local(row.line.at, INDIA).date().isoformat()
        sheet.writerow([day, *words, *amounts, _plain(row.line.balance_paise)])
    name = f"peerlearn-{side}-{found.month.name}.csv"
    return Response(
        "\ufeff" + out.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


_COLUMNS = {"mentor": ("gross", "fee", "gst", "tds", "paid_out", "change"), "learner": ("change",)}


def month_words(month: Month) -> str:
    """ "November 2026"."""
    return str(format_date(local(month.starts_at, INDIA).date(), "LLLL yyyy"))


def _side() -> str:
    """A mentor also has statements of what they paid as a learner: `?as=learner`."""
    wanted = request.args.get("as")
    return wanted if wanted in ACCOUNTS and (wanted == "learner" or current_user.is_mentor) else viewing_side()


def _statement(name: str) -> Statement:
    month = Month.named(name)
    if month is None or month.starts_at > now():
        raise Missing(_("There is no statement of this month."), code="no_such_month")
    return statement_of(ACCOUNTS[_side()], current_user.id, month)


def _rows(found: Statement, side: str) -> list[Row]:
    """The lines in words. A learner's money that only changed its use within us is no line on paper."""
    lines = [line for line in found.lines if side == "mentor" or line.kind not in (*SHARES, *PACKS)]
    orders = orders_behind([line.reference for line in lines])
    ids = [order.id for order in orders.values()]
    lessons, numbers = lessons_of_orders(ids), receipt_numbers(ids)
    people = users_by_ids({one for lesson in lessons.values() for one in (lesson.mentor_id, lesson.learner_id) if one})
    rows = []
    for line in lines:
        order = orders.get(line.reference)
        lesson = lessons.get(order.id) if order else None
        other = people.get((lesson.learner_id if side == "mentor" else lesson.mentor_id) or 0) if lesson else None
        mine = order is not None and order.payer_id == current_user.id
        rows.append(
            Row(
                line,
                format_date(local(line.at, INDIA).date(), "d MMM"),
                _what(line, _title(order, lesson)),
                other.name if other else "",
                numbers.get(order.id) if order else None,
                url_for("payments.receipt", order_public_id=order.public_id) if order and mine else None,
            )
        )
    return rows


def _title(order: PaymentOrder | None, lesson: LiveSession | None) -> str:
    if lesson is not None and order is not None:
        return _("%(title)s, more time", title=lesson.title) if order.purpose == "extension" else lesson.title
    return _("A pack of minutes") if order is not None and order.purpose == PACK else _("A lesson")


def _what(line: Line, title: str) -> str:
    words: dict[str, str] = {
        "split": title,
        "capture": title,
        "unsplit": _("Went back: %(title)s", title=title),
        "refund": _("Came back: %(title)s", title=title),
        "dispute_lost": _("Taken by the payer's bank: %(title)s", title=title),
        "payout": _("Paid out: %(title)s", title=title),
        "payout_returned": _("Sent back by your bank: %(title)s", title=title),
    }
    return words.get(line.kind) or _("Correction: %(title)s", title=title)


def _mentor_sums(found: Statement) -> list[tuple[Any, ...]]:
    """The rows of the sum, signed: they add up from the opening to the closing balance."""
    rows = [
        (_("Learners paid"), found.sum_of("gross", "split")),
        (_("Went back to learners"), found.sum_of("gross", "unsplit", "dispute_lost")),
        (_("PeerLearn's fee"), -found.sum_of("fee")),
        (_("GST on the fee"), -found.sum_of("gst")),
        (_("Income tax kept back (TDS)"), -found.sum_of("tds")),
        (_("Paid out to your bank"), -found.sum_of("paid_out")),
        (_("Corrections"), found.other_paise),
    ]
    always = 4
    return [row for at, row in enumerate(rows) if at < always or row[1]]


def _learner_sums(found: Statement) -> list[tuple[Any, ...]]:
    rows = [
        (_("You paid"), found.sum_of("change", "capture")),
        (_("Came back to you"), found.sum_of("change", "refund")),
        (_("For lessons and packs of minutes"), found.sum_of("change", *SHARES, *PACKS)),
        (_("Corrections"), found.other_paise),
    ]
    return [row for at, row in enumerate(rows) if at < 3 or row[1]]


def _plain(paise: int) -> str:
    """42415 -> "424.15": a number for a machine."""
    return f"{Decimal(paise) / 100:.2f}"


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
