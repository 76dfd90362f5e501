"""Speaks to clients: transport, sessions, fan-out and the one outbound gate."""
