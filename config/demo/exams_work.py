"""Mentors of exams, business, writing and the humanities."""

from config.demo.shapes import Mentor, face

MENTORS = (
    Mentor(
        slug="vikram",
        name="Vikram Deshpande",
        city="Pune",
        headline="JEE calculus at exam speed, after it makes sense slowly",
        bio=(
            "First we take an hour over one problem, because you deserve to see all of it. Later we take three "
            "minutes, because the exam does. I have walked with nine hundred students to that gate, and I "
            "remember the nervous ones best."
        ),
        price_rupees=549,
        topics=("jee", "calculus", "mechanics"),
        languages=("en", "mr", "hi"),
        levels=("intermediate", "advanced"),
        hours="wide",
        portrait=face(4, "bald", "grey", "slate", "sand", beard="full", glasses=True),
        lessons_a_week=6,
    ),
    Mentor(
        slug="pooja",
        name="Pooja Agarwal",
        city="Kota",
        headline="NEET biology: read the textbook once, properly",
        bio=(
            "Everyone reads that book five times and underlines all of it. We read one page and ask it ten "
            "questions. I scored high after failing twice, and the two failures are what I teach from."
        ),
        price_rupees=449,
        topics=("neet", "genetics"),
        languages=("hi", "en"),
        levels=("intermediate",),
        hours="nights",
        portrait=face(3, "long", "brown", "plum", "lilac", bindi=True, earrings=True),
        lessons_a_week=2.7,
    ),
    Mentor(
        slug="samuel",
        name="Samuel Lalrinawma",
        city="Aizawl",
        headline="UPSC answers in 150 words that an examiner can breathe in",
        bio=(
            "You write, I cut. After a month you will cut before I do. I read four newspapers at five in the "
            "morning and can be persuaded to share the useful tenth."
        ),
        price_rupees=349,
        topics=("upsc", "history"),
        languages=("en", "hi"),
        levels=("advanced",),
        hours="mornings",
        portrait=face(2, "short", "black", "olive", "sage"),
        lessons_a_week=0.9,
    ),
    Mentor(
        slug="ritika",
        name="Ritika Saxena",
        city="Gurugram",
        headline="CAT quant: choose which questions not to do",
        bio=(
            "The paper is a shop and you have forty minutes of money. I teach you to walk past things. After that "
            "the arithmetic is quick, because there is less of it."
        ),
        price_rupees=699,
        topics=("cat", "statistics"),
        languages=("en", "hi"),
        levels=("advanced",),
        hours="evenings-late",
        portrait=face(2, "bob", "brown", "indigo", "sky"),
        lessons_a_week=1.8,
    ),
    Mentor(
        slug="jonathan",
        name="Jonathan Pereira",
        city="Mangaluru",
        headline="GRE and SAT verbal: read the sentence the way it was built",
        bio=(
            "A hard sentence is two easy ones in a coat. We unbutton it. Vocabulary comes from reading things you "
            "like, and I will find you those things."
        ),
        price_rupees=499,
        topics=("gre", "sat", "academic-writing"),
        languages=("en", "kn"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(3, "short", "black", "terracotta", "cream", glasses=True),
        lessons_a_week=1.4,
    ),
    Mentor(
        slug="maria",
        name="Maria Kowalska",
        city="Kraków",
        headline="Economics with graphs drawn slowly and words before symbols",
        bio=(
            "I ask what people want, what they can get, and who decides. The curves are only a picture of that. "
            "My students argue more at the end of the lesson than at the beginning."
        ),
        price_rupees=599,
        topics=("economics", "statistics"),
        languages=("pl", "en"),
        levels=("advanced",),
        hours="afternoons",
        portrait=face(1, "long", "brown", "olive", "sage", glasses=True),
        lessons_a_week=1.2,
    ),
    Mentor(
        slug="harish",
        name="Harish Shetty",
        city="Udupi",
        headline="Balance sheets for people who run something small",
        bio=(
            "I kept the books of a hotel for twenty years, including the monsoon when nobody came. We use your "
            "numbers, not a textbook's. You will know on one page whether you are all right."
        ),
        price_rupees=399,
        topics=("accounting", "excel"),
        languages=("en", "kn", "hi"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(4, "short", "grey", "slate", "sand", glasses=True),
        lessons_a_week=1.7,
    ),
    Mentor(
        slug="thandiwe",
        name="Thandiwe Dlamini",
        city="Durban",
        headline="Say what you sell in one sentence, then on one stage",
        bio=(
            "I take your pitch, remove the fog, and hand it back half as long. Then you say it to me standing up. "
            "Shy people become my best speakers, because they listen first."
        ),
        price_rupees=549,
        topics=("marketing", "public-speaking"),
        languages=("en", "zu"),
        levels=("beginner", "advanced"),
        hours="evenings",
        portrait=face(6, "curly", "black", "ochre", "blush", earrings=True),
        lessons_a_week=1.1,
    ),
    Mentor(
        slug="omar",
        name="Omar El-Sayed",
        city="Dubai",
        headline="Your business plan, questioned kindly for fifty minutes",
        bio=(
            "I have started four companies and closed two, and I charge for the second kind of wisdom. Bring the "
            "number you are least sure of. We will look at it together until it blinks."
        ),
        price_rupees=999,
        topics=("startups", "marketing"),
        languages=("en", "ar"),
        levels=("advanced",),
        hours="nights",
        portrait=face(2, "short", "black", "slate", "mist", beard="short", glasses=True),
        lessons_a_week=0.8,
    ),
    Mentor(
        slug="sneha",
        name="Sneha Pillai",
        city="Bengaluru",
        headline="Your CV in one page and your nerves in one piece",
        bio=(
            "I read two thousand CVs a year in my day job. We keep the lines that only you could have written. "
            "Then I interview you, and at the end I tell you what I wrote down."
        ),
        price_rupees=649,
        topics=("cv-interviews", "spoken-english"),
        languages=("en", "ml", "kn"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(3, "wavy", "black", "teal", "sage"),
        lessons_a_week=2.4,
    ),
    Mentor(
        slug="padma",
        name="Padma Venkatesan",
        city="Puducherry",
        headline="Short stories: find the sentence where yours really begins",
        bio=(
            "It is usually in the third paragraph. I edit for a small press and I read with a soft pencil. You "
            "will cut your best line once and be glad."
        ),
        price_rupees=449,
        topics=("creative-writing",),
        languages=("en", "ta", "fr"),
        levels=("beginner", "advanced"),
        hours="mornings",
        portrait=face(4, "short", "grey", "plum", "lilac", glasses=True, earrings=True),
        lessons_a_week=0.9,
    ),
    Mentor(
        slug="michael",
        name="Michael Osei",
        city="Kumasi",
        headline="Thesis chapters that your supervisor reads to the end",
        bio=(
            "Tell me your argument while you make tea. What you say at the kettle is your first paragraph. We "
            "repair structure before commas, and references while we are tired."
        ),
        price_rupees=499,
        topics=("academic-writing",),
        languages=("en",),
        levels=("advanced",),
        hours="afternoons",
        portrait=face(6, "short", "black", "indigo", "mist", glasses=True),
        lessons_a_week=1.3,
    ),
    Mentor(
        slug="deepika",
        name="Deepika Rao",
        city="Hyderabad",
        headline="Public speaking for the quiet ones at the back",
        bio=(
            "I stammered until I was nineteen. Pauses are a tool, and you already own them. We begin with one "
            "minute about something you love."
        ),
        price_rupees=399,
        topics=("public-speaking", "spoken-english"),
        languages=("en", "te", "hi"),
        levels=("beginner", "intermediate"),
        hours="weekends",
        portrait=face(3, "bun", "black", "terracotta", "cream", bindi=True),
        lessons_a_week=1.2,
    ),
    Mentor(
        slug="alistair",
        name="Alistair Grant",
        city="Glasgow",
        headline="Philosophy: one argument a lesson, taken apart and put back",
        bio=(
            "I do not mind what you conclude, only how you got there. Kant on Mondays, doubt on all days. My dog "
            "is called Premise."
        ),
        price_rupees=599,
        topics=("philosophy", "academic-writing"),
        languages=("en",),
        levels=("advanced",),
        hours="evenings",
        portrait=face(1, "wavy", "grey", "olive", "sand", beard="full", glasses=True),
        lessons_a_week=0.7,
    ),
    Mentor(
        slug="gitanjali",
        name="Gitanjali Boro",
        city="Guwahati",
        headline="History as letters, maps and the price of rice",
        bio=(
            "We read one old document and ask who paid for the ink. Dates stick when they have faces. My lessons "
            "smell faintly of the archive, even through a screen."
        ),
        price_rupees=299,
        topics=("history", "upsc"),
        languages=("en", "as", "hi"),
        levels=("intermediate", "advanced"),
        hours="evenings",
        portrait=face(2, "long", "black", "ochre", "sand", earrings=True),
        lessons_a_week=0.8,
    ),
    Mentor(
        slug="oksana",
        name="Oksana Melnyk",
        city="Kyiv",
        headline="Excel until the spreadsheet stops frightening you",
        bio=(
            "Three formulas do nine tenths of the work, and I will not hide them. We clean your real sheet and "
            "leave notes for the next person. The next person is you in March."
        ),
        price_rupees=449,
        topics=("excel", "economics"),
        languages=("uk", "en"),
        levels=("beginner", "advanced"),
        hours="mornings",
        portrait=face(1, "bob", "blond", "indigo", "sky"),
        lessons_a_week=1,
    ),
    Mentor(
        slug="ifeoma",
        name="Ifeoma Balogun",
        city="Dublin",
        headline="Case interviews: think in boxes, speak in sentences",
        bio=(
            "I interviewed for a consultancy for five years and rejected people I liked because nobody had told "
            "them this. I tell you this. We do one case, twice: once badly, once well."
        ),
        price_rupees=549,
        topics=("cv-interviews", "cat", "economics"),
        languages=("en", "ig"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(5, "bob", "black", "teal", "blush", glasses=True, earrings=True),
        lessons_a_week=0.4,
    ),
)
