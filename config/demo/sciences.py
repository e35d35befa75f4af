"""Mentors of physics, chemistry and biology."""

from config.demo.shapes import Mentor, face

MENTORS = (
    Mentor(
        slug="farhan",
        name="Farhan Qureshi",
        city="Lucknow",
        headline="Physics for JEE: free-body diagrams before any formula",
        bio=(
            "If your arrows are right, the algebra is bookkeeping. I throw things across my room on camera so "
            "that you can predict where they land. My broken lamp is part of the syllabus."
        ),
        price_rupees=399,
        topics=("mechanics", "electromagnetism", "jee"),
        languages=("en", "hi", "ur"),
        levels=("intermediate",),
        hours="evenings",
        portrait=face(3, "short", "brown", "olive", "sand", beard="short"),
        lessons_a_week=3.2,
    ),
    Mentor(
        slug="kavya",
        name="Kavya Iyer",
        city="Mysuru",
        headline="Fields you can see: magnets, coils and a little iron dust",
        bio=(
            "I keep a tray of iron filings under the camera. Every law of electromagnetism is something that tray "
            "already knows. We only write down what it says."
        ),
        price_rupees=449,
        topics=("electromagnetism", "class-12-boards"),
        languages=("en", "kn", "ta"),
        levels=("intermediate", "advanced"),
        hours="evenings",
        portrait=face(3, "long", "black", "terracotta", "blush", bindi=True),
        lessons_a_week=1.6,
    ),
    Mentor(
        slug="stefan",
        name="Stefan Vogel",
        city="Zürich",
        headline="Quantum mechanics with fewer cats and more vectors",
        bio=(
            "I build atomic clocks for a living. The strange part of quantum mechanics is small and precise, and "
            "we will walk right up to it. You need matrices and a good night's sleep."
        ),
        price_rupees=799,
        topics=("quantum-physics", "linear-algebra"),
        languages=("de", "en", "fr"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(1, "bald", "grey", "slate", "mist", glasses=True, beard="short"),
        lessons_a_week=0.9,
    ),
    Mentor(
        slug="ngozi",
        name="Ngozi Eze",
        city="Abuja",
        headline="Forces, moles and other things that were explained too fast",
        bio=(
            "I teach at half speed and we still finish early. Physics and chemistry for anyone who was lost in "
            "week three and too polite to say so. Say so here."
        ),
        price_rupees=349,
        topics=("mechanics", "general-chemistry"),
        languages=("en", "ig"),
        levels=("intermediate",),
        hours="afternoons",
        portrait=face(6, "afro", "black", "ochre", "sand", earrings=True),
        lessons_a_week=1.2,
    ),
    Mentor(
        slug="callum",
        name="Callum Fraser",
        city="Edinburgh",
        headline="The night sky from your own roof, with the orbits behind it",
        bio=(
            "Tell me your city and I will tell you what is above it tonight. We draw an orbit, then we go outside "
            "and find the planet on it. Clouds are no excuse; we have maps."
        ),
        price_rupees=549,
        topics=("astronomy", "mechanics"),
        languages=("en",),
        levels=("beginner", "intermediate"),
        hours="nights",
        portrait=face(1, "wavy", "red", "indigo", "mist", beard="full"),
        lessons_a_week=0.8,
    ),
    Mentor(
        slug="zainab",
        name="Zainab Siddiqui",
        city="Karachi",
        headline="Organic chemistry you can draw: arrows that mean something",
        bio=(
            "Electrons are lazy and predictable, like cousins. Once you know what they want, you can draw a "
            "mechanism you have never seen. I have banned flash cards from my lessons."
        ),
        price_rupees=449,
        topics=("organic-chemistry", "neet"),
        languages=("en", "ur", "hi"),
        levels=("intermediate", "advanced"),
        hours="evenings",
        portrait=face(2, "hijab", "black", "teal", "blush"),
        lessons_a_week=2.6,
    ),
    Mentor(
        slug="rajiv",
        name="Rajiv Menon",
        city="Thiruvananthapuram",
        headline="Thermodynamics without fear, from a cup of tea to entropy",
        bio=(
            "We begin with tea that cools and end with Gibbs energy. I write small and speak slowly. Twenty-six "
            "years in one college laboratory, and the smell still makes me happy."
        ),
        price_rupees=499,
        topics=("physical-chemistry", "general-chemistry", "jee"),
        languages=("en", "ml"),
        levels=("intermediate", "advanced"),
        hours="mornings",
        portrait=face(4, "short", "grey", "olive", "cream", glasses=True),
        lessons_a_week=1.7,
    ),
    Mentor(
        slug="amina",
        name="Amina Diallo",
        city="Dakar",
        headline="Balancing equations, in English ou en français",
        bio=(
            "I count atoms on my fingers and I am not ashamed. Stoichiometry is a recipe, so we cook. You may "
            "switch languages whenever a word refuses to come."
        ),
        price_rupees=299,
        topics=("general-chemistry", "ecology"),
        languages=("fr", "en"),
        levels=("beginner", "intermediate"),
        hours="weekends",
        portrait=face(6, "bun", "black", "terracotta", "sand", earrings=True),
        lessons_a_week=0.6,
    ),
    Mentor(
        slug="shreya",
        name="Shreya Banerjee",
        city="Kolkata",
        headline="Genetics by pedigree: your family, your peas, your marks",
        bio=(
            "We draw three generations and hunt one recessive trait like detectives. I work in a sequencing lab, "
            "where the pea plants are bigger and the stakes too. NEET students leave with a method, not a "
            "mnemonic."
        ),
        price_rupees=449,
        topics=("genetics", "neet"),
        languages=("en", "bn", "hi"),
        levels=("intermediate", "advanced"),
        hours="evenings",
        portrait=face(2, "long", "black", "plum", "lilac", glasses=True, bindi=True),
        lessons_a_week=2.1,
    ),
    Mentor(
        slug="paulo",
        name="Paulo Tavares",
        city="Maputo",
        headline="Ecology from the window: what lives on your street and why",
        bio=(
            "Point your camera at the nearest tree and we will have enough for an hour. Food webs, counting "
            "methods, the carbon in the trunk. I study mangroves, which are better neighbours than most."
        ),
        price_rupees=349,
        topics=("ecology", "genetics"),
        languages=("pt", "en"),
        levels=("intermediate", "advanced"),
        hours="afternoons",
        portrait=face(5, "short", "black", "olive", "sage", beard="short"),
        lessons_a_week=0.7,
    ),
    Mentor(
        slug="rebecca",
        name="Rebecca Thomas",
        city="Vellore",
        headline="Anatomy on your own arm, for nursing and first-year medicine",
        bio=(
            "You trace the nerve on your skin while I name it, and next time you will not forget. I am a "
            "physiotherapist by day. Bones first, exceptions later, tears never."
        ),
        price_rupees=599,
        topics=("human-anatomy", "neet"),
        languages=("en", "ta", "ml"),
        levels=("advanced",),
        hours="evenings-late",
        portrait=face(4, "bob", "black", "slate", "mist", glasses=True),
        lessons_a_week=1.9,
    ),
    Mentor(
        slug="emeka",
        name="Emeka Nwosu",
        city="London",
        headline="How a memory is made, and how to make yours stay",
        bio=(
            "I research sleep and forgetting, so I cannot scold you for either. We study the brain and, as a side "
            "effect, you learn how to study. Bring the lecture that made no sense."
        ),
        price_rupees=649,
        topics=("neuroscience", "human-anatomy"),
        languages=("en", "ig"),
        levels=("advanced",),
        hours="evenings",
        portrait=face(6, "short", "black", "indigo", "sky", glasses=True),
        lessons_a_week=1,
    ),
    Mentor(
        slug="bhavesh",
        name="Bhavesh Patel",
        city="Surat",
        headline="Board practicals: what the examiner asks after the titration",
        bio=(
            "Everybody can turn the tap; the marks are in the viva. I ask you the nine questions they ask, in the "
            "voice they ask them. I bring the burette, you bring the guess."
        ),
        price_rupees=349,
        topics=("class-12-boards", "physical-chemistry", "electromagnetism"),
        languages=("gu", "hi", "en"),
        levels=("intermediate",),
        hours="teacher",
        portrait=face(4, "short", "black", "ochre", "cream", glasses=True),
        lessons_a_week=1.9,
    ),
    Mentor(
        slug="isabel",
        name="Isabel Quispe",
        city="Cusco",
        headline="Southern stars and the mountains that point at them",
        bio=(
            "My people named the dark shapes between the stars, not the stars. I teach both skies, with a map you "
            "draw yourself. Children see the llama before their parents do."
        ),
        price_rupees=449,
        topics=("astronomy", "ecology"),
        languages=("es", "en"),
        levels=("beginner", "intermediate"),
        hours="evenings",
        portrait=face(4, "long", "black", "indigo", "sky", earrings=True),
        lessons_a_week=0.5,
    ),
)
