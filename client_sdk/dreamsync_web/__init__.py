"""The JavaScript SDK as ES modules, and the pages built on it."""
