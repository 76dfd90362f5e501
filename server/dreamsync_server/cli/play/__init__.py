"""The terminal client: one role of a world, played by typing."""
