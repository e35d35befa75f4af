"""Values that the style guide shows its parts with. Development only; nothing here reaches a person."""

from datetime import timedelta
from typing import Any

from peerlearn.clock import now


def _person(name: str, **spec: Any) -> dict[str, Any]:
    return {"name": name, "public_id": name.split()[0].lower(), "spec": spec}


FACES: dict[str, dict[str, Any]] = {
    "asha": {"skin": "honey", "hair": "bun", "hair_colour": "black", "clothes": "teal", "ground": "sage", "neck": "drape", "bindi": True, "earrings": True, "glasses": False},
    "gurpreet": {"skin": "honey", "hair": "turban", "cover": "blue", "clothes": "navy", "ground": "lilac", "neck": "collar", "beard": "full", "glasses": False},
    "zainab": {"skin": "wheat", "hair": "hijab", "cover": "sea", "clothes": "sea", "ground": "rose", "neck": "round", "glasses": False, "bindi": False},
    "yuki": {"skin": "porcelain", "hair": "bob", "hair_colour": "black", "clothes": "denim", "ground": "sky", "neck": "round", "glasses": True, "bindi": False, "earrings": False},
    "rohan": {"skin": "almond", "hair": "short", "hair_colour": "black", "clothes": "orange", "ground": "sand", "neck": "round", "beard": "none", "glasses": False},
    "chiamaka": {"skin": "cocoa", "hair": "afro", "hair_colour": "black", "clothes": "brick", "ground": "peach", "neck": "round", "earrings": True, "glasses": False},
    "vikram": {"skin": "walnut", "hair": "bald", "hair_colour": "grey", "clothes": "stone", "ground": "mist", "neck": "collar", "beard": "full", "glasses": True},
    "kabir": {"skin": "almond", "hair": "curly", "hair_colour": "black", "clothes": "denim", "ground": "olive", "neck": "round", "beard": "none", "glasses": False},
    "elif": {"skin": "porcelain", "hair": "long", "hair_colour": "chestnut", "clothes": "sea", "ground": "linen", "neck": "round", "glasses": False, "bindi": False, "earrings": False},
    "priya": {"skin": "almond", "hair": "parted", "hair_colour": "black", "clothes": "brick", "ground": "peach", "neck": "round", "glasses": True, "bindi": True},
    "farhan": {"skin": "wheat", "hair": "side", "hair_colour": "brown", "clothes": "forest", "ground": "olive", "neck": "round", "beard": "stubble", "glasses": False},
    "sofia": {"skin": "porcelain", "hair": "pony", "hair_colour": "chestnut", "clothes": "plum", "ground": "mauve", "neck": "round", "glasses": False, "bindi": False},
}


def sample_parts() -> dict[str, Any]:
    """One value for every macro."""
    at = now()
    people = {key: {"name": key.title(), "public_id": key, "portrait_url": f"/styleguide/face/{key}.svg"} for key in FACES}

    def mentor(key: str, name: str, teaches: str, price: int, times: list[str], **more: Any) -> dict[str, Any]:
        return {**people[key], "name": name, "url": "#", "presence": "online", "price_paise": price, "minutes": 50, "rating": 4.9, "rating_count": 212,
                "teaches": teaches, "reason": None, "times": [{"text": text, "url": "#", "label": None} for text in times], **more}

    return {
        "people": people,
        "soon": (at + timedelta(minutes=6, seconds=40)).isoformat(),
        "start": (at + timedelta(minutes=8)).isoformat(),
        "mentors": [
            mentor("gurpreet", "Gurpreet Singh", "Loops and lists in Python, with your own homework", 34900, ["19:00", "20:30", "Mon 18:00"], reason="Because you booked Asha’s series"),
            mentor("zainab", "Zainab Ansari", "Organic chemistry you can draw, one arrow at a time", 39900, ["19:15", "21:00"], reason="Because you chose JEE", rating_count=1204),
            mentor("vikram", "Venkatanarasimharajuvaripeta Deshpande-Chattopadhyay", "Donaudampfschifffahrtsgesellschaft and other very long words in a very long line of what is taught", 5490000, ["Wed 18:00"], reason="New mentor, free at your usual hour, and this reason is long as well"),
            mentor("chiamaka", "Chiamaka Okafor", "IELTS speaking, calmly", 44900, [], presence="in_lesson", rating=None),
        ],
        "yuki": mentor("yuki", "Yuki Tanaka", "Japanese N4", 29900, ["Tue 20:00"], presence="away", place="Osaka"),
    }
