"""The director's shell: follows the logs of worlds and cues beats."""
