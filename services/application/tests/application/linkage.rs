//! Linkage runs, decisions, application.

use hengji_proto::application::v1 as pb;
use hengji_proto::common::v1::Grade;
use hengji_proto::evaluation::v1::EvaluationKind;
use hengji_rpc::Reason;
use hengji_testkit::request_id;
use tonic::Code;

use crate::people::{Stage, day, finance, line_office, neighbour, refused, stages, unit};
use crate::world::{CUT, NEXT, YEAR, task_name, yuan};

fn create(run_id: &str) -> pb::CreateLinkageRunRequest {
    pb::CreateLinkageRunRequest {
        request_id: request_id(),
        parent: YEAR.into(),
        run_id: run_id.into(),
        ..Default::default()
    }
}

fn decide(
    code: &str,
    action: pb::LinkageAction,
    cut: Option<&str>,
    reason: &str,
) -> pb::DecideProposalRequest {
    pb::DecideProposalRequest {
        request_id: request_id(),
        name: format!("{YEAR}/linkageProposals/L1-{code}"),
        etag: "v1".into(),
        action: action.into(),
        cut_yuan: cut.and_then(yuan),
        reason: reason.into(),
        ..Default::default()
    }
}

fn apply(total: &str) -> pb::ApplyLinkageRunRequest {
    pb::ApplyLinkageRunRequest {
        request_id: request_id(),
        name: format!("{YEAR}/linkageRuns/L1"),
        etag: "v1".into(),
        expected_total_yuan: yuan(total),
        document: "盐财发〔2022〕1号".into(),
        ..Default::default()
    }
}

pub async fn created(stage: &Stage) -> pb::CreateLinkageRunResponse {
    let request = stage.bench.by(&finance(), create("L1"));
    stage.linkage().create_linkage_run(request).await.expect("created").into_inner()
}

/// Every proposal accepted, nine cuts of 5 % among them; the total.
pub async fn applied(stage: &Stage) -> pb::ApplyLinkageRunResponse {
    for proposal in created(stage).await.proposals {
        let request = pb::DecideProposalRequest {
            request_id: request_id(),
            name: proposal.name,
            etag: proposal.etag,
            action: proposal.proposed_action,
            cut_yuan: proposal.proposed_cut_yuan,
            ..Default::default()
        };
        stage.linkage().decide_proposal(stage.bench.by(&line_office(), request)).await.expect("decided");
    }
    let request = stage.bench.by(&line_office(), apply(TOTAL));
    stage.linkage().apply_linkage_run(request).await.expect("applied").into_inner()
}

/// 5 % of 10 000.10 + 5 000 and of 20 000.10 to 90 000.10, each rounded up to the fen.
pub const TOTAL: &str = "22750.09";

#[tokio::test]
async fn nine_projects_are_cut_by_rule_decided_by_people_and_applied_line_by_line() {
    for stage in stages().await {
        let answer = created(&stage).await;
        let run = answer.run.unwrap();
        assert_eq!((run.proposal_count, run.cut_count, run.budget_year), (12, 0, 2022));
        assert_eq!(run.total_cut_yuan, yuan(TOTAL));
        assert_eq!(run.rule_pack_sha256.len(), 64);
        let first = &answer.proposals[0];
        assert_eq!(first.name, format!("{YEAR}/linkageProposals/L1-P001"));
        assert_eq!(first.proposed_action(), pb::LinkageAction::Cut);
        assert_eq!(
            (first.base_yuan.clone(), first.proposed_cut_yuan.clone()),
            (yuan("15000.10"), yuan("750.01"))
        );
        let explanation = first.explanation.as_ref().unwrap();
        assert!(explanation.text.contains("15000.10 × 5% = 750.01"), "{}", explanation.text);
        assert_eq!(explanation.steps[0].rule_pack, "demo-linkage");
        let by_code = |code: &str| {
            answer.proposals.iter().find(|one| one.project.ends_with(code)).unwrap().proposed_action()
        };
        assert_eq!(by_code("P010"), pb::LinkageAction::Priority, "finance counts over the unit itself");
        assert_eq!(by_code("P011"), pb::LinkageAction::Keep, "a self-evaluation alone changes nothing");

        let mut client = stage.linkage();
        let undecided = client.apply_linkage_run(stage.bench.by(&line_office(), apply(TOTAL))).await;
        refused(undecided, Code::FailedPrecondition, Reason::StateForbids);
        let request = decide("P001", pb::LinkageAction::Cut, Some("750.01"), "");
        let decided = client.decide_proposal(stage.bench.by(&line_office(), request)).await.unwrap();
        assert_eq!(decided.into_inner().proposal.unwrap().decider, "accounts/fin-line");
        for (code, _) in &CUT[1..] {
            let request = decide(code, pb::LinkageAction::Cut, Some("1000"), "县长办公会决定");
            client.decide_proposal(stage.bench.by(&line_office(), request)).await.unwrap();
        }
        for (code, action) in [
            ("P010", pb::LinkageAction::Priority),
            ("P011", pb::LinkageAction::Keep),
            ("P012", pb::LinkageAction::Priority),
        ] {
            client
                .decide_proposal(stage.bench.by(&line_office(), decide(code, action, None, "")))
                .await
                .unwrap();
        }
        let wrong = client.apply_linkage_run(stage.bench.by(&line_office(), apply("8750"))).await;
        let message = refused(wrong, Code::FailedPrecondition, Reason::TotalsDiffer);
        assert!(message.contains("8750.00 元") && message.contains("8750.01 元"), "{message}");

        let request = apply("8750.01");
        let applied =
            client.apply_linkage_run(stage.bench.by(&line_office(), request.clone())).await.unwrap();
        let applied = applied.into_inner();
        let run = applied.run.clone().unwrap();
        assert_eq!((run.state(), run.cut_count), (pb::LinkageRunState::Applied, 9));
        assert_eq!(run.total_cut_yuan, yuan("8750.01"));
        assert!(applied.proposals.iter().all(|one| one.state() == pb::ProposalState::Applied));
        let repeat = client.apply_linkage_run(stage.bench.by(&line_office(), request)).await.unwrap();
        assert_eq!(repeat.into_inner(), applied);
        let get = pb::GetLinkageRunRequest { name: run.name.clone() };
        assert_eq!(
            client.get_linkage_run(stage.bench.by(&finance(), get)).await.unwrap().into_inner().run.unwrap(),
            run
        );
        stage.close().await;
    }
}

#[tokio::test]
async fn a_what_if_answers_like_a_run_and_leaves_nothing() {
    for stage in stages().await {
        let request = pb::CreateLinkageRunRequest { validate_only: true, ..create("L1") };
        let mut client = stage.linkage();
        let what_if =
            client.create_linkage_run(stage.bench.by(&finance(), request)).await.unwrap().into_inner();
        assert_eq!(what_if.proposals.len(), 12);
        assert_eq!(what_if.run.unwrap().total_cut_yuan, yuan(TOTAL));
        let get = pb::GetLinkageRunRequest { name: format!("{YEAR}/linkageRuns/L1") };
        refused(
            client.get_linkage_run(stage.bench.by(&finance(), get)).await,
            Code::NotFound,
            Reason::NotFound,
        );
        stage.close().await;
    }
}

#[tokio::test]
async fn a_decision_is_refused_for_its_amount_its_reason_or_its_decider() {
    for stage in stages().await {
        created(&stage).await;
        let mut client = stage.linkage();
        use pb::LinkageAction::{Cancel, Cut, Keep};
        for (action, cut, reason, field) in [
            (Cut, Some("15000.11"), "理由", "cut_yuan"),
            (Cut, Some("-1"), "理由", "cut_yuan"),
            (Cut, Some("0"), "理由", "cut_yuan"),
            (Cut, Some("1.001"), "理由", "cut_yuan"),
            (Cut, None, "理由", "cut_yuan"),
            (Cancel, None, "理由", "cut_yuan"),
            (Keep, Some("1"), "理由", "cut_yuan"),
            (Keep, None, " ", "reason"),
            (Cut, Some("750.02"), "", "reason"),
        ] {
            let request = decide("P001", action, cut, reason);
            let answer = client.decide_proposal(stage.bench.by(&line_office(), request)).await;
            let message = refused(answer, Code::InvalidArgument, Reason::FieldInvalid);
            assert!(message.starts_with(field), "{message}");
        }
        let deciding = |organization: &str| {
            line_office().from(&format!("regions/640323000/organizations/{organization}"))
        };
        for concerned in ["219001", "219"] {
            let request = decide("P001", Cut, Some("750.01"), "");
            let answer = client.decide_proposal(stage.bench.by(&deciding(concerned), request)).await;
            refused(answer, Code::PermissionDenied, Reason::DutiesNotSeparate);
        }
        let stale =
            pb::DecideProposalRequest { etag: "v2".into(), ..decide("P001", Cut, Some("750.01"), "") };
        let answer = client.decide_proposal(stage.bench.by(&line_office(), stale)).await;
        refused(answer, Code::Aborted, Reason::EtagMismatch);
        let request = decide("P001", Cut, Some("750.01"), "");
        let answer = client.decide_proposal(stage.bench.by(&neighbour(), request)).await;
        refused(answer, Code::NotFound, Reason::NotFound);
        let answer =
            client.decide_proposal(stage.bench.by(&unit(), decide("P001", Keep, None, "请求"))).await;
        refused(answer, Code::PermissionDenied, Reason::PermissionMissing);
        stage.close().await;
    }
}

#[tokio::test]
async fn an_applied_run_is_closed_and_its_projects_are_not_cut_twice() {
    for stage in stages().await {
        let run = applied(&stage).await.run.unwrap();
        let mut client = stage.linkage();
        let late = pb::DecideProposalRequest {
            etag: "v3".into(),
            ..decide("P001", pb::LinkageAction::Keep, None, "复议")
        };
        let answer = client.decide_proposal(stage.bench.by(&line_office(), late)).await;
        refused(answer, Code::FailedPrecondition, Reason::StateForbids);
        let again = pb::ApplyLinkageRunRequest { etag: run.etag, ..apply(TOTAL) };
        let answer = client.apply_linkage_run(stage.bench.by(&line_office(), again)).await;
        refused(answer, Code::FailedPrecondition, Reason::StateForbids);

        let second =
            client.create_linkage_run(stage.bench.by(&finance(), create("L2"))).await.unwrap().into_inner();
        for proposal in second.proposals {
            let request = pb::DecideProposalRequest {
                request_id: request_id(),
                name: proposal.name,
                etag: proposal.etag,
                action: proposal.proposed_action,
                cut_yuan: proposal.proposed_cut_yuan,
                ..Default::default()
            };
            client.decide_proposal(stage.bench.by(&line_office(), request)).await.unwrap();
        }
        let request = pb::ApplyLinkageRunRequest { name: format!("{YEAR}/linkageRuns/L2"), ..apply(TOTAL) };
        let answer = client.apply_linkage_run(stage.bench.by(&line_office(), request)).await;
        let message = refused(answer, Code::FailedPrecondition, Reason::StateForbids);
        assert!(message.contains("linkageRuns/L1"), "{message}");
        stage.close().await;
    }
}

#[tokio::test]
async fn a_run_is_refused_without_rules_without_the_whole_region_or_under_a_taken_name() {
    for stage in stages().await {
        let mut client = stage.linkage();
        let part = finance();
        let part = hengji_testkit::Rights { grants: vec![], ..part }
            .may(&["application.manage"], "640323000")
            .may_for_unit(&["targets.read", "monitoring.read", "evaluation.read"], "640323000", "219");
        let answer = client.create_linkage_run(stage.bench.by(&part, create("L1"))).await;
        refused(answer, Code::PermissionDenied, Reason::PermissionMissing);
        let answer = client.create_linkage_run(stage.bench.by(&neighbour(), create("L1"))).await;
        refused(answer, Code::NotFound, Reason::NotFound);
        created(&stage).await;
        let answer = client.create_linkage_run(stage.bench.by(&finance(), create("L1"))).await;
        refused(answer, Code::AlreadyExists, Reason::AlreadyExists);
        stage.close().await;
    }
    for stage in stages().await {
        stage.world.facts().no_linkage_rules = true;
        let answer = stage.linkage().create_linkage_run(stage.bench.by(&finance(), create("L1"))).await;
        refused(answer, Code::FailedPrecondition, Reason::RulePackUnfit);
        stage.close().await;
    }
}

#[tokio::test]
async fn a_second_poor_year_cancels_and_the_next_request_is_known() {
    for stage in stages().await {
        {
            let mut facts = stage.world.facts();
            facts.task("F-P011", EvaluationKind::Finance, "P011", Grade::Poor);
            let mut before = facts.tasks.last().cloned().unwrap();
            before.name = before.name.replace("2021", "2020");
            before.object = before.object.replace("2021", "2020");
            facts.tasks.push(before);
            let mut next = facts.projects[0].clone();
            next.name = format!("{NEXT}/projects/P001");
            facts.projects.push(next);
        }
        let proposals = created(&stage).await.proposals;
        let one = proposals.iter().find(|one| one.project.ends_with("P011")).unwrap();
        assert_eq!(one.proposed_action(), pb::LinkageAction::Cancel);
        assert_eq!(one.proposed_cut_yuan, yuan("300000.00"));
        stage.close().await;
    }
}

#[tokio::test]
async fn an_overdue_rectification_suspends_rather_than_cuts() {
    for stage in stages().await {
        let feedback = pb::IssueFeedbackRequest {
            request_id: request_id(),
            task: task_name("F-P001"),
            feedback_id: "F1".into(),
            due_date: day(2022, 6, 30),
            ..Default::default()
        };
        stage.feedback().issue_feedback(stage.bench.by(&finance(), feedback)).await.unwrap();
        let proposals = created(&stage).await.proposals;
        assert_eq!(proposals[0].proposed_action(), pb::LinkageAction::Suspend);
        let explanation = proposals[0].explanation.as_ref().unwrap();
        assert_eq!(explanation.conclusion, "暂缓或停止拨款");
        assert!(explanation.text.contains("整改 逾期未完成"), "{}", explanation.text);
        assert_eq!(proposals[1].proposed_action(), pb::LinkageAction::Cut);
        stage.close().await;
    }
}

#[tokio::test]
async fn proposals_are_listed_by_action_and_page_by_key() {
    for stage in stages().await {
        created(&stage).await;
        let mut client = stage.linkage();
        let (mut names, mut page_token) = (vec![], String::new());
        loop {
            let request = pb::ListLinkageProposalsRequest {
                run: format!("{YEAR}/linkageRuns/L1"),
                action: pb::LinkageAction::Cut.into(),
                page_size: 4,
                page_token,
            };
            let page =
                client.list_linkage_proposals(stage.bench.by(&unit(), request)).await.unwrap().into_inner();
            names.extend(page.proposals.into_iter().map(|one| one.name));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(names.len(), 9);
        assert!(names.is_sorted());
        stage.close().await;
    }
}
