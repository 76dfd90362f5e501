"""Owns worlds: inbox, decide, append, confirm, doorbell."""
