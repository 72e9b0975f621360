-- Guards for PostgreSQL. One function per message keeps the trigger bodies readable.

-- guard: guard_event_is_append_only_update on governance_event
CREATE OR REPLACE FUNCTION guard_event_is_append_only_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_event_is_append_only_update BEFORE UPDATE ON governance_event FOR EACH ROW EXECUTE FUNCTION guard_event_is_append_only_update();

-- guard: guard_event_is_append_only_delete on governance_event
CREATE OR REPLACE FUNCTION guard_event_is_append_only_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_event_is_append_only_delete BEFORE DELETE ON governance_event FOR EACH ROW EXECUTE FUNCTION guard_event_is_append_only_delete();

-- guard: guard_approval_is_append_only_update on governance_approval
CREATE OR REPLACE FUNCTION guard_approval_is_append_only_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'governance_approval' AND x.row_id = OLD.id) OR NEW."request_id" IS DISTINCT FROM OLD."request_id" OR NEW."required_role_id" IS DISTINCT FROM OLD."required_role_id" OR NEW."person_id" IS DISTINCT FROM OLD."person_id" OR NEW."acting_as" IS DISTINCT FROM OLD."acting_as" OR NEW."reason" IS DISTINCT FROM OLD."reason" OR NEW."verdict" IS DISTINCT FROM OLD."verdict" OR NEW."fingerprint" IS DISTINCT FROM OLD."fingerprint" OR NEW."at" IS DISTINCT FROM OLD."at" THEN RAISE EXCEPTION 'approvals are append-only' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_approval_is_append_only_update BEFORE UPDATE ON governance_approval FOR EACH ROW EXECUTE FUNCTION guard_approval_is_append_only_update();

-- guard: guard_approval_is_append_only_delete on governance_approval
CREATE OR REPLACE FUNCTION guard_approval_is_append_only_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'approvals are append-only' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_approval_is_append_only_delete BEFORE DELETE ON governance_approval FOR EACH ROW EXECUTE FUNCTION guard_approval_is_append_only_delete();

-- guard: guard_required_role_is_append_only_update on governance_requiredrole
CREATE OR REPLACE FUNCTION guard_required_role_is_append_only_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'required roles are fixed when the request is made' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_required_role_is_append_only_update BEFORE UPDATE ON governance_requiredrole FOR EACH ROW EXECUTE FUNCTION guard_required_role_is_append_only_update();

-- guard: guard_required_role_is_append_only_delete on governance_requiredrole
CREATE OR REPLACE FUNCTION guard_required_role_is_append_only_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'required roles are fixed when the request is made' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_required_role_is_append_only_delete BEFORE DELETE ON governance_requiredrole FOR EACH ROW EXECUTE FUNCTION guard_required_role_is_append_only_delete();

-- guard: guard_measure_is_append_only_update on governance_measure
CREATE OR REPLACE FUNCTION guard_measure_is_append_only_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."stands" OR NOT OLD."stands" OR NEW."id" IS DISTINCT FROM OLD."id" OR NEW."day" IS DISTINCT FROM OLD."day" OR NEW."kind" IS DISTINCT FROM OLD."kind" OR NEW."portfolio_id" IS DISTINCT FROM OLD."portfolio_id" OR NEW."lane" IS DISTINCT FROM OLD."lane" OR NEW."outcome" IS DISTINCT FROM OLD."outcome" OR NEW."code" IS DISTINCT FROM OLD."code" OR NEW."machine" IS DISTINCT FROM OLD."machine" OR NEW."complete" IS DISTINCT FROM OLD."complete" OR NEW."substantive" IS DISTINCT FROM OLD."substantive" OR NEW."critical" IS DISTINCT FROM OLD."critical" OR NEW."confirmed" IS DISTINCT FROM OLD."confirmed" OR NEW."evidence" IS DISTINCT FROM OLD."evidence" OR NEW."timed" IS DISTINCT FROM OLD."timed" OR NEW."unread" IS DISTINCT FROM OLD."unread" OR NEW."late" IS DISTINCT FROM OLD."late" OR NEW."reworked" IS DISTINCT FROM OLD."reworked" OR NEW."latent" IS DISTINCT FROM OLD."latent" OR NEW."event_id" IS DISTINCT FROM OLD."event_id" OR NEW."part" IS DISTINCT FROM OLD."part" OR NEW."at" IS DISTINCT FROM OLD."at" OR NEW."account_id" IS DISTINCT FROM OLD."account_id" OR NEW."follow_up_id" IS DISTINCT FROM OLD."follow_up_id" OR NEW."case_id" IS DISTINCT FROM OLD."case_id" OR NEW."draft_id" IS DISTINCT FROM OLD."draft_id" OR NEW."ref" IS DISTINCT FROM OLD."ref" OR NEW."actor_id" IS DISTINCT FROM OLD."actor_id" OR NEW."purpose" IS DISTINCT FROM OLD."purpose" OR NEW."template" IS DISTINCT FROM OLD."template" OR NEW."prompt" IS DISTINCT FROM OLD."prompt" OR NEW."model" IS DISTINCT FROM OLD."model" OR NEW."band" IS DISTINCT FROM OLD."band" OR NEW."currency" IS DISTINCT FROM OLD."currency" OR NEW."amounts" IS DISTINCT FROM OLD."amounts" OR NEW."renewal" IS DISTINCT FROM OLD."renewal" OR NEW."minutes" IS DISTINCT FROM OLD."minutes" OR NEW."business" IS DISTINCT FROM OLD."business" OR NEW."seconds" IS DISTINCT FROM OLD."seconds" OR NEW."permille" IS DISTINCT FROM OLD."permille" OR NEW."words" IS DISTINCT FROM OLD."words" THEN RAISE EXCEPTION 'a measure is what was measured; a later row may only take its place' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_measure_is_append_only_update BEFORE UPDATE ON governance_measure FOR EACH ROW EXECUTE FUNCTION guard_measure_is_append_only_update();

-- guard: guard_measure_is_append_only_delete on governance_measure
CREATE OR REPLACE FUNCTION guard_measure_is_append_only_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'measures are append-only' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_measure_is_append_only_delete BEFORE DELETE ON governance_measure FOR EACH ROW EXECUTE FUNCTION guard_measure_is_append_only_delete();

-- guard: guard_brief_is_immutable_update on drafts_brief
CREATE OR REPLACE FUNCTION guard_brief_is_immutable_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_brief' AND x.row_id = OLD.id) OR NEW."account_id" IS DISTINCT FROM OLD."account_id" OR NEW."fingerprint" IS DISTINCT FROM OLD."fingerprint" OR NEW."material_hash" IS DISTINCT FROM OLD."material_hash" OR NEW."sources_fine" IS DISTINCT FROM OLD."sources_fine" OR NEW."sources_required" IS DISTINCT FROM OLD."sources_required" OR NEW."complete" IS DISTINCT FROM OLD."complete" OR NEW."as_of" IS DISTINCT FROM OLD."as_of" OR NEW."created_at" IS DISTINCT FROM OLD."created_at" THEN RAISE EXCEPTION 'a brief is frozen; new facts are a new brief' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_brief_is_immutable_update BEFORE UPDATE ON drafts_brief FOR EACH ROW EXECUTE FUNCTION guard_brief_is_immutable_update();

-- guard: guard_brief_is_immutable_delete on drafts_brief
CREATE OR REPLACE FUNCTION guard_brief_is_immutable_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a brief is frozen; new facts are a new brief' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_brief_is_immutable_delete BEFORE DELETE ON drafts_brief FOR EACH ROW EXECUTE FUNCTION guard_brief_is_immutable_delete();

-- guard: guard_classification_is_immutable_update on drafts_classification
CREATE OR REPLACE FUNCTION guard_classification_is_immutable_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_classification' AND x.row_id = OLD.id) OR NEW."follow_up_id" IS DISTINCT FROM OLD."follow_up_id" OR NEW."brief_id" IS DISTINCT FROM OLD."brief_id" OR NEW."policy_version_id" IS DISTINCT FROM OLD."policy_version_id" OR NEW."lane" IS DISTINCT FROM OLD."lane" OR NEW."machine_lane" IS DISTINCT FROM OLD."machine_lane" OR NEW."owner_role" IS DISTINCT FROM OLD."owner_role" OR NEW."created_at" IS DISTINCT FROM OLD."created_at" THEN RAISE EXCEPTION 'a classification is a record; classify again instead' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_classification_is_immutable_update BEFORE UPDATE ON drafts_classification FOR EACH ROW EXECUTE FUNCTION guard_classification_is_immutable_update();

-- guard: guard_classification_is_immutable_delete on drafts_classification
CREATE OR REPLACE FUNCTION guard_classification_is_immutable_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a classification is a record; classify again instead' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_classification_is_immutable_delete BEFORE DELETE ON drafts_classification FOR EACH ROW EXECUTE FUNCTION guard_classification_is_immutable_delete();

-- guard: guard_draft_is_immutable_update on drafts_draft
CREATE OR REPLACE FUNCTION guard_draft_is_immutable_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_draft' AND x.row_id = OLD.id) OR NEW."follow_up_id" IS DISTINCT FROM OLD."follow_up_id" OR NEW."brief_id" IS DISTINCT FROM OLD."brief_id" OR NEW."revision" IS DISTINCT FROM OLD."revision" OR NEW."parent_id" IS DISTINCT FROM OLD."parent_id" OR NEW."purpose" IS DISTINCT FROM OLD."purpose" OR NEW."language" IS DISTINCT FROM OLD."language" OR NEW."author_kind" IS DISTINCT FROM OLD."author_kind" OR NEW."author_id" IS DISTINCT FROM OLD."author_id" OR NEW."template_version_id" IS DISTINCT FROM OLD."template_version_id" OR NEW."from_address" IS DISTINCT FROM OLD."from_address" OR NEW."fingerprint" IS DISTINCT FROM OLD."fingerprint" OR NEW."created_at" IS DISTINCT FROM OLD."created_at" THEN RAISE EXCEPTION 'a draft is immutable; an edit is a new revision' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_draft_is_immutable_update BEFORE UPDATE ON drafts_draft FOR EACH ROW EXECUTE FUNCTION guard_draft_is_immutable_update();

-- guard: guard_draft_is_immutable_delete on drafts_draft
CREATE OR REPLACE FUNCTION guard_draft_is_immutable_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a draft is immutable; an edit is a new revision' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_draft_is_immutable_delete BEFORE DELETE ON drafts_draft FOR EACH ROW EXECUTE FUNCTION guard_draft_is_immutable_delete();

-- guard: guard_attachment_is_immutable_update on drafts_draftattachment
CREATE OR REPLACE FUNCTION guard_attachment_is_immutable_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_draftattachment' AND x.row_id = OLD.id) OR NEW."draft_id" IS DISTINCT FROM OLD."draft_id" OR NEW."name" IS DISTINCT FROM OLD."name" OR NEW."content_type" IS DISTINCT FROM OLD."content_type" THEN RAISE EXCEPTION 'an attachment is part of an immutable draft' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_attachment_is_immutable_update BEFORE UPDATE ON drafts_draftattachment FOR EACH ROW EXECUTE FUNCTION guard_attachment_is_immutable_update();

-- guard: guard_attachment_is_immutable_delete on drafts_draftattachment
CREATE OR REPLACE FUNCTION guard_attachment_is_immutable_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'an attachment is part of an immutable draft' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_attachment_is_immutable_delete BEFORE DELETE ON drafts_draftattachment FOR EACH ROW EXECUTE FUNCTION guard_attachment_is_immutable_delete();

-- guard: guard_approval_request_is_kept on governance_approvalrequest
CREATE OR REPLACE FUNCTION guard_approval_request_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'approval requests are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_approval_request_is_kept BEFORE DELETE ON governance_approvalrequest FOR EACH ROW EXECUTE FUNCTION guard_approval_request_is_kept();

-- guard: guard_delivery_is_kept on drafts_delivery
CREATE OR REPLACE FUNCTION guard_delivery_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'deliveries are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_delivery_is_kept BEFORE DELETE ON drafts_delivery FOR EACH ROW EXECUTE FUNCTION guard_delivery_is_kept();

-- guard: guard_follow_up_is_kept on drafts_followup
CREATE OR REPLACE FUNCTION guard_follow_up_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'follow-ups are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_follow_up_is_kept BEFORE DELETE ON drafts_followup FOR EACH ROW EXECUTE FUNCTION guard_follow_up_is_kept();

-- guard: guard_finding_is_kept on drafts_finding
CREATE OR REPLACE FUNCTION guard_finding_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'findings are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_finding_is_kept BEFORE DELETE ON drafts_finding FOR EACH ROW EXECUTE FUNCTION guard_finding_is_kept();

-- guard: guard_hold_is_kept on governance_hold
CREATE OR REPLACE FUNCTION guard_hold_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'holds are released, not deleted' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_hold_is_kept BEFORE DELETE ON governance_hold FOR EACH ROW EXECUTE FUNCTION guard_hold_is_kept();

-- guard: guard_decision_is_kept on governance_decision
CREATE OR REPLACE FUNCTION guard_decision_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'decisions are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_decision_is_kept BEFORE DELETE ON governance_decision FOR EACH ROW EXECUTE FUNCTION guard_decision_is_kept();

-- guard: guard_policy_is_kept on governance_policyversion
CREATE OR REPLACE FUNCTION guard_policy_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'policy versions are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_policy_is_kept BEFORE DELETE ON governance_policyversion FOR EACH ROW EXECUTE FUNCTION guard_policy_is_kept();

-- guard: guard_template_is_kept on governance_templateversion
CREATE OR REPLACE FUNCTION guard_template_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'template versions are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_template_is_kept BEFORE DELETE ON governance_templateversion FOR EACH ROW EXECUTE FUNCTION guard_template_is_kept();

-- guard: guard_approval_is_of_its_request on governance_approval
CREATE OR REPLACE FUNCTION guard_approval_is_of_its_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.request_id AND r.state = 'open') THEN RAISE EXCEPTION 'the approval request is not open' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF NOT EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.request_id AND r.fingerprint = NEW.fingerprint) THEN RAISE EXCEPTION 'the approval is of another fingerprint' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF NOT EXISTS (SELECT 1 FROM governance_requiredrole q WHERE q.id = NEW.required_role_id AND q.request_id = NEW.request_id) THEN RAISE EXCEPTION 'the role was not asked for' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF NOT EXISTS (SELECT 1 FROM governance_user u WHERE u.id = NEW.person_id AND u.is_active AND NOT u.is_service) THEN RAISE EXCEPTION 'only an active person approves' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF EXISTS (SELECT 1 FROM governance_approvalrequest r JOIN drafts_draft d ON r.subject_kind = 'draft' AND d.id = r.subject_id WHERE r.id = NEW.request_id AND r.lane <> 'routine' AND d.author_id = NEW.person_id) THEN RAISE EXCEPTION 'the author of a text does not approve it' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_approval_is_of_its_request BEFORE INSERT ON governance_approval FOR EACH ROW EXECUTE FUNCTION guard_approval_is_of_its_request();

-- guard: guard_approval_request_is_fixed on governance_approvalrequest
CREATE OR REPLACE FUNCTION guard_approval_request_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."subject_kind" IS DISTINCT FROM OLD."subject_kind" OR NEW."subject_id" IS DISTINCT FROM OLD."subject_id" OR NEW."account_id" IS DISTINCT FROM OLD."account_id" OR NEW."portfolio_id" IS DISTINCT FROM OLD."portfolio_id" OR NEW."fingerprint" IS DISTINCT FROM OLD."fingerprint" OR NEW."policy_version_id" IS DISTINCT FROM OLD."policy_version_id" OR NEW."lane" IS DISTINCT FROM OLD."lane" OR NEW."topics"::text IS DISTINCT FROM OLD."topics"::text OR NEW."created_at" IS DISTINCT FROM OLD."created_at" OR NEW."expires_at" IS DISTINCT FROM OLD."expires_at" THEN RAISE EXCEPTION 'an approval request never changes what it asks' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF OLD.state IN ('rejected', 'void', 'expired') AND NEW.state <> OLD.state THEN RAISE EXCEPTION 'an ended approval request stays ended' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_approval_request_is_fixed BEFORE UPDATE ON governance_approvalrequest FOR EACH ROW EXECUTE FUNCTION guard_approval_request_is_fixed();

-- guard: guard_delivery_needs_complete_approval on drafts_delivery
CREATE OR REPLACE FUNCTION guard_delivery_needs_complete_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'scheduled' THEN RAISE EXCEPTION 'a delivery begins as scheduled' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF NOT EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.subject_kind = 'draft' AND r.subject_id = NEW.draft_id AND r.account_id = NEW.account_id) THEN RAISE EXCEPTION 'the approval request is not for this draft' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF NOT EXISTS (SELECT 1 FROM governance_approvalrequest r JOIN drafts_draft d ON d.id = NEW.draft_id WHERE r.id = NEW.approval_request_id AND r.fingerprint = NEW.fingerprint AND d.fingerprint = NEW.fingerprint AND d.follow_up_id = NEW.follow_up_id) THEN RAISE EXCEPTION 'the approval is of another fingerprint' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.state IN ('rejected', 'void', 'expired')) THEN RAISE EXCEPTION 'the approval request is rejected, void or expired' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.expires_at <= (now() + make_interval(secs => COALESCE((SELECT clock_offset_seconds FROM governance_installation WHERE kind = 'demo'), 0)))) THEN RAISE EXCEPTION 'the approval has expired' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF NOT EXISTS (SELECT 1 FROM governance_requiredrole q WHERE q.request_id = NEW.approval_request_id) THEN RAISE EXCEPTION 'the approval request asks nobody' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF EXISTS (SELECT 1 FROM governance_requiredrole q WHERE q.request_id = NEW.approval_request_id AND NOT EXISTS (SELECT 1 FROM governance_approval a WHERE a.required_role_id = q.id AND a.request_id = q.request_id AND a.verdict = 'approve' AND a.fingerprint = NEW.fingerprint)) THEN RAISE EXCEPTION 'the approval is incomplete' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_delivery_needs_complete_approval BEFORE INSERT ON drafts_delivery FOR EACH ROW EXECUTE FUNCTION guard_delivery_needs_complete_approval();

-- guard: guard_delivery_bytes_are_frozen on drafts_delivery
CREATE OR REPLACE FUNCTION guard_delivery_bytes_are_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."follow_up_id" IS DISTINCT FROM OLD."follow_up_id" OR NEW."account_id" IS DISTINCT FROM OLD."account_id" OR NEW."draft_id" IS DISTINCT FROM OLD."draft_id" OR NEW."approval_request_id" IS DISTINCT FROM OLD."approval_request_id" OR NEW."fingerprint" IS DISTINCT FROM OLD."fingerprint" OR (NEW."mime" IS DISTINCT FROM OLD."mime" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_delivery' AND x.row_id = OLD.id)) OR NEW."mime_sha256" IS DISTINCT FROM OLD."mime_sha256" OR NEW."message_id" IS DISTINCT FROM OLD."message_id" OR NEW."date_header" IS DISTINCT FROM OLD."date_header" OR NEW."sender" IS DISTINCT FROM OLD."sender" OR (NEW."recipients"::text IS DISTINCT FROM OLD."recipients"::text AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_delivery' AND x.row_id = OLD.id)) OR (NEW."erased_sha256" IS DISTINCT FROM OLD."erased_sha256" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_delivery' AND x.row_id = OLD.id)) THEN RAISE EXCEPTION 'the bytes of a delivery are frozen' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF NEW.state <> OLD.state AND NOT ((OLD.state = 'scheduled' AND NEW.state IN ('claimed', 'stopped')) OR (OLD.state = 'claimed' AND NEW.state IN ('handing_over', 'scheduled', 'stopped', 'failed_temporary')) OR (OLD.state = 'handing_over' AND NEW.state IN ('accepted', 'failed_temporary', 'failed_permanent', 'outcome_unknown')) OR (OLD.state = 'failed_temporary' AND NEW.state IN ('claimed', 'stopped', 'failed_permanent')) OR (OLD.state = 'outcome_unknown' AND NEW.state IN ('accepted', 'failed_permanent'))) THEN RAISE EXCEPTION 'this delivery may not go to that state' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_delivery_bytes_are_frozen BEFORE UPDATE ON drafts_delivery FOR EACH ROW EXECUTE FUNCTION guard_delivery_bytes_are_frozen();

-- guard: guard_hand_over_needs_complete_approval on drafts_delivery
CREATE OR REPLACE FUNCTION guard_hand_over_needs_complete_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.subject_kind = 'draft' AND r.subject_id = NEW.draft_id AND r.account_id = NEW.account_id) THEN RAISE EXCEPTION 'the approval request is not for this draft' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF NOT EXISTS (SELECT 1 FROM governance_approvalrequest r JOIN drafts_draft d ON d.id = NEW.draft_id WHERE r.id = NEW.approval_request_id AND r.fingerprint = NEW.fingerprint AND d.fingerprint = NEW.fingerprint AND d.follow_up_id = NEW.follow_up_id) THEN RAISE EXCEPTION 'the approval is of another fingerprint' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.state IN ('rejected', 'void', 'expired')) THEN RAISE EXCEPTION 'the approval request is rejected, void or expired' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF EXISTS (SELECT 1 FROM governance_approvalrequest r WHERE r.id = NEW.approval_request_id AND r.expires_at <= (now() + make_interval(secs => COALESCE((SELECT clock_offset_seconds FROM governance_installation WHERE kind = 'demo'), 0)))) THEN RAISE EXCEPTION 'the approval has expired' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF NOT EXISTS (SELECT 1 FROM governance_requiredrole q WHERE q.request_id = NEW.approval_request_id) THEN RAISE EXCEPTION 'the approval request asks nobody' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF EXISTS (SELECT 1 FROM governance_requiredrole q WHERE q.request_id = NEW.approval_request_id AND NOT EXISTS (SELECT 1 FROM governance_approval a WHERE a.required_role_id = q.id AND a.request_id = q.request_id AND a.verdict = 'approve' AND a.fingerprint = NEW.fingerprint)) THEN RAISE EXCEPTION 'the approval is incomplete' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_hand_over_needs_complete_approval BEFORE UPDATE ON drafts_delivery FOR EACH ROW WHEN (NEW.state = 'handing_over' AND OLD.state <> 'handing_over') EXECUTE FUNCTION guard_hand_over_needs_complete_approval();

-- guard: guard_policy_is_fixed on governance_policyversion
CREATE OR REPLACE FUNCTION guard_policy_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (NEW."number" IS DISTINCT FROM OLD."number" OR NEW."parameters"::text IS DISTINCT FROM OLD."parameters"::text OR NEW."author_id" IS DISTINCT FROM OLD."author_id") THEN RAISE EXCEPTION 'a policy version that was active never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF OLD.state = 'retired' AND NEW.state <> 'retired' THEN RAISE EXCEPTION 'a retired policy version stays retired' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_policy_is_fixed BEFORE UPDATE ON governance_policyversion FOR EACH ROW EXECUTE FUNCTION guard_policy_is_fixed();

-- guard: guard_template_is_fixed on governance_templateversion
CREATE OR REPLACE FUNCTION guard_template_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (NEW."key" IS DISTINCT FROM OLD."key" OR NEW."version" IS DISTINCT FROM OLD."version" OR NEW."lane" IS DISTINCT FROM OLD."lane" OR NEW."step" IS DISTINCT FROM OLD."step" OR NEW."purpose" IS DISTINCT FROM OLD."purpose" OR NEW."language" IS DISTINCT FROM OLD."language" OR NEW."subject" IS DISTINCT FROM OLD."subject" OR NEW."body" IS DISTINCT FROM OLD."body" OR NEW."author_id" IS DISTINCT FROM OLD."author_id") THEN RAISE EXCEPTION 'a template version that was active never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF OLD.state = 'retired' AND NEW.state <> 'retired' THEN RAISE EXCEPTION 'a retired template version stays retired' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_template_is_fixed BEFORE UPDATE ON governance_templateversion FOR EACH ROW EXECUTE FUNCTION guard_template_is_fixed();

-- guard: guard_finding_is_fixed on drafts_finding
CREATE OR REPLACE FUNCTION guard_finding_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."draft_id" IS DISTINCT FROM OLD."draft_id" OR NEW."check_id" IS DISTINCT FROM OLD."check_id" OR NEW."label" IS DISTINCT FROM OLD."label" OR NEW."severity" IS DISTINCT FROM OLD."severity" OR NEW."role" IS DISTINCT FROM OLD."role" OR (NEW."quote" IS DISTINCT FROM OLD."quote" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_finding' AND x.row_id = OLD.id)) OR NEW."start" IS DISTINCT FROM OLD."start" OR NEW."end" IS DISTINCT FROM OLD."end" OR (NEW."why" IS DISTINCT FROM OLD."why" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_finding' AND x.row_id = OLD.id)) OR (NEW."fact" IS DISTINCT FROM OLD."fact" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_finding' AND x.row_id = OLD.id)) OR NEW."registered" IS DISTINCT FROM OLD."registered" THEN RAISE EXCEPTION 'a finding never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF OLD.acknowledged_by_id IS NOT NULL AND NEW.acknowledged_by_id IS DISTINCT FROM OLD.acknowledged_by_id THEN RAISE EXCEPTION 'an acknowledgement stays' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_finding_is_fixed BEFORE UPDATE ON drafts_finding FOR EACH ROW EXECUTE FUNCTION guard_finding_is_fixed();

-- guard: guard_prompt_is_fixed on governance_promptversion
CREATE OR REPLACE FUNCTION guard_prompt_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (NEW."key" IS DISTINCT FROM OLD."key" OR NEW."version" IS DISTINCT FROM OLD."version" OR NEW."system" IS DISTINCT FROM OLD."system" OR NEW."user" IS DISTINCT FROM OLD."user" OR NEW."author_id" IS DISTINCT FROM OLD."author_id") THEN RAISE EXCEPTION 'a prompt version that was active never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF OLD.state = 'retired' AND NEW.state <> 'retired' THEN RAISE EXCEPTION 'a retired prompt version stays retired' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_prompt_is_fixed BEFORE UPDATE ON governance_promptversion FOR EACH ROW EXECUTE FUNCTION guard_prompt_is_fixed();

-- guard: guard_prompt_is_kept on governance_promptversion
CREATE OR REPLACE FUNCTION guard_prompt_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'prompt versions are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_prompt_is_kept BEFORE DELETE ON governance_promptversion FOR EACH ROW EXECUTE FUNCTION guard_prompt_is_kept();

-- guard: guard_generation_is_closed on drafts_generation
CREATE OR REPLACE FUNCTION guard_generation_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('done', 'failed', 'skipped') AND (NEW."state" IS DISTINCT FROM OLD."state" OR NEW."model" IS DISTINCT FROM OLD."model" OR NEW."prompt_sha256" IS DISTINCT FROM OLD."prompt_sha256" OR (NEW."raw_answer" IS DISTINCT FROM OLD."raw_answer" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_generation' AND x.row_id = OLD.id)) OR NEW."tokens_in" IS DISTINCT FROM OLD."tokens_in" OR NEW."tokens_out" IS DISTINCT FROM OLD."tokens_out" OR NEW."cost_micro" IS DISTINCT FROM OLD."cost_micro" OR (NEW."error" IS DISTINCT FROM OLD."error" AND NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'drafts_generation' AND x.row_id = OLD.id))) THEN RAISE EXCEPTION 'a closed attempt never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_generation_is_closed BEFORE UPDATE ON drafts_generation FOR EACH ROW EXECUTE FUNCTION guard_generation_is_closed();

-- guard: guard_generation_is_kept on drafts_generation
CREATE OR REPLACE FUNCTION guard_generation_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'attempts are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_generation_is_kept BEFORE DELETE ON drafts_generation FOR EACH ROW EXECUTE FUNCTION guard_generation_is_kept();

-- guard: guard_event_is_not_emptied on governance_event
CREATE OR REPLACE FUNCTION guard_event_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_event_is_not_emptied BEFORE TRUNCATE ON governance_event FOR EACH STATEMENT EXECUTE FUNCTION guard_event_is_not_emptied();

-- guard: guard_approval_is_not_emptied on governance_approval
CREATE OR REPLACE FUNCTION guard_approval_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'approvals: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_approval_is_not_emptied BEFORE TRUNCATE ON governance_approval FOR EACH STATEMENT EXECUTE FUNCTION guard_approval_is_not_emptied();

-- guard: guard_required_role_is_not_emptied on governance_requiredrole
CREATE OR REPLACE FUNCTION guard_required_role_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'required roles: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_required_role_is_not_emptied BEFORE TRUNCATE ON governance_requiredrole FOR EACH STATEMENT EXECUTE FUNCTION guard_required_role_is_not_emptied();

-- guard: guard_approval_request_is_not_emptied on governance_approvalrequest
CREATE OR REPLACE FUNCTION guard_approval_request_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'approval requests: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_approval_request_is_not_emptied BEFORE TRUNCATE ON governance_approvalrequest FOR EACH STATEMENT EXECUTE FUNCTION guard_approval_request_is_not_emptied();

-- guard: guard_brief_is_not_emptied on drafts_brief
CREATE OR REPLACE FUNCTION guard_brief_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'briefs: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_brief_is_not_emptied BEFORE TRUNCATE ON drafts_brief FOR EACH STATEMENT EXECUTE FUNCTION guard_brief_is_not_emptied();

-- guard: guard_classification_is_not_emptied on drafts_classification
CREATE OR REPLACE FUNCTION guard_classification_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'classifications: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_classification_is_not_emptied BEFORE TRUNCATE ON drafts_classification FOR EACH STATEMENT EXECUTE FUNCTION guard_classification_is_not_emptied();

-- guard: guard_draft_is_not_emptied on drafts_draft
CREATE OR REPLACE FUNCTION guard_draft_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'drafts: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_draft_is_not_emptied BEFORE TRUNCATE ON drafts_draft FOR EACH STATEMENT EXECUTE FUNCTION guard_draft_is_not_emptied();

-- guard: guard_attachment_is_not_emptied on drafts_draftattachment
CREATE OR REPLACE FUNCTION guard_attachment_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'attachments: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_attachment_is_not_emptied BEFORE TRUNCATE ON drafts_draftattachment FOR EACH STATEMENT EXECUTE FUNCTION guard_attachment_is_not_emptied();

-- guard: guard_delivery_is_not_emptied on drafts_delivery
CREATE OR REPLACE FUNCTION guard_delivery_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'deliveries: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_delivery_is_not_emptied BEFORE TRUNCATE ON drafts_delivery FOR EACH STATEMENT EXECUTE FUNCTION guard_delivery_is_not_emptied();

-- guard: guard_follow_up_is_not_emptied on drafts_followup
CREATE OR REPLACE FUNCTION guard_follow_up_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'follow-ups: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_follow_up_is_not_emptied BEFORE TRUNCATE ON drafts_followup FOR EACH STATEMENT EXECUTE FUNCTION guard_follow_up_is_not_emptied();

-- guard: guard_finding_is_not_emptied on drafts_finding
CREATE OR REPLACE FUNCTION guard_finding_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'findings: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_finding_is_not_emptied BEFORE TRUNCATE ON drafts_finding FOR EACH STATEMENT EXECUTE FUNCTION guard_finding_is_not_emptied();

-- guard: guard_hold_is_not_emptied on governance_hold
CREATE OR REPLACE FUNCTION guard_hold_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'holds: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_hold_is_not_emptied BEFORE TRUNCATE ON governance_hold FOR EACH STATEMENT EXECUTE FUNCTION guard_hold_is_not_emptied();

-- guard: guard_decision_is_not_emptied on governance_decision
CREATE OR REPLACE FUNCTION guard_decision_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'decisions: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_decision_is_not_emptied BEFORE TRUNCATE ON governance_decision FOR EACH STATEMENT EXECUTE FUNCTION guard_decision_is_not_emptied();

-- guard: guard_policy_is_not_emptied on governance_policyversion
CREATE OR REPLACE FUNCTION guard_policy_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'policy versions: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_policy_is_not_emptied BEFORE TRUNCATE ON governance_policyversion FOR EACH STATEMENT EXECUTE FUNCTION guard_policy_is_not_emptied();

-- guard: guard_template_is_not_emptied on governance_templateversion
CREATE OR REPLACE FUNCTION guard_template_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'template versions: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_template_is_not_emptied BEFORE TRUNCATE ON governance_templateversion FOR EACH STATEMENT EXECUTE FUNCTION guard_template_is_not_emptied();

-- guard: guard_prompt_is_not_emptied on governance_promptversion
CREATE OR REPLACE FUNCTION guard_prompt_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'prompt versions: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_prompt_is_not_emptied BEFORE TRUNCATE ON governance_promptversion FOR EACH STATEMENT EXECUTE FUNCTION guard_prompt_is_not_emptied();

-- guard: guard_generation_is_not_emptied on drafts_generation
CREATE OR REPLACE FUNCTION guard_generation_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'attempts: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_generation_is_not_emptied BEFORE TRUNCATE ON drafts_generation FOR EACH STATEMENT EXECUTE FUNCTION guard_generation_is_not_emptied();

-- guard: guard_erasure_is_kept on governance_erasure
CREATE OR REPLACE FUNCTION guard_erasure_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'erasures are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_erasure_is_kept BEFORE DELETE ON governance_erasure FOR EACH ROW EXECUTE FUNCTION guard_erasure_is_kept();

-- guard: guard_erased_row_is_kept on governance_erasedrow
CREATE OR REPLACE FUNCTION guard_erased_row_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'erasures are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_erased_row_is_kept BEFORE DELETE ON governance_erasedrow FOR EACH ROW EXECUTE FUNCTION guard_erased_row_is_kept();

-- guard: guard_erased_row_is_fixed on governance_erasedrow
CREATE OR REPLACE FUNCTION guard_erased_row_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'what an erasure changed is a record' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_erased_row_is_fixed BEFORE UPDATE ON governance_erasedrow FOR EACH ROW EXECUTE FUNCTION guard_erased_row_is_fixed();

-- guard: guard_erased_row_is_of_an_open_erasure on governance_erasedrow
CREATE OR REPLACE FUNCTION guard_erased_row_is_of_an_open_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM governance_erasure e WHERE e.id = NEW.erasure_id AND e.applied_at IS NULL) THEN RAISE EXCEPTION 'this erasure has ended' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_erased_row_is_of_an_open_erasure BEFORE INSERT ON governance_erasedrow FOR EACH ROW EXECUTE FUNCTION guard_erased_row_is_of_an_open_erasure();

-- guard: guard_draft_begins_whole on drafts_draft
CREATE OR REPLACE FUNCTION guard_draft_begins_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.erased_sha256 <> '' THEN RAISE EXCEPTION 'a new draft is not an erased one' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_draft_begins_whole BEFORE INSERT ON drafts_draft FOR EACH ROW EXECUTE FUNCTION guard_draft_begins_whole();

-- guard: guard_brief_begins_whole on drafts_brief
CREATE OR REPLACE FUNCTION guard_brief_begins_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.erased_sha256 <> '' THEN RAISE EXCEPTION 'a new brief is not an erased one' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_brief_begins_whole BEFORE INSERT ON drafts_brief FOR EACH ROW EXECUTE FUNCTION guard_brief_begins_whole();

-- guard: guard_delivery_begins_whole on drafts_delivery
CREATE OR REPLACE FUNCTION guard_delivery_begins_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.erased_sha256 <> '' THEN RAISE EXCEPTION 'a new delivery is not an erased one' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_delivery_begins_whole BEFORE INSERT ON drafts_delivery FOR EACH ROW EXECUTE FUNCTION guard_delivery_begins_whole();

-- guard: guard_erasure_is_fixed on governance_erasure
CREATE OR REPLACE FUNCTION guard_erasure_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.applied_at IS NOT NULL OR NEW."uid" IS DISTINCT FROM OLD."uid" OR NEW."contact_id" IS DISTINCT FROM OLD."contact_id" OR NEW."account_id" IS DISTINCT FROM OLD."account_id" OR NEW."cause" IS DISTINCT FROM OLD."cause" OR NEW."by_id" IS DISTINCT FROM OLD."by_id" OR NEW."at" IS DISTINCT FROM OLD."at" THEN RAISE EXCEPTION 'an erasure never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_erasure_is_fixed BEFORE UPDATE ON governance_erasure FOR EACH ROW EXECUTE FUNCTION guard_erasure_is_fixed();

-- guard: guard_sample_frame_is_fixed on governance_sampleframe
CREATE OR REPLACE FUNCTION guard_sample_frame_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a frame is on record before its draw and never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_sample_frame_is_fixed BEFORE UPDATE ON governance_sampleframe FOR EACH ROW EXECUTE FUNCTION guard_sample_frame_is_fixed();

-- guard: guard_sample_frame_is_kept on governance_sampleframe
CREATE OR REPLACE FUNCTION guard_sample_frame_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a frame is on record before its draw and never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_sample_frame_is_kept BEFORE DELETE ON governance_sampleframe FOR EACH ROW EXECUTE FUNCTION guard_sample_frame_is_kept();

-- guard: guard_sample_frame_is_not_emptied on governance_sampleframe
CREATE OR REPLACE FUNCTION guard_sample_frame_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a frame is on record before its draw and never changes: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_sample_frame_is_not_emptied BEFORE TRUNCATE ON governance_sampleframe FOR EACH STATEMENT EXECUTE FUNCTION guard_sample_frame_is_not_emptied();

-- guard: guard_sample_item_is_fixed on governance_sampleitem
CREATE OR REPLACE FUNCTION guard_sample_item_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'what was drawn stays drawn' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_sample_item_is_fixed BEFORE UPDATE ON governance_sampleitem FOR EACH ROW EXECUTE FUNCTION guard_sample_item_is_fixed();

-- guard: guard_sample_item_is_kept on governance_sampleitem
CREATE OR REPLACE FUNCTION guard_sample_item_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'what was drawn stays drawn' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_sample_item_is_kept BEFORE DELETE ON governance_sampleitem FOR EACH ROW EXECUTE FUNCTION guard_sample_item_is_kept();

-- guard: guard_sample_item_is_not_emptied on governance_sampleitem
CREATE OR REPLACE FUNCTION guard_sample_item_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was drawn stays drawn: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_sample_item_is_not_emptied BEFORE TRUNCATE ON governance_sampleitem FOR EACH STATEMENT EXECUTE FUNCTION guard_sample_item_is_not_emptied();

-- guard: guard_label_is_fixed on governance_label
CREATE OR REPLACE FUNCTION guard_label_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM governance_erasedrow x JOIN governance_erasure e ON e.id = x.erasure_id WHERE e.applied_at IS NULL AND x.table_name = 'governance_label' AND x.row_id = OLD.id) OR NEW."item_id" IS DISTINCT FROM OLD."item_id" OR NEW."round" IS DISTINCT FROM OLD."round" OR NEW."answer" IS DISTINCT FROM OLD."answer" OR NEW."code" IS DISTINCT FROM OLD."code" OR NEW."critical" IS DISTINCT FROM OLD."critical" OR NEW."quoted" IS DISTINCT FROM OLD."quoted" OR NEW."by_id" IS DISTINCT FROM OLD."by_id" OR NEW."at" IS DISTINCT FROM OLD."at" THEN RAISE EXCEPTION 'a label is never changed' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_label_is_fixed BEFORE UPDATE ON governance_label FOR EACH ROW EXECUTE FUNCTION guard_label_is_fixed();

-- guard: guard_label_is_kept on governance_label
CREATE OR REPLACE FUNCTION guard_label_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a label is never changed' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_label_is_kept BEFORE DELETE ON governance_label FOR EACH ROW EXECUTE FUNCTION guard_label_is_kept();

-- guard: guard_label_is_not_emptied on governance_label
CREATE OR REPLACE FUNCTION guard_label_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a label is never changed: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_label_is_not_emptied BEFORE TRUNCATE ON governance_label FOR EACH STATEMENT EXECUTE FUNCTION guard_label_is_not_emptied();

-- guard: guard_sample_verdict_is_fixed on governance_sampleverdict
CREATE OR REPLACE FUNCTION guard_sample_verdict_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a verdict is locked' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_sample_verdict_is_fixed BEFORE UPDATE ON governance_sampleverdict FOR EACH ROW EXECUTE FUNCTION guard_sample_verdict_is_fixed();

-- guard: guard_sample_verdict_is_kept on governance_sampleverdict
CREATE OR REPLACE FUNCTION guard_sample_verdict_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a verdict is locked' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_sample_verdict_is_kept BEFORE DELETE ON governance_sampleverdict FOR EACH ROW EXECUTE FUNCTION guard_sample_verdict_is_kept();

-- guard: guard_sample_verdict_is_not_emptied on governance_sampleverdict
CREATE OR REPLACE FUNCTION guard_sample_verdict_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a verdict is locked: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_sample_verdict_is_not_emptied BEFORE TRUNCATE ON governance_sampleverdict FOR EACH STATEMENT EXECUTE FUNCTION guard_sample_verdict_is_not_emptied();

-- guard: guard_sample_result_is_fixed on governance_sampleresult
CREATE OR REPLACE FUNCTION guard_sample_result_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'the result of a sample is locked' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_sample_result_is_fixed BEFORE UPDATE ON governance_sampleresult FOR EACH ROW EXECUTE FUNCTION guard_sample_result_is_fixed();

-- guard: guard_sample_result_is_kept on governance_sampleresult
CREATE OR REPLACE FUNCTION guard_sample_result_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'the result of a sample is locked' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_sample_result_is_kept BEFORE DELETE ON governance_sampleresult FOR EACH ROW EXECUTE FUNCTION guard_sample_result_is_kept();

-- guard: guard_sample_result_is_not_emptied on governance_sampleresult
CREATE OR REPLACE FUNCTION guard_sample_result_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the result of a sample is locked: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_sample_result_is_not_emptied BEFORE TRUNCATE ON governance_sampleresult FOR EACH STATEMENT EXECUTE FUNCTION guard_sample_result_is_not_emptied();

-- guard: guard_correction_is_fixed on governance_correction
CREATE OR REPLACE FUNCTION guard_correction_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a correction is a record' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_correction_is_fixed BEFORE UPDATE ON governance_correction FOR EACH ROW EXECUTE FUNCTION guard_correction_is_fixed();

-- guard: guard_correction_is_kept on governance_correction
CREATE OR REPLACE FUNCTION guard_correction_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a correction is a record' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_correction_is_kept BEFORE DELETE ON governance_correction FOR EACH ROW EXECUTE FUNCTION guard_correction_is_kept();

-- guard: guard_correction_is_not_emptied on governance_correction
CREATE OR REPLACE FUNCTION guard_correction_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a correction is a record: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_correction_is_not_emptied BEFORE TRUNCATE ON governance_correction FOR EACH STATEMENT EXECUTE FUNCTION guard_correction_is_not_emptied();

-- guard: guard_rejection_is_fixed on governance_rejection
CREATE OR REPLACE FUNCTION guard_rejection_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a rejection is a record' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_rejection_is_fixed BEFORE UPDATE ON governance_rejection FOR EACH ROW EXECUTE FUNCTION guard_rejection_is_fixed();

-- guard: guard_rejection_is_kept on governance_rejection
CREATE OR REPLACE FUNCTION guard_rejection_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'a rejection is a record' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_rejection_is_kept BEFORE DELETE ON governance_rejection FOR EACH ROW EXECUTE FUNCTION guard_rejection_is_kept();

-- guard: guard_rejection_is_not_emptied on governance_rejection
CREATE OR REPLACE FUNCTION guard_rejection_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a rejection is a record: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_rejection_is_not_emptied BEFORE TRUNCATE ON governance_rejection FOR EACH STATEMENT EXECUTE FUNCTION guard_rejection_is_not_emptied();

-- guard: guard_label_is_of_another on governance_label
CREATE OR REPLACE FUNCTION guard_label_is_of_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM governance_sampleitem i WHERE i.id = NEW.item_id AND i.barred @> to_jsonb(NEW.by_id)) THEN RAISE EXCEPTION 'nobody labels what they acted on' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF EXISTS (SELECT 1 FROM governance_sampleverdict v WHERE v.item_id = NEW.item_id) THEN RAISE EXCEPTION 'the verdict on this item is locked' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_label_is_of_another BEFORE INSERT ON governance_label FOR EACH ROW EXECUTE FUNCTION guard_label_is_of_another();

-- guard: guard_sample_item_is_drawn_before_labels on governance_sampleitem
CREATE OR REPLACE FUNCTION guard_sample_item_is_drawn_before_labels() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM governance_sampleresult r WHERE r.frame_id = NEW.frame_id) THEN RAISE EXCEPTION 'this sample is locked' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF EXISTS (SELECT 1 FROM governance_label l WHERE l.item_id IN (SELECT i.id FROM governance_sampleitem i WHERE i.frame_id = NEW.frame_id)) THEN RAISE EXCEPTION 'nothing is added to a sample once somebody labelled' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_sample_item_is_drawn_before_labels BEFORE INSERT ON governance_sampleitem FOR EACH ROW EXECUTE FUNCTION guard_sample_item_is_drawn_before_labels();

-- guard: guard_simulation_is_closed on drafts_simulationrun
CREATE OR REPLACE FUNCTION guard_simulation_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('done', 'failed') AND (NEW."policy_version_id" IS DISTINCT FROM OLD."policy_version_id" OR NEW."baseline_id" IS DISTINCT FROM OLD."baseline_id" OR NEW."content_sha256" IS DISTINCT FROM OLD."content_sha256" OR NEW."data_mark" IS DISTINCT FROM OLD."data_mark" OR NEW."as_of" IS DISTINCT FROM OLD."as_of" OR NEW."state" IS DISTINCT FROM OLD."state" OR NEW."accounts" IS DISTINCT FROM OLD."accounts" OR NEW."changed" IS DISTINCT FROM OLD."changed" OR NEW."tightened" IS DISTINCT FROM OLD."tightened" OR NEW."loosened" IS DISTINCT FROM OLD."loosened" OR NEW."seconds" IS DISTINCT FROM OLD."seconds" OR NEW."finished_at" IS DISTINCT FROM OLD."finished_at" OR NEW."parameters"::text IS DISTINCT FROM OLD."parameters"::text OR NEW."figures"::text IS DISTINCT FROM OLD."figures"::text) THEN RAISE EXCEPTION 'a finished simulation never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF NEW."content_sha256" IS DISTINCT FROM OLD."content_sha256" OR NEW."policy_version_id" IS DISTINCT FROM OLD."policy_version_id" THEN RAISE EXCEPTION 'the text of a simulation never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_simulation_is_closed BEFORE UPDATE ON drafts_simulationrun FOR EACH ROW EXECUTE FUNCTION guard_simulation_is_closed();

-- guard: guard_simulation_is_kept on drafts_simulationrun
CREATE OR REPLACE FUNCTION guard_simulation_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'simulations are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_simulation_is_kept BEFORE DELETE ON drafts_simulationrun FOR EACH ROW EXECUTE FUNCTION guard_simulation_is_kept();

-- guard: guard_simulated_change_update on drafts_simulationchange
CREATE OR REPLACE FUNCTION guard_simulated_change_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'what a simulation found never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_simulated_change_update BEFORE UPDATE ON drafts_simulationchange FOR EACH ROW EXECUTE FUNCTION guard_simulated_change_update();

-- guard: guard_simulated_change_delete on drafts_simulationchange
CREATE OR REPLACE FUNCTION guard_simulated_change_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'what a simulation found never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_simulated_change_delete BEFORE DELETE ON drafts_simulationchange FOR EACH ROW EXECUTE FUNCTION guard_simulated_change_delete();

-- guard: guard_loosened_reading_update on drafts_loosenedreading
CREATE OR REPLACE FUNCTION guard_loosened_reading_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'what somebody read stays on record' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_loosened_reading_update BEFORE UPDATE ON drafts_loosenedreading FOR EACH ROW EXECUTE FUNCTION guard_loosened_reading_update();

-- guard: guard_loosened_reading_delete on drafts_loosenedreading
CREATE OR REPLACE FUNCTION guard_loosened_reading_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'what somebody read stays on record' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_loosened_reading_delete BEFORE DELETE ON drafts_loosenedreading FOR EACH ROW EXECUTE FUNCTION guard_loosened_reading_delete();

-- guard: guard_simulated_change_belongs on drafts_simulationchange
CREATE OR REPLACE FUNCTION guard_simulated_change_belongs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM drafts_simulationrun r WHERE r.id = NEW.run_id AND r.state = 'claimed') THEN RAISE EXCEPTION 'accounts are added only to a simulation that is under way' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_simulated_change_belongs BEFORE INSERT ON drafts_simulationchange FOR EACH ROW EXECUTE FUNCTION guard_simulated_change_belongs();

-- guard: guard_policy_is_activated_by_two on governance_policyversion
CREATE OR REPLACE FUNCTION guard_policy_is_activated_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' AND NEW.state = 'active' AND (NEW.activated_by_id IS NULL OR NEW.author_id IS NULL OR NEW.asked_by_id IS NULL OR NEW.activated_by_id = NEW.author_id OR NEW.activated_by_id = NEW.asked_by_id OR NOT EXISTS (SELECT 1 FROM drafts_simulationrun r WHERE r.policy_version_id = NEW.id AND r.state = 'done')) THEN RAISE EXCEPTION 'a policy comes into force by a second person, asked for and simulated' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF OLD.state = 'dropped' AND NEW.state <> 'dropped' THEN RAISE EXCEPTION 'a discarded policy stays discarded' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_policy_is_activated_by_two BEFORE UPDATE ON governance_policyversion FOR EACH ROW EXECUTE FUNCTION guard_policy_is_activated_by_two();

-- guard: guard_tone_rule_is_fixed on governance_tonerule
CREATE OR REPLACE FUNCTION guard_tone_rule_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (NEW."key" IS DISTINCT FROM OLD."key" OR NEW."version" IS DISTINCT FROM OLD."version" OR NEW."language" IS DISTINCT FROM OLD."language" OR NEW."severity" IS DISTINCT FROM OLD."severity" OR NEW."phrases" IS DISTINCT FROM OLD."phrases" OR NEW."why" IS DISTINCT FROM OLD."why" OR NEW."must_fail"::text IS DISTINCT FROM OLD."must_fail"::text OR NEW."must_pass"::text IS DISTINCT FROM OLD."must_pass"::text OR NEW."author_id" IS DISTINCT FROM OLD."author_id") THEN RAISE EXCEPTION 'a tone rule that was active never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF OLD.state = 'retired' AND NEW.state <> 'retired' THEN RAISE EXCEPTION 'a retired version stays retired' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF OLD.state = 'draft' AND NEW.state = 'active' AND (NEW.activated_by_id IS NULL OR NEW.author_id IS NULL OR NEW.activated_by_id = NEW.author_id) THEN RAISE EXCEPTION 'a tone rule comes into force by a second person' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_tone_rule_is_fixed BEFORE UPDATE ON governance_tonerule FOR EACH ROW EXECUTE FUNCTION guard_tone_rule_is_fixed();

-- guard: guard_tone_rule_is_kept on governance_tonerule
CREATE OR REPLACE FUNCTION guard_tone_rule_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'versions of a tone rule are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_tone_rule_is_kept BEFORE DELETE ON governance_tonerule FOR EACH ROW EXECUTE FUNCTION guard_tone_rule_is_kept();

-- guard: guard_review_standard_is_fixed on governance_reviewstandard
CREATE OR REPLACE FUNCTION guard_review_standard_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (NEW."lane" IS DISTINCT FROM OLD."lane" OR NEW."version" IS DISTINCT FROM OLD."version" OR NEW."text" IS DISTINCT FROM OLD."text" OR NEW."author_id" IS DISTINCT FROM OLD."author_id") THEN RAISE EXCEPTION 'a review standard that was active never changes' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF OLD.state = 'retired' AND NEW.state <> 'retired' THEN RAISE EXCEPTION 'a retired version stays retired' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    IF OLD.state = 'draft' AND NEW.state = 'active' AND (NEW.activated_by_id IS NULL OR NEW.author_id IS NULL OR NEW.activated_by_id = NEW.author_id) THEN RAISE EXCEPTION 'a review standard comes into force by a second person' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_review_standard_is_fixed BEFORE UPDATE ON governance_reviewstandard FOR EACH ROW EXECUTE FUNCTION guard_review_standard_is_fixed();

-- guard: guard_review_standard_is_kept on governance_reviewstandard
CREATE OR REPLACE FUNCTION guard_review_standard_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'versions of a review standard are kept' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_review_standard_is_kept BEFORE DELETE ON governance_reviewstandard FOR EACH ROW EXECUTE FUNCTION guard_review_standard_is_kept();

-- guard: guard_training_is_kept on governance_trainingrecord
CREATE OR REPLACE FUNCTION guard_training_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TRUE THEN RAISE EXCEPTION 'training records are ended, not deleted' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER guard_training_is_kept BEFORE DELETE ON governance_trainingrecord FOR EACH ROW EXECUTE FUNCTION guard_training_is_kept();

-- guard: guard_training_is_fixed on governance_trainingrecord
CREATE OR REPLACE FUNCTION guard_training_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD."ended_at" IS NOT NULL OR NEW."person_id" IS DISTINCT FROM OLD."person_id" OR NEW."subject" IS DISTINCT FROM OLD."subject" OR NEW."trained_on" IS DISTINCT FROM OLD."trained_on" OR NEW."valid_until" IS DISTINCT FROM OLD."valid_until" OR NEW."note" IS DISTINCT FROM OLD."note" OR NEW."written_by_id" IS DISTINCT FROM OLD."written_by_id" OR NEW."written_at" IS DISTINCT FROM OLD."written_at" THEN RAISE EXCEPTION 'a training record never changes, it is ended' USING ERRCODE = 'integrity_constraint_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_training_is_fixed BEFORE UPDATE ON governance_trainingrecord FOR EACH ROW EXECUTE FUNCTION guard_training_is_fixed();

-- guard: guard_training_is_not_emptied on governance_trainingrecord
CREATE OR REPLACE FUNCTION guard_training_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'training records: the table is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_training_is_not_emptied BEFORE TRUNCATE ON governance_trainingrecord FOR EACH STATEMENT EXECUTE FUNCTION guard_training_is_not_emptied();
