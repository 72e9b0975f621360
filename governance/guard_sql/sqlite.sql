-- Guards for SQLite; the same rules as postgresql.sql.
-- Those named …_is_not_replaced: INSERT OR REPLACE deletes the row in its way without firing its DELETE guard, unless the client asked for
-- recursive triggers as ours does. Rows with a hashed text need none (a foreign client cannot evaluate their constraint); follow-ups and
-- attempts of a model are written by upserts.

-- guard: guard_event_is_append_only_update on governance_event
CREATE TRIGGER guard_event_is_append_only_update BEFORE UPDATE ON governance_event FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only') WHERE 1;
END;

-- guard: guard_event_is_append_only_delete on governance_event
CREATE TRIGGER guard_event_is_append_only_delete BEFORE DELETE ON governance_event FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only') WHERE 1;
END;

-- guard: guard_approval_is_append_only_update on governance_approval
CREATE TRIGGER guard_approval_is_append_only_update BEFORE UPDATE ON governance_approval FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'approvals are append-only') WHERE NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'governance_approval' AND x.row_id = OLD.id) OR NEW."request_id" IS NOT OLD."request_id" OR NEW."required_role_id" IS NOT OLD."required_role_id" OR NEW."person_id" IS NOT OLD."person_id" OR NEW."acting_as" IS NOT OLD."acting_as" OR NEW."reason" IS NOT OLD."reason" OR NEW."verdict" IS NOT OLD."verdict" OR NEW."fingerprint" IS NOT OLD."fingerprint" OR NEW."at" IS NOT OLD."at";
END;

-- guard: guard_approval_is_append_only_delete on governance_approval
CREATE TRIGGER guard_approval_is_append_only_delete BEFORE DELETE ON governance_approval FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'approvals are append-only') WHERE 1;
END;

-- guard: guard_required_role_is_append_only_update on governance_requiredrole
CREATE TRIGGER guard_required_role_is_append_only_update BEFORE UPDATE ON governance_requiredrole FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'required roles are fixed when the request is made') WHERE 1;
END;

-- guard: guard_required_role_is_append_only_delete on governance_requiredrole
CREATE TRIGGER guard_required_role_is_append_only_delete BEFORE DELETE ON governance_requiredrole FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'required roles are fixed when the request is made') WHERE 1;
END;

-- guard: guard_measure_is_append_only_update on governance_measure
CREATE TRIGGER guard_measure_is_append_only_update BEFORE UPDATE ON governance_measure FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a measure is what was measured; a later row may only take its place') WHERE NEW."stands" IS NOT 0 OR OLD."stands" IS NOT 1 OR NEW."id" IS NOT OLD."id" OR NEW."day" IS NOT OLD."day" OR NEW."kind" IS NOT OLD."kind" OR NEW."portfolio_id" IS NOT OLD."portfolio_id" OR NEW."lane" IS NOT OLD."lane" OR NEW."outcome" IS NOT OLD."outcome" OR NEW."code" IS NOT OLD."code" OR NEW."machine" IS NOT OLD."machine" OR NEW."complete" IS NOT OLD."complete" OR NEW."substantive" IS NOT OLD."substantive" OR NEW."critical" IS NOT OLD."critical" OR NEW."confirmed" IS NOT OLD."confirmed" OR NEW."evidence" IS NOT OLD."evidence" OR NEW."timed" IS NOT OLD."timed" OR NEW."unread" IS NOT OLD."unread" OR NEW."late" IS NOT OLD."late" OR NEW."reworked" IS NOT OLD."reworked" OR NEW."latent" IS NOT OLD."latent" OR NEW."event_id" IS NOT OLD."event_id" OR NEW."part" IS NOT OLD."part" OR NEW."at" IS NOT OLD."at" OR NEW."account_id" IS NOT OLD."account_id" OR NEW."follow_up_id" IS NOT OLD."follow_up_id" OR NEW."case_id" IS NOT OLD."case_id" OR NEW."draft_id" IS NOT OLD."draft_id" OR NEW."ref" IS NOT OLD."ref" OR NEW."actor_id" IS NOT OLD."actor_id" OR NEW."purpose" IS NOT OLD."purpose" OR NEW."template" IS NOT OLD."template" OR NEW."prompt" IS NOT OLD."prompt" OR NEW."model" IS NOT OLD."model" OR NEW."band" IS NOT OLD."band" OR NEW."currency" IS NOT OLD."currency" OR NEW."amounts" IS NOT OLD."amounts" OR NEW."renewal" IS NOT OLD."renewal" OR NEW."minutes" IS NOT OLD."minutes" OR NEW."business" IS NOT OLD."business" OR NEW."seconds" IS NOT OLD."seconds" OR NEW."permille" IS NOT OLD."permille" OR NEW."words" IS NOT OLD."words";
END;

-- guard: guard_measure_is_append_only_delete on governance_measure
CREATE TRIGGER guard_measure_is_append_only_delete BEFORE DELETE ON governance_measure FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'measures are append-only') WHERE 1;
END;

-- guard: guard_brief_is_immutable_update on drafts_brief
CREATE TRIGGER guard_brief_is_immutable_update BEFORE UPDATE ON drafts_brief FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a brief is frozen; new facts are a new brief') WHERE NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_brief' AND x.row_id = OLD.id) OR NEW."account_id" IS NOT OLD."account_id" OR NEW."fingerprint" IS NOT OLD."fingerprint" OR NEW."material_hash" IS NOT OLD."material_hash" OR NEW."sources_fine" IS NOT OLD."sources_fine" OR NEW."sources_required" IS NOT OLD."sources_required" OR NEW."complete" IS NOT OLD."complete" OR NEW."as_of" IS NOT OLD."as_of" OR NEW."created_at" IS NOT OLD."created_at";
END;

-- guard: guard_brief_is_immutable_delete on drafts_brief
CREATE TRIGGER guard_brief_is_immutable_delete BEFORE DELETE ON drafts_brief FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a brief is frozen; new facts are a new brief') WHERE 1;
END;

-- guard: guard_classification_is_immutable_update on drafts_classification
CREATE TRIGGER guard_classification_is_immutable_update BEFORE UPDATE ON drafts_classification FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a classification is a record; classify again instead') WHERE NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_classification' AND x.row_id = OLD.id) OR NEW."follow_up_id" IS NOT OLD."follow_up_id" OR NEW."brief_id" IS NOT OLD."brief_id" OR NEW."policy_version_id" IS NOT OLD."policy_version_id" OR NEW."lane" IS NOT OLD."lane" OR NEW."machine_lane" IS NOT OLD."machine_lane" OR NEW."owner_role" IS NOT OLD."owner_role" OR NEW."created_at" IS NOT OLD."created_at";
END;

-- guard: guard_classification_is_immutable_delete on drafts_classification
CREATE TRIGGER guard_classification_is_immutable_delete BEFORE DELETE ON drafts_classification FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a classification is a record; classify again instead') WHERE 1;
END;

-- guard: guard_draft_is_immutable_update on drafts_draft
CREATE TRIGGER guard_draft_is_immutable_update BEFORE UPDATE ON drafts_draft FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a draft is immutable; an edit is a new revision') WHERE NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_draft' AND x.row_id = OLD.id) OR NEW."follow_up_id" IS NOT OLD."follow_up_id" OR NEW."brief_id" IS NOT OLD."brief_id" OR NEW."revision" IS NOT OLD."revision" OR NEW."parent_id" IS NOT OLD."parent_id" OR NEW."purpose" IS NOT OLD."purpose" OR NEW."language" IS NOT OLD."language" OR NEW."author_kind" IS NOT OLD."author_kind" OR NEW."author_id" IS NOT OLD."author_id" OR NEW."template_version_id" IS NOT OLD."template_version_id" OR NEW."from_address" IS NOT OLD."from_address" OR NEW."fingerprint" IS NOT OLD."fingerprint" OR NEW."created_at" IS NOT OLD."created_at";
END;

-- guard: guard_draft_is_immutable_delete on drafts_draft
CREATE TRIGGER guard_draft_is_immutable_delete BEFORE DELETE ON drafts_draft FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a draft is immutable; an edit is a new revision') WHERE 1;
END;

-- guard: guard_attachment_is_immutable_update on drafts_draftattachment
CREATE TRIGGER guard_attachment_is_immutable_update BEFORE UPDATE ON drafts_draftattachment FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'an attachment is part of an immutable draft') WHERE NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_draftattachment' AND x.row_id = OLD.id) OR NEW."draft_id" IS NOT OLD."draft_id" OR NEW."name" IS NOT OLD."name" OR NEW."content_type" IS NOT OLD."content_type";
END;

-- guard: guard_attachment_is_immutable_delete on drafts_draftattachment
CREATE TRIGGER guard_attachment_is_immutable_delete BEFORE DELETE ON drafts_draftattachment FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'an attachment is part of an immutable draft') WHERE 1;
END;

-- guard: guard_approval_request_is_kept on governance_approvalrequest
CREATE TRIGGER guard_approval_request_is_kept BEFORE DELETE ON governance_approvalrequest FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'approval requests are kept') WHERE 1;
END;

-- guard: guard_delivery_is_kept on drafts_delivery
CREATE TRIGGER guard_delivery_is_kept BEFORE DELETE ON drafts_delivery FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'deliveries are kept') WHERE 1;
END;

-- guard: guard_follow_up_is_kept on drafts_followup
CREATE TRIGGER guard_follow_up_is_kept BEFORE DELETE ON drafts_followup FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'follow-ups are kept') WHERE 1;
END;

-- guard: guard_finding_is_kept on drafts_finding
CREATE TRIGGER guard_finding_is_kept BEFORE DELETE ON drafts_finding FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'findings are kept') WHERE 1;
END;

-- guard: guard_hold_is_kept on governance_hold
CREATE TRIGGER guard_hold_is_kept BEFORE DELETE ON governance_hold FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'holds are released, not deleted') WHERE 1;
END;

-- guard: guard_decision_is_kept on governance_decision
CREATE TRIGGER guard_decision_is_kept BEFORE DELETE ON governance_decision FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'decisions are kept') WHERE 1;
END;

-- guard: guard_policy_is_kept on governance_policyversion
CREATE TRIGGER guard_policy_is_kept BEFORE DELETE ON governance_policyversion FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'policy versions are kept') WHERE 1;
END;

-- guard: guard_template_is_kept on governance_templateversion
CREATE TRIGGER guard_template_is_kept BEFORE DELETE ON governance_templateversion FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'template versions are kept') WHERE 1;
END;

-- guard: guard_approval_is_of_its_request on governance_approval
CREATE TRIGGER guard_approval_is_of_its_request BEFORE INSERT ON governance_approval FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'the approval request is not open') WHERE NOT EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.request_id AND r.state = 'open');
    SELECT RAISE(ABORT, 'the approval is of another fingerprint') WHERE NOT EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.request_id AND r.fingerprint = NEW.fingerprint);
    SELECT RAISE(ABORT, 'the role was not asked for') WHERE NOT EXISTS (SELECT 1 FROM governance_requiredrole q WHERE q.id = NEW.required_role_id AND q.request_id = NEW.request_id);
    SELECT RAISE(ABORT, 'only an active person approves') WHERE NOT EXISTS (SELECT 1 FROM governance_user u WHERE u.id = NEW.person_id AND u.is_active AND NOT u.is_service);
    SELECT RAISE(ABORT, 'the author of a text does not approve it') WHERE EXISTS (SELECT 1 FROM governance_approvalrequest r JOIN drafts_draft d ON r.subject_kind = 'draft' AND d.id = r.subject_id WHERE r.id = NEW.request_id AND r.lane <> 'routine' AND d.author_id = NEW.person_id);
END;

-- guard: guard_approval_request_is_fixed on governance_approvalrequest
CREATE TRIGGER guard_approval_request_is_fixed BEFORE UPDATE ON governance_approvalrequest FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'an approval request never changes what it asks') WHERE NEW."subject_kind" IS NOT OLD."subject_kind" OR NEW."subject_id" IS NOT OLD."subject_id" OR NEW."account_id" IS NOT OLD."account_id" OR NEW."portfolio_id" IS NOT OLD."portfolio_id" OR NEW."fingerprint" IS NOT OLD."fingerprint" OR NEW."policy_version_id" IS NOT OLD."policy_version_id" OR NEW."lane" IS NOT OLD."lane" OR NEW."topics" IS NOT OLD."topics" OR NEW."created_at" IS NOT OLD."created_at" OR NEW."expires_at" IS NOT OLD."expires_at";
    SELECT RAISE(ABORT, 'an ended approval request stays ended') WHERE OLD.state IN ('rejected', 'void', 'expired') AND NEW.state <> OLD.state;
END;

-- guard: guard_delivery_needs_complete_approval on drafts_delivery
CREATE TRIGGER guard_delivery_needs_complete_approval BEFORE INSERT ON drafts_delivery FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a delivery begins as scheduled') WHERE NEW.state <> 'scheduled';
    SELECT RAISE(ABORT, 'the approval request is not for this draft') WHERE NOT EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.subject_kind = 'draft' AND r.subject_id = NEW.draft_id AND r.account_id = NEW.account_id);
    SELECT RAISE(ABORT, 'the approval is of another fingerprint') WHERE NOT EXISTS (SELECT 1 FROM governance_approvalrequest r JOIN drafts_draft d ON d.id = NEW.draft_id WHERE r.id = NEW.approval_request_id AND r.fingerprint = NEW.fingerprint AND d.fingerprint = NEW.fingerprint AND d.follow_up_id = NEW.follow_up_id);
    SELECT RAISE(ABORT, 'the approval request is rejected, void or expired') WHERE EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.state IN ('rejected', 'void', 'expired'));
    SELECT RAISE(ABORT, 'the approval has expired') WHERE EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', COALESCE((SELECT clock_offset_seconds FROM governance_installation WHERE kind = 'demo'), 0) || ' seconds'));
    SELECT RAISE(ABORT, 'the approval request asks nobody') WHERE NOT EXISTS (SELECT 1 FROM governance_requiredrole q WHERE q.request_id = NEW.approval_request_id);
    SELECT RAISE(ABORT, 'the approval is incomplete') WHERE EXISTS (SELECT 1 FROM governance_requiredrole q WHERE q.request_id = NEW.approval_request_id AND NOT EXISTS (SELECT 1 FROM governance_approval a WHERE a.required_role_id = q.id AND a.request_id = q.request_id AND a.verdict = 'approve' AND a.fingerprint = NEW.fingerprint));
END;

-- guard: guard_delivery_bytes_are_frozen on drafts_delivery
CREATE TRIGGER guard_delivery_bytes_are_frozen BEFORE UPDATE ON drafts_delivery FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'the bytes of a delivery are frozen') WHERE NEW."follow_up_id" IS NOT OLD."follow_up_id" OR NEW."account_id" IS NOT OLD."account_id" OR NEW."draft_id" IS NOT OLD."draft_id" OR NEW."approval_request_id" IS NOT OLD."approval_request_id" OR NEW."fingerprint" IS NOT OLD."fingerprint" OR (NEW."mime" IS NOT OLD."mime" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_delivery' AND x.row_id = OLD.id)) OR NEW."mime_sha256" IS NOT OLD."mime_sha256" OR NEW."message_id" IS NOT OLD."message_id" OR NEW."date_header" IS NOT OLD."date_header" OR NEW."sender" IS NOT OLD."sender" OR (NEW."recipients" IS NOT OLD."recipients" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_delivery' AND x.row_id = OLD.id)) OR (NEW."erased_sha256" IS NOT OLD."erased_sha256" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_delivery' AND x.row_id = OLD.id));
    SELECT RAISE(ABORT, 'this delivery may not go to that state') WHERE NEW.state <> OLD.state AND NOT ((OLD.state = 'scheduled' AND NEW.state IN ('claimed', 'stopped')) OR (OLD.state = 'claimed' AND NEW.state IN ('handing_over', 'scheduled', 'stopped', 'failed_temporary')) OR (OLD.state = 'handing_over' AND NEW.state IN ('accepted', 'failed_temporary', 'failed_permanent', 'outcome_unknown')) OR (OLD.state = 'failed_temporary' AND NEW.state IN ('claimed', 'stopped', 'failed_permanent')) OR (OLD.state = 'outcome_unknown' AND NEW.state IN ('accepted', 'failed_permanent')));
END;

-- guard: guard_hand_over_needs_complete_approval on drafts_delivery
CREATE TRIGGER guard_hand_over_needs_complete_approval BEFORE UPDATE ON drafts_delivery FOR EACH ROW
WHEN NEW.state = 'handing_over' AND OLD.state <> 'handing_over'
BEGIN
    SELECT RAISE(ABORT, 'the approval request is not for this draft') WHERE NOT EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.subject_kind = 'draft' AND r.subject_id = NEW.draft_id AND r.account_id = NEW.account_id);
    SELECT RAISE(ABORT, 'the approval is of another fingerprint') WHERE NOT EXISTS (SELECT 1 FROM governance_approvalrequest r JOIN drafts_draft d ON d.id = NEW.draft_id WHERE r.id = NEW.approval_request_id AND r.fingerprint = NEW.fingerprint AND d.fingerprint = NEW.fingerprint AND d.follow_up_id = NEW.follow_up_id);
    SELECT RAISE(ABORT, 'the approval request is rejected, void or expired') WHERE EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.state IN ('rejected', 'void', 'expired'));
    SELECT RAISE(ABORT, 'the approval has expired') WHERE EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', COALESCE((SELECT clock_offset_seconds FROM governance_installation WHERE kind = 'demo'), 0) || ' seconds'));
    SELECT RAISE(ABORT, 'the approval request asks nobody') WHERE NOT EXISTS (SELECT 1 FROM governance_requiredrole q WHERE q.request_id = NEW.approval_request_id);
    SELECT RAISE(ABORT, 'the approval is incomplete') WHERE EXISTS (SELECT 1 FROM governance_requiredrole q WHERE q.request_id = NEW.approval_request_id AND NOT EXISTS (SELECT 1 FROM governance_approval a WHERE a.required_role_id = q.id AND a.request_id = q.request_id AND a.verdict = 'approve' AND a.fingerprint = NEW.fingerprint));
END;

-- guard: guard_policy_is_fixed on governance_policyversion
CREATE TRIGGER guard_policy_is_fixed BEFORE UPDATE ON governance_policyversion FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a policy version that was active never changes') WHERE OLD.state <> 'draft' AND (NEW."number" IS NOT OLD."number" OR NEW."parameters" IS NOT OLD."parameters" OR NEW."author_id" IS NOT OLD."author_id");
    SELECT RAISE(ABORT, 'a retired policy version stays retired') WHERE OLD.state = 'retired' AND NEW.state <> 'retired';
END;

-- guard: guard_template_is_fixed on governance_templateversion
CREATE TRIGGER guard_template_is_fixed BEFORE UPDATE ON governance_templateversion FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a template version that was active never changes') WHERE OLD.state <> 'draft' AND (NEW."key" IS NOT OLD."key" OR NEW."version" IS NOT OLD."version" OR NEW."lane" IS NOT OLD."lane" OR NEW."step" IS NOT OLD."step" OR NEW."purpose" IS NOT OLD."purpose" OR NEW."language" IS NOT OLD."language" OR NEW."subject" IS NOT OLD."subject" OR NEW."body" IS NOT OLD."body" OR NEW."author_id" IS NOT OLD."author_id");
    SELECT RAISE(ABORT, 'a retired template version stays retired') WHERE OLD.state = 'retired' AND NEW.state <> 'retired';
END;

-- guard: guard_finding_is_fixed on drafts_finding
CREATE TRIGGER guard_finding_is_fixed BEFORE UPDATE ON drafts_finding FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a finding never changes') WHERE NEW."draft_id" IS NOT OLD."draft_id" OR NEW."check_id" IS NOT OLD."check_id" OR NEW."label" IS NOT OLD."label" OR NEW."severity" IS NOT OLD."severity" OR NEW."role" IS NOT OLD."role" OR (NEW."quote" IS NOT OLD."quote" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_finding' AND x.row_id = OLD.id)) OR NEW."start" IS NOT OLD."start" OR NEW."end" IS NOT OLD."end" OR (NEW."why" IS NOT OLD."why" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_finding' AND x.row_id = OLD.id)) OR (NEW."fact" IS NOT OLD."fact" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_finding' AND x.row_id = OLD.id)) OR NEW."registered" IS NOT OLD."registered";
    SELECT RAISE(ABORT, 'an acknowledgement stays') WHERE OLD.acknowledged_by_id IS NOT NULL AND NEW.acknowledged_by_id IS NOT OLD.acknowledged_by_id;
END;

-- guard: guard_prompt_is_fixed on governance_promptversion
CREATE TRIGGER guard_prompt_is_fixed BEFORE UPDATE ON governance_promptversion FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a prompt version that was active never changes') WHERE OLD.state <> 'draft' AND (NEW."key" IS NOT OLD."key" OR NEW."version" IS NOT OLD."version" OR NEW."system" IS NOT OLD."system" OR NEW."user" IS NOT OLD."user" OR NEW."author_id" IS NOT OLD."author_id");
    SELECT RAISE(ABORT, 'a retired prompt version stays retired') WHERE OLD.state = 'retired' AND NEW.state <> 'retired';
END;

-- guard: guard_prompt_is_kept on governance_promptversion
CREATE TRIGGER guard_prompt_is_kept BEFORE DELETE ON governance_promptversion FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'prompt versions are kept') WHERE 1;
END;

-- guard: guard_generation_is_closed on drafts_generation
CREATE TRIGGER guard_generation_is_closed BEFORE UPDATE ON drafts_generation FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a closed attempt never changes') WHERE OLD.state IN ('done', 'failed', 'skipped') AND (NEW."state" IS NOT OLD."state" OR NEW."model" IS NOT OLD."model" OR NEW."prompt_sha256" IS NOT OLD."prompt_sha256" OR (NEW."raw_answer" IS NOT OLD."raw_answer" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_generation' AND x.row_id = OLD.id)) OR NEW."tokens_in" IS NOT OLD."tokens_in" OR NEW."tokens_out" IS NOT OLD."tokens_out" OR NEW."cost_micro" IS NOT OLD."cost_micro" OR (NEW."error" IS NOT OLD."error" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_generation' AND x.row_id = OLD.id)));
END;

-- guard: guard_generation_is_kept on drafts_generation
CREATE TRIGGER guard_generation_is_kept BEFORE DELETE ON drafts_generation FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'attempts are kept') WHERE 1;
END;

-- guard: guard_event_is_not_replaced on governance_event
CREATE TRIGGER guard_event_is_not_replaced BEFORE INSERT ON governance_event FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_event t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'the ledger is append-only: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_event t WHERE t.stream = NEW.stream AND t.number = NEW.number);
END;

-- guard: guard_approval_is_not_replaced on governance_approval
CREATE TRIGGER guard_approval_is_not_replaced BEFORE INSERT ON governance_approval FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'approvals: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_approval t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'approvals: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_approval t WHERE t.required_role_id = NEW.required_role_id OR (t.request_id = NEW.request_id AND t.person_id = NEW.person_id));
END;

-- guard: guard_required_role_is_not_replaced on governance_requiredrole
CREATE TRIGGER guard_required_role_is_not_replaced BEFORE INSERT ON governance_requiredrole FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'required roles: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_requiredrole t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'required roles: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_requiredrole t WHERE t.request_id = NEW.request_id AND t.role = NEW.role);
END;

-- guard: guard_approval_request_is_not_replaced on governance_approvalrequest
CREATE TRIGGER guard_approval_request_is_not_replaced BEFORE INSERT ON governance_approvalrequest FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'approval requests: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_approvalrequest t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'approval requests: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_approvalrequest t WHERE t.subject_kind = NEW.subject_kind AND t.subject_id = NEW.subject_id AND t.state IN ('open', 'complete') AND NEW.state IN ('open', 'complete'));
END;

-- guard: guard_classification_is_not_replaced on drafts_classification
CREATE TRIGGER guard_classification_is_not_replaced BEFORE INSERT ON drafts_classification FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'classifications: a row is never replaced') WHERE EXISTS (SELECT 1 FROM drafts_classification t WHERE t.id = NEW.id);
END;

-- guard: guard_attachment_is_not_replaced on drafts_draftattachment
CREATE TRIGGER guard_attachment_is_not_replaced BEFORE INSERT ON drafts_draftattachment FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'attachments: a row is never replaced') WHERE EXISTS (SELECT 1 FROM drafts_draftattachment t WHERE t.id = NEW.id);
END;

-- guard: guard_finding_is_not_replaced on drafts_finding
CREATE TRIGGER guard_finding_is_not_replaced BEFORE INSERT ON drafts_finding FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'findings: a row is never replaced') WHERE EXISTS (SELECT 1 FROM drafts_finding t WHERE t.id = NEW.id);
END;

-- guard: guard_hold_is_not_replaced on governance_hold
CREATE TRIGGER guard_hold_is_not_replaced BEFORE INSERT ON governance_hold FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'holds: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_hold t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'holds: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_hold t WHERE t.scope = NEW.scope AND t.scope_id = NEW.scope_id AND t.kind = NEW.kind AND t.source = NEW.source AND t.released_at IS NULL AND NEW.released_at IS NULL);
END;

-- guard: guard_decision_is_not_replaced on governance_decision
CREATE TRIGGER guard_decision_is_not_replaced BEFORE INSERT ON governance_decision FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'decisions: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_decision t WHERE t.id = NEW.id);
END;

-- guard: guard_policy_is_not_replaced on governance_policyversion
CREATE TRIGGER guard_policy_is_not_replaced BEFORE INSERT ON governance_policyversion FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'policy versions: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_policyversion t WHERE t.id = NEW.id);
END;

-- guard: guard_template_is_not_replaced on governance_templateversion
CREATE TRIGGER guard_template_is_not_replaced BEFORE INSERT ON governance_templateversion FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'template versions: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_templateversion t WHERE t.id = NEW.id);
END;

-- guard: guard_prompt_is_not_replaced on governance_promptversion
CREATE TRIGGER guard_prompt_is_not_replaced BEFORE INSERT ON governance_promptversion FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'prompt versions: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_promptversion t WHERE t.id = NEW.id);
END;

-- guard: guard_erasure_is_kept on governance_erasure
CREATE TRIGGER guard_erasure_is_kept BEFORE DELETE ON governance_erasure FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'erasures are kept') WHERE 1;
END;

-- guard: guard_erased_row_is_kept on governance_erasedrow
CREATE TRIGGER guard_erased_row_is_kept BEFORE DELETE ON governance_erasedrow FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'erasures are kept') WHERE 1;
END;

-- guard: guard_erased_row_is_fixed on governance_erasedrow
CREATE TRIGGER guard_erased_row_is_fixed BEFORE UPDATE ON governance_erasedrow FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'what an erasure changed is a record') WHERE 1;
END;

-- guard: guard_erased_row_is_of_an_open_erasure on governance_erasedrow
CREATE TRIGGER guard_erased_row_is_of_an_open_erasure BEFORE INSERT ON governance_erasedrow FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'this erasure has ended') WHERE NOT EXISTS (SELECT 1 FROM governance_erasure e WHERE e.id = NEW.erasure_id AND e.applied_at IS NULL);
END;

-- guard: guard_draft_begins_whole on drafts_draft
CREATE TRIGGER guard_draft_begins_whole BEFORE INSERT ON drafts_draft FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a new draft is not an erased one') WHERE NEW.erased_sha256 <> '';
END;

-- guard: guard_brief_begins_whole on drafts_brief
CREATE TRIGGER guard_brief_begins_whole BEFORE INSERT ON drafts_brief FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a new brief is not an erased one') WHERE NEW.erased_sha256 <> '';
END;

-- guard: guard_delivery_begins_whole on drafts_delivery
CREATE TRIGGER guard_delivery_begins_whole BEFORE INSERT ON drafts_delivery FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a new delivery is not an erased one') WHERE NEW.erased_sha256 <> '';
END;

-- guard: guard_erasure_is_fixed on governance_erasure
CREATE TRIGGER guard_erasure_is_fixed BEFORE UPDATE ON governance_erasure FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'an erasure never changes') WHERE OLD.applied_at IS NOT NULL OR NEW."uid" IS NOT OLD."uid" OR NEW."contact_id" IS NOT OLD."contact_id" OR NEW."account_id" IS NOT OLD."account_id" OR NEW."cause" IS NOT OLD."cause" OR NEW."by_id" IS NOT OLD."by_id" OR NEW."at" IS NOT OLD."at";
END;

-- guard: guard_sample_frame_is_fixed on governance_sampleframe
CREATE TRIGGER guard_sample_frame_is_fixed BEFORE UPDATE ON governance_sampleframe FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a frame is on record before its draw and never changes') WHERE 1;
END;

-- guard: guard_sample_frame_is_kept on governance_sampleframe
CREATE TRIGGER guard_sample_frame_is_kept BEFORE DELETE ON governance_sampleframe FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a frame is on record before its draw and never changes') WHERE 1;
END;

-- guard: guard_sample_frame_is_not_replaced on governance_sampleframe
CREATE TRIGGER guard_sample_frame_is_not_replaced BEFORE INSERT ON governance_sampleframe FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a frame is on record before its draw and never changes: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_sampleframe t WHERE t.id = NEW.id);
END;

-- guard: guard_sample_item_is_fixed on governance_sampleitem
CREATE TRIGGER guard_sample_item_is_fixed BEFORE UPDATE ON governance_sampleitem FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'what was drawn stays drawn') WHERE 1;
END;

-- guard: guard_sample_item_is_kept on governance_sampleitem
CREATE TRIGGER guard_sample_item_is_kept BEFORE DELETE ON governance_sampleitem FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'what was drawn stays drawn') WHERE 1;
END;

-- guard: guard_sample_item_is_not_replaced on governance_sampleitem
CREATE TRIGGER guard_sample_item_is_not_replaced BEFORE INSERT ON governance_sampleitem FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'what was drawn stays drawn: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_sampleitem t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'what was drawn stays drawn: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_sampleitem t WHERE (t.frame_id = NEW.frame_id AND (t.unit = NEW.unit OR t.position = NEW.position)));
END;

-- guard: guard_label_is_fixed on governance_label
CREATE TRIGGER guard_label_is_fixed BEFORE UPDATE ON governance_label FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a label is never changed') WHERE NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'governance_label' AND x.row_id = OLD.id) OR NEW."item_id" IS NOT OLD."item_id" OR NEW."round" IS NOT OLD."round" OR NEW."answer" IS NOT OLD."answer" OR NEW."code" IS NOT OLD."code" OR NEW."critical" IS NOT OLD."critical" OR NEW."quoted" IS NOT OLD."quoted" OR NEW."by_id" IS NOT OLD."by_id" OR NEW."at" IS NOT OLD."at";
END;

-- guard: guard_label_is_kept on governance_label
CREATE TRIGGER guard_label_is_kept BEFORE DELETE ON governance_label FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a label is never changed') WHERE 1;
END;

-- guard: guard_label_is_not_replaced on governance_label
CREATE TRIGGER guard_label_is_not_replaced BEFORE INSERT ON governance_label FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a label is never changed: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_label t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'a label is never changed: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_label t WHERE (t.item_id = NEW.item_id AND (t.round = NEW.round OR t.by_id = NEW.by_id)));
END;

-- guard: guard_sample_verdict_is_fixed on governance_sampleverdict
CREATE TRIGGER guard_sample_verdict_is_fixed BEFORE UPDATE ON governance_sampleverdict FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a verdict is locked') WHERE 1;
END;

-- guard: guard_sample_verdict_is_kept on governance_sampleverdict
CREATE TRIGGER guard_sample_verdict_is_kept BEFORE DELETE ON governance_sampleverdict FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a verdict is locked') WHERE 1;
END;

-- guard: guard_sample_verdict_is_not_replaced on governance_sampleverdict
CREATE TRIGGER guard_sample_verdict_is_not_replaced BEFORE INSERT ON governance_sampleverdict FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a verdict is locked: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_sampleverdict t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'a verdict is locked: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_sampleverdict t WHERE t.item_id = NEW.item_id);
END;

-- guard: guard_sample_result_is_fixed on governance_sampleresult
CREATE TRIGGER guard_sample_result_is_fixed BEFORE UPDATE ON governance_sampleresult FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'the result of a sample is locked') WHERE 1;
END;

-- guard: guard_sample_result_is_kept on governance_sampleresult
CREATE TRIGGER guard_sample_result_is_kept BEFORE DELETE ON governance_sampleresult FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'the result of a sample is locked') WHERE 1;
END;

-- guard: guard_sample_result_is_not_replaced on governance_sampleresult
CREATE TRIGGER guard_sample_result_is_not_replaced BEFORE INSERT ON governance_sampleresult FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'the result of a sample is locked: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_sampleresult t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'the result of a sample is locked: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_sampleresult t WHERE t.frame_id = NEW.frame_id);
END;

-- guard: guard_correction_is_fixed on governance_correction
CREATE TRIGGER guard_correction_is_fixed BEFORE UPDATE ON governance_correction FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a correction is a record') WHERE 1;
END;

-- guard: guard_correction_is_kept on governance_correction
CREATE TRIGGER guard_correction_is_kept BEFORE DELETE ON governance_correction FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a correction is a record') WHERE 1;
END;

-- guard: guard_correction_is_not_replaced on governance_correction
CREATE TRIGGER guard_correction_is_not_replaced BEFORE INSERT ON governance_correction FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a correction is a record: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_correction t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'a correction is a record: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_correction t WHERE (t.final_draft_id = NEW.final_draft_id AND t.kind = NEW.kind));
END;

-- guard: guard_rejection_is_fixed on governance_rejection
CREATE TRIGGER guard_rejection_is_fixed BEFORE UPDATE ON governance_rejection FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a rejection is a record') WHERE 1;
END;

-- guard: guard_rejection_is_kept on governance_rejection
CREATE TRIGGER guard_rejection_is_kept BEFORE DELETE ON governance_rejection FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a rejection is a record') WHERE 1;
END;

-- guard: guard_rejection_is_not_replaced on governance_rejection
CREATE TRIGGER guard_rejection_is_not_replaced BEFORE INSERT ON governance_rejection FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a rejection is a record: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_rejection t WHERE t.id = NEW.id);
    SELECT RAISE(ABORT, 'a rejection is a record: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_rejection t WHERE t.follow_up_id = NEW.follow_up_id);
END;

-- guard: guard_label_is_of_another on governance_label
CREATE TRIGGER guard_label_is_of_another BEFORE INSERT ON governance_label FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'nobody labels what they acted on') WHERE EXISTS (SELECT 1 FROM governance_sampleitem i, json_each(i.barred) b WHERE i.id = NEW.item_id AND b.value = NEW.by_id);
    SELECT RAISE(ABORT, 'the verdict on this item is locked') WHERE EXISTS (SELECT 1 FROM governance_sampleverdict v WHERE v.item_id = NEW.item_id);
END;

-- guard: guard_sample_item_is_drawn_before_labels on governance_sampleitem
CREATE TRIGGER guard_sample_item_is_drawn_before_labels BEFORE INSERT ON governance_sampleitem FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'this sample is locked') WHERE EXISTS (SELECT 1 FROM governance_sampleresult r WHERE r.frame_id = NEW.frame_id);
    SELECT RAISE(ABORT, 'nothing is added to a sample once somebody labelled') WHERE EXISTS (SELECT 1 FROM governance_label l WHERE l.item_id IN (SELECT i.id FROM governance_sampleitem i WHERE i.frame_id = NEW.frame_id));
END;

-- guard: guard_simulation_is_closed on drafts_simulationrun
CREATE TRIGGER guard_simulation_is_closed BEFORE UPDATE ON drafts_simulationrun FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a finished simulation never changes') WHERE OLD.state IN ('done', 'failed') AND (NEW."policy_version_id" IS NOT OLD."policy_version_id" OR NEW."baseline_id" IS NOT OLD."baseline_id" OR NEW."parameters" IS NOT OLD."parameters" OR NEW."content_sha256" IS NOT OLD."content_sha256" OR NEW."data_mark" IS NOT OLD."data_mark" OR NEW."as_of" IS NOT OLD."as_of" OR NEW."state" IS NOT OLD."state" OR NEW."accounts" IS NOT OLD."accounts" OR NEW."changed" IS NOT OLD."changed" OR NEW."tightened" IS NOT OLD."tightened" OR NEW."loosened" IS NOT OLD."loosened" OR NEW."figures" IS NOT OLD."figures" OR NEW."seconds" IS NOT OLD."seconds" OR NEW."finished_at" IS NOT OLD."finished_at");
    SELECT RAISE(ABORT, 'the text of a simulation never changes') WHERE NEW."content_sha256" IS NOT OLD."content_sha256" OR NEW."policy_version_id" IS NOT OLD."policy_version_id";
END;

-- guard: guard_simulation_is_kept on drafts_simulationrun
CREATE TRIGGER guard_simulation_is_kept BEFORE DELETE ON drafts_simulationrun FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'simulations are kept') WHERE 1;
END;

-- guard: guard_simulated_change_update on drafts_simulationchange
CREATE TRIGGER guard_simulated_change_update BEFORE UPDATE ON drafts_simulationchange FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'what a simulation found never changes') WHERE 1;
END;

-- guard: guard_simulated_change_delete on drafts_simulationchange
CREATE TRIGGER guard_simulated_change_delete BEFORE DELETE ON drafts_simulationchange FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'what a simulation found never changes') WHERE 1;
END;

-- guard: guard_loosened_reading_update on drafts_loosenedreading
CREATE TRIGGER guard_loosened_reading_update BEFORE UPDATE ON drafts_loosenedreading FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'what somebody read stays on record') WHERE 1;
END;

-- guard: guard_loosened_reading_delete on drafts_loosenedreading
CREATE TRIGGER guard_loosened_reading_delete BEFORE DELETE ON drafts_loosenedreading FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'what somebody read stays on record') WHERE 1;
END;

-- guard: guard_simulated_change_belongs on drafts_simulationchange
CREATE TRIGGER guard_simulated_change_belongs BEFORE INSERT ON drafts_simulationchange FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'accounts are added only to a simulation that is under way') WHERE NOT EXISTS (SELECT 1 FROM drafts_simulationrun r WHERE r.id = NEW.run_id AND r.state = 'claimed');
END;

-- guard: guard_policy_is_activated_by_two on governance_policyversion
CREATE TRIGGER guard_policy_is_activated_by_two BEFORE UPDATE ON governance_policyversion FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a policy comes into force by a second person, asked for and simulated') WHERE OLD.state = 'draft' AND NEW.state = 'active' AND (NEW.activated_by_id IS NULL OR NEW.author_id IS NULL OR NEW.asked_by_id IS NULL OR NEW.activated_by_id = NEW.author_id OR NEW.activated_by_id = NEW.asked_by_id OR NOT EXISTS (SELECT 1 FROM drafts_simulationrun r WHERE r.policy_version_id = NEW.id AND r.state = 'done'));
    SELECT RAISE(ABORT, 'a discarded policy stays discarded') WHERE OLD.state = 'dropped' AND NEW.state <> 'dropped';
END;

-- guard: guard_tone_rule_is_fixed on governance_tonerule
CREATE TRIGGER guard_tone_rule_is_fixed BEFORE UPDATE ON governance_tonerule FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a tone rule that was active never changes') WHERE OLD.state <> 'draft' AND (NEW."key" IS NOT OLD."key" OR NEW."version" IS NOT OLD."version" OR NEW."language" IS NOT OLD."language" OR NEW."severity" IS NOT OLD."severity" OR NEW."phrases" IS NOT OLD."phrases" OR NEW."why" IS NOT OLD."why" OR NEW."must_fail" IS NOT OLD."must_fail" OR NEW."must_pass" IS NOT OLD."must_pass" OR NEW."author_id" IS NOT OLD."author_id");
    SELECT RAISE(ABORT, 'a retired version stays retired') WHERE OLD.state = 'retired' AND NEW.state <> 'retired';
    SELECT RAISE(ABORT, 'a tone rule comes into force by a second person') WHERE OLD.state = 'draft' AND NEW.state = 'active' AND (NEW.activated_by_id IS NULL OR NEW.author_id IS NULL OR NEW.activated_by_id = NEW.author_id);
END;

-- guard: guard_tone_rule_is_kept on governance_tonerule
CREATE TRIGGER guard_tone_rule_is_kept BEFORE DELETE ON governance_tonerule FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'versions of a tone rule are kept') WHERE 1;
END;

-- guard: guard_review_standard_is_fixed on governance_reviewstandard
CREATE TRIGGER guard_review_standard_is_fixed BEFORE UPDATE ON governance_reviewstandard FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a review standard that was active never changes') WHERE OLD.state <> 'draft' AND (NEW."lane" IS NOT OLD."lane" OR NEW."version" IS NOT OLD."version" OR NEW."text" IS NOT OLD."text" OR NEW."author_id" IS NOT OLD."author_id");
    SELECT RAISE(ABORT, 'a retired version stays retired') WHERE OLD.state = 'retired' AND NEW.state <> 'retired';
    SELECT RAISE(ABORT, 'a review standard comes into force by a second person') WHERE OLD.state = 'draft' AND NEW.state = 'active' AND (NEW.activated_by_id IS NULL OR NEW.author_id IS NULL OR NEW.activated_by_id = NEW.author_id);
END;

-- guard: guard_review_standard_is_kept on governance_reviewstandard
CREATE TRIGGER guard_review_standard_is_kept BEFORE DELETE ON governance_reviewstandard FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'versions of a review standard are kept') WHERE 1;
END;

-- guard: guard_training_is_kept on governance_trainingrecord
CREATE TRIGGER guard_training_is_kept BEFORE DELETE ON governance_trainingrecord FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'training records are ended, not deleted') WHERE 1;
END;

-- guard: guard_training_is_fixed on governance_trainingrecord
CREATE TRIGGER guard_training_is_fixed BEFORE UPDATE ON governance_trainingrecord FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'a training record never changes, it is ended') WHERE OLD."ended_at" IS NOT NULL OR NEW."person_id" IS NOT OLD."person_id" OR NEW."subject" IS NOT OLD."subject" OR NEW."trained_on" IS NOT OLD."trained_on" OR NEW."valid_until" IS NOT OLD."valid_until" OR NEW."note" IS NOT OLD."note" OR NEW."written_by_id" IS NOT OLD."written_by_id" OR NEW."written_at" IS NOT OLD."written_at";
END;

-- guard: guard_training_is_not_replaced on governance_trainingrecord
CREATE TRIGGER guard_training_is_not_replaced BEFORE INSERT ON governance_trainingrecord FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'training records: a row is never replaced') WHERE EXISTS (SELECT 1 FROM governance_trainingrecord t WHERE t.id = NEW.id);
END;
