//! National templates from their data files; the county gives one of its own other points for a later year.

use anyhow::ensure;
use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::template_service_client::TemplateServiceClient;
use hengji_rpc::Link;
use serde::Deserialize;

use super::identity::NATION;
use super::say::{decimal, request_id, there, word};
use super::{Actor, Stage, county};

type Client = TemplateServiceClient<Link>;

#[derive(Deserialize)]
struct TemplateFile {
    code: String,
    title: String,
    object_type: String,
    year_from: i32,
    generation: String,
    execution_weight: String,
    rows: Vec<TemplateRowFile>,
    document: String,
    confidence: String,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
struct TemplateRowFile {
    level1: String,
    level2: Vec<String>,
    weight: String,
}

/// How many are in force.
pub(crate) async fn play(stage: &Stage<'_>, manager: &Actor) -> anyhow::Result<usize> {
    let mut client = TemplateServiceClient::new(stage.link.clone());
    let mut names = Vec::new();
    for (_, text) in county::files("templates")? {
        for file in serde_json::from_str::<Vec<TemplateFile>>(text)? {
            names.push(create(&mut client, manager, template(file)?).await?.name);
        }
    }
    let active = put_in_force(&mut client, manager, names).await?;
    let local = pb::TargetTemplate {
        code: "yanchi-project".into(),
        layer: stage.county.region.clone(),
        document: "local".into(),
        ..there(active.first().cloned())?
    };
    of_the_county(&mut client, manager, local).await?;
    Ok(active.len())
}

/// The execution rate has points of its own and no indicators.
fn template(file: TemplateFile) -> anyhow::Result<pb::TargetTemplate> {
    let rows = file.rows.into_iter().map(|row| (row.level1, row.level2, row.weight));
    let rows = rows.chain([("预算执行率".to_owned(), vec![], file.execution_weight)]);
    Ok(pb::TargetTemplate {
        code: file.code,
        title: file.title,
        object_kind: word("common.v1.ObjectKind", &file.object_type)?,
        layer: NATION.into(),
        year_from: file.year_from,
        generation: file.generation,
        rows: rows
            .map(|(level1, level2, weight)| pb::TemplateRow { level1, level2, weight: decimal(&weight) })
            .collect(),
        document: file.document,
        confidence: word("catalog.v1.Confidence", &file.confidence)?,
        note: file.note,
        ..Default::default()
    })
}

async fn create(
    client: &mut Client,
    manager: &Actor,
    template: pb::TargetTemplate,
) -> anyhow::Result<pb::TargetTemplate> {
    let create = pb::CreateTemplateRequest {
        request_id: request_id(),
        template: Some(template),
        ..Default::default()
    };
    there(client.create_template(manager.ask(create)).await?.into_inner().template)
}

async fn submit(client: &mut Client, manager: &Actor, names: Vec<String>) -> anyhow::Result<()> {
    let submit = pb::SubmitTemplatesRequest { request_id: request_id(), names, ..Default::default() };
    client.submit_templates(manager.ask(submit)).await?;
    Ok(())
}

async fn put_in_force(
    client: &mut Client,
    manager: &Actor,
    names: Vec<String>,
) -> anyhow::Result<Vec<pb::TargetTemplate>> {
    submit(client, manager, names.clone()).await?;
    let activate = pb::ActivateTemplatesRequest { request_id: request_id(), names, ..Default::default() };
    Ok(client.activate_templates(manager.ask(activate)).await?.into_inner().templates)
}

/// Sent back once, put in force, changed from the next year on, and out of use in the end.
async fn of_the_county(
    client: &mut Client,
    manager: &Actor,
    local: pb::TargetTemplate,
) -> anyhow::Result<()> {
    let draft = create(client, manager, local.clone()).await?;
    submit(client, manager, vec![draft.name.clone()]).await?;
    let send_back = pb::ReturnTemplatesRequest {
        request_id: request_id(),
        names: vec![draft.name.clone()],
        reason: "请注明文号".into(),
        ..Default::default()
    };
    client.return_templates(manager.ask(send_back)).await?;
    let first = there(put_in_force(client, manager, vec![draft.name.clone()]).await?.pop())?;
    let revise = pb::ReviseTemplateRequest {
        request_id: request_id(),
        name: first.name.clone(),
        etag: first.etag,
        template: Some(pb::TargetTemplate { year_from: 2022, ..local }),
        reason: "自 2022 年度起调整".into(),
        ..Default::default()
    };
    client.revise_template(manager.ask(revise)).await?;
    let second = there(put_in_force(client, manager, vec![draft.name]).await?.pop())?;
    ensure!(second.revision == 2, "the change is not in force");
    let retire = pb::RetireTemplateRequest {
        request_id: request_id(),
        name: second.name,
        etag: second.etag,
        reason: "统一使用国家模板".into(),
        ..Default::default()
    };
    let retired = there(client.retire_template(manager.ask(retire)).await?.into_inner().template)?;
    ensure!(retired.state() == pb::LibraryState::Retired, "the template is still in use");
    Ok(())
}
