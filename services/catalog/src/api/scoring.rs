//! What-if: a table scored under the rules in force, or under given revisions, without effect.

use std::collections::HashSet;

use hengji_kernel::{DataScope, Date, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_proto::google::r#type as google;
use hengji_rpc::{Call, Fault, Reason, convert as words};
use hengji_rules::exact;
use hengji_rules::pack::RoundingMode;
use hengji_rules::score::card::AdjustmentScore;
use hengji_rules::score::table::{Adjustment, MoneyRow, MoneyTable, Override, ScoreIndicator, ScoreTable};
use hengji_rules::{ExecutionScore, ObjectType, ScoreRow, Scorecard};
use rust_decimal::Decimal;

use super::fields::Fields;
use super::{State, convert};
use crate::domain::{self, PackRevision, Resolved};
use crate::store;

/// Code of the execution rate's row in every scorecard.
const EXECUTION: &str = "execution";

pub(crate) async fn score_table(
    state: &State,
    _: &Call,
    request: pb::ScoreTableRequest,
) -> Result<pb::ScoreTableResponse, Fault> {
    let question = Question::parse(&request)?;
    let card = question.scored(state, &request.rule_packs).await?;
    Ok(pb::ScoreTableResponse { scorecard: Some(card) })
}

pub(crate) async fn compare(
    state: &State,
    _: &Call,
    request: pb::CompareScoresRequest,
) -> Result<pb::CompareScoresResponse, Fault> {
    let table = request.table.ok_or_else(|| Fault::field("table", "必填"))?;
    let question = Question::parse(&table)?;
    let base = question.scored(state, &table.rule_packs).await?;
    let other = question.scored(state, &request.other_rule_packs).await?;
    let rows = base.rows.iter().map(|row| {
        let opposite = other.rows.iter().find(|opposite| opposite.code == row.code);
        pb::ScoreDifference {
            code: row.code.clone(),
            base_score: row.given_score.clone(),
            other_score: opposite.and_then(|row| row.given_score.clone()),
            difference: difference(
                row.given_score.as_ref(),
                opposite.and_then(|row| row.given_score.as_ref()),
            ),
            base_explanation: row.explanation.clone(),
            other_explanation: opposite.and_then(|row| row.explanation.clone()),
        }
    });
    Ok(pb::CompareScoresResponse {
        differences: rows.collect(),
        total_difference: difference(base.total.as_ref(), other.total.as_ref()),
        base: Some(base),
        other: Some(other),
    })
}

fn difference(base: Option<&google::Decimal>, other: Option<&google::Decimal>) -> Option<google::Decimal> {
    let number = |value: &google::Decimal| Decimal::from_str_exact(&value.value).ok();
    Some(words::decimal(number(other?)?.checked_sub(number(base?)?)?))
}

/// A table, and what decides which rules score it.
struct Question {
    region: RegionCode,
    date: Date,
    object_type: ObjectType,
    table: ScoreTable,
}

impl Question {
    fn parse(request: &pb::ScoreTableRequest) -> Result<Self, Fault> {
        let (region, date, object_type) = place(&request.region, request.date.as_ref(), request.object_kind)?;
        let table = parse_table(&request.rows, request.money.as_ref(), &request.adjustments)?;
        Ok(Self { region, date, object_type, table })
    }

    async fn scored(&self, state: &State, rule_packs: &[String]) -> Result<pb::Scorecard, Fault> {
        let resolved = rules(state, rule_packs, &self.region, self.date, self.object_type).await?;
        let card = domain::score(&self.table, &resolved.pack)?;
        Ok(scorecard(card, resolved.content_sha256))
    }
}

/// What decides which rules are in force.
pub(crate) fn place(
    region: &str,
    date: Option<&google::Date>,
    object_kind: i32,
) -> Result<(RegionCode, Date, ObjectType), Fault> {
    let object_type =
        convert::parse_object_type(object_kind).ok_or_else(|| Fault::field("object_kind", "必填"))?;
    Ok((words::word("region", region)?, words::parse_date("date", date)?, object_type))
}

pub(crate) async fn rules(
    state: &State,
    names: &[String],
    region: &RegionCode,
    date: Date,
    object_type: ObjectType,
) -> Result<Resolved, Fault> {
    let mut tx = state.acts.db.read().await?;
    if names.is_empty() {
        let revisions = store::in_force(&mut tx, &region.layers(), date).await?;
        return Ok(domain::in_force(&revisions, region, date, object_type)?);
    }
    let stored = tx.load_many::<PackRevision>(names, &DataScope::Everything).await?;
    let revisions: Vec<_> = stored.into_iter().map(|stored| stored.record).collect();
    let known: HashSet<_> = revisions.iter().map(PackRevision::resource_name).collect();
    let unknown: Vec<_> = names
        .iter()
        .enumerate()
        .filter(|(_, name)| !known.contains(*name))
        .map(|(index, name)| (format!("rule_packs[{index}]"), format!("未找到 {name}")))
        .collect();
    if unknown.is_empty() {
        Ok(domain::exactly(&revisions, region, date, object_type)?)
    } else {
        Err(Fault::fields(Reason::FieldInvalid, unknown))
    }
}

pub(crate) fn parse_table(
    rows: &[pb::ScoreInput],
    money: Option<&pb::ScoreMoney>,
    adjustments: &[pb::AdjustmentInput],
) -> Result<ScoreTable, Fault> {
    let mut fields = Fields::default();
    let mut codes = HashSet::from([EXECUTION]);
    let mut indicators = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        fields.enter(format!("rows[{index}]."));
        if !codes.insert(row.code.as_str()) {
            fields.wrong("code", format!("代码 {} 重复（{EXECUTION} 是预算执行率的代码）", row.code));
        }
        indicators.push(parse_row(&mut fields, row));
    }
    fields.enter("money.");
    let execution_override =
        money.and_then(|money| given(&mut fields, money.given_score.as_ref(), &money.given_reason));
    let money = money.map(|money| parse_money(&mut fields, money));
    fields.done()?;
    let adjustments = adjustments.iter().map(adjustment).collect();
    Ok(ScoreTable { indicators, money, execution_override, adjustments })
}

fn parse_money(fields: &mut Fields, money: &pb::ScoreMoney) -> MoneyTable {
    let total = MoneyRow {
        source: "年度资金总额".into(),
        initial: fields.money("initial_yuan", money.initial_yuan.as_ref()),
        annual: fields.money("budget_yuan", money.budget_yuan.as_ref()),
        executed: fields.money("executed_yuan", money.executed_yuan.as_ref()),
    };
    let sources = money.sources.iter().enumerate();
    let rows = sources.map(|(index, row)| {
        fields.enter(format!("money.sources[{index}]."));
        MoneyRow {
            source: fields.text("title", &row.title, 100),
            initial: fields.money("initial_yuan", row.initial_yuan.as_ref()),
            annual: fields.money("budget_yuan", row.budget_yuan.as_ref()),
            executed: fields.money("executed_yuan", row.executed_yuan.as_ref()),
        }
    });
    MoneyTable { rows: rows.collect(), total }
}

/// A person's score with its reason.
fn given(fields: &mut Fields, score: Option<&google::Decimal>, reason: &str) -> Option<Override> {
    if score.is_none() && !reason.is_empty() {
        fields.wrong("given_reason", "写了理由，没有给分");
    }
    fields.decimal("given_score", score).map(|score| Override { score, reason: reason.to_owned() })
}

fn adjustment(input: &pb::AdjustmentInput) -> Adjustment {
    Adjustment {
        rule: input.rule.clone(),
        times: input.times.try_into().unwrap_or_default(),
        reason: input.reason.clone(),
    }
}

fn parse_row(fields: &mut Fields, row: &pb::ScoreInput) -> ScoreIndicator {
    ScoreIndicator {
        code: fields.required("code", &row.code, 128),
        level1: fields.text("level1", &row.level1, 200),
        level2: fields.text("level2", &row.level2, 200),
        name: fields.required("title", &row.title, 400),
        target_text: row.target_text.clone(),
        actual_text: row.actual_text.clone(),
        direction: convert::parse_direction(fields, "direction", row.direction),
        nature: convert::parse_nature(fields, "nature", row.nature).unwrap_or_default(),
        method: convert::parse_scoring_method(fields, "method", row.method),
        weight: fields.required_decimal("weight", row.weight.as_ref()),
        pass_at_percent: fields.decimal("pass_at_percent", row.pass_at_percent.as_ref()),
        share_percent: fields.decimal("share_percent", row.share_percent.as_ref()),
        not_applicable: row.not_applicable,
        level: Some(row.level.clone()).filter(|level| !level.is_empty()),
        overridden: given(fields, row.given_score.as_ref(), &row.given_reason),
        ..ScoreIndicator::default()
    }
}

fn scorecard(card: Scorecard, rule_pack_sha256: String) -> pb::Scorecard {
    let conclusion = format!("总分 {} 分，等级“{}”", card.total, card.grade_name);
    let execution = card.execution.iter().map(execution_row);
    let adjustments = card.adjustments.iter().map(adjustment_score);
    pb::Scorecard {
        adjustments: adjustments.collect(),
        rows: card.rows.iter().map(score_row).chain(execution).collect(),
        total: Some(words::decimal(card.total)),
        grade: words::grade(card.grade).into(),
        explanation: Some(words::explanation(&conclusion, &[card.explanation])),
        findings: card.findings.into_iter().map(|finding| finding.message).collect(),
        rule_pack_sha256,
    }
}

fn adjustment_score(score: &AdjustmentScore) -> pb::AdjustmentScore {
    let conclusion = format!("{}：{}", score.title, score.explanation.result);
    pb::AdjustmentScore {
        rule: score.rule.clone(),
        title: score.title.clone(),
        points: Some(words::decimal(score.points)),
        reason: score.reason.clone(),
        explanation: Some(words::explanation(&conclusion, std::slice::from_ref(&score.explanation))),
    }
}

fn score_row(row: &ScoreRow) -> pb::ScoreRow {
    let mut conclusion = format!("“{}”：{}", row.name, row.explanation.result);
    if let (Some(given), Some(reason)) = (row.given, &row.override_reason) {
        conclusion = format!("{conclusion}；评分人给 {given} 分，理由：{reason}");
    }
    pb::ScoreRow {
        code: row.code.clone(),
        title: row.name.clone(),
        weight: Some(words::decimal(row.weight)),
        computed_score: row.computed.map(words::decimal),
        given_score: row.given.map(words::decimal),
        given_reason: row.override_reason.clone().unwrap_or_default(),
        explanation: Some(words::explanation(&conclusion, std::slice::from_ref(&row.explanation))),
        replaced_by: row.replaced_by.clone().unwrap_or_default(),
    }
}

fn execution_row(row: &ExecutionScore) -> pb::ScoreRow {
    let rate = exact::round(row.rate_percent, 2, RoundingMode::HalfUp);
    let conclusion = format!("预算执行率 {rate}%：{}", row.explanation.result);
    pb::ScoreRow {
        code: EXECUTION.into(),
        title: "预算执行率".into(),
        weight: Some(words::decimal(row.weight)),
        computed_score: Some(words::decimal(row.computed)),
        given_score: Some(words::decimal(row.given)),
        given_reason: row.override_reason.clone().unwrap_or_default(),
        explanation: Some(words::explanation(&conclusion, std::slice::from_ref(&row.explanation))),
        replaced_by: String::new(),
    }
}
