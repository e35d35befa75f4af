"""The learners of the demonstration: a class with interests and goals, and the people who only left a review."""

from config.demo.shapes import Learner, face

LEARNERS: tuple[Learner, ...] = (
    Learner(
        "rohan", "Rohan Mehta", "Asia/Kolkata", face(4, "short", "black", "orange", "sand"),
        ("calculus", "python", "jee", "mechanics"), "Score 95 in boards and understand why integrals work",
    ),
    Learner(
        "ananya", "Ananya Rao", "Asia/Kolkata", face(2, "bob", "black", "ochre", "sage"),
        ("calculus", "class-12-boards", "drawing"), "Stop being afraid of limits",
    ),
    Learner(
        "kabir", "Kabir Sen", "Asia/Kolkata", face(4, "curly", "black", "slate", "sand"),
        ("calculus", "data-structures", "cat"), "Integration by parts without a formula sheet", "college",
    ),
    Learner(
        "priya", "Priya Menon", "Asia/Kolkata", face(4, "long", "black", "terracotta", "cream", glasses=True),
        ("calculus", "algebra", "carnatic-vocals"), "Know which series converge, and sing before breakfast", "college",
    ),
    Learner(
        "sofia", "Sofia Rossi", "Europe/Rome", face(1, "bun", "brown", "plum", "sand"),
        ("calculus", "statistics", "ux-design"), "A calculus refresher before my master's", "college", ("en", "it"),
    ),
    Learner(
        "arjun", "Arjun Pillai", "Asia/Kolkata", face(3, "short", "black", "slate", "mist"),
        ("sat", "calculus", "spoken-english"), "SAT in March, 1500 or more", "school", ("en", "ml"),
    ),
    Learner(
        "nisha", "Nisha Gupta", "Asia/Kolkata", face(3, "long", "brown", "teal", "blush", bindi=True),
        ("neet", "genetics", "organic-chemistry"), "NEET on the second attempt, calmly this time",
    ),
    Learner(
        "adaeze", "Adaeze Obi", "Africa/Lagos", face(6, "afro", "black", "ochre", "sky", earrings=True),
        ("ielts", "spoken-english", "cv-interviews"), "IELTS band 7.5 for nursing abroad", "beginner", ("en", "ig"),
    ),
    Learner(
        "mohan", "Mohan Das", "Asia/Kolkata", face(5, "bald", "grey", "olive", "cream", beard="short", glasses=True),
        ("excel", "accounting", "guitar"), "Keep my shop's books and learn one song", "working",
    ),
    Learner(
        "aiko", "Aiko Sato", "Asia/Tokyo", face(1, "wavy", "black", "indigo", "lilac"),
        ("spoken-english", "ux-design", "gre"), "Speak in design reviews without rehearsing", "working", ("ja", "en"),
    ),
    Learner(
        "tariq", "Tariq Anwar", "Asia/Karachi", face(3, "wavy", "black", "plum", "sage", beard="short"),
        ("machine-learning", "linear-algebra", "python"), "Understand the papers I pretend to read", "college",
    ),
    Learner(
        "lucia", "Lucía Vargas", "America/Bogota", face(2, "curly", "brown", "teal", "sky", earrings=True),
        ("piano", "french", "photography"), "Play one piece for my father's birthday", "beginner", ("es", "en"),
    ),
    Learner(
        "harpreet", "Harpreet Kaur", "Asia/Kolkata", face(2, "long", "black", "ochre", "mist"),
        ("python", "web-development", "public-speaking"), "A website for my aunt's bakery", "beginner",
    ),
    Learner(
        "femi", "Femi Adebayo", "Europe/London", face(6, "short", "black", "indigo", "sand", glasses=True),
        ("quantum-physics", "linear-algebra", "philosophy"), "Read one real physics book to the end", "college",
    ),
)  # fmt: skip

_REVIEWERS = (
    "Aarav Joshi", "Diya Shah", "Ishaan Verma", "Saanvi Patil", "Rehan Akhtar", "Mira Kapoor", "Vihaan Naik",
    "Tara Sinha", "Kunal Ghosh", "Esha Thomas", "Yash Chauhan", "Anika Das", "Farah Ali", "Neel Trivedi",
    "Pavithra Mohan", "Joel Fernandes", "Swara Kale", "Zoya Mirza", "Manav Suri", "Keerthi Balan", "Emma Fischer",
    "Luca Bianchi", "Amara Mensah", "Noah Becker", "Hye-jin Lee", "Sara Lindgren", "Daniela Cruz", "Peter Novak",
    "Wanjiru Kamau", "Ayşe Kaya",
)  # fmt: skip
_HAIR = ("short", "long", "curly", "bob", "wavy", "bun")
_CLOTHES = ("teal", "indigo", "terracotta", "olive", "plum", "ochre", "slate")
_GROUNDS = ("sage", "mist", "sand", "blush", "lilac", "sky", "cream")

REVIEWERS: tuple[Learner, ...] = tuple(
    Learner(
        name.lower().replace(" ", ".").replace("ş", "s"),
        name,
        "Asia/Kolkata",
        face(1 + (i * 5) % 6, _HAIR[i % 6], "black" if i % 3 else "brown", _CLOTHES[i % 7], _GROUNDS[(i * 3) % 7]),
    )
    for i, name in enumerate(_REVIEWERS)
)
"""People who took lessons in the past and wrote about them. They have accounts, and no wishes of their own."""
