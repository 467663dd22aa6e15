//! The rules in force, as catalog answers them, kept for a moment so that a stream of payments does not ask for each row.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hengji_kernel::{Date, RegionCode};
use hengji_proto::catalog::v1::GetEffectiveRulePackRequest;
use hengji_proto::catalog::v1::rule_pack_service_client::RulePackServiceClient;
use hengji_proto::common::v1::ObjectKind;
use hengji_rules::EffectivePack;

use crate::{Call, Fault, Link, Peers, convert};

/// A newly activated pack is in force everywhere after this.
const KEPT: Duration = Duration::from_secs(5);

type Key = (RegionCode, Date, i32);
type Kept = HashMap<Key, (Instant, Arc<EffectivePack>)>;

#[derive(Clone)]
pub struct RuleBook {
    catalog: Link,
    kept: Arc<Mutex<Kept>>,
}

impl RuleBook {
    pub fn new(peers: &Peers) -> Result<Self, Fault> {
        Ok(Self { catalog: peers.link("catalog")?, kept: Arc::default() })
    }

    /// The rules for a place, a day and an object; refused if none are in force.
    pub async fn effective(
        &self,
        call: &Call,
        region: &RegionCode,
        date: Date,
        object_kind: ObjectKind,
    ) -> Result<Arc<EffectivePack>, Fault> {
        let key = (region.clone(), date, object_kind.into());
        if let Some(pack) = self.fresh(&key) {
            return Ok(pack);
        }
        let request = GetEffectiveRulePackRequest {
            region: region.to_string(),
            date: Some(convert::date(date)),
            object_kind: object_kind.into(),
        };
        let mut client = RulePackServiceClient::new(self.catalog.clone());
        let answer = client.get_effective_rule_pack(call.onward(request)).await?.into_inner();
        let content = answer.rule_pack.unwrap_or_default().content_json;
        let pack: Arc<EffectivePack> = Arc::new(serde_json::from_str(&content).map_err(Fault::internal)?);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (since, _)| since.elapsed() < KEPT);
        kept.insert(key, (Instant::now(), Arc::clone(&pack)));
        Ok(pack)
    }

    fn fresh(&self, key: &Key) -> Option<Arc<EffectivePack>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(since, _)| since.elapsed() < KEPT).map(|(_, pack)| Arc::clone(pack))
    }
}
