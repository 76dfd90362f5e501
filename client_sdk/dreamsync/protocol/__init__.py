"""The wire: every message, code and rule that a client and a server share. Pure."""
