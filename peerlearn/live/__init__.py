"""The lesson room: a log of what two people drew and wrote, who was there, and how they reach each other."""
