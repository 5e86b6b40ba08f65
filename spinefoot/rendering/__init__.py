"""What people and machines see; no decisions."""
