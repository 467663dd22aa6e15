//! Targets of every kind of object, and goals of the whole period beside those of the year.

use hengji_proto::common::v1::ObjectKind;
use hengji_proto::targets::v1 as pb;
use tonic::Code;

use crate::common::*;
use crate::words::*;

#[tokio::test]
async fn each_kind_of_target_is_about_a_project_of_its_kind() -> anyhow::Result<()> {
    on_each(async |bench| {
        use pb::FundKind::{GeneralPublic, SocialInsurance, SpecialBond};
        use pb::ProjectMark::{Consolidation, MajorDecision, Policy, Transfer};
        let of = |code: &str, fund: pb::FundKind, mark: pb::ProjectMark| pb::Project {
            fund_kind: fund.into(),
            marks: vec![mark.into()],
            ..project(code)
        };
        let kinds = [
            (of("P1", GeneralPublic, Consolidation), ObjectKind::Project),
            (of("P2", GeneralPublic, Policy), ObjectKind::Policy),
            (of("P3", GeneralPublic, MajorDecision), ObjectKind::Policy),
            (of("P4", GeneralPublic, Transfer), ObjectKind::Transfer),
            (of("P5", SpecialBond, Consolidation), ObjectKind::SpecialBond),
            (of("P6", SocialInsurance, Consolidation), ObjectKind::SocialInsuranceFund),
        ];
        let list = kinds.iter().map(|(project, _)| project.clone()).collect();
        let stored = create_projects(bench, list).await?;
        for (project, (_, kind)) in stored.iter().zip(kinds) {
            for asked in [ObjectKind::Policy, ObjectKind::Transfer, ObjectKind::SpecialBond] {
                if asked == kind {
                    continue;
                }
                let about = pb::PerformanceTarget { object_kind: asked.into(), ..target(&project.name) };
                let foreign = create_target(bench, "T", about).await.unwrap_err();
                assert_eq!(fields(&foreign), ["target.object_kind"], "{kind:?} asked as {asked:?}");
            }
            let mut about = pb::PerformanceTarget { object_kind: kind.into(), ..target(&project.name) };
            if kind == ObjectKind::SpecialBond {
                about.indicators[0] =
                    indicator("1", ["成本指标", "经济成本指标"], "单位养护成本", "≤2万元/公里", "20");
                about.indicators[1].weight = Some(decimal("20"));
                about.indicators[2].weight = Some(decimal("20"));
                about.indicators[3].weight = Some(decimal("10"));
                about.indicators.push(indicator("5", ["产出指标", "数量指标"], "养护里程", "≥120公里", "20"));
            }
            let drafted = create_target(bench, &format!("T-{}", project.code), about).await;
            assert_eq!(drafted?.target.unwrap().object_kind(), kind);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn construction_states_its_cost() -> anyhow::Result<()> {
    on_each(async |bench| {
        let built = pb::Project { marks: vec![pb::ProjectMark::Construction.into()], ..project("P1") };
        let built = create_projects(bench, vec![built]).await?.remove(0);
        let status = create_target(bench, "T1", target(&built.name)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(fields(&status).contains(&"target.indicators".to_owned()), "{:?}", fields(&status));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn goals_of_the_whole_period_stand_beside_those_of_the_year_and_are_not_weighed() -> anyhow::Result<()>
{
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let mut mid_term = indicator("M1", ["产出指标", "数量指标"], "养护里程", "≥360公里", "");
        mid_term.weight = None;
        let both = pb::PerformanceTarget {
            mid_term_goal_text: "三年养护农村公路 360 公里".into(),
            mid_term_indicators: vec![mid_term.clone()],
            ..target(&project.name)
        };
        let drafted = create_target(bench, "T1", both.clone()).await?.target.unwrap();
        assert_eq!(yuan(drafted.mid_term_indicators[0].value.as_ref()), "360");
        assert!(drafted.mid_term_indicators[0].weight.is_none());
        let filed = file(bench, &[&drafted.name]).await?.remove(0);
        assert_eq!(get_target(bench, &filed.name, 0).await?.mid_term_indicators, drafted.mid_term_indicators);

        let goalless = pb::PerformanceTarget { mid_term_goal_text: String::new(), ..both.clone() };
        let status = create_target(bench, "T2", goalless).await.unwrap_err();
        assert_eq!(fields(&status), ["target.mid_term_goal_text"]);
        mid_term.weight = Some(decimal("10"));
        let weighed = pb::PerformanceTarget { mid_term_indicators: vec![mid_term], ..both };
        let status = create_target(bench, "T2", weighed).await.unwrap_err();
        assert_eq!(fields(&status), ["target.mid_term_indicators[0].weight"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn targets_are_listed_by_the_fund_and_the_marks_of_their_projects() -> anyhow::Result<()> {
    on_each(async |bench| {
        let marked = pb::Project { marks: vec![pb::ProjectMark::DirectFunds.into()], ..project("P1") };
        let of_fund = pb::Project { fund_kind: pb::FundKind::GovernmentFund.into(), ..project("P2") };
        let stored = create_projects(bench, vec![marked, of_fund]).await?;
        for (id, project) in ["T1", "T2"].into_iter().zip(&stored) {
            create_target(bench, id, target(&project.name)).await?;
        }
        use pb::FundKind::{GeneralPublic, GovernmentFund, SpecialBond};
        use pb::ProjectMark::{Consolidation, DirectFunds};
        let by = |fund: Option<pb::FundKind>, mark: Option<pb::ProjectMark>| pb::ListTargetsRequest {
            fund_kind: fund.unwrap_or_default().into(),
            mark: mark.unwrap_or_default().into(),
            ..Default::default()
        };
        for (request, found) in [
            (by(Some(GeneralPublic), None), vec!["T1"]),
            (by(Some(GovernmentFund), None), vec!["T2"]),
            (by(Some(SpecialBond), None), vec![]),
            (by(None, Some(DirectFunds)), vec!["T1"]),
            (by(None, Some(Consolidation)), vec!["T2"]),
            (by(Some(GeneralPublic), Some(Consolidation)), vec![]),
            (by(None, None), vec!["T1", "T2"]),
        ] {
            let answer = targets(bench).list_targets(bench.by(&unit(), request)).await?.into_inner();
            let ids: Vec<_> = answer.targets.iter().filter_map(|one| one.name.rsplit('/').next()).collect();
            assert_eq!(ids, found);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_percentage_written_as_a_fraction_and_a_date_of_another_year_are_told() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        for (text, value, field) in [
            ("≥0.85", None, "target.indicators[1].value_text"),
            ("≥0.85%", None, "target.indicators[1].value_text"),
            ("≥85%", Some("0.85"), "target.indicators[1].value"),
            ("≥8500%", None, "target.indicators[1].value_text"),
        ] {
            let mut fraction = target(&project.name);
            fraction.indicators[1].value_text = text.into();
            fraction.indicators[1].value = value.map(decimal);
            let status = create_target(bench, "T1", fraction).await.unwrap_err();
            assert_eq!(fields(&status), [field], "{text}");
        }
        let mut late = target(&project.name);
        late.indicators[1] = indicator("2", ["产出指标", "时效指标"], "完工时间", "2027年12月底前", "25");
        let findings = create_target(bench, "T1", late).await?.findings;
        assert!(
            findings.iter().any(|found| found.code == "C14" && found.field == "indicators[1].value_text"),
            "{findings:?}"
        );
        Ok(())
    })
    .await
}
