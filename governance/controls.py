"""The control matrix as data: what each control asks, which tests guard it, which framework asks for it, what evidence is looked for.

Evidence is found by a query registered under the control's id (``governance.control_looks``): rows of drafts are looked at from drafts.
References to NIST AI RMF 1.0, NIST AI 600-1, ISO/IEC 42001 Annex A, SOC 2 (common criteria) and the EU AI Act (a design benchmark here,
not a duty) say where a control helps; they claim no certification.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FRAMEWORKS: dict[str, str] = {
    "nist_ai_rmf": "NIST AI RMF 1.0",
    "soc2": "SOC 2",
    "nist_ai_600_1": "NIST AI 600-1",
    "iso_42001": "ISO/IEC 42001",
    "eu_ai_act": "EU AI Act",
}


@dataclass(frozen=True, slots=True)
class Control:
    """One control: id, title, what it asks (a sentence), its tests by node id, its references per framework."""

    id: str
    title: str
    asks: str
    tests: tuple[str, ...]
    refs: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _control(control_id: str, title: str, asks: str, tests: str, rmf: str = "", soc2: str = "", **more: str) -> Control:
    given = {"nist_ai_rmf": rmf, "soc2": soc2, **more}
    refs = {name: tuple(ref.strip() for ref in text.split(",")) for name, text in given.items() if text}
    return Control(control_id, title, asks, tuple(f"tests/{test}" for test in tests.split()), refs)


CONTROLS: tuple[Control, ...] = (
    _control(
        "named_approval", "Named human approval", "Every message a customer has was approved by named people, for exactly its bytes.",
        "governance/test_guards.py::test_a_delivery_without_any_approval_is_refused_by_orm_and_raw_sql drafts/delivery/test_database_refuses.py",
        "GOVERN 3.2, MAP 3.5, MANAGE 1.1", "CC6.1, CC8.1", nist_ai_600_1="Human-AI Configuration", iso_42001="A.9.2", eu_ai_act="14(4)",
    ),
    _control(
        "segregation", "Segregation of duties", "Nobody approves their own words or acts; required roles are filled by different people.",
        "drafts/test_who_approves.py::test_one_person_with_both_roles_fills_only_one_of_them governance/test_approvals.py::test_superuser_status_buys_nothing",
        "GOVERN 2.1, GOVERN 3.2", "CC6.1, CC6.3", iso_42001="A.3.2", eu_ai_act="14(4)",
    ),
    _control(
        "facts_first", "Facts first", "No text without a frozen brief of facts; every figure in it is a fact of that account.",
        "drafts/test_brief.py drafts/checks/test_grounding.py", "MAP 1.5, MEASURE 2.3", "CC8.1", nist_ai_600_1="Confabulation", iso_42001="A.7.4",
    ),
    _control(
        "completeness", "Completeness states", "A source that did not answer is shown as unknown, never as none.",
        "drafts/test_brief.py::test_an_unknown_source_is_never_shown_as_none accounts/test_facts_sources.py", "MAP 2.2, MEASURE 2.3", "CC7.2",
        iso_42001="A.7.2",
    ),
    _control(
        "reverification", "Checked again at approval and at sending", "Facts, holds and rights are read again before a message leaves.",
        "drafts/delivery/test_last_look.py drafts/test_approve.py::test_a_payment_since_the_draft_refuses_the_approval_and_says_which_invoice",
        "MANAGE 1.1, MEASURE 2.6", "CC7.1, CC8.1", eu_ai_act="14(4)",
    ),
    _control(
        "holds", "Holds beat approvals", "A dispute, an opt-out or a person's hold blocks every message at once.",
        "governance/test_holds.py drafts/delivery/test_last_look.py::test_hold_on_the_account", "MANAGE 2.4", "CC7.4", eu_ai_act="14(4)",
    ),
    _control(
        "routing", "Explainable routing", "The lane of every account is decided by rules, each with its reason and evidence.",
        "drafts/test_classification_policy.py drafts/test_classification_routing.py", "MEASURE 2.8, MAP 2.2", "CC8.1",
        iso_42001="A.8.2", eu_ai_act="13",
    ),
    _control(
        "commitments", "Commitments", "No credit, plan, fee, legal step or threat without a term or decision on record.",
        "drafts/checks/test_evaluation_sets.py drafts/test_payment_plan.py", "MANAGE 1.1, MEASURE 2.6", "CC8.1", nist_ai_600_1="Confabulation",
    ),
    _control(
        "contact_policy", "Contact policy", "Caps, business hours and opt-outs of the customer are kept.",
        "drafts/delivery/test_last_look.py::test_written_to_too_recently drafts/delivery/test_last_look.py::test_opted_out", "MAP 3.5, MANAGE 1.1",
        "CC2.3",
    ),
    _control(
        "change_control", "Change control for words, policy and models", "Texts, prompts and policies are versions; another person activates them.",
        "security/test_decisions_and_words.py drafts/simulation/test_activate.py", "GOVERN 1.3, MEASURE 2.13", "CC8.1", iso_42001="A.6.2.4",
    ),
    _control(
        "kill_switch", "Kill switch with automatic trip", "Anybody can pause sending at once; a restored database and a failing model stop by themselves.",
        "drafts/delivery/test_last_look.py::test_sending_is_paused governance/ledger/test_quarantine.py reliability/test_provider_faults.py",
        "MANAGE 2.4", "CC7.4", eu_ai_act="14(4)(e)",
    ),
    _control(
        "iteration_history", "Full iteration history", "Every version of every text is kept with its author; an edit never overwrites.",
        "drafts/test_edit.py governance/test_guards.py::test_a_draft_can_be_neither_changed_nor_deleted", "MEASURE 2.8, MANAGE 4.1", "CC8.1",
        eu_ai_act="12",
    ),
    _control(
        "ledger", "Tamper-evident ledger", "Acts are chained, checkpoints are signed outside the database; a change is found and named.",
        "governance/ledger/test_tampering.py governance/ledger/test_checkpoints.py", "MEASURE 2.8, MANAGE 4.1", "CC7.2, CC7.3",
        iso_42001="A.6.2.8", eu_ai_act="12",
    ),
    _control(
        "generation_record", "Reproducible generation record", "Each attempt of a model is a row: prompt version, model, parameters, answer, cost.",
        "drafts/generation/test_model_drafts.py reliability/test_provider_faults.py::test_every_draft_of_the_model_still_passes_when_it_is_checked_again",
        "MEASURE 2.8, MEASURE 2.5", "CC8.1", nist_ai_600_1="Information Integrity", iso_42001="A.6.2.8", eu_ai_act="12",
    ),
    _control(
        "oversight", "Oversight effectiveness", "It is measured that people really look: evidence opened, warnings ticked one by one, refusals given.",
        "drafts/test_approve.py::test_each_warning_must_be_ticked_and_is_recorded_with_its_reader drafts/test_evidence_first.py", "GOVERN 3.2, MEASURE 3.3", "CC4.1", eu_ai_act="14(4)(b)",
    ),
    _control(
        "independent_qa", "Independent QA and recall sampling", "Somebody who did not approve draws random samples and labels them.",
        "drafts/labelling/test_labelling.py drafts/labelling/test_labelling_results.py governance/test_recall.py drafts/detectors/test_measure_detectors.py", "MEASURE 1.1, MEASURE 1.3, MEASURE 2.5", "CC4.1", iso_42001="A.6.2.6",
    ),
    _control(
        "untrusted_text", "Untrusted inbound text", "Customers' words are data, never instructions; what tries to instruct is flagged.",
        "drafts/generation/test_hostile_answers.py drafts/detectors/test_hostile.py", "MEASURE 2.7", "CC6.6, CC7.1", nist_ai_600_1="Information Security",
    ),
    _control(
        "least_privilege", "Least privilege", "A right is a dated grant of a role on a portfolio; superuser status buys nothing.",
        "governance/test_rights.py security/test_rights_administration.py site/test_reach.py", "GOVERN 2.1", "CC6.1, CC6.2, CC6.3", iso_42001="A.3.2",
    ),
    _control(
        "access_review", "Access review and read audit", "Every quarter each grant is kept or ended by another person; reading and revealing are recorded.",
        "security/test_access_review.py security/test_contact_reveal.py", "GOVERN 2.1, GOVERN 6.2", "CC6.2, CC6.3, CC7.2",
    ),
    _control(
        "incidents", "Incidents and near-misses", "Blocks and drifts are counted; a wrong message is an incident with a correction somebody else checks.",
        "security/test_incidents.py", "MANAGE 4.3, GOVERN 4.3", "CC7.3, CC7.4, CC7.5", nist_ai_600_1="Incident Disclosure", iso_42001="A.8.4",
    ),
    _control(
        "recourse", "Customer recourse", "Whoever objects is heard: a dispute stops the message, has an owner and gets an answer.",
        "drafts/test_record_reply.py::test_a_dispute_opens_a_signal_and_a_hold_at_once_and_stops_what_is_leaving drafts/test_dispute.py",
        "MEASURE 3.3, MANAGE 4.1", "CC2.3", iso_42001="A.8.3",
    ),
    _control(
        "retention", "Retention and erasure", "Data has periods; an erased person is in no row and no later pack, and the record still verifies.",
        "security/test_erasure.py reliability/test_erasure_drill.py", "GOVERN 1.3, MAP 3.5", "CC6.5", nist_ai_600_1="Data Privacy",
    ),
    _control(
        "provider_contingency", "Provider contingency", "When the model is slow, down or wrong, the approved template speaks, within the budget.",
        "reliability/test_provider_faults.py", "GOVERN 6.2, MANAGE 2.1, MANAGE 2.4", "CC9.2, A1.2", nist_ai_600_1="Value Chain and Component Integration",
    ),
    _control(
        "metric_integrity", "Metric integrity", "Generated is decided, pending, expired, superseded or withdrawn; approvals, deliveries and mail log agree.",
        "security/test_population.py", "MEASURE 1.1, MEASURE 2.13", "CC4.1, PI1.3",
    ),
    _control(
        "training", "Training before approval rights", "Nobody approves before they were trained on this desk.", "",
        "GOVERN 2.1, GOVERN 3.2", "CC1.4", eu_ai_act="4",
    ),
)  # fmt: skip
BY_ID = {control.id: control for control in CONTROLS}


def in_framework(framework: str) -> list[tuple[str, list[Control]]]:
    """Reference → controls that help with it, in order. Raises ``KeyError`` for an unknown framework."""
    if framework not in FRAMEWORKS:
        raise KeyError(framework)
    found: dict[str, list[Control]] = {}
    for control in CONTROLS:
        for ref in control.refs.get(framework, ()):
            found.setdefault(ref, []).append(control)
    return sorted(found.items())
