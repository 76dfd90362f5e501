"""The wire: messages, codec and codes that both sides share."""
