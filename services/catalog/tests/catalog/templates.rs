//! Target templates.

use hengji_proto::catalog::v1 as pb;
use hengji_proto::common::v1::ObjectKind;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::{Code, Status};

use crate::common::*;

fn row(level1: &str, weight: &str) -> pb::TemplateRow {
    pb::TemplateRow { level1: level1.into(), level2: vec!["数量指标".into()], weight: decimal(weight) }
}

fn template(code: &str, rows: Vec<pb::TemplateRow>) -> pb::TargetTemplate {
    pb::TargetTemplate {
        code: code.into(),
        title: "项目支出".into(),
        object_kind: ObjectKind::Project.into(),
        layer: NATION.into(),
        year_from: 2021,
        generation: "101".into(),
        rows,
        document: "财预〔2021〕101号".into(),
        ..Default::default()
    }
}

fn whole() -> Vec<pb::TemplateRow> {
    vec![row("预算执行率", "10"), row("产出指标", "50"), row("效益指标", "30.00"), row("满意度指标", "10")]
}

async fn create(bench: &Bench, by: &Rights, sent: pb::TargetTemplate) -> Result<pb::TargetTemplate, Status> {
    let request =
        pb::CreateTemplateRequest { request_id: request_id(), validate_only: false, template: Some(sent) };
    let answer = templates(bench).create_template(bench.by(by, request)).await?;
    Ok(answer.into_inner().template.unwrap_or_default())
}

async fn get(bench: &Bench, revision: i32, year: i32) -> Result<pb::TargetTemplate, Status> {
    let get = pb::GetTemplateRequest { name: "templates/P".into(), revision, year };
    let answer = templates(bench).get_template(bench.by(&reader(), get)).await?;
    Ok(answer.into_inner().template.unwrap_or_default())
}

async fn reviewed(bench: &Bench, code: &str) -> Result<pb::TargetTemplate, Status> {
    let names = vec![format!("templates/{code}")];
    let submit =
        pb::SubmitTemplatesRequest { request_id: request_id(), validate_only: false, names: names.clone() };
    templates(bench).submit_templates(bench.by(&keeper(), submit)).await?;
    let activate = pb::ActivateTemplatesRequest { request_id: request_id(), validate_only: false, names };
    let answer = templates(bench).activate_templates(bench.by(&keeper(), activate)).await?;
    Ok(answer.into_inner().templates.remove(0))
}

fn revision(of: &pb::TargetTemplate, to: pb::TargetTemplate) -> pb::ReviseTemplateRequest {
    pb::ReviseTemplateRequest {
        request_id: request_id(),
        validate_only: false,
        name: of.name.clone(),
        etag: of.etag.clone(),
        template: Some(to),
        reason: "调整分值".into(),
    }
}

#[tokio::test]
async fn a_revised_template_holds_from_its_year_on_and_earlier_years_keep_theirs() -> anyhow::Result<()> {
    on_each(async |bench| {
        create(bench, &keeper(), template("P", whole())).await?;
        assert_eq!(get(bench, 0, 2021).await.unwrap_err().code(), Code::NotFound, "a draft is not in force");
        let first = reviewed(bench, "P").await?;
        assert_eq!((first.state(), first.revision), (pb::LibraryState::Active, 1));
        let heavier = vec![row("预算执行率", "20"), row("产出指标", "50"), row("效益指标", "30")];
        let next = pb::TargetTemplate { year_from: 2023, ..template("P", heavier.clone()) };
        let light = pb::TargetTemplate { rows: heavier[1..].to_vec(), ..next.clone() };
        let wrong = templates(bench).revise_template(bench.by(&keeper(), revision(&first, light))).await;
        assert_eq!(why(&wrong.unwrap_err()).1, "WEIGHTS_WRONG");
        let other = pb::TargetTemplate { layer: COUNTY.into(), ..next.clone() };
        let other = templates(bench).revise_template(bench.by(&keeper(), revision(&first, other))).await;
        assert_eq!(subjects(&other.unwrap_err()), ["template.code"]);
        let drafted = templates(bench).revise_template(bench.by(&keeper(), revision(&first, next))).await?;
        let drafted = drafted.into_inner().template.unwrap_or_default();
        assert_eq!((drafted.pending_state(), drafted.revision), (pb::LibraryState::Draft, 1));
        let send_back = pb::ReturnTemplatesRequest {
            request_id: request_id(),
            validate_only: false,
            names: vec![first.name.clone()],
            reason: "尚未送审".into(),
        };
        let not_in_review =
            templates(bench).return_templates(bench.by(&keeper(), send_back)).await.unwrap_err();
        assert_eq!(why(&not_in_review), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let second = reviewed(bench, "P").await?;
        assert_eq!((second.revision, second.year_from), (2, 2023));
        for (year, expected) in [(2021, 1), (2022, 1), (2023, 2), (2030, 2)] {
            assert_eq!(get(bench, 0, year).await?.revision, expected, "{year}");
        }
        assert_eq!(get(bench, 0, 2020).await.unwrap_err().code(), Code::NotFound);
        assert_eq!(get(bench, 1, 0).await?.rows, whole());
        assert_eq!(subjects(&get(bench, 1, 2021).await.unwrap_err()), ["year"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_retired_template_is_no_longer_listed_as_active_and_stays_readable() -> anyhow::Result<()> {
    on_each(async |bench| {
        for code in ["P", "Q"] {
            create(bench, &keeper(), template(code, whole())).await?;
        }
        let local = pb::TargetTemplate { layer: COUNTY.into(), ..template("R", whole()) };
        create(bench, &keeper_of(COUNTY), local).await?;
        for code in ["Q", "R"] {
            reviewed(bench, code).await?;
        }
        let active = reviewed(bench, "P").await?;
        let retire = pb::RetireTemplateRequest {
            request_id: request_id(),
            validate_only: false,
            name: active.name,
            etag: active.etag,
            reason: "换用新表".into(),
            successor: "templates/Q".into(),
        };
        templates(bench).retire_template(bench.by(&keeper(), retire)).await?;
        let retired = get(bench, 0, 2021).await?;
        assert_eq!((retired.state(), retired.successor.as_str()), (pb::LibraryState::Retired, "templates/Q"));
        let listed = async |layer: &str, year: i32| -> Result<Vec<String>, Status> {
            let list = pb::ListTemplatesRequest {
                state: pb::LibraryState::Active.into(),
                layer: layer.into(),
                year,
                ..Default::default()
            };
            let answer = templates(bench).list_templates(bench.by(&reader(), list)).await?.into_inner();
            Ok(answer.templates.into_iter().map(|one| one.code).collect())
        };
        assert_eq!(listed("", 0).await?, ["Q", "R"]);
        assert_eq!(listed(COUNTY, 2021).await?, ["Q", "R"]);
        assert_eq!(listed(NEIGHBOUR, 2021).await?, ["Q"]);
        assert!(listed("", 2020).await?.is_empty());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_template_is_kept_as_sent_and_its_code_taken() -> anyhow::Result<()> {
    on_each(async |bench| {
        let created = create(bench, &keeper(), template("P", whole())).await?;
        assert_eq!((&created.rows, created.state()), (&whole(), pb::LibraryState::Draft));
        assert_eq!(get(bench, 0, 0).await?, created);
        let taken = create(bench, &keeper(), template("P", whole())).await.unwrap_err();
        assert_eq!(why(&taken), (Code::AlreadyExists, "ALREADY_EXISTS".into()));
        let above = create(bench, &keeper_of(COUNTY), template("Q", whole())).await.unwrap_err();
        assert_eq!(why(&above), (Code::NotFound, "NOT_FOUND".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_weights_that_do_not_add_up_to_100() -> anyhow::Result<()> {
    on_each(async |bench| {
        let weights = "WEIGHTS_WRONG".to_owned();
        for rows in [whole()[1..].to_vec(), vec![row("产出指标", "100.01")]] {
            let refused = create(bench, &keeper(), template("P", rows)).await.unwrap_err();
            assert_eq!(why(&refused), (Code::InvalidArgument, weights.clone()));
            assert_eq!(subjects(&refused), ["template.rows"]);
        }
        let negative = vec![row("产出指标", "110"), row("效益指标", "-10"), row("满意度指标", "0")];
        let refused = create(bench, &keeper(), template("P", negative)).await.unwrap_err();
        assert_eq!(why(&refused), (Code::InvalidArgument, weights.clone()));
        assert_eq!(subjects(&refused), ["template.rows[1].weight", "template.rows[2].weight"]);
        let huge = "79228162514264337593543950335";
        let overflowing = vec![row("产出指标", huge), row("效益指标", huge)];
        assert_eq!(why(&create(bench, &keeper(), template("P", overflowing)).await.unwrap_err()).1, weights);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn tells_every_fault_of_a_template() -> anyhow::Result<()> {
    on_each(async |bench| {
        let rows = vec![
            row("产出指标", "many"),
            row("产出指标", "50"),
            pb::TemplateRow { weight: None, level2: vec![String::new()], ..row("", "0") },
        ];
        let wrong = pb::TargetTemplate { year_from: 21, object_kind: 0, ..template("P", rows) };
        let refused = create(bench, &keeper(), wrong).await.unwrap_err();
        assert_eq!(why(&refused), (Code::InvalidArgument, "FIELD_INVALID".into()));
        let mut fields = subjects(&refused);
        fields.sort();
        assert_eq!(
            fields,
            [
                "template.object_kind",
                "template.rows[0].weight",
                "template.rows[1].level1",
                "template.rows[2].level1",
                "template.rows[2].level2[0]",
                "template.rows[2].weight",
                "template.year_from",
            ]
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn lists_templates_by_object_page_by_page() -> anyhow::Result<()> {
    on_each(async |bench| {
        for code in ["A", "B", "C"] {
            create(bench, &keeper(), template(code, whole())).await?;
        }
        let department =
            pb::TargetTemplate { object_kind: ObjectKind::Department.into(), ..template("D", whole()) };
        create(bench, &keeper(), department).await?;
        let list = |page_token: String| pb::ListTemplatesRequest {
            object_kind: ObjectKind::Project.into(),
            page_size: 2,
            page_token,
            ..Default::default()
        };
        let first =
            templates(bench).list_templates(bench.by(&reader(), list(String::new()))).await?.into_inner();
        let rest = templates(bench)
            .list_templates(bench.by(&reader(), list(first.next_page_token)))
            .await?
            .into_inner();
        let codes: Vec<_> =
            first.templates.iter().chain(&rest.templates).map(|one| one.code.as_str()).collect();
        assert_eq!((codes, rest.next_page_token.as_str()), (vec!["A", "B", "C"], ""));
        Ok(())
    })
    .await
}
