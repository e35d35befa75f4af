"""What minutes of a pack are worth, in whole paise. Pure.

A minute's value is fixed when the pack is bought: k of its n minutes are worth price * k / n, rounded to a paisa. A use takes
what is there and leaves exactly the value of the minutes that stay, so rounding never adds up; the last minute takes
whatever is left. What was used and what is left sum to the price after every step.
"""

from peerlearn.money import apportion


def value_of(minutes: int, of_minutes: int, price_paise: int) -> int:
    """The value of so many minutes of an untouched pack; of a tie the paisa is theirs."""
    return apportion(price_paise, (minutes, of_minutes - minutes))[0]


def value_taken(take: int, minutes_left: int, paise_left: int, of_minutes: int, price_paise: int) -> int:
    """The paise that leave a pack with `take` of its minutes. Raises ValueError where it has not so many."""
    if not 0 < take <= minutes_left:
        raise ValueError(f"{take} of {minutes_left} minutes")
    stays = value_of(minutes_left - take, of_minutes, price_paise)
    return max(0, paise_left - stays)


def minutes_for(paise_left: int, of_minutes: int, price_paise: int) -> int:
    """The minutes that so many paise still stand for, rounded up: where money went back past our own pages."""
    return -(-paise_left * of_minutes // price_paise)
