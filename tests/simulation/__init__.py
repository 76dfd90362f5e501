"""The whole system under one seed: see docs/simulation.md."""
