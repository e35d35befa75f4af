"""Mentors of music, drawing and design."""

from config.demo.shapes import Mentor, face

MENTORS = (
    Mentor(
        slug="lakshmi",
        name="Lakshmi Subramaniam",
        city="Chennai",
        headline="Carnatic vocals, from your breath and one raga you love",
        bio=(
            "Thirty years of singing. I start from your breath and one raga you love. The tala we keep on the "
            "knee, never in the head."
        ),
        price_rupees=599,
        topics=("carnatic-vocals", "music-theory"),
        languages=("ta", "en", "te"),
        levels=("beginner", "advanced"),
        hours="mornings",
        portrait=face(3, "long", "grey", "terracotta", "cream", bindi=True, glasses=True),
        lessons_a_week=2.2,
    ),
    Mentor(
        slug="nilufar",
        name="Nilufar Rahimova",
        city="Tashkent",
        headline="Piano for hands that type all day",
        bio=(
            "Your fingers are already quick; they only need to listen. We learn one piece you can play for "
            "someone by the end of the month. A cheap keyboard is quite enough."
        ),
        price_rupees=449,
        topics=("piano", "music-theory"),
        languages=("ru", "en"),
        levels=("beginner", "intermediate"),
        hours="afternoons",
        portrait=face(1, "bun", "brown", "plum", "blush", earrings=True),
        lessons_a_week=1,
    ),
    Mentor(
        slug="zubin",
        name="Zubin Contractor",
        city="Mumbai",
        headline="Guitar: the four chords first, the reasons after",
        bio=(
            "You play a song tonight. Tomorrow you ask why it works, and then the theory has somewhere to sit. I "
            "toured for eight years and came home for the mangoes."
        ),
        price_rupees=699,
        topics=("guitar", "music-theory"),
        languages=("en", "gu", "hi"),
        levels=("beginner", "intermediate"),
        hours="evenings-late",
        portrait=face(2, "wavy", "black", "olive", "sand", beard="short"),
        lessons_a_week=2,
    ),
    Mentor(
        slug="ustad",
        name="Imtiaz Ali Khan",
        city="Jaipur",
        headline="Tabla, said with the mouth before the hands",
        bio=(
            "If you can speak the bol, the fingers follow. I sit with my grandfather's pair from 1931. Bring any "
            "surface that makes a sound; the kitchen table has a fine bass."
        ),
        price_rupees=549,
        topics=("tabla", "hindustani-vocals"),
        languages=("hi", "ur", "en"),
        levels=("beginner", "advanced"),
        hours="mornings",
        portrait=face(4, "short", "grey", "teal", "cream", beard="full"),
        lessons_a_week=1.1,
    ),
    Mentor(
        slug="sunniva",
        name="Sunniva Dahl",
        city="Bergen",
        headline="Violin intonation: hear it, trust it, leave it alone",
        bio=(
            "We play slowly, with a drone, until the note clicks into the room. I was in an orchestra for fifteen "
            "years and I still love scales. Your neighbours will too, eventually."
        ),
        price_rupees=799,
        topics=("violin", "music-theory"),
        languages=("no", "en"),
        levels=("intermediate", "advanced"),
        hours="evenings",
        portrait=face(1, "long", "blond", "slate", "sky"),
        lessons_a_week=0.6,
    ),
    Mentor(
        slug="rohit",
        name="Rohit Deshmukh",
        city="Indore",
        headline="Hindustani vocals for late beginners, one swara at a time",
        bio=(
            "I began at twenty-nine, in a shared flat, very quietly. So I know how to practise without a room and "
            "without shame. Sa first, for as long as Sa needs."
        ),
        price_rupees=399,
        topics=("hindustani-vocals",),
        languages=("hi", "mr", "en"),
        levels=("beginner",),
        hours="evenings",
        portrait=face(3, "short", "black", "ochre", "sand", glasses=True),
        lessons_a_week=0.9,
    ),
    Mentor(
        slug="elif",
        name="Elif Demir",
        city="Istanbul",
        headline="UX portfolio review: three projects, told like stories",
        bio=(
            "Recruiters give you ninety seconds, so I set a timer and read your portfolio aloud. Then we move the "
            "best sentence to the top. I hired designers for six years; now I help them."
        ),
        price_rupees=699,
        topics=("ux-design", "graphic-design"),
        languages=("tr", "en"),
        levels=("advanced",),
        hours="afternoons",
        portrait=face(1, "long", "brown", "teal", "sand"),
        lessons_a_week=2.1,
    ),
    Mentor(
        slug="rhea",
        name="Rhea D'Souza",
        city="Panaji",
        headline="Draw what is on your table, badly, then less badly",
        bio=(
            "A cup, a key, your own left hand. Seeing is the skill and the pencil only reports. I promise you "
            "will keep the tenth drawing."
        ),
        price_rupees=499,
        topics=("drawing", "graphic-design"),
        languages=("en", "pt", "hi"),
        levels=("beginner",),
        hours="weekends",
        portrait=face(3, "curly", "brown", "terracotta", "blush", earrings=True),
        lessons_a_week=1.3,
    ),
    Mentor(
        slug="kofi",
        name="Kofi Mensah",
        city="Accra",
        headline="Photographs with the phone you already have",
        bio=(
            "Light first, then edges, then the button. You send five pictures, I circle one thing in each. My "
            "best portrait was taken in a queue at the bank."
        ),
        price_rupees=449,
        topics=("photography",),
        languages=("en",),
        levels=("beginner",),
        hours="wide",
        portrait=face(6, "short", "black", "slate", "mist", beard="short"),
        lessons_a_week=0.9,
    ),
    Mentor(
        slug="anouk",
        name="Anouk de Vries",
        city="Utrecht",
        headline="Typography: make your slides look like you meant it",
        bio=(
            "Two sizes, one typeface, more space than feels polite. We fix one real document of yours. I set "
            "books for a living and I read menus for pleasure."
        ),
        price_rupees=649,
        topics=("graphic-design", "ux-design"),
        languages=("nl", "en", "de"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(1, "short", "blond", "plum", "lilac", glasses=True),
        lessons_a_week=0.8,
    ),
    Mentor(
        slug="harshita",
        name="Harshita Solanki",
        city="Ahmedabad",
        headline="Entrance portfolios for design school, from NID to the first interview",
        bio=(
            "I sat on both sides of that studio test. We make thirty quick ideas, throw away twenty-seven kindly, "
            "and polish three. Parents may join the last ten minutes."
        ),
        price_rupees=399,
        topics=("drawing", "ux-design"),
        languages=("gu", "hi", "en"),
        levels=("beginner", "advanced"),
        hours="evenings",
        portrait=face(3, "long", "black", "ochre", "cream", bindi=True),
        lessons_a_week=1,
    ),
    Mentor(
        slug="viktor",
        name="Viktor Petrov",
        city="Sofia",
        headline="Jazz harmony for people who already play a little",
        bio=(
            "Bring one standard and we will find four ways through its bridge. I accompany silent films on "
            "Thursdays, so wrong notes do not frighten me. They are only early."
        ),
        price_rupees=599,
        topics=("guitar", "piano"),
        languages=("bg", "en", "ru"),
        levels=("intermediate", "advanced"),
        hours="nights",
        portrait=face(1, "bald", "brown", "slate", "sky", beard="full"),
        lessons_a_week=0.7,
    ),
)
