//! Both lights of a position (双监控亮灯) and what is wrong with it (异常类别), under the rules in force.

use std::collections::HashMap;
use std::sync::Arc;

use hengji_kernel::{Date, FiscalYear, RegionCode};
use hengji_rules::explanation::Step;
use hengji_rules::lights::{self, ExecutionProgress, Line, Lit, ResultProgress, Standing, steady};
use hengji_rules::pack::Light;
use hengji_rules::{EffectivePack, Explanation, ObjectType, Refusal};
use serde::{Deserialize, Serialize};

use super::warning::Seen;
use super::warning::WarningClass;
use super::{Funds, Position, Results};

/// Where, for which year and for what the rules are asked.
pub(crate) type PackKey = (RegionCode, FiscalYear, ObjectType);

/// The rules in force for the positions at hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packs(pub(crate) HashMap<PackKey, Arc<EffectivePack>>);

impl Packs {
    pub(crate) fn of(&self, position: &Funds) -> Option<Arc<EffectivePack>> {
        self.0.get(&position.pack_key()).cloned()
    }
}

/// Which light.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    /// 执行灯
    Money,
    /// 绩效灯
    Result,
    /// Of the indicator with this code.
    Indicator(String),
    /// 异常; off while nothing of its class is wrong.
    Warning(WarningClass),
}

/// A light that is not what it was, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LightChange {
    /// Name of the project.
    pub(crate) project: String,
    pub(crate) which: Which,
    pub(crate) before: Light,
    pub(crate) after: Light,
    pub(crate) as_of: Date,
    pub(crate) why: String,
}

/// Changes of a light that are remembered, at most.
const CHANGES: usize = 32;

/// How a light came to stand, so that it does not flicker (防止忽亮忽灭).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct History {
    standing: Option<Standing>,
    /// What stood before the day it turned.
    before: Option<Standing>,
    /// Days on which it turned, oldest first.
    pub(crate) changes: Vec<Date>,
}

impl History {
    /// The light to show. It is held against the one that stood before today: what is corrected on the same day has never
    /// been.
    fn settle(&mut self, lit: Lit, line: Line, as_of: Date, pack: &EffectivePack) -> Lit {
        let stood = match self.standing {
            Some(standing) if standing.since == as_of => self.before,
            standing => standing,
        };
        let lit = match &stood {
            Some(stood) => steady(lit, line, stood, as_of, pack),
            None => lit,
        };
        self.changes.retain(|day| *day != as_of);
        match stood {
            Some(stood) if stood.light == lit.light => {
                self.standing = Some(stood);
                self.before = None;
            }
            _ => {
                if stood.is_some_and(|stood| stood.light != Light::Unlit) {
                    self.changes.push(as_of);
                    let surplus = self.changes.len().saturating_sub(CHANGES);
                    self.changes.drain(..surplus);
                }
                self.before = stood;
                self.standing = Some(Standing { light: lit.light, since: as_of });
            }
        }
        lit
    }
}

impl Funds {
    pub(crate) fn pack_key(&self) -> PackKey {
        (self.project.region.clone(), self.project.year, self.object)
    }

    /// Recomputes the light of the money and what is wrong with it, where neither day nor readings have changed; tells what
    /// changed.
    pub(crate) fn relight_money(&mut self, pack: &EffectivePack) -> Vec<LightChange> {
        let mut changes: Vec<_> = self.light_money(pack).into_iter().collect();
        changes.extend(self.warn(Seen::Money, pack));
        changes
    }

    fn light_money(&mut self, pack: &EffectivePack) -> Option<LightChange> {
        let lit = lights::execution(&self.execution(false), pack).unwrap_or_else(unlit);
        let lit = self.money_history.settle(lit, Line::Execution, self.as_of, pack);
        let before = std::mem::replace(&mut self.money, lit).light;
        self.change(Which::Money, before, &self.money)
    }

    /// A suspension is told beside the lights, which go on showing how far money and results are.
    pub(super) fn execution(&self, suspended: bool) -> ExecutionProgress {
        ExecutionProgress {
            year: self.project.year,
            as_of: self.as_of,
            budget: self.budget,
            paid: self.paid,
            planned_percent: None,
            suspended,
        }
    }

    fn change(&self, which: Which, before: Light, lit: &Lit) -> Option<LightChange> {
        (before != lit.light).then(|| self.turned(which, before, lit.light, lit.explanation.to_chinese()))
    }

    pub(super) fn turned(&self, which: Which, before: Light, after: Light, why: String) -> LightChange {
        LightChange { project: self.project.name(), which, before, after, as_of: self.as_of, why }
    }
}

impl Position {
    /// Recomputes both lights and what is wrong; tells what changed.
    pub(crate) fn relight(&mut self, pack: &EffectivePack) -> Vec<LightChange> {
        let mut changes: Vec<_> = self.funds.light_money(pack).into_iter().collect();
        changes.extend(self.light_results(pack));
        self.funds.results = Some(Results { achieved_percent: self.achieved_percent() });
        let seen = Seen::All { results: self.progress(pack), overdue: self.overdue() };
        changes.extend(self.funds.warn(seen, pack));
        changes
    }

    /// Looks at what stands at the end of a day on which nothing need have happened: time alone also turns lights.
    pub(crate) fn look_at(&mut self, day: Date, pack: &EffectivePack) -> Vec<LightChange> {
        self.as_of = self.as_of.max(day);
        self.relight(pack)
    }

    fn progress(&self, pack: &EffectivePack) -> ResultProgress {
        let progress = |indicator: &super::Indicator| indicator.progress(self.project.year, self.as_of, pack);
        ResultProgress { suspended: false, indicators: self.indicators.iter().map(progress).collect() }
    }

    fn light_results(&mut self, pack: &EffectivePack) -> Vec<LightChange> {
        let results = self.progress(pack);
        let mut changes = Vec::new();
        for (index, progress) in results.indicators.iter().enumerate() {
            let alone = ResultProgress { suspended: false, indicators: vec![progress.clone()] };
            let lit = lights::result(&alone, pack).unwrap_or_else(unlit);
            let before = self.indicators[index].lit.as_ref().map_or(Light::Unlit, |lit| lit.light);
            changes.extend(self.change(Which::Indicator(progress.code.clone()), before, &lit));
            let indicator = &mut self.indicators[index];
            indicator.lit = Some(lit);
            indicator.along = progress.along.as_ref().and(progress.interim);
        }
        let lit = lights::result(&results, pack).unwrap_or_else(unlit);
        let funds = &mut self.funds;
        let lit = funds.result_history.settle(lit, Line::Result, funds.as_of, pack);
        let before = std::mem::replace(&mut funds.result, lit).light;
        changes.extend(funds.change(Which::Result, before, &funds.result));
        changes
    }
}

/// What a position shows before it was judged for the first time.
pub(crate) fn not_judged() -> Lit {
    unlit(Refusal::new("light.not_judged", "", "尚未判断"))
}

/// Rules that cannot decide leave the light off and say why; money and readings are not refused for it.
fn unlit(refusal: Refusal) -> Lit {
    let explanation = Explanation {
        rule: refusal.rule,
        pack: String::new(),
        revision: 0,
        document: String::new(),
        confidence: None,
        inputs: vec![],
        steps: vec![Step { text: refusal.message, arithmetic: String::new() }],
        rounding: None,
        result: Light::Unlit.chinese().to_owned(),
    };
    Lit { light: Light::Unlit, behind: None, explanation }
}

#[cfg(test)]
#[path = "lamp_tests.rs"]
mod tests;
