//! The sections of a pack, walked and laid over one another. A new section is listed below with its shape; the compiler
//! refuses a list that misses one.

use serde::{Deserialize, Serialize};

use super::*;

/// The rules by section. A single rule is replaced whole by a lower layer, a list rule by rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sections {
    /// Points of the execution rate (预算执行率).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution: Option<Cited<ExecutionRule>>,
    /// By operator and direction (定量指标).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quantitative: Vec<Cited<QuantitativeRule>>,
    /// Met or not (直接赋分).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct: Option<Cited<DirectRule>>,
    /// Qualitative bands (按评判等级赋分).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graded: Option<Cited<GradedRule>>,
    /// Satisfaction bands (满意度赋分).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<Cited<SatisfactionRule>>,
    /// By deviation from the target (按偏离扣分).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deduction: Option<Cited<DeductionRule>>,
    /// Far above target (超额完成).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_achievement: Option<Cited<OverAchievementRule>>,
    /// Indicators that do not apply (不适用指标).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<Cited<NotApplicableRule>>,
    /// Actual not reported (未填完成值).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_actual: Option<Cited<MissingActualRule>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Cited<RoundingRule>>,
    /// Score to grade (等级).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grades: Option<Cited<GradeRule>>,
    /// Level-1 weight templates (权重).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<Cited<WeightTemplate>>,
    /// Review of targets by the four natures (目标审核).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_review: Option<Cited<ReviewRule>>,
    /// Target quality (泛指标化 and the other checks).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub target_quality: Vec<Cited<QualityRule>>,
    /// Aspects and conclusions of ex-ante assessment (事前绩效评估), per object type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ex_ante: Vec<Cited<ExAnteRule>>,
    /// What must be assessed ex ante (适用范围).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicability: Option<Cited<ApplicabilityRule>>,
    /// Warning light of execution (资金执行亮灯).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub light_execution: Option<Cited<ExecutionLightRule>>,
    /// Warning light of results (绩效目标亮灯).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub light_result: Option<Cited<ResultLightRule>>,
    /// Result to budget (结果与预算挂钩).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub linkage: Vec<Cited<LinkageRule>>,
    /// Plausibility of self-evaluations (自评质量).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plausibility: Vec<Cited<PlausibilityRule>>,
    /// Which projects need a target (编报范围).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_need: Option<Cited<TargetNeedRule>>,
    /// Who reviews a target, by object and amount (审核流程).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub review_chain: Vec<Cited<ReviewChainRule>>,
    /// What is wrong, told apart (异常类别).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub light_classes: Vec<Cited<LightClassRule>>,
    /// What keeps lights from flickering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub light_hysteresis: Option<Cited<HysteresisRule>>,
    /// Expected progress by month (序时进度); an even year if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress_curve: Option<Cited<ProgressCurve>>,
    /// Rounds of monitoring (监控批次).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub monitoring_calendar: Vec<Cited<MonitoringCalendarRule>>,
    /// Idle money by age (沉淀资金账龄).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_money: Option<Cited<IdleMoneyRule>>,
    /// Time limits (时限).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deadlines: Vec<Cited<DeadlineRule>>,
    /// Days that are not what their weekday says, by year (节假日安排).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub working_days: Vec<Cited<WorkingDaysRule>>,
    /// Standards of single indicators (指标评分标准).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub indicator_rules: Vec<Cited<IndicatorRule>>,
    /// Indicators of which one counts (二者择其一).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Cited<AlternativesRule>>,
    /// Plus and minus points (加分、扣分).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Cited<AdjustmentRule>>,
    /// Cap of the total by the execution rate (按执行率封顶).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_cap: Option<Cited<TotalCapRule>>,
    /// Quality of self-evaluations by the re-checked difference (自评质量等级).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recheck_quality: Option<Cited<RecheckRule>>,
}

/// Goes through every section in order.
pub trait Walk {
    fn one<T>(&mut self, section: &'static str, rule: Option<&Cited<T>>);
    fn many<T>(&mut self, section: &'static str, rules: &[Cited<T>]);
}

/// Writes what is done to every section alike.
macro_rules! sections {
    ($($shape:ident $name:ident),* $(,)?) => {
        impl Sections {
            pub fn walk(&self, walk: &mut impl Walk) {
                let Self { $($name),* } = self;
                $(walk.$shape(stringify!($name), sections!(@$shape $name));)*
            }

            /// Lays a lower layer over these rules.
            pub(crate) fn overlay(&mut self, lower: &Self, origin: &Origin) {
                let Self { $($name),* } = lower;
                $($shape(&mut self.$name, sections!(@$shape $name), origin);)*
            }
        }
    };
    (@one $name:ident) => { $name.as_ref() };
    (@many $name:ident) => { $name };
}

sections! {
    one execution,
    many quantitative,
    one direct,
    one graded,
    one satisfaction,
    one deduction,
    one over_achievement,
    one not_applicable,
    one missing_actual,
    one rounding,
    one grades,
    many weights,
    one target_review,
    many target_quality,
    many ex_ante,
    one applicability,
    one light_execution,
    one light_result,
    many linkage,
    many plausibility,
    one target_need,
    many review_chain,
    many light_classes,
    one light_hysteresis,
    one progress_curve,
    many monitoring_calendar,
    one idle_money,
    many deadlines,
    many working_days,
    many indicator_rules,
    many alternatives,
    many adjustments,
    one total_cap,
    one recheck_quality,
}

fn located<T: Clone>(rule: &Cited<T>, origin: &Origin) -> Cited<T> {
    Cited { origin: Some(origin.clone()), ..rule.clone() }
}

fn one<T: Clone>(place: &mut Option<Cited<T>>, rule: Option<&Cited<T>>, origin: &Origin) {
    if let Some(rule) = rule {
        *place = Some(located(rule, origin));
    }
}

fn many<T: Clone>(places: &mut Vec<Cited<T>>, rules: &[Cited<T>], origin: &Origin) {
    for rule in rules {
        let rule = located(rule, origin);
        match places.iter_mut().find(|place| place.id == rule.id) {
            Some(place) => *place = rule,
            None => places.push(rule),
        }
    }
}
