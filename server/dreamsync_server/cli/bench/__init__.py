"""`dreamsync bench`: what the server costs and how fast it is, measured on this machine."""
