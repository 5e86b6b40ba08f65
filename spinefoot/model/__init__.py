"""Plain typed values: findings, conditions, knowledge, cases, assessments."""
