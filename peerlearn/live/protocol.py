"""Every name, kind and limit that a lesson's browser and server must agree on.

`static/js/live/protocol.js` mirrors this module; a house test compares the two, so a name is changed in both or in none.
Sizes are in bytes or characters as named, coordinates in tenths of a CSS pixel at 100 %, times in seconds.
"""

from __future__ import annotations

from typing import Final

# Browser -> server. All but the volatile ones are answered with an acknowledgement {ok: true, ...} or {ok: false, code, message}.
ASK: Final[dict[str, str]] = {
    "LOBBY_JOIN": "lobby_join",
    "ROOM_JOIN": "room_join",
    "ROOM_LEAVE": "room_leave",
    "ROOM_END": "room_end",
    "SIGNAL_SEND": "signal_send",
    "INK": "ink",
    "BOARD_COMMIT": "board_commit",
    "JOURNAL_SYNC": "journal_sync",
    "CHAT_SEND": "chat_send",
    "CHAT_SEEN": "chat_seen",
    "TYPING_SHOW": "typing_show",
    "MEDIA_SET": "media_set",
    "VIEW_SHOW": "view_show",
    "DIAGNOSTICS_SEND": "diagnostics_send",
    "EXTENSION_ASK": "extension_ask",
    "EXTENSION_ANSWER": "extension_answer",
    "TIME_ASK": "time_ask",
    "CAPTION_SAY": "caption_say",
}

# Server -> browser.
TELL: Final[dict[str, str]] = {
    "LOBBY_CHANGED": "lobby_changed",
    "PEER_ENTERED": "peer_entered",
    "PEER_LEFT": "peer_left",
    "SIGNAL_RELAYED": "signal_relayed",
    "INK": "ink",
    "JOURNAL_APPENDED": "journal_appended",
    "TYPING_SHOWN": "typing_shown",
    "SEEN_RAISED": "seen_raised",
    "MEDIA_CHANGED": "media_changed",
    "VIEW_SHOWN": "view_shown",
    "SEAT_MOVED": "seat_moved",
    "NEWS_MISSED": "news_missed",
    "ROOM_STARTED": "room_started",
    "ROOM_ENDED": "room_ended",
    "TIME_CHANGED": "time_changed",
    "CAPTION_SAID": "caption_said",
}

# What a journal entry may be.
BOARD: Final = "board"
CHAT: Final = "chat"

# What a board operation may be, and what a shape may be.
OPERATIONS: Final[tuple[str, ...]] = (
    "stroke",
    "shape",
    "text",
    "image",
    "remove",
    "restore",
    "clear",
    "page_add",
    "move",
    "page_style",
    "lock",
    "edit",
)
SHAPES: Final[tuple[str, ...]] = ("line", "arrow", "rectangle", "ellipse")
PENS: Final[tuple[str, ...]] = ("pen", "highlighter")
PAPERS: Final[tuple[str, ...]] = ("plain", "grid", "graph", "number_line")

# What a message of ink in progress shows. The number is written in one digit.
INK_KINDS: Final[dict[str, int]] = {"CURSOR": 0, "LASER": 1, "PEN": 2, "HIGHLIGHTER": 3}

# Ink colours by index: two of the mentor, two of the learner, and two that either may take.
PALETTE: Final[tuple[str, ...]] = ("#1d2333", "#3f3fa6", "#a23a52", "#1f6b58", "#8a5414", "#5b6270")

# What may be handed over in the chat, by the end of its name. Nothing that runs when it is opened, nothing that holds other files.
FILE_TYPES: Final[dict[str, str]] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
}

LIMIT: Final[dict[str, int]] = {
    "ID_CHARS": 32,
    "SIGNAL_BYTES": 65_536,
    "INK_NUMBERS": 240,
    "INK_BYTES": 1_400,
    "COORDINATE": 400_000,
    "STROKE_NUMBERS": 3_600,
    "STROKE_WIDTH": 600,
    "TEXT_CHARS": 500,
    "TEXT_SIZE": 2_000,
    "IMAGE_CHARS": 180_000,
    "IDS": 500,
    "PAGES": 20,
    "OPERATIONS_PER_COMMIT": 40,
    "COMMIT_BYTES": 230_000,
    "CHAT_CHARS": 2_000,
    "FILE_BYTES": 25_000_000,
    "FILE_NAME_CHARS": 120,
    "MARKS": 60,
    "MARK_REPORTS": 200,
    "CAPTION_CHARS": 200,
    "SYNC_ENTRIES": 4_000,
    "SYNC_CHARS": 1_000_000,
}

# Tokens a second, and how many may be saved up. One bucket for each person and kind of event.
RATES: Final[dict[str, tuple[float, float]]] = {
    "lobby_join": (1, 10),
    "room_join": (1, 10),
    "room_leave": (1, 10),
    "room_end": (1, 5),
    "signal_send": (30, 120),
    "ink": (90, 180),
    "board_commit": (15, 45),
    "journal_sync": (4, 20),
    "chat_send": (2, 12),
    "chat_seen": (4, 20),
    "typing_show": (2, 8),
    "media_set": (4, 20),
    "view_show": (12, 40),
    "diagnostics_send": (0.2, 5),
    "extension_ask": (0.5, 4),
    "extension_answer": (1, 5),
    "time_ask": (1, 10),
    "caption_say": (6, 20),
}

# Dropped without a word when too many or malformed: the next one replaces them anyway.
VOLATILE: Final[frozenset[str]] = frozenset({"ink", "typing_show", "view_show", "caption_say"})

# A seat that was not heard of for so long counts as left, at the moment it was last heard of.
SEAT_SILENCE_SECONDS: Final = 75
SEAT_TOUCH_SECONDS: Final = 20
