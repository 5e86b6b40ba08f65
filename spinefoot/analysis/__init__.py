"""Questions about a rule base: what do its cases reach (coverage), and which faults would they notice (mutation)?"""
