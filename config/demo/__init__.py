"""The demonstration: real people's worth of mentors, learners, sessions and history, made the same on every machine."""
