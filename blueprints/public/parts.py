"""Values that the style guide shows its parts with. Development only; nothing here reaches a person."""

from datetime import timedelta
from typing import Any

from peerlearn.accounts.portrait import MARKS
from peerlearn.clock import now

# skin, hair, hair colour, clothes, ground, neck, then what else there is
_FACES = {
    "asha": "honey bun black teal sage drape bindi earrings",
    "gurpreet": "honey turban black navy lilac collar beard:full cover:blue",
    "zainab": "wheat hijab black sea rose round cover:sea",
    "yuki": "porcelain bob black denim sky round glasses",
    "rohan": "almond short black orange sand round",
    "chiamaka": "cocoa afro black brick peach round earrings",
    "vikram": "walnut bald grey stone mist collar glasses beard:full",
    "kabir": "almond curly black denim olive round",
    "elif": "porcelain long chestnut sea linen round",
    "priya": "almond parted black brick peach round glasses bindi",
    "farhan": "wheat side brown forest olive round beard:stubble",
    "sofia": "porcelain pony chestnut plum mauve round",
}


def _spec(text: str) -> dict[str, Any]:
    skin, hair, hair_colour, clothes, ground, neck, *more = text.split()
    spec: dict[str, Any] = {
        "skin": skin,
        "hair": hair,
        "hair_colour": hair_colour,
        "clothes": clothes,
        "ground": ground,
        "neck": neck,
    }
    spec |= {mark: mark in more for mark in MARKS}
    return {**spec, "beard": "none", **dict(word.split(":") for word in more if ":" in word)}


FACES = {key: _spec(text) for key, text in _FACES.items()}


def sample_parts() -> dict[str, Any]:
    """One value for every macro."""
    at = now()
    people = {
        key: {"name": key.title(), "public_id": key, "portrait_url": f"/styleguide/face/{key}.svg"} for key in FACES
    }

    def mentor(key: str, name: str, teaches: str, price: int, times: list[str], **more: Any) -> dict[str, Any]:
        return {
            **people[key],
            "name": name,
            "url": "#",
            "presence": "online",
            "price_paise": price,
            "minutes": 50,
            "rating": 4.9,
            "rating_count": 212,
            "teaches": teaches,
            "reason": None,
            "times": [{"text": text, "url": "#", "label": None} for text in times],
            **more,
        }

    return {
        "people": people,
        "soon": (at + timedelta(minutes=6, seconds=40)).isoformat(),
        "start": (at + timedelta(minutes=8)).isoformat(),
        "mentors": [
            mentor(
                "gurpreet",
                "Gurpreet Singh",
                "Loops and lists in Python, with your own homework",
                34900,
                ["19:00", "20:30", "Mon 18:00"],
                reason="Because you booked Asha’s series",
            ),
            mentor(
                "zainab",
                "Zainab Ansari",
                "Organic chemistry you can draw, one arrow at a time",
                39900,
                ["19:15", "21:00"],
                reason="Because you chose JEE",
                rating_count=1204,
            ),
            mentor(
                "vikram",
                "Venkatanarasimharajuvaripeta Deshpande-Chattopadhyay",
                "Donaudampfschifffahrtsgesellschaft and other very long words in a very long line of what is taught",
                5490000,
                ["Wed 18:00"],
                reason="New mentor, free at your usual hour, and this reason is long as well",
            ),
            mentor(
                "chiamaka", "Chiamaka Okafor", "IELTS speaking, calmly", 44900, [], presence="in_lesson", rating=None
            ),
        ],
        "yuki": mentor("yuki", "Yuki Tanaka", "Japanese N4", 29900, ["Tue 20:00"], presence="away", place="Osaka"),
    }
