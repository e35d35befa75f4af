// Every name, kind and limit that browser and server agree on. Mirrors peerlearn/live/protocol.py; a house test compares them.
// Coordinates are whole tenths of a CSS pixel at 100 %; ink is a flat list of x, y, pressure (0 to 100).

export const ASK = {
  LOBBY_JOIN: "lobby_join",
  ROOM_JOIN: "room_join",
  ROOM_LEAVE: "room_leave",
  ROOM_END: "room_end",
  SIGNAL_SEND: "signal_send",
  INK: "ink",
  BOARD_COMMIT: "board_commit",
  JOURNAL_SYNC: "journal_sync",
  CHAT_SEND: "chat_send",
  CHAT_SEEN: "chat_seen",
  TYPING_SHOW: "typing_show",
  MEDIA_SET: "media_set",
  VIEW_SHOW: "view_show",
  DIAGNOSTICS_SEND: "diagnostics_send",
  EXTENSION_ASK: "extension_ask",
  EXTENSION_ANSWER: "extension_answer",
  TIME_ASK: "time_ask",
  CAPTION_SAY: "caption_say",
};

export const TELL = {
  LOBBY_CHANGED: "lobby_changed",
  PEER_ENTERED: "peer_entered",
  PEER_LEFT: "peer_left",
  SIGNAL_RELAYED: "signal_relayed",
  INK: "ink",
  JOURNAL_APPENDED: "journal_appended",
  TYPING_SHOWN: "typing_shown",
  SEEN_RAISED: "seen_raised",
  MEDIA_CHANGED: "media_changed",
  VIEW_SHOWN: "view_shown",
  SEAT_MOVED: "seat_moved",
  NEWS_MISSED: "news_missed",
  ROOM_STARTED: "room_started",
  ROOM_ENDED: "room_ended",
  TIME_CHANGED: "time_changed",
  CAPTION_SAID: "caption_said",
};

export const BOARD = "board";
export const CHAT = "chat";

export const OPERATIONS = ["stroke", "shape", "text", "image", "remove", "restore", "clear", "page_add", "move", "page_style", "lock", "edit"];
export const SHAPES = ["line", "arrow", "rectangle", "ellipse"];
export const PENS = ["pen", "highlighter"];
export const PAPERS = ["plain", "grid", "graph", "number_line"];
export const INK_KINDS = { CURSOR: 0, LASER: 1, PEN: 2, HIGHLIGHTER: 3 };
export const PALETTE = ["#1d2333", "#3f3fa6", "#a23a52", "#1f6b58", "#8a5414", "#5b6270"];

// What may be handed over in the chat, by the end of its name.
export const FILE_TYPES = {
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  odt: "application/vnd.oasis.opendocument.text",
  ods: "application/vnd.oasis.opendocument.spreadsheet",
  odp: "application/vnd.oasis.opendocument.presentation",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  m4a: "audio/mp4",
};

export const LIMIT = {
  ID_CHARS: 32,
  SIGNAL_BYTES: 65536,
  INK_NUMBERS: 240,
  INK_BYTES: 1400,
  COORDINATE: 400000,
  STROKE_NUMBERS: 3600,
  STROKE_WIDTH: 600,
  TEXT_CHARS: 500,
  TEXT_SIZE: 2000,
  IMAGE_CHARS: 180000,
  IDS: 500,
  PAGES: 20,
  OPERATIONS_PER_COMMIT: 40,
  COMMIT_BYTES: 230000,
  CHAT_CHARS: 2000,
  FILE_BYTES: 25000000,
  FILE_NAME_CHARS: 120,
  MARKS: 60,
  MARK_REPORTS: 200,
  CAPTION_CHARS: 200,
  SYNC_ENTRIES: 4000,
  SYNC_CHARS: 1000000,
};
