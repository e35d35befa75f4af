"""Double entry, pure: which accounts move, by how much, for everything that can happen to a lesson's money.

Debit is positive, credit negative, amounts are paise, and each transaction sums to zero. What an account's sum means:

gateway          money that lies at the gateway for us (debit)
learner          what we owe a learner: paid in, not yet used for a lesson or given back (credit, by owner)
mentor_payable   what we owe a mentor (credit, by owner)
platform_fee     our income (credit)
gst_payable      tax collected on our fee, owed to the state (credit)
gateway_cost     the gateway's fee with its tax, never returned on a refund (debit)
transfer_held    money that we moved into a mentor's account at the gateway and that the bank does not have yet (debit,
                 by owner): it can still be taken back
tds_payable      income tax that we kept back for a mentor, owed to the state (credit)
disputed         money that the gateway took from us because a payer's bank asks for it; nobody has been named to bear it
                 yet, or it comes back (debit)
dispute_loss     lost disputes that the house bears (debit)
prepaid          what learners paid for minutes of packs that no lesson has used yet (credit, by the learner)
discount         what coupons took off at our cost: the mentor's share is that of the list price (debit)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peerlearn.errors import PeerLearnError
from peerlearn.money import Split, part_of

GATEWAY = "gateway"
LEARNER = "learner"
MENTOR_PAYABLE = "mentor_payable"
PLATFORM_FEE = "platform_fee"
GST_PAYABLE = "gst_payable"
GATEWAY_COST = "gateway_cost"
TRANSFER_HELD = "transfer_held"
TDS_PAYABLE = "tds_payable"
DISPUTED = "disputed"
DISPUTE_LOSS = "dispute_loss"
PREPAID = "prepaid"
DISCOUNT = "discount"

ACCOUNTS = (
    GATEWAY,
    LEARNER,
    MENTOR_PAYABLE,
    PLATFORM_FEE,
    GST_PAYABLE,
    GATEWAY_COST,
    TRANSFER_HELD,
    TDS_PAYABLE,
    DISPUTED,
    DISPUTE_LOSS,
    PREPAID,
    DISCOUNT,
)
OWNED = (LEARNER, MENTOR_PAYABLE, TRANSFER_HELD, PREPAID)


class Unbalanced(PeerLearnError):
    """A set of postings that does not sum to zero, or names no known account. Nothing is written."""

    status = 500
    code = "ledger_unbalanced"


@dataclass(frozen=True)
class Posting:
    """One line: an account, whose it is (None for our own accounts), and paise; debit positive, credit negative."""

    account: str
    owner_id: int | None
    amount_paise: int


def checked(postings: Iterable[Posting]) -> list[Posting]:
    """The postings without zero lines. Raises Unbalanced where they are empty, unknown or do not sum to zero."""
    lines = [line for line in postings if line.amount_paise != 0]
    for line in lines:
        if line.account not in ACCOUNTS:
            raise Unbalanced(f"There is no account called {line.account}.")
        if (line.owner_id is not None) != (line.account in OWNED):
            raise Unbalanced(f"The owner of {line.account} is missing or not wanted.")
    total = sum(line.amount_paise for line in lines)
    if total != 0:
        raise Unbalanced(f"The postings are off by {total} paise. Nothing was written.")
    if not lines:
        raise Unbalanced("A ledger transaction needs at least one amount.")
    return lines


def capture_postings(payer_id: int, amount_paise: int) -> list[Posting]:
    """Money arrives: it lies at the gateway, and we owe it to the learner until a lesson uses it."""
    return [Posting(GATEWAY, None, amount_paise), Posting(LEARNER, payer_id, -amount_paise)]


def cost_postings(fee_paise: int) -> list[Posting]:
    """The gateway keeps its fee (tax included): our cost."""
    return [Posting(GATEWAY_COST, None, fee_paise), Posting(GATEWAY, None, -fee_paise)]


def split_postings(
    payer_id: int, mentor_id: int, split: Split, *, discount_paise: int = 0, prepaid_paise: int = 0
) -> list[Posting]:
    """A booking is confirmed: what was owed to the learner becomes the mentor's share, our fee and its tax.

    What a coupon takes off at our cost, and what minutes of packs were bought for, stand in for money.
    """
    return [
        Posting(LEARNER, payer_id, split.gross_paise - discount_paise - prepaid_paise),
        Posting(DISCOUNT, None, discount_paise),
        Posting(PREPAID, payer_id, prepaid_paise),
        Posting(MENTOR_PAYABLE, mentor_id, -split.mentor_paise),
        Posting(PLATFORM_FEE, None, -split.fee_paise),
        Posting(GST_PAYABLE, None, -split.gst_paise),
    ]


def unsplit_postings(
    payer_id: int, mentor_id: int, parts: Split, *, discount_paise: int = 0, prepaid_paise: int = 0
) -> list[Posting]:
    """A return of a split payment is decided: each share gives its part, and the sum is owed again to whom it came from."""
    lines = split_postings(payer_id, mentor_id, parts, discount_paise=discount_paise, prepaid_paise=prepaid_paise)
    return [Posting(line.account, line.owner_id, -line.amount_paise) for line in lines]


def prepay_postings(payer_id: int, amount_paise: int) -> list[Posting]:
    """A pack is bought: what was owed to the learner is kept for lessons to come. Negative: unused minutes are given up."""
    return [Posting(LEARNER, payer_id, amount_paise), Posting(PREPAID, payer_id, -amount_paise)]


def refund_postings(payer_id: int, amount_paise: int) -> list[Posting]:
    """The gateway has given the money back: we owe the learner that much less. Late money needs only this."""
    return [Posting(LEARNER, payer_id, amount_paise), Posting(GATEWAY, None, -amount_paise)]


def transfer_postings(mentor_id: int, amount_paise: int, fee_paise: int = 0) -> list[Posting]:
    """Money moves into the mentor's account at the gateway. We still owe it: no bank has it yet. We bear the fee."""
    return [
        Posting(TRANSFER_HELD, mentor_id, amount_paise),
        Posting(GATEWAY_COST, None, fee_paise),
        Posting(GATEWAY, None, -amount_paise - fee_paise),
    ]


def reversal_postings(mentor_id: int, amount_paise: int) -> list[Posting]:
    """A part of a transfer comes back from the mentor's account at the gateway."""
    return [Posting(GATEWAY, None, amount_paise), Posting(TRANSFER_HELD, mentor_id, -amount_paise)]


def payout_postings(mentor_id: int, amount_paise: int, tds_paise: int) -> list[Posting]:
    """The mentor's bank has the money: we owe the mentor that much less, and the tax kept back to the state."""
    return [
        Posting(MENTOR_PAYABLE, mentor_id, amount_paise + tds_paise),
        Posting(TRANSFER_HELD, mentor_id, -amount_paise),
        Posting(TDS_PAYABLE, None, -tds_paise),
    ]


def returned_postings(mentor_id: int, amount_paise: int, tds_paise: int) -> list[Posting]:
    """The mentor's bank sent a payout back: everything as before it."""
    return [
        Posting(line.account, line.owner_id, -line.amount_paise)
        for line in payout_postings(mentor_id, amount_paise, tds_paise)
    ]


def dispute_taken_postings(amount_paise: int) -> list[Posting]:
    """The gateway takes money for a dispute; less than nothing: it brings it back."""
    return [Posting(DISPUTED, None, amount_paise), Posting(GATEWAY, None, -amount_paise)]


def dispute_lost_postings(
    payer_id: int, mentor_id: int | None, parts: Split, owed_paise: int, borne_paise: int, discount_paise: int = 0
) -> list[Posting]:
    """A dispute was lost: what we owed the payer anyway, what mentor, fee and tax give, and what the house bears.

    Of what the shares give, `discount_paise` is the platform's own again: it had borne so much of the price.
    """
    shares = [] if mentor_id is None else [Posting(MENTOR_PAYABLE, mentor_id, parts.mentor_paise)]
    return [
        Posting(LEARNER, payer_id, owed_paise),
        *shares,
        Posting(PLATFORM_FEE, None, parts.fee_paise),
        Posting(GST_PAYABLE, None, parts.gst_paise),
        Posting(DISPUTE_LOSS, None, borne_paise),
        Posting(DISCOUNT, None, -discount_paise),
        Posting(DISPUTED, None, -owed_paise - parts.gross_paise - borne_paise + discount_paise),
    ]


def refund_parts(split: Split, refunded_before_paise: int, amount_paise: int) -> Split:
    """The part of each share that one more refund takes back. The parts sum to the amount exactly.

    Being a difference of what all refunds together take back (`money.part_of`), any row of refunds adds up to the same
    as one refund of their sum, and no share ever gets a paisa back.
    """
    if amount_paise <= 0 or refunded_before_paise < 0 or refunded_before_paise + amount_paise > split.gross_paise:
        raise Unbalanced("The refund is larger than what is left of the payment.")
    return part_of(split, refunded_before_paise + amount_paise) - part_of(split, refunded_before_paise)


def split_in(postings: Sequence[Posting]) -> tuple[int, Split]:
    """Read mentor and split back from the lines of a split transaction."""
    mentors = [line for line in postings if line.account == MENTOR_PAYABLE]
    amounts = {line.account: -line.amount_paise for line in postings}
    owner = next((line.owner_id for line in mentors), None)
    if owner is None:
        raise Unbalanced("This transaction is not a split: it pays no mentor.")
    return owner, Split(amounts.get(MENTOR_PAYABLE, 0), amounts.get(PLATFORM_FEE, 0), amounts.get(GST_PAYABLE, 0))
