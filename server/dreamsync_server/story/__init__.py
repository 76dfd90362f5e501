"""The pure part of storytelling: beats, tension, choosing, fairness, understudies."""
