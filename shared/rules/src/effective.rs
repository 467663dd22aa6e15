//! The rules in force for one region, date and object type: layers laid over one another, rule by rule.

use hengji_kernel::{Date, RegionCode};
use serde::{Deserialize, Serialize};

use crate::outcome::Refusal;
use crate::pack::{Cited, Origin, RulePack, Sections};
use crate::word::ObjectType;

/// Rules in force (生效规则). Every rule's `origin` says which pack and revision it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectivePack {
    pub region: RegionCode,
    pub date: Date,
    pub object_type: ObjectType,
    /// Packs laid over one another, upper layer first.
    pub layers: Vec<Origin>,
    pub rules: Sections,
}

impl EffectivePack {
    /// National, then province, city, county. In one layer the later `valid_from` lies above; of one code only the highest
    /// revision in force counts. The order of `packs` does not matter.
    pub fn resolve(packs: &[RulePack], region: &RegionCode, date: Date, object_type: ObjectType) -> Self {
        let mut chosen: Vec<&RulePack> = Vec::new();
        for pack in packs.iter().filter(|pack| applies(pack, region, date, object_type)) {
            match chosen.iter_mut().find(|other| other.code == pack.code) {
                Some(other) if other.revision < pack.revision => *other = pack,
                Some(_) => {}
                None => chosen.push(pack),
            }
        }
        chosen.sort_by_key(|pack| (pack.layer.prefix().len(), pack.valid_from, pack.code.clone()));
        let mut rules = Sections::default();
        let mut layers = Vec::new();
        for pack in chosen {
            let origin = Origin { pack: pack.code.clone(), revision: pack.revision };
            rules.overlay(&pack.sections, &origin);
            layers.push(origin);
        }
        Self { region: region.clone(), date, object_type, layers, rules }
    }
}

fn applies(pack: &RulePack, region: &RegionCode, date: Date, object_type: ObjectType) -> bool {
    pack.layer.contains(region)
        && pack.valid_from <= date
        && pack.valid_to.is_none_or(|to| date <= to)
        && (pack.object_types.is_empty() || pack.object_types.contains(&object_type))
}

/// The rule of a section, or the refusal that names the section.
pub(crate) fn required<'a, T>(
    rule: Option<&'a Cited<T>>,
    section: &str,
    subject: &str,
) -> Result<&'a Cited<T>, Refusal> {
    rule.ok_or_else(|| Refusal::missing_section(section, subject))
}

#[cfg(test)]
mod tests;
