//! What a project of the library says, how it changes, and what it was before.

use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::{Code, Status};

use crate::assessments::{conclude, open, score, scoring};
use crate::common::*;
use crate::words::*;

fn money(year: i32, source: pb::FundSource, yuan: &str) -> pb::ProjectMoney {
    pb::ProjectMoney { year, source: source.into(), amount_yuan: Some(decimal(yuan)) }
}

/// With every attribute a platform carries.
fn full(code: &str) -> pb::Project {
    pb::Project {
        level: pb::ProjectLevel::Second.into(),
        parent_code: "64000026T000000000001".into(),
        period_start_year: 2025,
        period_end_year: 2027,
        total_yuan: Some(decimal("3000000")),
        money: vec![
            money(2025, pb::FundSource::Local, "500000"),
            money(2026, pb::FundSource::Provincial, "700000"),
            money(2026, pb::FundSource::Local, "300000"),
            money(2027, pb::FundSource::Local, "1500000"),
        ],
        department_economic_account: "31005".into(),
        government_economic_account: "504".into(),
        basis: "交通运输发展规划".into(),
        summary: "养护县乡公路".into(),
        ..project(code)
    }
}

pub fn update_of(project: &pb::Project) -> pb::UpdateProjectRequest {
    pb::UpdateProjectRequest {
        request_id: request_id(),
        validate_only: false,
        name: project.name.clone(),
        etag: project.etag.clone(),
        project: Some(project.clone()),
        reason: "按评审意见调整".into(),
    }
}

async fn update(
    bench: &Bench,
    by: &Rights,
    request: pb::UpdateProjectRequest,
) -> Result<pb::Project, Status> {
    let answer = projects(bench).update_project(bench.by(by, request)).await?;
    Ok(answer.into_inner().project.unwrap_or_default())
}

async fn versions(bench: &Bench, name: &str) -> Result<Vec<pb::ProjectVersion>, Status> {
    let request = pb::ListProjectVersionsRequest { name: name.into(), ..Default::default() };
    Ok(projects(bench).list_project_versions(bench.by(&unit(), request)).await?.into_inner().versions)
}

#[tokio::test]
async fn a_total_of_nothing_above_a_row_of_ninety_is_told() -> anyhow::Result<()> {
    on_each(async |bench| {
        let ninety = vec![money(2026, pb::FundSource::Local, "90")];
        let nothing = Some(decimal("0"));
        for (request_yuan, total_yuan, expected) in [
            (nothing.clone(), nothing.clone(), vec!["projects[0].money", "projects[0].total_yuan"]),
            (Some(decimal("90")), nothing.clone(), vec!["projects[0].total_yuan"]),
            (nothing, None, vec!["projects[0].money"]),
        ] {
            let odd = pb::Project { request_yuan, total_yuan, money: ninety.clone(), ..project("P1") };
            assert_eq!(fields(&create_projects(bench, vec![odd]).await.unwrap_err()), expected);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_attribute_comes_back_as_it_was_filed() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = full("64032326T000000000001");
        let stored = create_projects(bench, vec![filed.clone()]).await?.remove(0);
        let back = get_project(bench, &stored.name).await?;
        assert_eq!(back, stored);
        assert_eq!(
            (back.level(), back.parent_code.as_str()),
            (pb::ProjectLevel::Second, "64000026T000000000001")
        );
        assert_eq!((back.period_start_year, back.period_end_year), (2025, 2027));
        assert_eq!(yuan(back.total_yuan.as_ref()), "3000000.00");
        assert_eq!(back.money.len(), 4);
        assert_eq!(
            (back.money[1].source(), yuan(back.money[1].amount_yuan.as_ref())),
            (pb::FundSource::Provincial, "700000.00")
        );
        assert_eq!(
            (back.department_economic_account, back.government_economic_account),
            ("31005".to_owned(), "504".to_owned())
        );
        assert_eq!((back.basis, back.summary), (filed.basis, filed.summary));
        assert_eq!(back.project_version, 1);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn amounts_that_do_not_add_up_and_codes_of_elsewhere_are_named() -> anyhow::Result<()> {
    on_each(async |bench| {
        let with = |change: &dyn Fn(&mut pb::Project)| {
            let mut project = full("P1");
            change(&mut project);
            project
        };
        for (bad, field) in [
            (
                with(&|one| {
                    one.money[1].amount_yuan = Some(decimal("700000.01"));
                    one.money[3].amount_yuan = Some(decimal("1499999.99"));
                }),
                "projects[0].money",
            ),
            (with(&|one| one.total_yuan = Some(decimal("2999999.99"))), "projects[0].total_yuan"),
            (with(&|one| one.money[0].year = 2024), "projects[0].money[0].year"),
            (with(&|one| one.money[0].amount_yuan = Some(decimal("-1"))), "projects[0].money[0].amount_yuan"),
            (with(&|one| one.money[0].source = 0), "projects[0].money[0].source"),
            (with(&|one| one.period_start_year = 2028), "projects[0].period_end_year"),
            (with(&|one| one.period_end_year = 0), "projects[0].period_end_year"),
            (
                with(&|one| one.department_economic_account = "3100".into()),
                "projects[0].department_economic_account",
            ),
            (with(&|one| one.functional_account = "21401".into()), "projects[0].functional_account"),
            (with(&|one| one.code = "64032426T000000000001".into()), "projects[0].code"),
        ] {
            let status = create_projects(bench, vec![bad]).await.unwrap_err();
            assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec![field.to_owned()]));
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn one_bad_row_of_a_thousand_is_named_and_nothing_is_stored() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut list: Vec<_> = (0..1000).map(|number| project(&format!("P{number:04}"))).collect();
        list[617].unit = "22000".into();
        let status = create_projects(bench, list).await.unwrap_err();
        assert_eq!(fields(&status), ["projects[617].unit"]);
        let answer =
            projects(bench).list_projects(bench.by(&unit(), pb::ListProjectsRequest::default())).await?;
        assert!(answer.into_inner().projects.is_empty());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_project_is_changed_until_it_is_filed_and_every_version_is_kept() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let renamed = pb::Project { title: "农村公路大中修".into(), ..first.clone() };
        let check = pb::UpdateProjectRequest { validate_only: true, ..update_of(&renamed) };
        update(bench, &unit(), check).await?;
        let colleague = Rights::of("colleague").may_for_unit(&["targets.declare"], COUNTY, "219001");
        let second = update(bench, &colleague, update_of(&renamed)).await?;
        assert_eq!((second.title.as_str(), second.declarer.as_str()), ("农村公路大中修", "accounts/unit"));
        let stale = update(bench, &unit(), update_of(&renamed)).await.unwrap_err();
        assert_eq!(why(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));
        let unseen = update(bench, &neighbour(), update_of(&second)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        for (field, other) in [
            ("project.unit", pb::Project { unit: "219001001".into(), ..second.clone() }),
            ("project.code", pb::Project { code: "P2".into(), ..second.clone() }),
            ("project.request_yuan", pb::Project { request_yuan: None, ..second.clone() }),
        ] {
            assert_eq!(fields(&update(bench, &unit(), update_of(&other)).await.unwrap_err()), [field]);
        }

        let told = versions(bench, &first.name).await?;
        let titles: Vec<_> =
            told.iter().map(|version| version.project.as_ref().unwrap().title.as_str()).collect();
        assert_eq!(titles, ["农村公路养护", "农村公路大中修"]);
        assert_eq!((told[1].project_version, told[1].account.as_str()), (2, "accounts/colleague"));
        assert_eq!(told[1].call, "/hengji.targets.v1.ProjectService/UpdateProject");
        assert_eq!(told[1].project.as_ref().unwrap().etag, second.etag);

        let drafted = create_target(bench, "T1", target(&first.name)).await?.target.unwrap();
        file(bench, &[&drafted.name]).await?;
        let late = update(bench, &unit(), update_of(&second)).await.unwrap_err();
        assert_eq!(why(&late), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn money_of_a_project_is_kept_with_each_version_too() -> anyhow::Result<()> {
    on_each(async |bench| {
        let approved = in_budget(bench, "P1").await?;
        let told = versions(bench, &approved.object).await?;
        let money: Vec<_> = told
            .iter()
            .map(|version| yuan(version.project.as_ref().unwrap().approved_yuan.as_ref()).to_owned())
            .collect();
        assert_eq!(money, ["0.00", "1000000.00"]);
        let present = get_project(bench, &approved.object).await?;
        let late = update(bench, &unit(), update_of(&present)).await.unwrap_err();
        assert_eq!(why(&late), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let unseen = pb::ListProjectVersionsRequest { name: approved.object, ..Default::default() };
        let unseen = projects(bench).list_project_versions(bench.by(&neighbour(), unseen)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_change_decides_anew_whether_an_assessment_is_due_and_tells_why() -> anyhow::Result<()> {
    on_each(async |bench| {
        let plain = create_projects(bench, vec![project("P1")]).await?.remove(0);
        assert!(!plain.ex_ante_required);
        assert!(plain.ex_ante_explanation.as_ref().unwrap().text.contains("不属于须评估的情形"));
        let new = pb::Project { nature: pb::ProjectNature::New.into(), ..plain };
        let due = update(bench, &unit(), update_of(&new)).await?;
        assert!(due.ex_ante_required);
        let told = due.ex_ante_explanation.as_ref().unwrap();
        assert!(told.text.contains("新增项目须评估"), "{}", told.text);
        assert_eq!(told.steps[0].document, "中发〔2018〕34号");
        let exempt = pb::Project { marks: vec![pb::ProjectMark::Emergency.into()], ..due.clone() };
        assert!(!update(bench, &unit(), update_of(&exempt)).await?.ex_ante_required);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_request_is_not_raised_above_what_was_assessed() -> anyhow::Result<()> {
    on_each(async |bench| {
        let new = pb::Project { nature: pb::ProjectNature::New.into(), ..project("P1") };
        let stored = create_projects(bench, vec![new]).await?.remove(0);
        let opened = open(bench, &stored.name, "E1").await?;
        let scored = score(bench, &finance(), scoring(&opened, "专家甲", "19")).await?;
        conclude(bench, &scored, vec![], "").await?;
        let raised = pb::Project { request_yuan: Some(decimal("1000000.01")), ..stored.clone() };
        let status = update(bench, &unit(), update_of(&raised)).await.unwrap_err();
        assert_eq!(fields(&status), ["project.request_yuan"]);
        let lowered = pb::Project { request_yuan: Some(decimal("999999.99")), ..stored };
        update(bench, &unit(), update_of(&lowered)).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn projects_are_listed_by_mark_category_and_unit() -> anyhow::Result<()> {
    on_each(async |bench| {
        let marked = pb::Project {
            marks: vec![pb::ProjectMark::DirectFunds.into(), pb::ProjectMark::Livelihood.into()],
            ..project("P1")
        };
        let running = pb::Project { category: pb::ProjectCategory::OtherOperation.into(), ..project("P2") };
        let below = pb::Project { unit: "219001001".into(), ..project("P3") };
        create_projects(bench, vec![marked, running, below]).await?;
        use pb::ProjectMark as Mark;
        for (request, found) in [
            (pb::ListProjectsRequest { mark: Mark::DirectFunds.into(), ..Default::default() }, vec!["P1"]),
            (pb::ListProjectsRequest { mark: Mark::Livelihood.into(), ..Default::default() }, vec!["P1"]),
            (
                pb::ListProjectsRequest { mark: Mark::Consolidation.into(), ..Default::default() },
                vec!["P2", "P3"],
            ),
            (pb::ListProjectsRequest { mark: Mark::Policy.into(), ..Default::default() }, vec![]),
            (
                pb::ListProjectsRequest {
                    category: pb::ProjectCategory::OtherOperation.into(),
                    ..Default::default()
                },
                vec!["P2"],
            ),
            (pb::ListProjectsRequest { unit: "219001001".into(), ..Default::default() }, vec!["P3"]),
        ] {
            let answer = projects(bench).list_projects(bench.by(&unit(), request)).await?.into_inner();
            let codes: Vec<_> = answer.projects.iter().map(|project| project.code.as_str()).collect();
            assert_eq!(codes, found);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_functional_account_is_one_of_the_years_list() -> anyhow::Result<()> {
    on_each(async |bench| {
        let with =
            |code: &str, account: &str| pb::Project { functional_account: account.into(), ..project(code) };
        let list =
            vec![with("P1", "2140106"), with("P2", "2140199"), with("P3", "2150101"), with("P4", "2290101")];
        let status = create_projects(bench, list).await.unwrap_err();
        assert_eq!(fields(&status), ["projects[1].functional_account", "projects[3].functional_account"]);
        let stored = create_projects(bench, vec![with("P1", "2140106")]).await?.remove(0);
        let changed = pb::Project { functional_account: "2140199".into(), ..stored };
        let status = update(bench, &unit(), update_of(&changed)).await.unwrap_err();
        assert_eq!(fields(&status), ["project.functional_account"]);
        let former = pb::BatchCreateProjectsRequest {
            request_id: request_id(),
            validate_only: false,
            parent: PARENT.replace("2026", "2025"),
            projects: vec![with("P1", "2140199")],
        };
        projects(bench).batch_create_projects(bench.by(&unit(), former)).await?;
        Ok(())
    })
    .await
}
