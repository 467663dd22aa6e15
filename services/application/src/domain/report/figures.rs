//! The one list of figures, and how each is counted, checked and tied out.

use std::collections::BTreeSet;

use hengji_kernel::{Decimal, Grade, Money};

use super::rows::{Amount, Rows};
use super::snapshot::Snapshot;
use super::words::percent;
use super::{Figure, FigureRow, Measure};
use crate::domain::facts::{InstitutionState, Light, TaskKind};
use crate::domain::{ExplanationState, RectificationState};
use crate::error::Refusal;

/// One figure of the report: what it says, how it is measured, which rows stand behind it.
pub(crate) struct Definition {
    pub(crate) id: String,
    pub(crate) title: String,
    definition: String,
    measure: Measure,
    rows: Rows,
    listed: bool,
    /// The same figure as its owner states it elsewhere.
    control: Option<fn(&Snapshot) -> Decimal>,
}

/// A figure and the rows it was counted from.
pub(crate) type Counted = (Figure, Vec<FigureRow>);

/// In report order.
pub(crate) fn definitions() -> Vec<Definition> {
    let mut all = targets_and_assessments();
    all.extend(monitoring());
    all.extend(self_evaluation());
    all.extend(evaluations());
    all.extend(application());
    all
}

fn targets_and_assessments() -> Vec<Definition> {
    let mut all = vec![
        count("targets.approved.count", "已批复绩效目标个数", "本年度有批复版本的绩效目标", Rows::Targets),
        sum(
            "targets.approved.amount_yuan",
            "随目标批复的年初预算",
            "已纳入预算项目的年初批复金额之和",
            Rows::ProjectsInBudget,
        ),
        count("additions.count", "年中追加笔数", "本年度已批复、附绩效目标的追加", Rows::Additions),
        sum("additions.amount_yuan", "年中追加金额", "本年度已批复追加金额之和", Rows::Additions),
        count("ex_ante.count", "事前绩效评估个数", "本年度已出结论的事前绩效评估", Rows::Assessments(None))
            .listed(),
    ];
    for grade in Grade::ALL {
        all.push(count(
            &format!("ex_ante.{}.count", word(grade)),
            &format!("事前绩效评估为“{grade}”的个数"),
            "本年度已出结论的事前绩效评估中该等级的个数",
            Rows::Assessments(Some(grade)),
        ));
    }
    all.push(sum("ex_ante.cut_yuan", "事前绩效评估核减金额", "评估结论中核减金额之和", Rows::AssessmentCuts));
    all
}

fn monitoring() -> Vec<Definition> {
    let mut all = vec![
        count(
            "monitoring.project_count",
            "跟踪监控项目个数",
            "截止日有监控台账的项目",
            Rows::Positions(Amount::Budget),
        ),
        sum(
            "monitoring.amount_yuan",
            "监控资金",
            "监控项目截止日调整后预算数之和",
            Rows::Positions(Amount::Budget),
        ),
        sum(
            "allotments.amount_yuan",
            "已下达资金",
            "监控项目截止日已下达金额之和",
            Rows::Positions(Amount::Allotted),
        ),
        sum(
            "payments.executed_yuan",
            "执行数",
            "监控项目截止日已支付（扣除退款）之和",
            Rows::Positions(Amount::Paid),
        ),
        share(
            "payments.rate_percent",
            "预算执行率",
            "执行数 ÷ 监控资金",
            Rows::Positions(Amount::Paid),
            "monitoring.amount_yuan",
        ),
    ];
    for light in Light::ALL {
        let (word, chinese) = (light.word(), light.chinese());
        let money = format!("monitoring.money_{word}.count");
        let result = format!("monitoring.result_{word}.count");
        let definition = "截止日监控项目中亮该灯的个数";
        all.push(count(&money, &format!("资金执行{chinese}个数"), definition, Rows::MoneyLight(light)));
        all.push(count(&result, &format!("绩效目标{chinese}个数"), definition, Rows::ResultLight(light)));
    }
    all
}

fn self_evaluation() -> Vec<Definition> {
    let expected = "本年度有批复绩效目标的项目";
    let evaluated = "其中自评已评分或已定稿的项目";
    vec![
        count("self_evaluation.expected.count", "应自评项目个数", expected, Rows::Expected)
            .checked(|snapshot| snapshot.coverage.expected.into()),
        count("self_evaluation.count", "已自评项目个数", evaluated, Rows::Evaluated)
            .checked(|snapshot| snapshot.coverage.evaluated.into()),
        share(
            "self_evaluation.coverage_percent",
            "自评覆盖率（按个数）",
            "已自评项目个数 ÷ 应自评项目个数",
            Rows::Evaluated,
            "self_evaluation.expected.count",
        ),
        sum("self_evaluation.expected.amount_yuan", "应自评项目金额", expected, Rows::Expected),
        sum("self_evaluation.amount_yuan", "已自评项目金额", evaluated, Rows::Evaluated),
        share(
            "self_evaluation.amount_coverage_percent",
            "自评覆盖率（按金额）",
            "已自评项目金额 ÷ 应自评项目金额",
            Rows::Evaluated,
            "self_evaluation.expected.amount_yuan",
        ),
        count("self_evaluation.missing.count", "未自评项目个数", "应自评而未自评的项目", Rows::NotEvaluated)
            .listed(),
    ]
}

fn evaluations() -> Vec<Definition> {
    let mut all = graded("key_evaluation", "重点项目绩效评价", TaskKind::Finance);
    for grade in Grade::ALL {
        all.push(share(
            &format!("key_evaluation.{}.share_percent", word(grade)),
            &format!("重点项目绩效评价为“{grade}”的占比"),
            "该等级个数 ÷ 重点项目绩效评价个数（分母为已定稿的评价，不是全部项目）",
            Rows::Evaluations(TaskKind::Finance, Some(grade)),
            "key_evaluation.count",
        ));
    }
    all.extend(graded("department_evaluation", "部门评价", TaskKind::Department));
    all.extend(graded("department_overall", "部门整体支出绩效评价", TaskKind::DepartmentOverall));
    all.extend(graded("social_insurance_fund", "社会保险基金绩效评价", TaskKind::SocialInsuranceFund));
    all
}

/// Count, money and the count of each grade for one kind of evaluation.
fn graded(id: &str, title: &str, kind: TaskKind) -> Vec<Definition> {
    let rows = |grade| Rows::Evaluations(kind, grade);
    let mut all = vec![
        count(&format!("{id}.count"), &format!("{title}个数"), "本年度已定稿的评价", rows(None)),
        sum(&format!("{id}.amount_yuan"), &format!("{title}涉及金额"), "已定稿评价涉及金额之和", rows(None))
            .listed(),
    ];
    for grade in Grade::ALL {
        let (id, title) = (format!("{id}.{}.count", word(grade)), format!("{title}为“{grade}”的个数"));
        all.push(count(&id, &title, "已定稿评价中该等级的个数", rows(Some(grade))));
    }
    all
}

fn application() -> Vec<Definition> {
    let cuts = "本年度结果已应用、决定为核减、取消或收回统筹的项目";
    let mut all = vec![
        count("linkage.cut", "结果应用调减项目个数", cuts, Rows::Cuts),
        sum("linkage.cut_total", "结果应用调减金额", &format!("{cuts}的决定金额之和"), Rows::Cuts).listed(),
    ];
    for state in RectificationState::ALL {
        let (id, title) =
            (format!("rectifications.{}.count", state.word()), format!("整改事项“{}”个数", state.chinese()));
        all.push(count(&id, &title, "本年度评价反馈的整改事项中该状态的个数", Rows::Rectifications(state)));
    }
    all.push(count("holds.standing.count", "下年度申报限制个数", "对下年度申报有效的限制", Rows::Holds));
    for state in ExplanationState::ALL {
        let (id, title) = (
            format!("explanations.{}.count", state.word()),
            format!("未完成目标说明“{}”个数", state.chinese()),
        );
        all.push(count(&id, &title, "本年度未完成绩效目标说明中该状态的个数", Rows::Explanations(state)));
    }
    for (id, title, state) in [
        ("institutions.admitted.count", "第三方机构在库个数", InstitutionState::Admitted),
        ("institutions.applied.count", "第三方机构申请入库个数", InstitutionState::Applied),
        ("institutions.suspended.count", "第三方机构暂停个数", InstitutionState::Suspended),
    ] {
        all.push(count(id, title, "生成报告时机构库中该状态的机构", Rows::Institutions(state)));
    }
    all.push(share(
        "key_evaluation.scope_percent",
        "重点项目绩效评价金额占比",
        "重点项目绩效评价涉及金额 ÷ 监控资金",
        Rows::Evaluations(TaskKind::Finance, None),
        "monitoring.amount_yuan",
    ));
    all
}

const fn word(grade: Grade) -> &'static str {
    match grade {
        Grade::Excellent => "excellent",
        Grade::Good => "good",
        Grade::Fair => "fair",
        Grade::Poor => "poor",
    }
}

fn define(id: &str, title: &str, definition: &str, rows: Rows, measure: Measure) -> Definition {
    let (id, title, definition) = (id.to_owned(), title.to_owned(), definition.to_owned());
    Definition { id, title, definition, measure, rows, listed: false, control: None }
}

fn count(id: &str, title: &str, definition: &str, rows: Rows) -> Definition {
    define(id, title, definition, rows, Measure::Count)
}

fn sum(id: &str, title: &str, definition: &str, rows: Rows) -> Definition {
    define(id, title, definition, rows, Measure::Sum)
}

fn share(id: &str, title: &str, definition: &str, rows: Rows, of: &str) -> Definition {
    let definition = format!("{definition}；百分数四舍五入保留两位小数，各项之和可能不等于 100%");
    define(id, title, &definition, rows, Measure::ShareOf(of.to_owned()))
}

impl Definition {
    fn listed(self) -> Self {
        Self { listed: true, ..self }
    }

    fn checked(self, control: fn(&Snapshot) -> Decimal) -> Self {
        Self { control: Some(control), ..self }
    }
}

/// Counts every figure and refuses where one does not agree with its owner or with its parts.
pub(crate) fn counted(subject: &str, snapshot: &Snapshot) -> Result<Vec<Counted>, Refusal> {
    let mut all: Vec<Counted> = Vec::new();
    for definition in definitions() {
        let (figure, rows) = one(&definition, snapshot, &all);
        if let (Some(control), Some(value)) = (definition.control, figure.value) {
            agree(subject, &figure.title, control(snapshot), value)?;
        }
        all.push((figure, rows));
    }
    for family in FAMILIES {
        let value = |id: String| find(&all, &id).and_then(|(figure, _)| figure.value).unwrap_or_default();
        let parts = Grade::ALL.iter().map(|grade| value(format!("{family}.{}.count", word(*grade)))).sum();
        agree(subject, &format!("{family} 各等级个数之和"), value(format!("{family}.count")), parts)?;
    }
    Ok(all)
}

/// Whose grade counts add up to their count.
const FAMILIES: [&str; 5] =
    ["ex_ante", "key_evaluation", "department_evaluation", "department_overall", "social_insurance_fund"];

pub(crate) fn agree(subject: &str, what: &str, expected: Decimal, found: Decimal) -> Result<(), Refusal> {
    if expected == found {
        return Ok(());
    }
    Err(Refusal::TotalsDiffer {
        subject: subject.to_owned(),
        what: what.to_owned(),
        expected: expected.to_string(),
        found: found.to_string(),
    })
}

fn find<'a>(all: &'a [Counted], id: &str) -> Option<&'a Counted> {
    all.iter().find(|(figure, _)| figure.id == id)
}

fn one(definition: &Definition, snapshot: &Snapshot, before: &[Counted]) -> Counted {
    let mut rows = definition.rows.of(snapshot);
    let whole = match &definition.measure {
        Measure::ShareOf(of) => find(before, of),
        Measure::Count | Measure::Sum => None,
    };
    let counts = whole.map_or(&definition.measure, |(whole, _)| &whole.measure) == &Measure::Count;
    if counts {
        for row in &mut rows {
            row.value = None;
        }
    }
    let row_count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let total = rows.iter().filter_map(|row| row.value).sum();
    let value = value_of(&definition.measure, row_count, total, whole.map(|(whole, _)| whole));
    let sources = sources(&rows, whole);
    let unit = match definition.measure {
        Measure::Count => "个",
        Measure::Sum => "元",
        Measure::ShareOf(_) => "%",
    };
    let figure = Figure {
        id: definition.id.clone(),
        title: definition.title.clone(),
        measure: definition.measure.clone(),
        note: note(&sources, value.is_none()),
        marked: !counts && value.is_some() && !sources.is_empty(),
        value,
        unit: unit.to_owned(),
        definition: definition.definition.clone(),
        row_count,
        listed: definition.listed,
    };
    (figure, rows)
}

/// The figure as its rows make it, from their number and the sum of their amounts.
pub(crate) fn value_of(
    measure: &Measure,
    count: i64,
    total: Money,
    whole: Option<&Figure>,
) -> Option<Decimal> {
    match measure {
        Measure::Count => Some(count.into()),
        Measure::Sum => Some(total.yuan()),
        Measure::ShareOf(_) => {
            let whole = whole?;
            let part = if whole.measure == Measure::Count { count.into() } else { total.yuan() };
            percent(part, whole.value?)
        }
    }
}

/// Where the amounts of a figure come from, told wherever one of its rows, or of its denominator, tells it.
fn sources(rows: &[FigureRow], whole: Option<&Counted>) -> Vec<String> {
    let whole = whole.map(|(_, rows)| rows.as_slice()).unwrap_or_default();
    let noted = rows.iter().chain(whole).filter(|row| !row.note.is_empty());
    noted.map(|row| row.note.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

fn note(sources: &[String], empty: bool) -> String {
    match sources {
        _ if empty => "分母为 0，不计算".to_owned(),
        [] => String::new(),
        sources => format!("含{}", sources.join("、")),
    }
}
