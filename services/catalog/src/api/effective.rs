//! The rules in force for a place, a day and an object.

use hengji_kernel::RegionCode;
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};

use super::{State, convert};
use crate::domain;
use crate::store;

pub(crate) async fn get(
    state: &State,
    _: &Call,
    request: pb::GetEffectiveRulePackRequest,
) -> Result<pb::GetEffectiveRulePackResponse, Fault> {
    let region: RegionCode = words::word("region", &request.region)?;
    let date = words::parse_date("date", request.date.as_ref())?;
    let object_type =
        convert::parse_object_type(request.object_kind).ok_or_else(|| Fault::field("object_kind", "必填"))?;
    let revisions = store::in_force(&mut state.acts.db.read().await?, &region.layers(), date).await?;
    let resolved = domain::in_force(&revisions, &region, date, object_type)?;
    let rule_pack = pb::EffectiveRulePack {
        region: request.region,
        date: request.date,
        object_kind: request.object_kind,
        origins: domain::origins(&resolved.pack).into_iter().map(convert::origin).collect(),
        content_json: resolved.content_json,
        content_sha256: resolved.content_sha256,
    };
    Ok(pb::GetEffectiveRulePackResponse { rule_pack: Some(rule_pack) })
}
