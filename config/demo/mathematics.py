"""Mentors of mathematics."""

from config.demo.shapes import Mentor, face

MENTORS = (
    Mentor(
        slug="asha",
        name="Asha Raghavan",
        city="London",
        headline="Integrals, from the picture up. Bring one problem, leave with ten.",
        bio=(
            "I draw before I write. Give me one area you cannot find and we will cut it into slices together "
            "until the formula is the least surprising part. I taught at a sixth-form college for nine years and "
            "still keep a box of chalk on the desk."
        ),
        price_rupees=499,
        topics=("calculus", "class-12-boards", "jee"),
        languages=("en", "hi", "ta"),
        levels=("intermediate", "advanced"),
        hours="daytime",
        portrait=face(3, "bun", "black", "teal", "sage", bindi=True, earrings=True),
        lessons_a_week=6,
    ),
    Mentor(
        slug="daniel",
        name="Daniel Kim",
        city="Toronto",
        headline="Calculus for programmers: derive it, then plot it",
        bio=(
            "I was the student who only believed a derivative after I had coded it. We write ten lines of Python, "
            "watch the curve bend, and then prove what we saw. Good for engineers coming back to mathematics "
            "after a gap."
        ),
        price_rupees=599,
        topics=("calculus", "python", "machine-learning"),
        languages=("en", "ko"),
        levels=("advanced",),
        hours="mornings",
        portrait=face(2, "short", "black", "slate", "mist", glasses=True),
        lessons_a_week=2,
    ),
    Mentor(
        slug="meera",
        name="Meera Nair",
        city="Kochi",
        headline="Limits to integrals in four calm lessons",
        bio=(
            "Four lessons, one idea in each, no homework you cannot finish on a bus. I am new here, and I have "
            "time. My students say I never sigh."
        ),
        price_rupees=399,
        topics=("calculus", "algebra"),
        languages=("en", "ml", "hi"),
        levels=("beginner", "intermediate"),
        hours="evenings",
        portrait=face(3, "long", "black", "indigo", "lilac", bindi=True),
        lessons_a_week=0.8,
    ),
    Mentor(
        slug="suresh",
        name="Suresh Babu",
        city="Vijayawada",
        headline="Class 12 boards: area, volume, and the marks for method",
        bio=(
            "I have corrected board papers for eleven summers, so I know exactly where two marks go missing. You "
            "write, I stop you at the line an examiner would circle. By March you hear my voice while you write, "
            "and then you do not need it."
        ),
        price_rupees=299,
        topics=("class-12-boards", "calculus", "algebra"),
        languages=("en", "te", "hi"),
        levels=("intermediate",),
        hours="teacher",
        portrait=face(5, "short", "black", "teal", "cream", glasses=True),
        lessons_a_week=3,
    ),
    Mentor(
        slug="ines",
        name="Inês Carvalho",
        city="Lisbon",
        headline="Olympiad integrals, one hard problem a lesson",
        bio=(
            "One problem, fifty minutes, no hints for the first twenty. I competed for Portugal twice and learned "
            "more from what I failed to solve. Come stubborn."
        ),
        price_rupees=599,
        topics=("olympiad-mathematics", "calculus", "discrete-mathematics"),
        languages=("en", "pt", "es"),
        levels=("advanced",),
        hours="afternoons",
        portrait=face(1, "bob", "brown", "indigo", "sky"),
        lessons_a_week=1,
    ),
    Mentor(
        slug="dev",
        name="Dev Malhotra",
        city="Chandigarh",
        headline="Definite integrals and the SAT maths you are allowed to enjoy",
        bio=(
            "I coach a street football team at six and calculus at eight. Both need footwork. We drill the small "
            "moves until the big problem looks slow."
        ),
        price_rupees=449,
        topics=("calculus", "statistics", "sat"),
        languages=("en", "hi", "pa"),
        levels=("intermediate", "advanced"),
        hours="evenings",
        portrait=face(4, "short", "black", "olive", "cream", beard="short"),
        lessons_a_week=2,
    ),
    Mentor(
        slug="hana",
        name="Hana Yusuf",
        city="Nairobi",
        headline="Linear algebra you can turn in your hands",
        bio=(
            "A matrix is a thing that moves space, so we move space: with paper, with string, with two pencils. "
            "Eigenvectors come last and feel obvious. I research satellite orbits and use this every day."
        ),
        price_rupees=649,
        topics=("linear-algebra", "calculus", "statistics"),
        languages=("en", "sw", "ar"),
        levels=("advanced",),
        hours="afternoons",
        portrait=face(5, "hijab", "black", "slate", "lilac", glasses=True),
        lessons_a_week=2.5,
    ),
    Mentor(
        slug="tomas",
        name="Tomás Herrera",
        city="Madrid",
        headline="Integrals in Spanish or in English, small talk included",
        bio=(
            "Half my students come for the mathematics and stay for the Spanish. The other half arrive the other "
            "way round. You choose the language at the start and may change your mind mid-sentence."
        ),
        price_rupees=549,
        topics=("calculus", "spanish", "mechanics"),
        languages=("es", "en"),
        levels=("intermediate", "advanced"),
        hours="evenings-late",
        portrait=face(1, "wavy", "brown", "olive", "sand", beard="short"),
        lessons_a_week=2,
    ),
    Mentor(
        slug="lalitha",
        name="Lalitha Krishnan",
        city="Coimbatore",
        headline="Algebra for people who were told they are not maths people",
        bio=(
            "You were told wrong. I have spent thirty-four years proving it, mostly to parents. We begin with a "
            "balance, two apples and a letter that stands for patience."
        ),
        price_rupees=349,
        topics=("algebra", "geometry"),
        languages=("en", "ta"),
        levels=("beginner", "intermediate"),
        hours="mornings",
        portrait=face(4, "bun", "grey", "plum", "blush", bindi=True, earrings=True, glasses=True),
        lessons_a_week=2,
    ),
    Mentor(
        slug="farida",
        name="Farida Rahmani",
        city="Hamburg",
        headline="What a p-value really means, with your own data",
        bio=(
            "Bring your data set, however ugly. I work in hospital statistics, where a wrong average costs more "
            "than a grade. We find the question first and the test second."
        ),
        price_rupees=499,
        topics=("statistics", "probability"),
        languages=("en", "de", "fa"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(2, "long", "brown", "terracotta", "sand", glasses=True),
        lessons_a_week=1.6,
    ),
    Mentor(
        slug="arvind",
        name="Arvind Chatterjee",
        city="Kolkata",
        headline="Counting problems, cards and the odds of almost everything",
        bio=(
            "I learned probability at a bridge table from my grandmother, who cheated honestly. Every lesson "
            "begins with a game and ends with a theorem. Tea is your own responsibility."
        ),
        price_rupees=399,
        topics=("probability", "discrete-mathematics", "cat"),
        languages=("en", "bn", "hi"),
        levels=("advanced",),
        hours="nights",
        portrait=face(4, "short", "grey", "slate", "mist", glasses=True, beard="full"),
        lessons_a_week=1.5,
    ),
    Mentor(
        slug="oluwaseun",
        name="Oluwaseun Adeyemi",
        city="Lagos",
        headline="Proof by induction, until you trust the ladder",
        bio=(
            "Most people can copy an induction proof and cannot believe one. I fix the believing. Graphs, sets, "
            "logic, and why your recursion is the same thing wearing a hoodie."
        ),
        price_rupees=449,
        topics=("discrete-mathematics", "data-structures"),
        languages=("en", "yo"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(6, "short", "black", "indigo", "mist", beard="short"),
        lessons_a_week=1.4,
    ),
    Mentor(
        slug="nandini",
        name="Nandini Bose",
        city="Durgapur",
        headline="Geometry with a folded sheet of paper and no panic",
        bio=(
            "Fold it, look at the crease, tell me what is equal. By the time we say theorem you have already "
            "proved it with your thumbs. I teach girls in classes 8 to 10 and have kept every paper crane they "
            "gave me."
        ),
        price_rupees=249,
        topics=("geometry", "algebra"),
        languages=("bn", "hi", "en"),
        levels=("beginner", "intermediate"),
        hours="teacher",
        portrait=face(4, "bun", "black", "olive", "sage", bindi=True, glasses=True),
        lessons_a_week=1.8,
    ),
)
