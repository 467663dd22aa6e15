//! Institutions: apply, admit, suspend, get, list.

use hengji_db::{Filter, Stored, Value};
use hengji_kernel::{RegionCode, UnitCode};
use hengji_proto::evaluation::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert, organization};
use crate::domain::{Institution, InstitutionState};

pub(crate) async fn apply(
    state: &State,
    call: &Call,
    request: pb::ApplyInstitutionRequest,
) -> Result<pb::ApplyInstitutionResponse, Fault> {
    let institution = parse(&request)?;
    call.reach(&request.organization, &institution.region, Some(&institution.unit))?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = act.insert(&institution).await?;
    journal(&mut act, "institution.applied", &stored, "").await?;
    act.finish(pb::ApplyInstitutionResponse { institution: Some(convert::institution(&stored)) }).await
}

fn parse(request: &pb::ApplyInstitutionRequest) -> Result<Institution, Fault> {
    let (region, unit) = words::parse_organization("organization", &request.organization)?;
    let mut related_units = Vec::with_capacity(request.related_units.len());
    for (index, code) in request.related_units.iter().enumerate() {
        related_units.push(words::word::<UnitCode>(&format!("related_units[{index}]"), code)?);
    }
    if let Some(index) = request.fields.iter().position(|field| field.trim().is_empty()) {
        return Err(Fault::field(format!("fields[{index}]"), "必填"));
    }
    Ok(Institution {
        region,
        unit,
        title: request.title.clone(),
        fields: request.fields.clone(),
        related_units,
        capacity: request.capacity,
        qualification: request.qualification.clone(),
        state: InstitutionState::Applied,
        drawn: 0,
    })
}

pub(crate) async fn admit(
    state: &State,
    call: &Call,
    request: pb::AdmitInstitutionRequest,
) -> Result<pb::AdmitInstitutionResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut institution = act.load_fresh::<Institution>(call, &request.name, &request.etag).await?;
    institution.record.admit(organization(call).as_ref())?;
    let stored = act.save(&institution).await?;
    journal(&mut act, "institution.admitted", &stored, &request.opinion).await?;
    act.finish(pb::AdmitInstitutionResponse { institution: Some(convert::institution(&stored)) }).await
}

pub(crate) async fn suspend(
    state: &State,
    call: &Call,
    request: pb::SuspendInstitutionRequest,
) -> Result<pb::SuspendInstitutionResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut institution = act.load_fresh::<Institution>(call, &request.name, &request.etag).await?;
    institution.record.suspend()?;
    let stored = act.save(&institution).await?;
    journal(&mut act, "institution.suspended", &stored, &request.reason).await?;
    act.finish(pb::SuspendInstitutionResponse { institution: Some(convert::institution(&stored)) }).await
}

async fn journal(
    act: &mut Act,
    kind: &'static str,
    stored: &Stored<Institution>,
    reason: &str,
) -> Result<(), Fault> {
    let institution = &stored.record;
    act.journal(News {
        kind,
        subject: &institution.resource_name(),
        region: Some(&institution.region),
        unit: Some(&institution.unit),
        payload: json!({
            "title": institution.title,
            "state": institution.state,
            "capacity": institution.capacity,
            "related_units": institution.related_units,
        }),
        reason,
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetInstitutionRequest,
) -> Result<pb::GetInstitutionResponse, Fault> {
    let stored = state
        .acts
        .db
        .read()
        .await?
        .load::<Institution>(&request.name, &call.scope())
        .await?
        .ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetInstitutionResponse { institution: Some(convert::institution(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListInstitutionsRequest,
) -> Result<pb::ListInstitutionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = Filter::new();
    if let Some(region) = words::word_or_none::<RegionCode>("region", &request.region)? {
        filter = filter.region_subtree(&region);
    }
    if let Some(in_state) = convert::parse_institution_state(request.state) {
        filter = filter.eq("state", Value::word(&in_state));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Institution>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListInstitutionsResponse {
        institutions: rows.iter().map(convert::institution).collect(),
        next_page_token,
    })
}
