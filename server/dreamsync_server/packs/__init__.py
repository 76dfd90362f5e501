"""From a folder on disk to a checked, frozen pack, or every fault at once with its place."""
