"""`spinefoot template`: an empty, commented symptom file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from spinefoot.cli.app import app
from spinefoot.cli.output import RulesOption

if TYPE_CHECKING:
    from spinefoot.model.findings import Finding


@app.command(epilog="Example: spinefoot template > me.yaml")
def template(
    clinician: Annotated[
        bool, typer.Option("--clinician", help="Include examination findings, and name all in clinical terms.")
    ] = False,
    rules: RulesOption = None,
) -> None:
    """Write an empty symptom file to stdout; fill in what you know and leave the rest."""
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    lines = [
        "# A symptom file for spinefoot: spinefoot assess FILE",
        "# Fill in what you know. Leave the rest empty or delete it: empty means unknown, and unknown is never no.",
        "# Triage and education, never a diagnosis.",
        "id: me",
        "findings:",
    ]
    for topic in rulebase.topics:
        asked = [f for f in rulebase.findings if f.topic == topic.id and (clinician or f.observer != "clinician")]
        if asked:
            lines += ["", f"  # ---- {topic.title}"]
            for finding in asked:
                lines += _entry(finding, clinician)
    typer.echo("\n".join(lines))


def _entry(finding: Finding, clinician: bool) -> list[str]:
    terms = [finding.in_clinical_words] if clinician and finding.in_clinical_words else []
    asked = terms if finding.observer == "clinician" else [*terms, finding.question]
    words = [f"  # {line}" for line in asked]
    return [*words[:-1], f"{words[-1]} ({finding.answers})", f"  {finding.id}:"]
