//! An indicator as a region sees it: the refinements of its layers laid over one another, field by field.

use hengji_kernel::RegionCode;

use super::{Indicator, LibraryState, Living};
use crate::error::Refusal;

/// Where a field comes from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FieldOrigin {
    pub(crate) field: &'static str,
    pub(crate) indicator: String,
    pub(crate) layer: RegionCode,
    pub(crate) document: String,
}

type Text = (&'static str, fn(&mut Indicator) -> &mut String);

/// What a refinement may say more closely. Level, object and direction are the upper layer's: a refinement that measured
/// something else would replace it.
const TEXTS: [Text; 6] = [
    ("title", |indicator| &mut indicator.title),
    ("unit", |indicator| &mut indicator.unit),
    ("definition", |indicator| &mut indicator.definition),
    ("formula", |indicator| &mut indicator.formula),
    ("industry", |indicator| &mut indicator.industry),
    ("functional_account", |indicator| &mut indicator.functional_account),
];

/// Refuses a refinement of what is not there, not in force, not above, or something else.
pub(crate) fn check(refinement: &Indicator, parent: Option<&Indicator>) -> Result<(), Refusal> {
    let refuse = |why| {
        Err(Refusal::NotRefinable {
            name: refinement.resource_name(),
            parent: format!("indicators/{}", refinement.refines),
            why,
        })
    };
    match parent {
        None => refuse("不存在"),
        Some(parent) if parent.state != LibraryState::Active => refuse("不在启用状态"),
        Some(parent) if parent.layer == refinement.layer || !parent.layer.contains(&refinement.layer) => {
            refuse("不属于上级")
        }
        Some(parent) if differs(parent, refinement) => refuse("的一级指标、对象、方向或性质与本指标不同"),
        Some(_) => Ok(()),
    }
}

fn differs(parent: &Indicator, refinement: &Indicator) -> bool {
    parent.level1 != refinement.level1
        || parent.object_type != refinement.object_type
        || parent.direction != refinement.direction
        || parent.nature != refinement.nature
}

/// Lays `chain` over one another, upper layer first.
pub(crate) fn laid_over(chain: Vec<Indicator>) -> Option<(Indicator, Vec<FieldOrigin>)> {
    let mut chain = chain.into_iter();
    let mut effective = chain.next()?;
    let mut origins = Vec::new();
    for (field, text) in TEXTS {
        if !text(&mut effective).is_empty() {
            origins.push(origin(field, &effective));
        }
    }
    for mut refinement in chain {
        for (field, text) in TEXTS {
            if text(&mut refinement).is_empty() {
                continue;
            }
            origins.retain(|origin| origin.field != field);
            origins.push(origin(field, &refinement));
            text(&mut effective).clone_from(text(&mut refinement));
        }
    }
    Some((effective, origins))
}

fn origin(field: &'static str, indicator: &Indicator) -> FieldOrigin {
    FieldOrigin {
        field,
        indicator: indicator.resource_name(),
        layer: indicator.layer.clone(),
        document: indicator.document.clone(),
    }
}
