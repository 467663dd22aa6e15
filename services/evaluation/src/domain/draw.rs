use std::collections::BTreeMap;

use hengji_kernel::{FiscalYear, RegionCode, UnitCode, name};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use super::{EvaluationTask, Institution, Organization};
use crate::error::Refusal;

/// One institution left out and why (回避).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recusal {
    pub(crate) institution: String,
    pub(crate) reason: String,
}

/// A draw (抽取): everything an auditor needs to run it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Draw {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    /// Of the task's object.
    pub(crate) unit: UnitCode,
    pub(crate) task: String,
    /// 32 bytes, hex.
    pub(crate) seed: String,
    /// Admitted institutions as they stood, in name order.
    pub(crate) pool: Vec<String>,
    pub(crate) recusals: Vec<Recusal>,
    pub(crate) drawn: String,
}

/// What decides who must be left out.
pub(crate) struct Case<'a> {
    /// Organizations that advised the project.
    pub(crate) advisers: &'a [String],
    /// Tasks not yet final, by evaluating organization.
    pub(crate) open_tasks: &'a BTreeMap<String, i64>,
}

impl Draw {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "draws", &self.id)
    }

    /// Draws from `pool`, which is in name order.
    pub(crate) fn make(
        id: &str,
        task: &EvaluationTask,
        pool: &[&Institution],
        case: &Case<'_>,
        seed: [u8; 32],
    ) -> Result<Self, Refusal> {
        let recusals = pool.iter().filter_map(|institution| recusal(institution, task, case)).collect();
        let mut draw = Self {
            region: task.region.clone(),
            year: task.year,
            id: id.to_owned(),
            unit: task.subject.unit.clone(),
            task: task.resource_name(),
            seed: hex::encode(seed),
            pool: pool.iter().map(|institution| institution.resource_name()).collect(),
            recusals,
            drawn: String::new(),
        };
        draw.drawn = draw.replay().ok_or_else(|| Refusal::NoCandidate {
            task: draw.task.clone(),
            recusals: draw.recusals.iter().map(|r| (r.institution.clone(), r.reason.clone())).collect(),
        })?;
        Ok(draw)
    }

    /// Who comes out of this seed, pool and recusals; nobody if the seed cannot be read or all are recused.
    pub(crate) fn replay(&self) -> Option<String> {
        let mut seed = [0_u8; 32];
        hex::decode_to_slice(&self.seed, &mut seed).ok()?;
        let candidates: Vec<&String> = self
            .pool
            .iter()
            .filter(|name| self.recusals.iter().all(|recusal| recusal.institution != **name))
            .collect();
        candidates.get(index(seed, candidates.len())?).map(|name| (*name).clone())
    }
}

/// A place in a list of `count`: the first number of the seed's ChaCha20 stream that has one.
fn index(seed: [u8; 32], count: usize) -> Option<usize> {
    let count = u64::try_from(count).ok().filter(|count| *count > 0)?;
    let mut stream = ChaCha20Rng::from_seed(seed);
    loop {
        if let Some(place) = place(stream.next_u64(), count) {
            return usize::try_from(place).ok();
        }
    }
}

/// A number modulo `count`. Numbers above the last whole multiple of `count` have no place: they would favour the front.
const fn place(number: u64, count: u64) -> Option<u64> {
    let surplus = (u64::MAX % count + 1) % count;
    if number <= u64::MAX - surplus { Some(number % count) } else { None }
}

fn recusal(institution: &Institution, task: &EvaluationTask, case: &Case<'_>) -> Option<Recusal> {
    let organization = institution.organization();
    let object = task.evaluated();
    let own_name = organization.to_string();
    let mut reasons = Vec::new();
    if organization == object || own_name == task.subject.object || organization.shares_department(&object) {
        reasons.push("该机构即被评价单位或与其同属一个部门".to_owned());
    }
    if case.advisers.contains(&own_name) {
        reasons.push("曾为该项目提供咨询".to_owned());
    }
    if let Some(unit) = related(institution, &object) {
        reasons.push(format!("与被评价单位或其主管部门（{unit}）有业务往来"));
    }
    let open = case.open_tasks.get(&own_name).copied().unwrap_or_default();
    if open >= i64::from(institution.capacity) {
        reasons.push(format!("承担任务已达上限（{open}/{}）", institution.capacity));
    }
    if reasons.is_empty() {
        return None;
    }
    Some(Recusal { institution: institution.resource_name(), reason: reasons.join("；") })
}

/// A unit the institution works for that is the object's, above it, or part of it.
fn related<'a>(institution: &'a Institution, object: &Organization) -> Option<&'a UnitCode> {
    let unit = &object.unit;
    institution.related_units.iter().find(|related| related.contains(unit) || unit.contains(related))
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
