"""What-if, before it is in force: two versions of words, prompts or models on the same facts, and the gate a version must pass.

Nothing here writes a follow-up, a draft or an attempt. A comparison leaves one ``EvaluationRun``; activation asks for it.
"""

from drafts.simulation.activation import activate_prompt, activate_template
from drafts.simulation.authoring import write_prompt, write_template
from drafts.simulation.comparison import Comparison, compare
from drafts.simulation.versions import UnknownVersion, Version, content_hash, resolve

__all__ = [
    "Comparison", "UnknownVersion", "Version", "activate_prompt", "activate_template", "compare", "content_hash", "resolve",
    "write_prompt", "write_template",
]  # fmt: skip
