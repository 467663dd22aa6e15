//! Rules in force: which revisions count, laid over one another, each rule with its origin.

use hengji_kernel::{Date, RegionCode};
use hengji_rules::pack::{Cited, Walk};
use hengji_rules::{EffectivePack, ObjectType, RulePack};
use sha2::{Digest, Sha256};

use super::PackRevision;
use crate::error::Refusal;

/// The rules of a place, a day and an object, with the bytes that are handed out.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) pack: EffectivePack,
    pub(crate) content_json: String,
    pub(crate) content_sha256: String,
}

/// Where a rule came from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) rule: String,
    /// `rulePacks/national-2021@1`
    pub(crate) rule_pack: String,
    pub(crate) document: String,
}

/// Resolves the revisions in force; none is a refusal.
pub(crate) fn in_force(
    revisions: &[PackRevision],
    region: &RegionCode,
    date: Date,
    object_type: ObjectType,
) -> Result<Resolved, Refusal> {
    let packs = revisions.iter().map(PackRevision::rules).collect::<Result<Vec<_>, _>>()?;
    resolve(&packs, region, date, object_type)
}

/// Resolves exactly these revisions, whatever their state: each must be fit and must take part.
pub(crate) fn exactly(
    revisions: &[PackRevision],
    region: &RegionCode,
    date: Date,
    object_type: ObjectType,
) -> Result<Resolved, Refusal> {
    let packs = revisions.iter().map(PackRevision::fit_rules).collect::<Result<Vec<_>, _>>()?;
    let resolved = resolve(&packs, region, date, object_type);
    let takes_part = |revision: &PackRevision| {
        resolved.as_ref().is_ok_and(|resolved| {
            let mut layers = resolved.pack.layers.iter();
            layers.any(|layer| layer.pack == revision.code && layer.revision == revision.revision)
        })
    };
    let idle: Vec<_> =
        revisions.iter().filter(|revision| !takes_part(revision)).map(PackRevision::resource_name).collect();
    if idle.is_empty() { resolved } else { Err(Refusal::NotApplicable(idle)) }
}

fn resolve(
    packs: &[RulePack],
    region: &RegionCode,
    date: Date,
    object_type: ObjectType,
) -> Result<Resolved, Refusal> {
    let pack = EffectivePack::resolve(packs, region, date, object_type);
    if pack.layers.is_empty() {
        return Err(Refusal::NoneInForce { region: region.to_string(), date: date.to_string() });
    }
    let content_json = serde_json::to_string(&pack)
        .map_err(|error| Refusal::Unreadable("the rules in force".into(), error.to_string()))?;
    let content_sha256 = hex::encode(Sha256::digest(&content_json));
    Ok(Resolved { pack, content_json, content_sha256 })
}

/// Every rule's origin, section by section.
pub(crate) fn origins(pack: &EffectivePack) -> Vec<Origin> {
    let mut origins = Origins(Vec::new());
    pack.rules.walk(&mut origins);
    origins.0
}

struct Origins(Vec<Origin>);

impl Walk for Origins {
    fn one<T>(&mut self, section: &'static str, rule: Option<&Cited<T>>) {
        self.many(section, rule.map(std::slice::from_ref).unwrap_or_default());
    }

    fn many<T>(&mut self, _: &'static str, rules: &[Cited<T>]) {
        self.0.extend(rules.iter().map(|rule| {
            Origin {
                rule: rule.id.clone(),
                rule_pack: rule
                    .origin
                    .as_ref()
                    .map(|origin| PackRevision::name_of(&origin.pack, origin.revision))
                    .unwrap_or_default(),
                document: rule.document.clone(),
            }
        }));
    }
}
