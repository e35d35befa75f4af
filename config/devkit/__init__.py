"""The development kit: set-up, checks and start-up behind the Makefile.

Everything that runs before the virtual environment exists uses the standard library only.
"""
