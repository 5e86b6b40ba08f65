"""Executors of one compiled rule base, with the same function: `infer(rulebase, answers)`."""
