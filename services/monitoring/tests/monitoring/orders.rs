//! Suspensions and corrective actions.

use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::allotment_service_client::AllotmentServiceClient;
use hengji_proto::monitoring::v1::corrective_action_service_client::CorrectiveActionServiceClient;
use hengji_proto::monitoring::v1::suspension_service_client::SuspensionServiceClient;
use hengji_testkit::{databases, request_id};
use tonic::Code;

use crate::support::*;

fn order(id: &str) -> pb::OrderSuspensionRequest {
    pb::OrderSuspensionRequest {
        request_id: request_id(),
        validate_only: false,
        project: P1.into(),
        suspension_id: id.into(),
        authority: "财政局会议纪要".into(),
        reason: "绩效严重偏离".into(),
        lift_condition: "完成整改".into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn nothing_is_paid_between_order_and_lift() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        county.pay(row("V1", P1, "100", "2021-03-01")).await?;
        let mut client = SuspensionServiceClient::new(county.link());
        let ordered =
            client.order_suspension(county.bench.by(&county.rights, order("S1"))).await?.into_inner();
        let ordered = ordered.suspension.unwrap();
        assert_eq!((ordered.state(), ordered.unit.as_str()), (pb::SuspensionState::Standing, "219001"));
        assert!(county.position(P1, None).await?.suspended);
        let refused = county.pay(row("V2", P1, "1", "2021-03-02")).await;
        assert_eq!(refusal(refused), (Code::FailedPrecondition, "PAYMENT_SUSPENDED".into()));
        // what was paid before is still told
        assert!(county.pay(row("V1", P1, "100", "2021-03-01")).await?.duplicate);
        let second = client.order_suspension(county.bench.by(&county.rights, order("S2"))).await;
        assert_eq!(refusal(second), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let outside = client.order_suspension(county.bench.by(&neighbour(), order("S3"))).await;
        assert_eq!(refusal(outside).0, Code::NotFound);

        let lift = |etag: &str| pb::LiftSuspensionRequest {
            request_id: request_id(),
            name: ordered.name.clone(),
            etag: etag.into(),
            reason: "整改完成".into(),
            ..Default::default()
        };
        let stale = client.lift_suspension(county.bench.by(&county.rights, lift("v7"))).await;
        assert_eq!(refusal(stale).0, Code::Aborted);
        let lifted =
            client.lift_suspension(county.bench.by(&county.rights, lift(&ordered.etag))).await?.into_inner();
        let lifted = lifted.suspension.unwrap();
        assert_eq!((lifted.state(), lifted.lift_reason.as_str()), (pb::SuspensionState::Lifted, "整改完成"));
        let again = client.lift_suspension(county.bench.by(&county.rights, lift(&lifted.etag))).await;
        assert_eq!(refusal(again).0, Code::FailedPrecondition);
        county.pay(row("V2", P1, "1", "2021-03-02")).await?;

        client.order_suspension(county.bench.by(&county.rights, order("S2"))).await?;
        let list = pb::ListSuspensionsRequest {
            state: pb::SuspensionState::Standing.into(),
            year: 2021,
            ..Default::default()
        };
        let standing =
            client.list_suspensions(county.bench.by(&county.rights, list)).await?.into_inner().suspensions;
        assert_eq!(standing.len(), 1);
        let get = pb::GetSuspensionRequest { name: standing[0].name.clone() };
        let got = client.get_suspension(county.bench.by(&county.rights, get)).await?.into_inner().suspension;
        assert_eq!(got.as_ref(), standing.first());
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_corrective_action_is_closed_by_somebody_else() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let (bench, finance, unit) = (&county.bench, &county.rights, &support_unit());
        let mut client = CorrectiveActionServiceClient::new(county.link());
        let open = pb::OpenCorrectiveActionRequest {
            request_id: request_id(),
            project: P1.into(),
            action_id: "C1".into(),
            finding: "执行进度滞后".into(),
            due_date: Some(day("2021-10-31")),
            ..Default::default()
        };
        let opened = client.open_corrective_action(bench.by(finance, open.clone())).await?.into_inner();
        let opened = opened.corrective_action.unwrap();
        assert_eq!(
            (opened.state(), opened.opener.as_str()),
            (pb::CorrectiveActionState::Noticed, "accounts/finance")
        );
        let taken = pb::OpenCorrectiveActionRequest { request_id: request_id(), ..open.clone() };
        let taken = client.open_corrective_action(bench.by(finance, taken)).await;
        assert_eq!(refusal(taken).0, Code::AlreadyExists);
        let elsewhere = pb::OpenCorrectiveActionRequest { request_id: request_id(), ..open };
        let elsewhere = client.open_corrective_action(bench.by(&neighbour(), elsewhere)).await;
        assert_eq!(refusal(elsewhere).0, Code::NotFound);

        let name = opened.name.clone();
        let plan = pb::FileCorrectivePlanRequest {
            request_id: request_id(),
            name: name.clone(),
            etag: opened.etag,
            plan: "增加两个施工队".into(),
            ..Default::default()
        };
        let planned =
            client.file_corrective_plan(bench.by(unit, plan)).await?.into_inner().corrective_action.unwrap();
        let verify = |etag: &str| pb::VerifyCorrectiveActionRequest {
            request_id: request_id(),
            name: name.clone(),
            etag: etag.into(),
            verification: "现场核验属实".into(),
            ..Default::default()
        };
        let early = client.verify_corrective_action(bench.by(finance, verify(&planned.etag))).await;
        assert_eq!(refusal(early), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let report = pb::ReportCorrectiveProgressRequest {
            request_id: request_id(),
            name: name.clone(),
            etag: planned.etag.clone(),
            progress: "完成八成".into(),
            ..Default::default()
        };
        let progressing = client.report_corrective_progress(bench.by(unit, report)).await?.into_inner();
        let progressing = progressing.corrective_action.unwrap();
        let own = client.verify_corrective_action(bench.by(unit, verify(&progressing.etag))).await;
        assert_eq!(refusal(own), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));
        let stale = client.verify_corrective_action(bench.by(finance, verify(&planned.etag))).await;
        assert_eq!(refusal(stale).0, Code::Aborted);
        let closed =
            client.verify_corrective_action(bench.by(finance, verify(&progressing.etag))).await?.into_inner();
        let closed = closed.corrective_action.unwrap();
        assert_eq!((closed.state(), closed.progress.len()), (pb::CorrectiveActionState::Closed, 1));

        let get = pb::GetCorrectiveActionRequest { name };
        let got = client.get_corrective_action(bench.by(finance, get.clone())).await?.into_inner();
        assert_eq!(got.corrective_action.as_ref(), Some(&closed));
        assert_eq!(
            refusal(client.get_corrective_action(bench.by(&neighbour(), get)).await).0,
            Code::NotFound
        );
        let list = pb::ListCorrectiveActionsRequest {
            state: pb::CorrectiveActionState::Noticed.into(),
            ..Default::default()
        };
        let noticed = client.list_corrective_actions(bench.by(finance, list)).await?.into_inner();
        assert!(noticed.corrective_actions.is_empty());
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn part_of_the_money_is_suspended_and_the_rest_is_paid() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let second = county.issue(P1, "A2", "400", "2021-02-10").await?;
        county.issue(P2, "A3", "100", "2021-02-10").await?;
        let mut client = SuspensionServiceClient::new(county.link());
        let of_allotment = pb::OrderSuspensionRequest { allotment: second.name.clone(), ..order("S1") };
        let ordered =
            client.order_suspension(county.bench.by(&county.rights, of_allotment)).await?.into_inner();
        let ordered = ordered.suspension.unwrap();
        assert_eq!(
            (ordered.allotment.as_str(), text(ordered.amount_yuan.as_ref())),
            (second.name.as_str(), "400.00")
        );
        let position = county.position(P1, None).await?;
        assert_eq!((position.suspended, text(position.frozen_yuan.as_ref())), (false, "400.00"));
        for (as_of, frozen) in [("2026-06-29", "0.00"), ("2026-06-30", "400.00")] {
            let past = county.position(P1, Some(as_of)).await?;
            assert_eq!(text(past.frozen_yuan.as_ref()), frozen, "ordered on 30 June: {as_of}");
        }
        county.pay(row("V1", P1, "500", "2021-03-01")).await?;
        let above = county.pay(row("V2", P1, "100.01", "2021-03-02")).await;
        assert_eq!(refusal(above), (Code::FailedPrecondition, "PAYMENT_SUSPENDED".into()));
        county.pay(row("V3", P1, "100", "2021-03-02")).await?;
        county.pay(row("V4", P1, "-50", "2021-03-02")).await?;

        let amount = |id: &str, yuan: &str| pb::OrderSuspensionRequest {
            amount_yuan: Some(self::yuan(yuan)),
            ..order(id)
        };
        let wrong = [
            (amount("S2", "600.01"), "amount_yuan"),
            (amount("S2", "0"), "amount_yuan"),
            (
                pb::OrderSuspensionRequest { allotment: second.name.clone(), ..amount("S2", "0.01") },
                "amount_yuan",
            ),
            (
                pb::OrderSuspensionRequest {
                    allotment: "regions/640323000/years/2021/allotments/A3".into(),
                    ..order("S2")
                },
                "allotment",
            ),
        ];
        for (request, field) in wrong {
            let status = client.order_suspension(county.bench.by(&county.rights, request)).await.unwrap_err();
            assert_eq!(fields(&status), [field]);
        }
        // an allotment that gets smaller takes its suspension with it
        let adjust = pb::AdjustAllotmentRequest {
            request_id: request_id(),
            name: second.name.clone(),
            etag: second.etag.clone(),
            change_yuan: Some(self::yuan("-100")),
            adjust_date: Some(day("2021-03-02")),
            document: "财预〔2021〕9号".into(),
            reason: "压减".into(),
            ..Default::default()
        };
        let mut allotments = AllotmentServiceClient::new(county.link());
        allotments.adjust_allotment(county.bench.by(&county.rights, adjust)).await?;
        assert_eq!(text(county.position(P1, None).await?.frozen_yuan.as_ref()), "300.00");
        let lift = pb::LiftSuspensionRequest {
            request_id: request_id(),
            name: ordered.name,
            etag: ordered.etag,
            reason: "整改完成".into(),
            ..Default::default()
        };
        client.lift_suspension(county.bench.by(&county.rights, lift)).await?;
        county.pay(row("V5", P1, "350", "2021-03-03")).await?;
        assert_eq!(text(county.position(P1, None).await?.frozen_yuan.as_ref()), "0.00");
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_correction_is_reopened_escalated_and_found_overdue() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let (bench, finance, unit) = (&county.bench, &county.rights, &support_unit());
        let mut client = CorrectiveActionServiceClient::new(county.link());
        let open = pb::OpenCorrectiveActionRequest {
            request_id: request_id(),
            project: P1.into(),
            action_id: "C1".into(),
            finding: "执行进度滞后".into(),
            due_date: Some(day("2026-06-29")),
            source: "regions/640323000/years/2021/positions/P001".into(),
            ..Default::default()
        };
        let action = client
            .open_corrective_action(bench.by(finance, open))
            .await?
            .into_inner()
            .corrective_action
            .unwrap();
        assert!(action.overdue);
        let overdue = async || {
            let list =
                pb::ListCorrectiveActionsRequest { overdue: true, project: P1.into(), ..Default::default() };
            let listed = client.clone().list_corrective_actions(bench.by(finance, list)).await?.into_inner();
            Ok::<_, tonic::Status>(listed.corrective_actions.len())
        };
        assert_eq!(overdue().await?, 1);
        let escalate = |organization: &str, etag: &str| pb::EscalateCorrectiveActionRequest {
            request_id: request_id(),
            name: action.name.clone(),
            etag: etag.into(),
            organization: organization.into(),
            reason: "逾期未整改".into(),
            ..Default::default()
        };
        let beside = escalate("regions/640324000/organizations/101", &action.etag);
        let beside = client.clone().escalate_corrective_action(bench.by(finance, beside)).await.unwrap_err();
        assert_eq!(fields(&beside), ["organization"]);
        let above = escalate("regions/640300000/organizations/101", &action.etag);
        let action = client
            .clone()
            .escalate_corrective_action(bench.by(finance, above))
            .await?
            .into_inner()
            .corrective_action
            .unwrap();
        assert_eq!(action.escalations[0].account, "accounts/finance");

        let plan = pb::FileCorrectivePlanRequest {
            request_id: request_id(),
            name: action.name.clone(),
            etag: action.etag.clone(),
            plan: "增加施工队".into(),
            ..Default::default()
        };
        let action = client
            .clone()
            .file_corrective_plan(bench.by(unit, plan))
            .await?
            .into_inner()
            .corrective_action
            .unwrap();
        let report = pb::ReportCorrectiveProgressRequest {
            request_id: request_id(),
            name: action.name.clone(),
            etag: action.etag.clone(),
            progress: "完成八成".into(),
            evidence: "监理月报".into(),
            ..Default::default()
        };
        let action = client
            .clone()
            .report_corrective_progress(bench.by(unit, report))
            .await?
            .into_inner()
            .corrective_action
            .unwrap();
        assert_eq!(
            (action.progress[0].as_str(), action.reports[0].evidence.as_str()),
            ("完成八成", "监理月报")
        );
        let verify = pb::VerifyCorrectiveActionRequest {
            request_id: request_id(),
            name: action.name.clone(),
            etag: action.etag.clone(),
            verification: "属实".into(),
            effect: "进度追平".into(),
            ..Default::default()
        };
        let action = client
            .clone()
            .verify_corrective_action(bench.by(finance, verify))
            .await?
            .into_inner()
            .corrective_action
            .unwrap();
        assert_eq!((action.effect.as_str(), action.overdue, overdue().await?), ("进度追平", false, 0));
        let reopen = |due: &str| pb::ReopenCorrectiveActionRequest {
            request_id: request_id(),
            name: action.name.clone(),
            etag: action.etag.clone(),
            reason: "又停工".into(),
            due_date: Some(day(due)),
            ..Default::default()
        };
        let past = client
            .clone()
            .reopen_corrective_action(bench.by(finance, reopen("2026-06-29")))
            .await
            .unwrap_err();
        assert_eq!(fields(&past), ["due_date"]);
        let action = client
            .clone()
            .reopen_corrective_action(bench.by(finance, reopen("2026-07-31")))
            .await?
            .into_inner()
            .corrective_action
            .unwrap();
        assert_eq!((action.state(), action.reopenings.len()), (pb::CorrectiveActionState::Reopened, 1));
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

/// The unit, which by mistake also holds the right to verify.
fn support_unit() -> hengji_testkit::Rights {
    hengji_testkit::Rights::of("unit").may_for_unit(
        &["monitoring.report", "monitoring.correct"],
        REGION,
        "219001",
    )
}
