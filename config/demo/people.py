"""All mentors of the demonstration, field by field."""

from config.demo import exams_work, languages, mathematics, music_design, programming, sciences
from config.demo.shapes import Mentor

MENTORS: tuple[Mentor, ...] = (
    *mathematics.MENTORS,
    *programming.MENTORS,
    *sciences.MENTORS,
    *languages.MENTORS,
    *music_design.MENTORS,
    *exams_work.MENTORS,
)
