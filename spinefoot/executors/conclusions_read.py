"""Which conclusions the conditions of a rule base ask for: only these need to become facts."""

from __future__ import annotations

from spinefoot.model.conditions import LevelIs, OriginLevelIs, RedFlagFired, RootLevelFits, ScoreLead, leaves
from spinefoot.model.knowledge import AdviceRule, RootLevelRule, ScopeRule, SpineLinkRule, UrgencyRule
from spinefoot.model.rulebase import RuleBase

__all__ = ["ConclusionsRead", "conclusions_read"]


class ConclusionsRead:
    """Ids of red flags, causes, origins and roots, and score leads, that some condition reads."""

    def __init__(self) -> None:
        self.red_flags: set[str] = set()
        self.causes: set[str] = set()
        self.origins: set[str] = set()
        self.roots: set[str] = set()
        self.leads: dict[ScoreLead, None] = {}


def conclusions_read(rulebase: RuleBase) -> ConclusionsRead:
    """Collect what scope, root, urgency, spine-link and advice rules read of earlier conclusions."""
    read = ConclusionsRead()
    gated: tuple[ScopeRule | RootLevelRule | UrgencyRule | SpineLinkRule | AdviceRule, ...] = (
        *rulebase.scope,
        *rulebase.root_level_rules,
        *rulebase.urgency_rules,
        *rulebase.spine_link_rules,
        *rulebase.advice,
    )
    conditions = [condition for rule in gated for condition in (rule.when, rule.unless) if condition is not None]
    for condition in conditions:
        for leaf in leaves(condition):
            if isinstance(leaf, RedFlagFired):
                read.red_flags.add(leaf.id)
            elif isinstance(leaf, LevelIs):
                read.causes.add(leaf.cause)
            elif isinstance(leaf, OriginLevelIs):
                read.origins.add(leaf.origin)
            elif isinstance(leaf, RootLevelFits):
                read.roots.add(leaf.root)
            elif isinstance(leaf, ScoreLead):
                read.leads[leaf] = None
    return read
