"""The browser side, tested without a browser."""
