"""Drawn faces for people without a photo: a small spec becomes a flat, friendly bust in SVG. Pure and deterministic.

A spec is a dict of words (see `CHOICES`); anything missing is chosen from the seed, so `{}` with a public id is a
whole person and stays the same person for ever. Nothing from a spec is copied into the drawing: words select shapes
and colours, so that a stored spec can never carry markup.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SKINS = {  # face, shade (neck, ears, nose), lips
    "porcelain": ("#f3d0ae", "#dfb28c", "#3a2a22"),
    "wheat": ("#e3ad82", "#cb9166", "#33231c"),
    "honey": ("#c98b60", "#b07448", "#2e1f18"),
    "almond": ("#a86b41", "#8f5731", "#2b1b13"),
    "walnut": ("#8a5433", "#714124", "#25160f"),
    "cocoa": ("#6b442e", "#563322", "#1f120c"),
}
HAIR_COLOURS = {
    "black": "#231f29",
    "brown": "#3c2a23",
    "chestnut": "#6d3a26",
    "fair": "#b98a4e",
    "grey": "#8d8c93",
}
CLOTHES = {
    "teal": "#2f6063",
    "sea": "#3f727b",
    "navy": "#3a4a63",
    "denim": "#56698f",
    "orange": "#cb7449",
    "brick": "#a5503d",
    "plum": "#7a4a63",
    "violet": "#544a8c",
    "moss": "#6b7d4a",
    "forest": "#3f6b52",
    "mustard": "#bd8c3b",
    "blue": "#3d5c98",
    "stone": "#6a6459",
}
GROUNDS = {
    "sage": "#dbe3dc",
    "lilac": "#dfe2ec",
    "rose": "#ecdfe1",
    "sky": "#dde4ec",
    "sand": "#e9dccb",
    "peach": "#f0e0d2",
    "mist": "#e3e0da",
    "olive": "#e3e5d8",
    "linen": "#ece4d8",
    "mauve": "#e6e0ec",
}
TURBANS = ("blue", "navy", "plum", "brick", "mustard", "forest")
HAIR = ("short", "side", "curly", "bald", "bun", "bob", "long", "parted", "afro", "pony", "turban", "hijab")
NECKS = ("round", "collar", "drape")
BEARDS = ("none", "full", "stubble", "moustache")
CHOICES: dict[str, tuple[str, ...]] = {
    "skin": tuple(SKINS),
    "hair": HAIR,
    "hair_colour": tuple(HAIR_COLOURS),
    "clothes": tuple(CLOTHES),
    "ground": tuple(GROUNDS),
    "neck": NECKS,
    "beard": BEARDS,
    "cover": tuple(CLOTHES),
}
MARKS = ("glasses", "bindi", "earrings")

# Styles on which a beard or a bindi would be a surprise when nobody asked for it.
_BEARDED = ("short", "side", "curly", "bald", "turban")
_COVERED = ("turban", "hijab")


def portrait_spec(seed: str, spec: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A complete spec: what is given and known is kept, the rest is chosen by the seed."""
    given = dict(spec or {})
    dice = sha256(seed.encode()).digest()
    full: dict[str, Any] = {}
    for at, (key, words) in enumerate(CHOICES.items()):
        full[key] = given[key] if given.get(key) in words else words[dice[at] % len(words)]
    if given.get("cover") not in CLOTHES:
        full["cover"] = full["clothes"] if full["hair"] == "hijab" else TURBANS[dice[10] % len(TURBANS)]
    if given.get("hair_colour") not in HAIR_COLOURS:
        full["hair_colour"] = ("black", "black", "brown", "black", "chestnut", "grey")[dice[8] % 6]
    if given.get("beard") not in BEARDS:
        full["beard"] = BEARDS[dice[9] % 4] if full["hair"] in _BEARDED else "none"
    for at, mark in enumerate(MARKS):
        chance = {"glasses": 4, "bindi": 12, "earrings": 3}[mark]
        likely = mark == "glasses" or full["hair"] not in (*_BEARDED, *_COVERED)
        full[mark] = bool(given[mark]) if mark in given else likely and dice[12 + at] % chance == 0
    return full


def portrait_svg(seed: str, spec: Mapping[str, Any] | None = None) -> str:
    """The drawing, 100 units square, as a complete SVG document (about 2 kB)."""
    who = portrait_spec(seed, spec)
    skin, shade, line = SKINS[who["skin"]]
    hair = HAIR_COLOURS[who["hair_colour"]]
    cloth = CLOTHES[who["clothes"]]
    cover = CLOTHES[who["cover"]]
    style = who["hair"]
    parts = [f'<rect width="100" height="100" fill="{GROUNDS[who["ground"]]}"/>']
    parts.append(_behind(style, hair, cover))
    parts.append(_shoulders(who["neck"], cloth, shade))
    if style != "hijab":
        parts.append(
            f'<g fill="{shade}"><ellipse cx="29.3" cy="47.5" rx="3.7" ry="4.6"/><ellipse cx="70.7" cy="47.5"'
            ' rx="3.7" ry="4.6"/></g>'
        )
    parts.append(f'<path fill="{skin}" d="M30 41C30 27 38 21 50 21s20 6 20 20c0 19-9 31.5-20 31.5S30 60 30 41z"/>')
    parts.append(_beard(who["beard"], "#8d8c93" if who["hair_colour"] == "grey" else "#2a2226", skin))
    parts.append(_features(line, shade))
    parts.append(_front(style, hair, cover))
    if who["bindi"]:
        parts.append('<circle cx="50" cy="35.6" r="1.7" fill="#8c2430"/>')
    if who["glasses"]:
        parts.append(
            '<g fill="none" stroke="#2b2b33" stroke-width="1.7"><rect x="33.4" y="40" width="14.2" height="11" rx="5"/>'
            '<rect x="52.4" y="40" width="14.2" height="11" rx="5"/><path d="M47.6 44.2q2.4-1.4 4.8 0"/></g>'
        )
    if who["earrings"] and style != "hijab":
        parts.append('<g fill="#e0a63a"><circle cx="29" cy="53" r="2"/><circle cx="71" cy="53" r="2"/></g>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="200" height="200">'
        + "".join(parts)
        + "</svg>"
    )


def _features(line: str, shade: str) -> str:
    return (
        f'<g fill="none" stroke="{line}" stroke-linecap="round"><path stroke-width="1.8" d="M36.6 39.6'
        'q4.2-3.2 8.6-1.2M54.8 38.4q4.4-2 8.6 1.2"/>'
        f'<path stroke-width="1.9" d="M43 60.6q7 5.2 14 0"/></g>'
        f'<g fill="{line}"><circle cx="41.4" cy="45.4" r="2.25"/><circle cx="58.6" cy="45.4" r="2.25"/></g>'
        f'<path fill="none" stroke="{shade}" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"'
        ' d="M50.4 47.2l-1.6 6.4h2.6"/>'
    )


def _shoulders(neck: str, cloth: str, shade: str) -> str:
    body = (
        f'<path fill="{cloth}" d="M4 103c2-11 14-16 33-21.5h26C82 87 94 92 96 103z"/>'
        f'<path fill="{shade}" d="M40.5 64h19v18.5q-9.5 5-19 0z"/>'
        '<path fill="#000" fill-opacity=".2" d="M36.5 81.8l4-1.6v1.6q9.5 5 19 0v-1.6l4 1.6q-4.5 8.4-13.5 8.4t-13.5-8.4z"/>'
    )
    if neck == "collar":
        return (
            body + '<g fill="#fff" fill-opacity=".62"><path d="M38.5 79.5l-4.5 3.5L46 103l4-7.5zM61.5 79.5l4.5'
            ' 3.5L54 103l-4-7.5z"/></g>'
        )
    if neck == "drape":
        return body + '<path fill="#fff" fill-opacity=".22" d="M61 81.5l4-.2c10 3 20 6 25 11.5l2 10H76z"/>'
    return body


def _beard(kind: str, colour: str, skin: str) -> str:
    if kind == "full":
        return (
            f'<path fill="{colour}" d="M30 47c1.6 5 4.2 7.2 8.6 6.6 4.4-2.6 18.4-2.6 22.8 0 4.4.6 7-1.6'
            ' 8.6-6.6 1 18-6.6 31-20 31S29 65 30 47z"/>'
            f'<path fill="{skin}" d="M42.4 59.4q7.6-2.6 15.2 0q-2.4 4.6-7.6 4.6t-7.6-4.6z"/>'
        )
    if kind == "stubble":
        return (
            f'<path fill="{colour}" fill-opacity=".3" d="M30.5 48c2.5 6.4 5 8.2 9.5 7.4q10-2.8 20 0c4.5.8'
            ' 7-1 9.5-7.4 0 16-8 24.5-19.5 24.5S30.5 64 30.5 48z"/>'
        )
    if kind == "moustache":
        return f'<path fill="{colour}" d="M41 59.4q4.5-4.6 9-2.6 4.5-2 9 2.6-4.5 1.4-9-.6-4.5 2-9 .6z"/>'
    return ""


def _behind(style: str, hair: str, cover: str) -> str:
    """What hangs behind the face: long hair, a bun, a scarf."""
    if style in ("long", "parted"):
        return f'<path fill="{hair}" d="M50 11c-17 0-26 11-26 30v44q0 4 4 4h44q4 0 4-4V41c0-19-9-30-26-30z"/>'
    if style == "bob":
        return f'<path fill="{hair}" d="M50 12c-17 0-25.5 11-25.5 29l-2 30q12 6 27.5 6t27.5-6l-2-30C75.5 23 67 12 50 12z"/>'
    if style == "bun":
        return f'<path fill="{hair}" d="M62 0a10.5 10.5 0 1 1-.1 0z"/>'
    if style == "pony":
        return f'<path fill="{hair}" d="M62 12c18 0 22 16 19 34-1 10-4 16-8 20-2-14 0-30-11-40z"/>'
    if style == "afro":
        puffs = (
            (50, 18, 22),
            (28, 26, 15),
            (72, 26, 15),
            (20, 42, 13),
            (80, 42, 13),
            (22, 58, 12),
            (78, 58, 12),
            (27, 66, 9),
            (73, 66, 9),
        )
        return f'<g fill="{hair}">' + "".join(f'<circle cx="{x}" cy="{y}" r="{r}"/>' for x, y, r in puffs) + "</g>"
    if style == "hijab":
        return (
            f'<path fill="{cover}" d="M50 6C31 6 22 19 22 39c0 22-5 30-10 42 8 10 68 10 76 0-5-12-10-20-10-42'
            'C78 19 69 6 50 6z"/>'
        )
    return ""


def _front(style: str, hair: str, cover: str) -> str:
    """What lies over the forehead."""
    if style == "short":
        return (
            f'<path fill="{hair}" d="M27.4 47C25 26 34 14.5 50 14.5S75 26 72.6 47c-1.2-5-2.4-8.6-4-12.6-9'
            ' 4.2-28.2 4.2-37.2 0-1.6 4-2.8 7.6-4 12.6z"/>'
        )
    if style == "side":
        return (
            f'<path fill="{hair}" d="M27.8 44C25.5 24 35 14 51 14s24 11 21.2 30c-1-4.6-2.6-8-5-11C57 33.5'
            ' 47 31 42.5 25c-2.5 6-7.5 8-11 9.4-1.8 2.8-2.9 5.4-3.7 9.6z"/>'
        )
    if style == "curly":
        puffs = (
            (33, 24, 8),
            (42, 17, 8.5),
            (53, 15.5, 9),
            (63, 19, 8.5),
            (69, 27, 7.5),
            (28.5, 32, 6.5),
            (50, 23, 10),
            (40, 27, 7),
            (60, 27, 7),
            (71.5, 35, 5.5),
            (27, 39, 4.5),
        )
        return f'<g fill="{hair}">' + "".join(f'<circle cx="{x}" cy="{y}" r="{r}"/>' for x, y, r in puffs) + "</g>"
    if style == "bald":
        return f'<g fill="{hair}"><path d="M30.3 34q-4 3-3 10.5l3 .5zM69.7 34q4 3 3 10.5l-3 .5z"/></g>'
    if style in ("bun", "pony", "long"):
        return (
            f'<path fill="{hair}" d="M27.5 46C24.5 25 34 13.5 50 13.5S75.5 25 72.5 46c-1.2-9-4.5-15.5-13-22.5'
            'C53 31 41 34 30.5 38.5c-1.5 2.5-2.4 4.5-3 7.5z"/>'
        )
    if style == "parted":
        return (
            f'<path fill="{hair}" d="M27.5 48C24 25 34 12.5 50 12.5S76 25 72.5 48c-1-12-7-21-18-25.5C45'
            ' 31 36 32 31.5 36c-2.2 3.6-3.2 7-4 12z"/>'
        )
    if style == "bob":
        return f'<path fill="{hair}" d="M26.5 50C24 25 34 12.5 50 12.5S76 25 73.5 50q-2.5-8-3.5-17-20 3.4-40 0-1 9-3.5 17z"/>'
    if style == "afro":
        return f'<path fill="{hair}" d="M28.5 42C29 24 38 17 50 17s21 7 21.5 25c-3-9-8.5-13.5-21.5-13.5S31.5 33 28.5 42z"/>'
    if style == "turban":
        return (
            f'<path fill="{cover}" d="M24.5 35C23.5 13 34 4.5 50 4.5S76.5 13 75.5 35c-8-9-17-13-25.5-13'
            'S32.5 26 24.5 35z"/>'
            '<path fill="none" stroke="#000" stroke-opacity=".24" stroke-width="1.8" stroke-linecap="round"'
            ' d="M29 23q13-1 22-11 8 9 20.5 13M27 32q13-12 24-14 12 2 22 13"/>'
        )
    if style == "hijab":
        return (
            f'<path fill="{cover}" fill-rule="evenodd" d="M50 6C31 6 23 19 23 39c0 20 2 30-3 43 12 8 48'
            " 8 60 0-5-13-3-23-3-43C77 19 69 6 50 6zm0 17c13 0 20 9 20 22 0 16-9 27.5-20 27.5S30 61 30"
            ' 45c0-13 7-22 20-22z"/>'
            '<path fill="#fff" fill-opacity=".14" fill-rule="evenodd" d="M50 15c-14 0-21.5 9-22.5 24 0'
            " 20 7 36 22.5 36s22.5-16 22.5-36C71.5 24 64 15 50 15zm0 8c13 0 20 9 20 22 0 16-9 27.5-20 27.5"
            'S30 61 30 45c0-13 7-22 20-22z"/>'
        )
    return ""
