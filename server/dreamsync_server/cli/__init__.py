"""The composition root: builds everything; one small file a command."""
