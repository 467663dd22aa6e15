//! A missed target not yet explained: a hold keeps the next year's target out until the explanation is accepted.

use hengji_proto::application::v1 as pb;
use hengji_proto::application::v1::unmet_explanation_service_client::UnmetExplanationServiceClient;
use hengji_proto::targets::v1 as targets_pb;
use hengji_proto::targets::v1::hold_service_client::HoldServiceClient;
use hengji_proto::targets::v1::project_service_client::ProjectServiceClient;
use hengji_proto::targets::v1::target_service_client::TargetServiceClient;
use hengji_rpc::Reason;

use super::say::{refused, request_id, there};
use super::targets::{Desk, project, project_target, target_id};
use super::{People, Stage};

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let county = stage.county;
    let line = county.project(&county.unexplained.project)?;
    let (finance, unit) = (people.get("finance-performance")?, people.get(&format!("unit-{}", line.unit))?);
    let mut client = UnmetExplanationServiceClient::new(stage.link.clone());
    let require = pb::RequireExplanationRequest {
        request_id: request_id(),
        task: county.name("evaluationTasks", &format!("P-{}", line.code)),
        ..Default::default()
    };
    let owed = there(client.require_explanation(finance.ask(require)).await?.into_inner().explanation)?;

    let next_year = format!("regions/{}/years/{}", county.region, county.year + 1);
    ProjectServiceClient::new(stage.link.clone())
        .batch_create_projects(unit.ask(targets_pb::BatchCreateProjectsRequest {
            request_id: request_id(),
            parent: next_year.clone(),
            projects: vec![project(line, vec![])?],
            ..Default::default()
        }))
        .await?;
    let desk = Desk { stage, people, targets: TargetServiceClient::new(stage.link.clone()) };
    let target = project_target(line, format!("{next_year}/projects/{}", line.code))?;
    desk.create(unit, next_year.clone(), target_id(&line.code), target).await?;
    let name = format!("{next_year}/targets/{}", target_id(&line.code));
    let file = || targets_pb::FileTargetsRequest {
        request_id: request_id(),
        names: vec![name.clone()],
        ..Default::default()
    };
    let message = refused(desk.targets.clone().file_targets(unit.ask(file())).await, Reason::HoldStands)?;
    stage.say(format!("未完成说明：{}下年目标申报被限制（{message}）", line.title));

    let explain = pb::FileExplanationRequest {
        request_id: request_id(),
        name: owed.name,
        etag: owed.etag,
        text: county.unexplained.text.clone(),
        ..Default::default()
    };
    let told = there(client.file_explanation(unit.ask(explain)).await?.into_inner().explanation)?;
    let accept = pb::AcceptExplanationRequest {
        request_id: request_id(),
        name: told.name,
        etag: told.etag,
        opinion: "原因属实，措施可行".into(),
        ..Default::default()
    };
    client.accept_explanation(finance.ask(accept)).await?;
    desk.targets.clone().file_targets(unit.ask(file())).await?;
    stage.say(format!("未完成说明：{}的说明已采纳，限制解除，下年目标已申报", line.title));
    by_hand(stage, people).await
}

/// A hold can also be placed and released by hand.
async fn by_hand(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let county = stage.county;
    let line = county.project(&county.changed_decision.project)?;
    let finance = people.get("finance-performance")?;
    let mut client = HoldServiceClient::new(stage.link.clone());
    let place = targets_pb::PlaceHoldRequest {
        request_id: request_id(),
        parent: format!("regions/{}/years/{}", county.region, county.year + 1),
        hold_id: "BY-HAND".into(),
        project_code: line.code.clone(),
        unit: line.unit.clone(),
        cause: "待核实车辆数量".into(),
        authority: "县财政局".into(),
        ..Default::default()
    };
    let hold = there(client.place_hold(finance.ask(place)).await?.into_inner().hold)?;
    let release = targets_pb::ReleaseHoldRequest {
        request_id: request_id(),
        name: hold.name,
        etag: hold.etag,
        reason: "车辆数量已核实".into(),
        ..Default::default()
    };
    client.release_hold(finance.ask(release)).await?;
    Ok(())
}
