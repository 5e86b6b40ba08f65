"""Files under `rules/` to a checked rule base."""
