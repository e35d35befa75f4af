"""Review sentences, written by hand and joined deterministically: an opening, sometimes a detail, sometimes a close."""

OPENINGS = (
    "Patient in a way I had forgotten people can be.",
    "I came with one question and left with the answer to three.",
    "We never hurried, and we still finished the whole sheet.",
    "My first lesson, and I was nervous for about two minutes.",
    "Explains with the pen in your hand, not in theirs.",
    "I finally said it back in my own words.",
    "Started exactly on time and ended with a plan.",
    "I had watched eleven videos about this. One lesson did it.",
    "Asked what I already knew before saying anything. That helped.",
    "Kind, exact, and a little funny.",
    "Did not let me nod. I am grateful now.",
    "The board was full and somehow still tidy.",
    "I was ready to drop the subject. I am not any more.",
    "Third lesson, and each builds on the last.",
    "Found the small mistake I have been making for a year.",
    "Answered the stupid question as if it were a good one.",
)
DETAILS = {
    "Mathematics": ("The picture came first and the formula after it.", "We drew every step until it was obvious."),
    "Programming": ("My code runs, and I know why it runs.", "We read the error message together, word by word."),
    "Physics": ("The arrows make sense now.", "A lamp, a ball and a string, and suddenly a law."),
    "Chemistry": ("I can draw mechanisms I have never seen.", "No flash cards, only reasons."),
    "Biology": ("I remembered all of it the next morning.", "The questions were better than the book’s."),
    "Languages": ("I spoke for most of the lesson, which frightened me usefully.", "I used it the same evening."),
    "Music": ("I practised the next day without being told to.", "We slowed one bar down until it opened."),
    "Exam preparation": ("I know where the marks are now.", "The mock was harder than the exam, which is right."),
    "Design": ("One sentence moved, and the whole page breathed.", "Honest about my work without hurting."),
    "Business": ("We used my own numbers, which made it real.", "I gave the talk on Friday and nobody fell asleep."),
    "Writing": ("Half the length and twice as clear.", "My supervisor asked who helped me."),
    "Humanities": (
        "We argued, pleasantly, and I changed my mind once.",
        "One old letter, and the whole century moved.",
    ),
}
CLOSINGS = (
    "Booked again before I closed the page.",
    "The replay of the board is what I revise from.",
    "My sister has booked the next one.",
    "Worth every rupee.",
    "See you on Thursday.",
    "I told my whole class.",
    "",
    "",
    "",
)
LUKEWARM = (
    "Good explanations, though we ran out of time before the last problem.",
    "The connection dropped twice, and the lesson was fine in between.",
    "A little fast for me. Better when I asked to slow down.",
    "Solid lesson. I would have liked one more exercise.",
)
LEARNER_REVIEWS = (
    "Prepared, curious, asked for the reason and not for the answer.",
    "Came with the exact problem. A pleasure.",
    "Tried before asking. That is most of it.",
)


def review_text(field: str, stars: int, key: int) -> str:
    """The text of one review. The same key gives the same words; four stars or fewer say what was missing."""
    if stars <= 4 and key % 2:
        return LUKEWARM[key % len(LUKEWARM)]
    parts = [OPENINGS[key % len(OPENINGS)]]
    details = DETAILS[field]
    if key % 3:
        parts.append(details[(key // 3) % len(details)])
    parts.append(CLOSINGS[(key // 7) % len(CLOSINGS)])
    return " ".join(part for part in parts if part)
