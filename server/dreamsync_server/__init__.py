"""The server of Dreamsync: owns worlds, speaks to clients, brings the story in."""
