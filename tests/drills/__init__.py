"""Drills: the product under storms that a test suite has no time for. Each is a `make` target with bounds of its own."""
