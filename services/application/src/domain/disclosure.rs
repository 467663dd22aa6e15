//! What is published (信息公开): a text made from the record itself, masked, with its digest as proof.

use std::fmt::Write;

use hengji_kernel::{Decimal, FiscalYear, Money, RegionCode, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::facts::{Target, Task, TaskKind};
use super::mask::mask;
use super::proposal::{LinkageProposal, LinkageRun, RunState, ties_out};
use super::report::AnnualReport;
use super::report::words::wan;
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisclosureKind {
    Target,
    SelfEvaluation,
    Evaluation,
    Linkage,
    AnnualReport,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Disclosure {
    pub(crate) name: String,
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) kind: DisclosureKind,
    pub(crate) subject: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) text_sha256: String,
    pub(crate) published_at: Timestamp,
}

impl Disclosure {
    /// `text` as rendered from the record; title and text are masked here, so nothing is published otherwise.
    pub(crate) fn new(
        (region, year): (RegionCode, FiscalYear),
        name: String,
        (kind, subject): (DisclosureKind, String),
        (title, text): (&str, &str),
        published_at: Timestamp,
    ) -> Self {
        let text = mask(text);
        Self {
            name,
            region,
            year,
            kind,
            subject,
            title: mask(title),
            text_sha256: sha256(&text),
            text,
            published_at,
        }
    }
}

pub(crate) fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// An evaluation: title, money, grade, score, rows with scores.
pub(crate) fn task_text(task: &Task, kind: DisclosureKind) -> Result<String, Refusal> {
    let own = task.kind == TaskKind::SelfEvaluation;
    if own != (kind == DisclosureKind::SelfEvaluation) {
        return Err(Refusal::WrongKind(task.kind.chinese()));
    }
    let (Some(grade), Some(total), true) = (task.grade, task.total, task.is_final) else {
        return Err(Refusal::NotFinal(task.name.clone()));
    };
    let mut text = format!("{}结果\n", task.kind.chinese());
    line(&mut text, "评价对象", &task.title);
    line(&mut text, "涉及金额", &format!("{} 万元", wan(task.amount)));
    line(&mut text, "评价得分", &total.to_string());
    line(&mut text, "评价等级", grade.chinese());
    text.push_str("指标得分：\n");
    for (number, row) in (1..).zip(&task.lines) {
        let points = |value: Option<Decimal>| value.map_or_else(|| "—".to_owned(), |value| value.to_string());
        let score = format!("得 {} 分（分值 {}）", points(row.score), points(row.weight));
        let missed = if row.missed { "，未完成" } else { "" };
        let values = format!("指标值 {}，完成值 {}", shown(&row.target), shown(&row.actual));
        let _ = writeln!(text, "{number}. {}：{values}，{score}{missed}", row.title);
    }
    if !task.conclusion.is_empty() {
        line(&mut text, "评价结论", &task.conclusion);
    }
    for (number, problem) in (1..).zip(&task.problems) {
        let _ = writeln!(text, "存在问题{number}：{}（建议：{}）", problem.text, shown(&problem.suggestion));
    }
    Ok(text)
}

/// A target: goals and indicators of its approved version.
pub(crate) fn target_text(target: &Target) -> String {
    let mut text = String::from("绩效目标\n");
    line(&mut text, "对象", &target.title);
    line(&mut text, "预算金额", &format!("{} 万元", wan(target.budget)));
    line(&mut text, "年度总体目标", &target.goal);
    if !target.mid_term_goal.is_empty() {
        line(&mut text, "中长期目标", &target.mid_term_goal);
    }
    text.push_str("绩效指标：\n");
    for (number, row) in (1..).zip(&target.lines) {
        let _ =
            writeln!(text, "{number}. {}—{}—{}：{}", row.level1, row.level2, row.title, shown(&row.value));
    }
    text
}

/// An applied run: what is cut where, and the total the lines add up to.
pub(crate) fn run_text(run: &LinkageRun, proposals: &[LinkageProposal]) -> Result<String, Refusal> {
    let (Some(total), RunState::Applied) = (run.applied_total, run.state) else {
        return Err(Refusal::NotApplied(run.name.clone()));
    };
    let mut text = format!("{} 年度绩效评价结果在 {} 年预算安排中的应用\n", run.year, run.budget_year);
    line(&mut text, "文号", &run.document);
    let cuts: Vec<_> = proposals.iter().filter(|one| one.action().takes_money()).collect();
    for (number, one) in (1..).zip(&cuts) {
        let mark = if one.amount_source.is_empty() { "" } else { "※" };
        let _ = writeln!(
            text,
            "{number}. {}：{} {} 万元{mark}",
            one.title,
            one.action().chinese(),
            wan(one.cut())
        );
    }
    let lines: Money = cuts.iter().map(|one| one.cut()).sum();
    ties_out(&run.name, "公开内容合计", total, lines)?;
    let _ = writeln!(text, "共 {} 项，合计 {} 万元。", cuts.len(), wan(total));
    if cuts.iter().any(|one| !one.amount_source.is_empty()) {
        text.push_str("注：标※的金额为示意数或另有来源说明。\n");
    }
    text.push_str("金额单位为万元，四舍五入保留两位小数，以元为准核对。\n");
    Ok(text)
}

pub(crate) fn report_text(report: &AnnualReport) -> String {
    report.text.clone()
}

fn line(text: &mut String, label: &str, value: &str) {
    let _ = writeln!(text, "{label}：{}", shown(value));
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "—" } else { value }
}
