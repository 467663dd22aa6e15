//! Drafting a target: what it says is read, completed and checked.

use hengji_proto::common::v1::ObjectKind;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::request_id;
use tonic::Code;

use crate::common::*;
use crate::words::*;

fn update(target: &pb::PerformanceTarget, contents: pb::PerformanceTarget) -> pb::UpdateTargetRequest {
    pb::UpdateTargetRequest {
        request_id: request_id(),
        validate_only: false,
        name: target.name.clone(),
        etag: target.etag.clone(),
        target: Some(contents),
    }
}

#[tokio::test]
async fn a_draft_is_completed_and_may_be_changed_until_it_is_filed() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let draft = create_target(bench, "T1", target(&project.name)).await?.target.unwrap();
        assert_eq!(
            (draft.state(), draft.target_version, draft.approved_version),
            (pb::TargetState::Draft, 1, 0)
        );
        assert_eq!((draft.title.as_str(), draft.unit.as_str()), ("农村公路养护", "219001"));
        let first = &draft.indicators[0];
        assert_eq!((first.operator(), first.unit.as_str()), (pb::Operator::Ge, "公里"));
        assert_eq!((yuan(first.value.as_ref()), first.direction()), ("120", pb::Direction::HigherBetter));

        let mut contents = target("");
        contents.indicators[2].title = "有效促进发展".into();
        let request = update(&draft, contents.clone());
        let answer = targets(bench).update_target(bench.by(&unit(), request)).await?.into_inner();
        let findings: Vec<_> =
            answer.findings.iter().map(|found| (found.code.as_str(), found.field.as_str())).collect();
        assert_eq!(findings, [("C7", "indicators[2].title")]);
        let stale = targets(bench)
            .update_target(bench.by(&unit(), update(&draft, contents.clone())))
            .await
            .unwrap_err();
        assert_eq!(why(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));

        let filed = file(bench, &[&draft.name]).await?.remove(0);
        let late =
            targets(bench).update_target(bench.by(&unit(), update(&filed, contents))).await.unwrap_err();
        assert_eq!(why(&late), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_wrong_weights_and_unreadable_values_all_at_once() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let mut wrong = target(&project.name);
        wrong.indicators[0].weight = Some(decimal("35"));
        wrong.indicators[1].value_text = "明显提高".into();
        for validate_only in [true, false] {
            let request = pb::CreateTargetRequest { validate_only, ..creation("T1", wrong.clone()) };
            let status = targets(bench).create_target(bench.by(&unit(), request)).await.unwrap_err();
            assert_eq!(why(&status), (Code::InvalidArgument, "WEIGHTS_WRONG".into()));
            let told = fields(&status);
            assert!(told.contains(&"target.indicators".to_owned()), "{told:?}");
            assert!(told.contains(&"target.indicators[1].value_text".to_owned()), "{told:?}");
        }
        let mut broken = target(&project.name);
        broken.goal_text = String::new();
        broken.indicators[0].value = Some(decimal("12"));
        broken.indicators[1].code = "1".into();
        let status = create_target(bench, "T1", broken).await.unwrap_err();
        assert_eq!(why(&status), (Code::InvalidArgument, "FIELD_INVALID".into()));
        assert_eq!(
            fields(&status),
            ["target.goal_text", "target.indicators[0].value", "target.indicators[1].code"]
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_named_template_takes_the_place_of_the_packs_own_groups_and_weights() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let mut odd = target(&project.name);
        odd.indicators[2].weight = Some(decimal("20")); // 80 points in all
        let plain = create_target(bench, "T1", odd.clone()).await.unwrap_err();
        assert_eq!(why(&plain).1, "WEIGHTS_WRONG");
        odd.template = "templates/execution-20".into();
        let drafted = create_target(bench, "T1", odd.clone()).await?.target.unwrap();
        assert_eq!(file(bench, &[&drafted.name]).await?[0].state(), pb::TargetState::Submitted);
        let mut no_benefit = target(&project.name);
        no_benefit.indicators.remove(2);
        for (indicator, weight) in no_benefit.indicators.iter_mut().zip(["40", "40", "20"]) {
            indicator.weight = Some(decimal(weight));
        }
        assert_eq!(
            why(&create_target(bench, "T2", no_benefit.clone()).await.unwrap_err()).1,
            "WEIGHTS_WRONG"
        );
        no_benefit.template = "templates/no-benefit".into();
        create_target(bench, "T2", no_benefit).await?;
        for template in ["templates/unknown", "templates/later"] {
            odd.template = template.into();
            let status = create_target(bench, "T3", odd.clone()).await.unwrap_err();
            assert_eq!(
                (status.code(), fields(&status)),
                (Code::InvalidArgument, vec!["target.template".to_owned()])
            );
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_department_overall_and_a_fund_have_targets_of_their_own() -> anyhow::Result<()> {
    on_each(async |bench| {
        let overall = pb::PerformanceTarget {
            object_kind: ObjectKind::Department.into(),
            title: "交通运输局".into(),
            ..target("regions/640323000/organizations/219001")
        };
        let drafted = create_target(bench, "T1", overall.clone()).await?.target.unwrap();
        assert_eq!((drafted.unit.as_str(), drafted.object_kind()), ("219001", ObjectKind::Department));
        let reviewed = passed(bench, file(bench, &[&drafted.name]).await?.remove(0)).await?;
        let approved = approve(bench, &[(&reviewed, "5000000")]).await?.remove(0);
        assert_eq!(approved.state(), pb::TargetState::Approved);
        let foreign =
            pb::PerformanceTarget { object: "regions/640323000/organizations/220".into(), ..overall };
        assert_eq!(create_target(bench, "T2", foreign).await.unwrap_err().code(), Code::NotFound);

        let fund = pb::Project { fund_kind: pb::FundKind::SocialInsurance.into(), ..project("F1") };
        let fund = create_projects(bench, vec![fund]).await?.remove(0);
        let as_project = create_target(bench, "T3", target(&fund.name)).await.unwrap_err();
        assert_eq!(fields(&as_project), ["target.object_kind"]);
        let about_fund = pb::PerformanceTarget {
            object_kind: ObjectKind::SocialInsuranceFund.into(),
            ..target(&fund.name)
        };
        create_target(bench, "T3", about_fund).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_name_is_taken_once_an_object_must_exist_and_lists_are_narrowed() -> anyhow::Result<()> {
    on_each(async |bench| {
        let names: Vec<_> = create_projects(bench, vec![project("P1"), project("P2")])
            .await?
            .into_iter()
            .map(|one| one.name)
            .collect();
        create_target(bench, "T1", target(&names[0])).await?;
        create_target(bench, "T2", target(&names[1])).await?;
        let taken = create_target(bench, "T1", target(&names[0])).await.unwrap_err();
        assert_eq!(why(&taken), (Code::AlreadyExists, "ALREADY_EXISTS".into()));
        let absent = create_target(bench, "T3", target(&format!("{PARENT}/projects/P9"))).await.unwrap_err();
        assert_eq!(absent.code(), Code::NotFound);
        let elsewhere = target("regions/640323000/years/2025/projects/P1");
        assert_eq!(fields(&create_target(bench, "T3", elsewhere).await.unwrap_err()), ["target.object"]);

        file(bench, &[&format!("{PARENT}/targets/T2")]).await?;
        let draft = pb::TargetState::Draft.into();
        for (request, found) in [
            (pb::ListTargetsRequest { state: draft, ..Default::default() }, vec!["T1"]),
            (pb::ListTargetsRequest { object: names[1].clone(), ..Default::default() }, vec!["T2"]),
            (
                pb::ListTargetsRequest { unit: "219".into(), year: 2026, ..Default::default() },
                vec!["T1", "T2"],
            ),
            (pb::ListTargetsRequest { year: 2025, ..Default::default() }, vec![]),
        ] {
            let answer = targets(bench).list_targets(bench.by(&unit(), request)).await?.into_inner();
            let ids: Vec<_> = answer.targets.iter().filter_map(|one| one.name.rsplit('/').next()).collect();
            assert_eq!(ids, found);
        }
        let unseen =
            targets(bench).list_targets(bench.by(&neighbour(), pb::ListTargetsRequest::default())).await?;
        assert!(unseen.into_inner().targets.is_empty());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_name_used_all_over_the_year_is_generic() -> anyhow::Result<()> {
    on_each(async |bench| {
        let codes: Vec<String> = (0..20).map(|number| format!("P{number:02}")).collect();
        let list = create_projects(bench, codes.iter().map(|code| project(code)).collect()).await?;
        let mut last = vec![];
        for (code, project) in codes.iter().zip(&list) {
            let mut target = target(&project.name);
            target.indicators[0].title = format!("{code} 线养护里程");
            target.indicators[1].title = format!("{code} 线优良率");
            target.indicators[3].title = format!("{code} 线群众满意度");
            last = create_target(bench, code, target).await?.findings;
        }
        let told: Vec<_> = last.iter().map(|found| (found.code.as_str(), found.field.as_str())).collect();
        assert_eq!(told, [("C8", "indicators[2].title")]);
        Ok(())
    })
    .await
}
