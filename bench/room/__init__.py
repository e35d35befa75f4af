"""Measures the room's relay, its log and its sockets against the servers others would take. See README.md beside this file."""
