"""Mentors of programming."""

from config.demo.shapes import Mentor, face

MENTORS = (
    Mentor(
        slug="gurpreet",
        name="Gurpreet Singh",
        city="Ludhiana",
        headline="Loops and lists in Python, with your own homework",
        bio=(
            "Bring the homework, not an example about fruit. I write no line for you; I ask one question at a "
            "time until you write it yourself. My first program counted tractors on our road, and it had a bug "
            "for three years."
        ),
        price_rupees=349,
        topics=("python", "data-structures", "class-12-boards"),
        languages=("en", "hi", "pa"),
        levels=("beginner", "intermediate"),
        hours="wide",
        portrait=face(3, "turban", "black", "slate", "mist", beard="full"),
        lessons_a_week=5.5,
    ),
    Mentor(
        slug="ananthi",
        name="Ananthi Selvam",
        city="Chennai",
        headline="Your first hundred lines of Python, none of them copied",
        bio=(
            "I switched from banking to code at thirty-four, so I remember not knowing. We build one small thing "
            "that is yours: a bill splitter, a rhyme finder, a cricket table. You keep the code and the courage."
        ),
        price_rupees=399,
        topics=("python", "sql-databases"),
        languages=("en", "ta"),
        levels=("beginner", "advanced"),
        hours="evenings",
        portrait=face(5, "long", "black", "plum", "blush", bindi=True, earrings=True),
        lessons_a_week=2,
    ),
    Mentor(
        slug="mateus",
        name="Mateus Oliveira",
        city="São Paulo",
        headline="JavaScript that behaves, and pages that load on a bus",
        bio=(
            "I make web pages for people with old phones. We will read your page the way a slow network does and "
            "make it kind. Promises included, in both senses."
        ),
        price_rupees=549,
        topics=("javascript", "web-development"),
        languages=("pt", "en", "es"),
        levels=("beginner", "advanced"),
        hours="daytime",
        portrait=face(3, "curly", "brown", "terracotta", "sand", beard="short"),
        lessons_a_week=1.7,
    ),
    Mentor(
        slug="nikita",
        name="Nikita Bhandari",
        city="Pune",
        headline="React, TypeScript and the CSS you keep avoiding",
        bio=(
            "Flexbox is a shelf and grid is a room. Once you have moved in, layout stops being magic. I review "
            "one of your components each lesson and we rebuild it in front of each other."
        ),
        price_rupees=499,
        topics=("web-development", "javascript", "ux-design"),
        languages=("en", "mr", "hi"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(2, "wavy", "brown", "teal", "sage"),
        lessons_a_week=2.2,
    ),
    Mentor(
        slug="henrik",
        name="Henrik Lindqvist",
        city="Stockholm",
        headline="Pointers, memory and the bug that only happens on Tuesdays",
        bio=(
            "Twenty years of embedded C in trains and pacemakers. We put your program under the debugger and read "
            "what the machine really did. I am strict about undefined behaviour and gentle about everything else."
        ),
        price_rupees=899,
        topics=("cpp", "linux-git"),
        languages=("sv", "en"),
        levels=("advanced",),
        hours="afternoons",
        portrait=face(1, "short", "blond", "slate", "sky", glasses=True),
        lessons_a_week=1,
    ),
    Mentor(
        slug="rukmini",
        name="Rukmini Hegde",
        city="Bengaluru",
        headline="Neural networks from one neuron, drawn by hand first",
        bio=(
            "Before any library we train one neuron on paper, with a pencil and an eraser as the optimiser. Then "
            "the code is short and you know what each line is for. I lead a speech team and interview for it too."
        ),
        price_rupees=699,
        topics=("machine-learning", "python", "linear-algebra"),
        languages=("en", "kn", "hi"),
        levels=("advanced",),
        hours="evenings-late",
        portrait=face(3, "short", "black", "ochre", "cream", glasses=True, earrings=True),
        lessons_a_week=2.4,
    ),
    Mentor(
        slug="jiho",
        name="Ji-ho Park",
        city="Seoul",
        headline="Interview problems, solved out loud and slowly",
        bio=(
            "You talk, I stay silent longer than is comfortable, exactly like the interview. Afterwards we rewind "
            "and name the moment you knew. Dynamic programming is a habit, not a talent."
        ),
        price_rupees=599,
        topics=("data-structures", "java", "cpp"),
        languages=("ko", "en"),
        levels=("advanced",),
        hours="mornings",
        portrait=face(1, "short", "black", "olive", "sand", glasses=True),
        lessons_a_week=1.3,
    ),
    Mentor(
        slug="sadia",
        name="Sadia Hossain",
        city="Dhaka",
        headline="Java and Android: put one small app on your own phone",
        bio=(
            "By the third lesson your phone does something it did not do before. I published six apps, two of "
            "which my mother uses. We read error messages aloud like poems."
        ),
        price_rupees=349,
        topics=("java", "android"),
        languages=("bn", "en", "hi"),
        levels=("beginner", "advanced"),
        hours="nights",
        portrait=face(3, "hijab", "black", "terracotta", "cream"),
        lessons_a_week=1.8,
    ),
    Mentor(
        slug="praveen",
        name="Praveen Reddy",
        city="Hyderabad",
        headline="SQL that answers the question you meant to ask",
        bio=(
            "Bring the slow query. We read its plan together, draw the tables on the board, and find the join "
            "that lies. I have been woken by databases at three in the morning so that you need not be."
        ),
        price_rupees=449,
        topics=("sql-databases", "linux-git", "excel"),
        languages=("en", "te", "hi"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(4, "short", "black", "indigo", "mist", beard="short", glasses=True),
        lessons_a_week=1.9,
    ),
    Mentor(
        slug="leila",
        name="Leila Haddad",
        city="Amman",
        headline="From an empty folder to a site on the internet, in five evenings",
        bio=(
            "Domain, server, certificate, first page, first visitor. Nobody explains the glue, so I do only the "
            "glue. You will understand every file you deploy."
        ),
        price_rupees=499,
        topics=("web-development", "linux-git"),
        languages=("ar", "en", "fr"),
        levels=("beginner", "advanced"),
        hours="afternoons",
        portrait=face(2, "long", "black", "plum", "lilac", earrings=True),
        lessons_a_week=1.1,
    ),
    Mentor(
        slug="ben",
        name="Ben Whitaker",
        city="Manchester",
        headline="Coding for eleven-year-olds and their curious grandparents",
        bio=(
            "We make a game where the hero looks like your dog. Functions arrive when you need them and not "
            "before. I have taught three generations of one family on the same keyboard."
        ),
        price_rupees=399,
        topics=("python", "javascript"),
        languages=("en",),
        levels=("beginner", "intermediate"),
        hours="weekends",
        portrait=face(1, "curly", "red", "olive", "sage"),
        lessons_a_week=0.7,
    ),
    Mentor(
        slug="tanvi",
        name="Tanvi Kulkarni",
        city="Nashik",
        headline="Your machine learning project, made honest",
        bio=(
            "I ask where the test set came from, and then we both sit quietly. Leaks, baselines, and the plot "
            "that convinces a reviewer. Four of my students passed their viva on those three words."
        ),
        price_rupees=549,
        topics=("machine-learning", "statistics", "python"),
        languages=("en", "mr", "hi"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(3, "bob", "black", "indigo", "lilac", glasses=True),
        lessons_a_week=1.5,
    ),
    Mentor(
        slug="aditya",
        name="Aditya Rathore",
        city="Udaipur",
        headline="C++ for first-semester students who nodded through week one",
        bio=(
            "I passed this course eighteen months ago, so I still remember which slides lied. We start from the "
            "first thing you pretended to understand. Nobody will know."
        ),
        price_rupees=299,
        topics=("cpp", "data-structures"),
        languages=("hi", "en"),
        levels=("beginner", "intermediate"),
        hours="nights",
        portrait=face(3, "side", "black", "plum", "lilac"),
        lessons_a_week=0.4,
    ),
    Mentor(
        slug="fatou",
        name="Fatou Ndiaye",
        city="Paris",
        headline="Transformers on a whiteboard, until attention is just a weighted average",
        bio=(
            "I work on speech for languages with few recordings, Wolof first. We build attention with coloured "
            "pens and nine numbers. Then we read one paper and find the trick it hides in an appendix."
        ),
        price_rupees=799,
        topics=("machine-learning", "statistics"),
        languages=("fr", "en"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(6, "long", "black", "terracotta", "sand", earrings=True, glasses=True),
        lessons_a_week=1.2,
    ),
)
