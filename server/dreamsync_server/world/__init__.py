"""The pure heart of a world: facts, conditions, effects, decide, evolve, digests, audiences."""
