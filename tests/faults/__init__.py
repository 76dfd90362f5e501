"""Real processes under real faults: the harness, the campaign, and the tests that use them."""
