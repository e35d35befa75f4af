"""What happened to money. Ids only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MoneyCaptured:
    """An order has been paid: the money is with us and waits to be settled."""

    order_id: int


@dataclass(frozen=True)
class PaymentFailed:
    """An attempt to pay failed. The order stays open, and the same payment may still succeed later."""

    order_id: int
    payment_id: int


@dataclass(frozen=True)
class PaymentQuarantined:
    """Money arrived that does not match its order. A person must look at it."""

    order_id: int
    payment_id: int


@dataclass(frozen=True)
class RefundWanted:
    """A refund waits to be sent to the gateway."""

    refund_id: int


@dataclass(frozen=True)
class RefundProcessed:
    """The gateway has given the money back."""

    refund_id: int


@dataclass(frozen=True)
class RefundFailed:
    """The gateway could not give the money back. It is still owed; a person must look at it."""

    refund_id: int


@dataclass(frozen=True)
class WebhookStored:
    """A signed event of the gateway waits to be handled."""

    webhook_id: int


@dataclass(frozen=True)
class PayeeChanged:
    """The gateway said something new about a mentor's account for payouts."""

    mentor_id: int


@dataclass(frozen=True)
class BankAccountChanged:
    """A mentor's payouts go to another bank account from now on, or to the same one given once more."""

    mentor_id: int


@dataclass(frozen=True)
class PayoutChanged:
    """A payout reached the mentor's bank, came back from it, or could not be made."""

    payout_id: int


@dataclass(frozen=True)
class DisputeChanged:
    """A payer's bank asks for money back, or went on with it. An answer may be due."""

    dispute_id: int


@dataclass(frozen=True)
class DisputeSettled:
    """It is decided who bears a dispute that was lost."""

    dispute_id: int
