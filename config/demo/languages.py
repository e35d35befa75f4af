"""Mentors of languages."""

from config.demo.shapes import Mentor, face

MENTORS = (
    Mentor(
        slug="yuki",
        name="Yuki Tanaka",
        city="Osaka",
        headline="Japanese N4: particles that finally stay where you put them",
        bio=(
            "I teach particles with train stations: where you leave, where you change, where you arrive. Osaka "
            "jokes are free. I am new on PeerLearn, and I prepare every lesson twice."
        ),
        price_rupees=299,
        topics=("japanese",),
        languages=("ja", "en"),
        levels=("beginner",),
        hours="evenings",
        portrait=face(1, "bob", "black", "indigo", "mist", glasses=True),
        lessons_a_week=0.5,
    ),
    Mentor(
        slug="kenji",
        name="Kenji Mori",
        city="Sapporo",
        headline="Kanji as small stories, two hundred at a time",
        bio=(
            "Every character has a reason, and where it has none I lend it one. I was a newspaper copy editor for "
            "thirty years. We read one real headline each lesson."
        ),
        price_rupees=549,
        topics=("japanese",),
        languages=("ja", "en"),
        levels=("intermediate", "advanced"),
        hours="mornings",
        portrait=face(2, "short", "grey", "slate", "sand", glasses=True),
        lessons_a_week=1.1,
    ),
    Mentor(
        slug="chiamaka",
        name="Chiamaka Okafor",
        city="Lagos",
        headline="IELTS speaking, calmly. Band seven is a conversation.",
        bio=(
            "I was an examiner for six years and I can tell you what we write on that sheet. You do not need "
            "bigger words; you need to finish your sentences. We practise until your shoulders come down."
        ),
        price_rupees=449,
        topics=("ielts", "spoken-english"),
        languages=("en", "ig"),
        levels=("beginner", "advanced"),
        hours="wide",
        portrait=face(6, "afro", "black", "terracotta", "blush", earrings=True),
        lessons_a_week=4.5,
    ),
    Mentor(
        slug="camille",
        name="Camille Laurent",
        city="Lyon",
        headline="French for people who are afraid of the r",
        bio=(
            "The r is in the throat, the fear is in the head. We order food, miss a train, apologise beautifully. "
            "Grammar arrives in small change, when you need it to pay."
        ),
        price_rupees=599,
        topics=("french",),
        languages=("fr", "en"),
        levels=("beginner", "intermediate"),
        hours="evenings",
        portrait=face(1, "wavy", "brown", "plum", "lilac"),
        lessons_a_week=1.8,
    ),
    Mentor(
        slug="moussa",
        name="Moussa Koné",
        city="Abidjan",
        headline="DELF B2: argue well in French for three minutes",
        bio=(
            "I give you a silly opinion and you must defend it. Then a serious one. By the exam you will have "
            "disagreed with me forty times in good French."
        ),
        price_rupees=349,
        topics=("french", "academic-writing"),
        languages=("fr", "en"),
        levels=("intermediate", "advanced"),
        hours="afternoons",
        portrait=face(6, "short", "black", "ochre", "sand", glasses=True, beard="short"),
        lessons_a_week=0.9,
    ),
    Mentor(
        slug="greta",
        name="Greta Hoffmann",
        city="Leipzig",
        headline="German cases without tears, one kitchen object at a time",
        bio=(
            "The spoon lies, the spoon is laid, I give the spoon to you. With one drawer of cutlery we cover "
            "accusative and dative. My cat attends most lessons and has learned nothing."
        ),
        price_rupees=499,
        topics=("german",),
        languages=("de", "en"),
        levels=("beginner", "intermediate"),
        hours="mornings",
        portrait=face(1, "bob", "blond", "teal", "sage", glasses=True),
        lessons_a_week=1.4,
    ),
    Mentor(
        slug="diego",
        name="Diego Morales",
        city="Bogotá",
        headline="Spanish small talk: weather, football, your grandmother",
        bio=(
            "You will speak for thirty of the fifty minutes; I keep a stopwatch. We record the first lesson and "
            "listen to it in the tenth. You will laugh, kindly."
        ),
        price_rupees=399,
        topics=("spanish",),
        languages=("es", "en"),
        levels=("beginner", "advanced"),
        hours="daytime",
        portrait=face(3, "curly", "black", "olive", "sage"),
        lessons_a_week=1.6,
    ),
    Mentor(
        slug="xinyi",
        name="Xinyi Chen",
        city="Singapore",
        headline="Mandarin tones, sung first and spoken after",
        bio=(
            "If you can hum, you can do tones. We sing every new word up and down the stairs, then say it flat "
            "and natural. HSK 1 to 4, with radicals as building blocks."
        ),
        price_rupees=549,
        topics=("mandarin",),
        languages=("zh", "en"),
        levels=("beginner", "intermediate"),
        hours="evenings",
        portrait=face(1, "long", "black", "terracotta", "blush"),
        lessons_a_week=1.5,
    ),
    Mentor(
        slug="vidya",
        name="Vidya Acharya",
        city="Varanasi",
        headline="Sanskrit verses, read slowly, with every sandhi untied",
        bio=(
            "One verse an hour is a good speed. We untie each joint of the sentence and hear how it was built. I "
            "also teach Hindi to grandchildren who live far away."
        ),
        price_rupees=349,
        topics=("sanskrit", "hindi"),
        languages=("hi", "en", "sa"),
        levels=("beginner", "advanced"),
        hours="mornings",
        portrait=face(3, "bun", "grey", "ochre", "cream", bindi=True, earrings=True),
        lessons_a_week=0.8,
    ),
    Mentor(
        slug="imran",
        name="Imran Sheikh",
        city="Srinagar",
        headline="Urdu poetry and the script to read it yourself",
        bio=(
            "You learn the letters through one couplet, and by the end you can read it from the page. I am a "
            "bookseller. My customers wait while I finish a line, and so will you."
        ),
        price_rupees=299,
        topics=("hindi", "urdu"),
        languages=("ur", "hi", "en"),
        levels=("beginner",),
        hours="nights",
        portrait=face(2, "wavy", "black", "slate", "mist", beard="full"),
        lessons_a_week=0.9,
    ),
    Mentor(
        slug="layla",
        name="Layla Mansour",
        city="Cairo",
        headline="Arabic from the first letter to your first taxi ride",
        bio=(
            "Standard on paper, Egyptian in the mouth, and I will always say which is which. The alphabet takes "
            "four lessons. The taxi takes two more."
        ),
        price_rupees=499,
        topics=("arabic",),
        languages=("ar", "en", "fr"),
        levels=("beginner", "intermediate"),
        hours="evenings",
        portrait=face(2, "hijab", "black", "indigo", "lilac"),
        lessons_a_week=1.2,
    ),
    Mentor(
        slug="minjun",
        name="Min-jun Seo",
        city="Busan",
        headline="Korean in the order your favourite drama uses it",
        bio=(
            "We pause at a line, take it apart, and you say it back with the right amount of heartbreak. Hangul "
            "in one lesson, politeness in five. I was a subtitle translator and I have regrets I can teach from."
        ),
        price_rupees=449,
        topics=("korean",),
        languages=("ko", "en"),
        levels=("beginner",),
        hours="nights",
        portrait=face(1, "short", "black", "plum", "lilac"),
        lessons_a_week=1.3,
    ),
    Mentor(
        slug="grace",
        name="Grace Mathew",
        city="Kottayam",
        headline="Spoken English for your first job, your first call, your first joke",
        bio=(
            "We rehearse the call you are dreading, then make it. I correct three things a lesson and no more, "
            "because four is a punishment. Nurses and call-centre trainees are my favourite people."
        ),
        price_rupees=349,
        topics=("spoken-english", "ielts"),
        languages=("en", "ml", "hi"),
        levels=("beginner",),
        hours="wide",
        portrait=face(4, "wavy", "black", "teal", "sage", earrings=True),
        lessons_a_week=2.3,
    ),
    Mentor(
        slug="thenmozhi",
        name="Thenmozhi Arul",
        city="Madurai",
        headline="Tamil for grandchildren who understand everything and answer in English",
        bio=(
            "You already have the ear; we only need the mouth. We call a grandmother in lesson six, and I stay "
            "muted. She will cry and you will be fluent for four minutes."
        ),
        price_rupees=299,
        topics=("tamil", "spoken-english"),
        languages=("ta", "en"),
        levels=("beginner",),
        hours="mornings",
        portrait=face(5, "bun", "black", "plum", "blush", bindi=True, earrings=True),
        lessons_a_week=0.9,
    ),
    Mentor(
        slug="beatriz",
        name="Beatriz Santos",
        city="Porto",
        headline="Portuguese for travellers, lovers and people moving for work",
        bio=(
            "Three reasons, three vocabularies, one verb table that I will hide until you ask for it. We eat many "
            "imaginary pastries. The vowels close their eyes in Portugal, and I show you where to open them."
        ),
        price_rupees=449,
        topics=("portuguese", "spanish"),
        languages=("pt", "es", "en"),
        levels=("beginner", "advanced"),
        hours="afternoons",
        portrait=face(2, "curly", "brown", "ochre", "sage"),
        lessons_a_week=0.9,
    ),
)
