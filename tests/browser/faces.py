"""People with a face and a voice that can be told apart: a colour for the camera, a tone for the microphone."""

from __future__ import annotations

import math
import random
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from config.devkit import programs
from tests.conftest import CHROMIUM_FLAGS

WIDTH, HEIGHT, RATE = 320, 240, 10
SAMPLES = 48_000


@dataclass(frozen=True)
class Face:
    """A colour as Cb and Cr (BT.601), how bright, and a tone in hertz."""

    name: str
    cb: int
    cr: int
    luma: int
    hertz: int


RED = Face("red", 84, 220, 90, 1000)
BLUE = Face("blue", 220, 108, 60, 600)


def picture_file(folder: Path, face: Face, seconds: int = 2) -> Path:
    """A small film: the colour with a fine pattern that never rests, so that it costs what a real picture costs."""
    path = folder / f"{face.name}.y4m"
    dice = random.Random(face.name)
    cell = 4
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(seconds * RATE):
            out.write(b"FRAME\n")
            for _ in range(HEIGHT // cell):
                row = b"".join(bytes([face.luma + dice.randint(-30, 30)]) * cell for _ in range(WIDTH // cell))
                out.write(row * cell)
            out.write(bytes([face.cb]) * (WIDTH * HEIGHT // 4) + bytes([face.cr]) * (WIDTH * HEIGHT // 4))
    return path


def voice_file(folder: Path, face: Face) -> Path:
    """One second of the tone; the browser plays it round and round, and a whole number of waves leaves no click."""
    path = folder / f"{face.name}.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLES)
        turns = 2 * math.pi * face.hertz / SAMPLES
        out.writeframes(struct.pack(f"<{SAMPLES}h", *(int(9000 * math.sin(turns * at)) for at in range(SAMPLES))))
    return path


def launch(playwright: Playwright, folder: Path, face: Face) -> Browser:
    """A browser whose camera and microphone are this face; a call in it asks for no more than the film is."""
    return playwright.chromium.launch(
        executable_path=programs.CHROMIUM.path(),
        args=[
            *CHROMIUM_FLAGS,
            f"--use-file-for-fake-video-capture={picture_file(folder, face)}",
            f"--use-file-for-fake-audio-capture={voice_file(folder, face)}",
        ],
    )
