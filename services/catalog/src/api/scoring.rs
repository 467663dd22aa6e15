//! What-if: a table scored under the rules in force, or under given revisions, without effect.

use std::collections::HashSet;

use hengji_kernel::{DataScope, Date, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::{Call, Fault, Reason, convert as words};
use hengji_rules::exact;
use hengji_rules::pack::RoundingMode;
use hengji_rules::score::table::{MoneyRow, MoneyTable, Override, ScoreIndicator, ScoreTable};
use hengji_rules::{ExecutionScore, ObjectType, ScoreRow, Scorecard};

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
    let region: RegionCode = words::word("region", &request.region)?;
    let date = words::parse_date("date", request.date.as_ref())?;
    let object_type =
        convert::parse_object_type(request.object_kind).ok_or_else(|| Fault::field("object_kind", "必填"))?;
    let table = parse_table(&request)?;
    let resolved = rules(state, &request.rule_packs, &region, date, object_type).await?;
    let card = domain::score(&table, &resolved.pack)?;
    Ok(pb::ScoreTableResponse { scorecard: Some(scorecard(card, resolved.content_sha256)) })
}

async fn rules(
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

fn parse_table(request: &pb::ScoreTableRequest) -> Result<ScoreTable, Fault> {
    let mut fields = Fields::default();
    let mut codes = HashSet::from([EXECUTION]);
    let mut indicators = Vec::with_capacity(request.rows.len());
    for (index, row) in request.rows.iter().enumerate() {
        fields.enter(format!("rows[{index}]."));
        if !codes.insert(row.code.as_str()) {
            fields.wrong("code", format!("代码 {} 重复（{EXECUTION} 是预算执行率的代码）", row.code));
        }
        indicators.push(parse_row(&mut fields, row));
    }
    fields.enter("money.");
    let money = request.money.as_ref().map(|money| MoneyTable {
        total: MoneyRow {
            source: "年度资金总额".into(),
            initial: fields.money("initial_yuan", money.initial_yuan.as_ref()),
            annual: fields.money("budget_yuan", money.budget_yuan.as_ref()),
            executed: fields.money("executed_yuan", money.executed_yuan.as_ref()),
        },
        rows: vec![],
    });
    fields.done()?;
    Ok(ScoreTable { indicators, money, execution_override: None })
}

fn parse_row(fields: &mut Fields, row: &pb::ScoreInput) -> ScoreIndicator {
    let given = fields.decimal("given_score", row.given_score.as_ref());
    if given.is_none() && row.given_score.is_none() && !row.given_reason.is_empty() {
        fields.wrong("given_reason", "写了理由，没有给分");
    }
    ScoreIndicator {
        code: fields.required("code", &row.code, 128),
        level1: fields.text("level1", &row.level1, 200),
        level2: fields.text("level2", &row.level2, 200),
        name: fields.required("title", &row.title, 400),
        target_text: row.target_text.clone(),
        actual_text: row.actual_text.clone(),
        direction: convert::parse_direction(fields, "direction", row.direction),
        nature: convert::parse_nature(fields, "nature", row.nature).unwrap_or_default(),
        weight: fields.required_decimal("weight", row.weight.as_ref()),
        share_percent: fields.decimal("share_percent", row.share_percent.as_ref()),
        not_applicable: row.not_applicable,
        overridden: given.map(|score| Override { score, reason: row.given_reason.clone() }),
        ..ScoreIndicator::default()
    }
}

fn scorecard(card: Scorecard, rule_pack_sha256: String) -> pb::Scorecard {
    let conclusion = format!("总分 {} 分，等级“{}”", card.total, card.grade_name);
    let execution = card.execution.iter().map(execution_row);
    pb::Scorecard {
        rows: card.rows.iter().map(score_row).chain(execution).collect(),
        total: Some(words::decimal(card.total)),
        grade: words::grade(card.grade).into(),
        explanation: Some(words::explanation(&conclusion, &[card.explanation])),
        findings: card.findings.into_iter().map(|finding| finding.message).collect(),
        rule_pack_sha256,
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
    }
}
