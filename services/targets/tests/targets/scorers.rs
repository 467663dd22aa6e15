//! Who scores an assessment, and how far they are apart.

use hengji_proto::common::v1::ObjectKind;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::Rights;
use tonic::Code;

use crate::assessments::{conclude, due, open, score, scoring};
use crate::common::*;
use crate::words::*;

const CONSULTANT: &str = "regions/640323000/organizations/901";

#[tokio::test]
async fn experts_and_institutions_are_averaged_and_their_spread_is_shown() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = due(bench, "P1").await?;
        let opened = open(bench, &project.name, "E1").await?;
        assert_eq!((opened.object_kind(), opened.aspects.len()), (ObjectKind::Project, 5));
        assert_eq!(yuan(opened.aspects[0].full_points.as_ref()), "20");
        assert!(opened.aspects[0].mean_points.is_none() && !opened.aspects[0].questions.is_empty());
        let first = score(bench, &finance(), scoring(&opened, "专家甲", "16")).await?;
        let mut by_institution = scoring(&first, "某咨询公司", "18.5");
        by_institution.scorer_kind = pb::ScorerKind::Institution.into();
        let unnamed = score(bench, &finance(), by_institution.clone()).await.unwrap_err();
        assert_eq!(fields(&unnamed), ["institution"]);
        by_institution.institution = CONSULTANT.into();
        let second = score(bench, &finance(), by_institution).await?;
        let aspect = &second.aspects[0];
        let told =
            [&aspect.mean_points, &aspect.lowest_points, &aspect.highest_points, &aspect.spread_points];
        assert_eq!(told.map(|points| yuan(points.as_ref())), ["17.25", "16", "18.5", "2.5"]);
        assert_eq!(yuan(second.total_spread.as_ref()), "12.5");
        let scorers: Vec<_> = second
            .scorers
            .iter()
            .map(|one| (one.scorer.as_str(), one.kind(), yuan(one.total_points.as_ref())))
            .collect();
        assert_eq!(
            scorers,
            [("专家甲", pb::ScorerKind::Expert, "80"), ("某咨询公司", pb::ScorerKind::Institution, "92.5")]
        );
        let condition = crate::assessments::condition();
        conclude(bench, &second, vec![condition], "").await?;
        let known = get_project(bench, &project.name).await?;
        assert_eq!(known.advisers, [CONSULTANT], "who assessed it may not evaluate it later");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_adviser_and_whoever_wrote_the_project_do_not_score_it() -> anyhow::Result<()> {
    on_each(async |bench| {
        let advised = pb::Project {
            nature: pb::ProjectNature::New.into(),
            advisers: vec![CONSULTANT.into()],
            ..project("P1")
        };
        let project = create_projects(bench, vec![advised]).await?.remove(0);
        let editor = Rights::of("editor").may(&["targets.declare", "targets.assess"], COUNTY);
        let update = crate::library::update_of(&pb::Project { title: "改名".into(), ..project.clone() });
        projects(bench).update_project(bench.by(&editor, update)).await?;
        let opened = open(bench, &project.name, "E1").await?;
        let own = score(bench, &editor, scoring(&opened, "专家甲", "16")).await.unwrap_err();
        assert_eq!(why(&own), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));
        let mut by_adviser = scoring(&opened, "某咨询公司", "18");
        by_adviser.scorer_kind = pb::ScorerKind::Institution.into();
        by_adviser.institution = CONSULTANT.into();
        let adviser = score(bench, &finance(), by_adviser).await.unwrap_err();
        assert_eq!(why(&adviser), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn policies_and_bonds_have_aspects_of_their_own() -> anyhow::Result<()> {
    on_each(async |bench| {
        let policy = pb::Project { marks: vec![pb::ProjectMark::Policy.into()], ..project("P1") };
        let bond = pb::Project { fund_kind: pb::FundKind::SpecialBond.into(), ..project("P2") };
        let stored = create_projects(bench, vec![policy, bond]).await?;
        assert!(stored[0].ex_ante_required, "policies are always assessed");
        for (project, kind, aspect) in [
            (&stored[0], ObjectKind::Policy, "实施可持续性"),
            (&stored[1], ObjectKind::SpecialBond, "偿债能力安全性"),
        ] {
            let opened = open(bench, &project.name, &format!("E-{}", project.code)).await?;
            assert_eq!(opened.object_kind(), kind);
            assert!(opened.aspects.iter().any(|one| one.aspect == aspect), "{:?}", opened.aspects);
        }
        Ok(())
    })
    .await
}
