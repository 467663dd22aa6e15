//! Projects and their ex-ante assessments.

use hengji_db::Stored;
use hengji_kernel::{FiscalYear, Money, RegionCode, name};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::convert as words;

use super::Fields;
use crate::domain::{Assessment, Condition, Project, ProjectState};

pub(crate) fn project(stored: &Stored<Project>) -> pb::Project {
    let record = &stored.record;
    pb::Project {
        name: record.resource_name(),
        code: record.code.clone(),
        title: record.title.clone(),
        unit: record.unit.to_string(),
        category: super::category(record.category).into(),
        nature: super::nature(record.nature).into(),
        fund_kind: super::fund_kind(record.fund_kind).into(),
        marks: record.marks.iter().map(|mark| super::mark(*mark).into()).collect(),
        industry: record.industry.clone(),
        functional_account: record.functional_account.clone(),
        request_yuan: Some(words::money(record.request)),
        approved_yuan: Some(words::money(record.approved)),
        added_yuan: Some(words::money(record.added)),
        ex_ante_required: record.ex_ante_required,
        advisers: record.advisers.clone(),
        amount_source: record.amount_source.clone(),
        state: super::project_state(record.state).into(),
        declarer: record.declarer.clone(),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
    }
}

/// A project as filed; everything wrong with it goes to `fields`.
pub(crate) fn parse_project(
    region: &RegionCode,
    year: FiscalYear,
    declarer: &str,
    given: &pb::Project,
    fields: &mut Fields,
) -> Option<Project> {
    let code = fields.filled("code", &given.code, 40);
    let is_id = name::parse(&format!("projects/{code}"), ["projects"]).is_ok();
    if !code.is_empty() && !is_id {
        fields.refuse("code", "只能由文字、数字和 - _ . 组成");
    }
    let functional_account = given.functional_account.clone();
    let is_account = functional_account.len() == 7 && functional_account.bytes().all(|b| b.is_ascii_digit());
    if !functional_account.is_empty() && !is_account {
        fields.refuse("functional_account", "支出功能分类应为 7 位数字");
    }
    for (index, adviser) in given.advisers.iter().enumerate() {
        if words::parse_organization("advisers", adviser).is_err() {
            fields.refuse(&format!("advisers[{index}]"), "应为 regions/*/organizations/*");
        }
    }
    let marks: Option<Vec<_>> = given.marks.iter().map(|mark| super::parse_mark(*mark)).collect();
    let title = fields.filled("title", &given.title, 200);
    let industry = fields.text("industry", &given.industry, 60);
    let amount_source = fields.text("amount_source", &given.amount_source, 100);
    let unit = fields.word("unit", &given.unit);
    let category = fields.required("category", super::parse_category(given.category));
    let nature = fields.required("nature", super::parse_nature(given.nature));
    let fund_kind = fields.required("fund_kind", super::parse_fund_kind(given.fund_kind));
    let marks = fields.required("marks", marks);
    let request = fields.money("request_yuan", given.request_yuan.as_ref());
    Some(Project {
        region: region.clone(),
        year,
        code,
        title,
        unit: unit?,
        category: category?,
        nature: nature?,
        fund_kind: fund_kind?,
        marks: marks?,
        industry,
        functional_account,
        request: request?,
        approved: Money::ZERO,
        added: Money::ZERO,
        ex_ante_required: given.ex_ante_required,
        advisers: given.advisers.clone(),
        amount_source,
        state: ProjectState::Stored,
        declarer: declarer.to_owned(),
    })
}

pub(crate) fn assessment(stored: &Stored<Assessment>) -> pb::ExAnteAssessment {
    let record = &stored.record;
    let outcome = record.outcome.as_ref();
    let scores = record.scores.iter().map(|score| pb::AspectScore {
        aspect: score.aspect.clone(),
        expert: score.expert.clone(),
        points: Some(words::decimal(score.points)),
    });
    let state = if outcome.is_some() { pb::ExAnteState::Concluded } else { pb::ExAnteState::Draft };
    pb::ExAnteAssessment {
        name: record.resource_name(),
        project: record.project.clone(),
        unit: record.unit.to_string(),
        scores: scores.collect(),
        total: outcome.map(|outcome| words::decimal(outcome.total)),
        grade: outcome.map_or(0, |outcome| words::grade(outcome.grade).into()),
        conclusion: outcome.map_or(0, |outcome| super::conclusion(outcome.conclusion).into()),
        conditions: outcome
            .map(|outcome| outcome.conditions.iter().map(condition).collect())
            .unwrap_or_default(),
        cut_yuan: outcome.map(|outcome| words::money(outcome.cut)),
        state: state.into(),
        explanation: outcome.map(|outcome| {
            words::explanation(&outcome.explanation.result, std::slice::from_ref(&outcome.explanation))
        }),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
    }
}

fn condition(condition: &Condition) -> pb::Condition {
    pb::Condition {
        condition_id: condition.id.clone(),
        text: condition.text.clone(),
        due_date: condition.due.map(words::date),
    }
}
