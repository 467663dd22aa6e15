//! Both lights of a position (双监控亮灯) under the rules in force.

use std::collections::HashMap;
use std::sync::Arc;

use hengji_kernel::{Date, FiscalYear, RegionCode};
use hengji_rules::explanation::Step;
use hengji_rules::lights::{self, ExecutionProgress, Lit, ResultProgress};
use hengji_rules::pack::Light;
use hengji_rules::{EffectivePack, Explanation, ObjectType, Refusal};
use serde::{Deserialize, Serialize};

use super::Position;

/// Where, for which year and for what the rules are asked.
pub(crate) type PackKey = (RegionCode, FiscalYear, ObjectType);

/// The rules in force for the positions at hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packs(pub(crate) HashMap<PackKey, Arc<EffectivePack>>);

impl Packs {
    pub(crate) fn of(&self, position: &Position) -> Option<Arc<EffectivePack>> {
        self.0.get(&position.pack_key()).cloned()
    }
}

/// Which of the two lights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Which {
    /// 执行灯
    Money,
    /// 绩效灯
    Result,
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

impl Position {
    pub(crate) fn pack_key(&self) -> PackKey {
        (self.project.region.clone(), self.project.year, self.object)
    }

    /// Recomputes both lights; tells what changed.
    pub(crate) fn relight(&mut self, pack: &EffectivePack) -> Vec<LightChange> {
        self.relight_money(pack).into_iter().chain(self.relight_results(pack)).collect()
    }

    pub(crate) fn relight_money(&mut self, pack: &EffectivePack) -> Option<LightChange> {
        let progress = ExecutionProgress {
            year: self.project.year,
            as_of: self.as_of,
            budget: self.budget,
            paid: self.paid,
            planned_percent: None,
            // told beside the lights, which go on showing how far money and results are
            suspended: false,
        };
        let lit = lights::execution(&progress, pack).unwrap_or_else(unlit);
        let before = std::mem::replace(&mut self.money, lit).light;
        self.change(Which::Money, before, &self.money)
    }

    pub(crate) fn relight_results(&mut self, pack: &EffectivePack) -> Option<LightChange> {
        let (year, as_of) = (self.project.year, self.as_of);
        let judge = |indicators| {
            let progress = ResultProgress { suspended: false, indicators };
            lights::result(&progress, pack).unwrap_or_else(unlit)
        };
        let mut all = Vec::with_capacity(self.indicators.len());
        for indicator in &mut self.indicators {
            let progress = indicator.progress(year, as_of);
            indicator.lit = Some(judge(vec![progress.clone()]));
            all.push(progress);
        }
        let before = std::mem::replace(&mut self.result, judge(all)).light;
        self.change(Which::Result, before, &self.result)
    }

    fn change(&self, which: Which, before: Light, lit: &Lit) -> Option<LightChange> {
        (before != lit.light).then(|| LightChange {
            project: self.project.name(),
            which,
            before,
            after: lit.light,
            as_of: self.as_of,
            why: lit.explanation.to_chinese(),
        })
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
