//! Rounds, forms and their statistics.

use hengji_db::Stored;
use hengji_kernel::{Date, Money, UnitCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::targets::v1::{FundKind as PbFundKind, ProjectMark};
use hengji_rpc::convert::{date, decimal, etag, money, timestamp};
use hengji_rpc::{Fault, convert as words};

use super::{light, light_counts};
use crate::domain::{
    Cause, Entry, FormRow, FormState, FundKind, Given, Likelihood, Mark, MonitoringForm, Round, RoundScope,
    RoundState, rate_percent,
};
use crate::peers;
use crate::store::{FormCounts, Grouping};

pub(crate) const fn fund_kind(kind: FundKind) -> PbFundKind {
    match kind {
        FundKind::GeneralPublic => PbFundKind::GeneralPublic,
        FundKind::GovernmentFund => PbFundKind::GovernmentFund,
        FundKind::StateCapital => PbFundKind::StateCapital,
        FundKind::SocialInsurance => PbFundKind::SocialInsurance,
        FundKind::SpecialBond => PbFundKind::SpecialBond,
    }
}

pub(crate) const fn mark(mark: Mark) -> ProjectMark {
    match mark {
        Mark::DirectFunds => ProjectMark::DirectFunds,
        Mark::Consolidation => ProjectMark::Consolidation,
        Mark::Transfer => ProjectMark::Transfer,
        Mark::MajorDecision => ProjectMark::MajorDecision,
        Mark::Emergency => ProjectMark::Emergency,
        Mark::UpperMandated => ProjectMark::UpperMandated,
        Mark::Livelihood => ProjectMark::Livelihood,
        Mark::Policy => ProjectMark::Policy,
        Mark::ExpiredContinued => ProjectMark::ExpiredContinued,
        Mark::Construction => ProjectMark::Construction,
    }
}

pub(crate) fn monitoring_round(stored: &Stored<Round>) -> pb::MonitoringRound {
    let record = &stored.record;
    let scope = &record.scope;
    pb::MonitoringRound {
        name: record.resource_name(),
        title: record.title.clone(),
        scope: Some(pb::RoundScope {
            unit: scope.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
            fund_kind: scope.fund_kind.map_or(PbFundKind::Unspecified, fund_kind).into(),
            mark: scope.mark.map_or(ProjectMark::Unspecified, mark).into(),
            budget_from_yuan: scope.budget_from.map(money),
            rate_below_percent: scope.rate_below.map(decimal),
        }),
        cut_off_date: Some(date(record.cut_off)),
        due_date: Some(date(record.due)),
        state: match record.state {
            RoundState::Open => pb::RoundState::Open,
            RoundState::Closed => pb::RoundState::Closed,
        }
        .into(),
        form_count: record.form_count,
        opener: record.opener.clone(),
        conclusion: record.conclusion.clone(),
        etag: etag(stored),
        create_time: Some(timestamp(stored.created_at)),
        update_time: Some(timestamp(stored.updated_at)),
    }
}

pub(crate) fn calendar_round(round: &hengji_rules::rounds::Round) -> pb::CalendarRound {
    pb::CalendarRound {
        name: round.name.clone(),
        title: round.title.clone(),
        rule: round.rule.clone(),
        cut_off_date: Some(date(round.cut_off)),
        unit_due_date: round.unit_due.map(date),
        due_date: Some(date(round.due)),
    }
}

pub(crate) fn parse_round_scope(scope: Option<&pb::RoundScope>) -> Result<RoundScope, Fault> {
    let Some(scope) = scope else { return Ok(RoundScope::default()) };
    let least = scope.budget_from_yuan.as_ref();
    Ok(RoundScope {
        unit: words::word_or_none::<UnitCode>("scope.unit", &scope.unit)?,
        fund_kind: peers::fund_kind(scope.fund_kind()),
        mark: peers::mark(scope.mark()),
        budget_from: least
            .map(|least| words::parse_money("scope.budget_from_yuan", Some(least)))
            .transpose()?,
        rate_below: words::parse_decimal("scope.rate_below_percent", scope.rate_below_percent.as_ref())?,
    })
}

/// `None` asks for every state.
pub(crate) const fn parse_round_state(state: pb::RoundState) -> Option<RoundState> {
    match state {
        pb::RoundState::Unspecified => None,
        pb::RoundState::Open => Some(RoundState::Open),
        pb::RoundState::Closed => Some(RoundState::Closed),
    }
}

pub(crate) fn form(stored: &Stored<MonitoringForm>, today: Date) -> pb::MonitoringForm {
    let record = &stored.record;
    let figures = &record.figures;
    pb::MonitoringForm {
        name: record.name.clone(),
        round: record.round.clone(),
        round_title: record.round_title.clone(),
        project: record.project.name(),
        title: record.title.clone(),
        unit: record.unit.to_string(),
        cut_off_date: Some(date(record.cut_off)),
        due_date: Some(date(record.due)),
        state: match record.state {
            FormState::Pending => pb::MonitoringFormState::Pending,
            FormState::Filed => pb::MonitoringFormState::Filed,
            FormState::Returned => pb::MonitoringFormState::Returned,
            FormState::Accepted => pb::MonitoringFormState::Accepted,
        }
        .into(),
        overdue: record.overdue(today),
        initial_yuan: Some(money(figures.initial)),
        budget_yuan: Some(money(figures.budget)),
        paid_yuan: Some(money(figures.paid)),
        rate_percent: rate_percent(figures.paid, figures.budget).map(decimal),
        forecast_yuan: record.forecast.map(money),
        money_light: light(figures.money).into(),
        result_light: light(figures.result).into(),
        rows: record.rows.iter().map(form_row).collect(),
        fillers: record.fillers.clone(),
        opinion: record.opinion.clone(),
        reviewer: record.reviewer.clone(),
        etag: etag(stored),
        create_time: Some(timestamp(stored.created_at)),
        update_time: Some(timestamp(stored.updated_at)),
    }
}

fn form_row(row: &FormRow) -> pb::MonitoringFormRow {
    let entry = &row.entry;
    pb::MonitoringFormRow {
        indicator_code: row.code.clone(),
        level1: row.level1.clone(),
        level2: row.level2.clone(),
        title: row.title.clone(),
        target_text: row.target_text.clone(),
        actual_text: row.actual_text.clone(),
        reading_date: row.reading_date.map(date),
        light: light(row.light).into(),
        entry: (*entry != Entry::default()).then(|| pb::MonitoringFormEntry {
            indicator_code: row.code.clone(),
            forecast_text: entry.forecast_text.clone(),
            likelihood: entry.likelihood.map_or(pb::Likelihood::Unspecified, likelihood).into(),
            causes: entry.causes.iter().map(|given| cause(*given).into()).collect(),
            cause_text: entry.cause_text.clone(),
            measure: entry.measure.clone(),
            note: entry.note.clone(),
        }),
    }
}

/// `None` asks for every state.
pub(crate) const fn parse_form_state(state: pb::MonitoringFormState) -> Option<FormState> {
    match state {
        pb::MonitoringFormState::Unspecified => None,
        pb::MonitoringFormState::Pending => Some(FormState::Pending),
        pb::MonitoringFormState::Filed => Some(FormState::Filed),
        pb::MonitoringFormState::Returned => Some(FormState::Returned),
        pb::MonitoringFormState::Accepted => Some(FormState::Accepted),
    }
}

const fn likelihood(likelihood: Likelihood) -> pb::Likelihood {
    match likelihood {
        Likelihood::Certain => pb::Likelihood::Certain,
        Likelihood::Possible => pb::Likelihood::Possible,
        Likelihood::Impossible => pb::Likelihood::Impossible,
    }
}

const fn parse_likelihood(likelihood: pb::Likelihood) -> Option<Likelihood> {
    match likelihood {
        pb::Likelihood::Unspecified => None,
        pb::Likelihood::Certain => Some(Likelihood::Certain),
        pb::Likelihood::Possible => Some(Likelihood::Possible),
        pb::Likelihood::Impossible => Some(Likelihood::Impossible),
    }
}

const fn cause(cause: Cause) -> pb::DeviationCause {
    match cause {
        Cause::Funding => pb::DeviationCause::Funding,
        Cause::Rules => pb::DeviationCause::Rules,
        Cause::Staff => pb::DeviationCause::Staff,
        Cause::Facilities => pb::DeviationCause::Facilities,
        Cause::Other => pb::DeviationCause::Other,
    }
}

const fn parse_cause(cause: pb::DeviationCause) -> Option<Cause> {
    match cause {
        pb::DeviationCause::Unspecified => None,
        pb::DeviationCause::Funding => Some(Cause::Funding),
        pb::DeviationCause::Rules => Some(Cause::Rules),
        pb::DeviationCause::Staff => Some(Cause::Staff),
        pb::DeviationCause::Facilities => Some(Cause::Facilities),
        pb::DeviationCause::Other => Some(Cause::Other),
    }
}

pub(crate) fn parse_given(request: &pb::FillMonitoringFormRequest) -> Result<Given, Fault> {
    let forecast = request.forecast_yuan.as_ref();
    let forecast: Option<Money> =
        forecast.map(|yuan| words::parse_money("forecast_yuan", Some(yuan))).transpose()?;
    let entries = request.entries.iter().enumerate().map(|(index, said)| {
        let entry = Entry {
            forecast_text: said.forecast_text.clone(),
            likelihood: parse_likelihood(said.likelihood()),
            causes: said.causes().filter_map(parse_cause).collect(),
            cause_text: said.cause_text.clone(),
            measure: said.measure.clone(),
            note: said.note.clone(),
        };
        (format!("entries[{index}]"), said.indicator_code.clone(), entry)
    });
    Ok(Given { forecast, entries: entries.collect() })
}

/// The contract refuses an unspecified grouping before this is asked.
pub(crate) const fn parse_grouping(grouping: pb::Grouping) -> Grouping {
    match grouping {
        pb::Grouping::Unspecified | pb::Grouping::Total => Grouping::Total,
        pb::Grouping::Region => Grouping::Region,
        pb::Grouping::Department => Grouping::Department,
        pb::Grouping::FundKind => Grouping::FundKind,
        pb::Grouping::Mark => Grouping::Mark,
    }
}

/// The key of a group as the contract writes it.
pub(crate) fn group_key(by: Grouping, key: &str) -> String {
    match by {
        Grouping::FundKind if !key.is_empty() => format!("FUND_KIND_{}", key.to_uppercase()),
        Grouping::Mark => format!("PROJECT_MARK_{}", key.to_uppercase()),
        _ => key.to_owned(),
    }
}

pub(crate) fn statistic(by: Grouping, counts: &FormCounts) -> pb::RoundStatistic {
    let count = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    let likelihoods = counts.likelihoods.iter().filter(|(_, given)| *given > 0);
    let causes = counts.causes.iter().filter(|(_, given)| *given > 0);
    pb::RoundStatistic {
        key: group_key(by, &counts.key),
        form_count: count(counts.forms),
        filed_count: count(counts.filed),
        accepted_count: count(counts.accepted),
        overdue_count: count(counts.overdue),
        budget_yuan: Some(money(counts.budget)),
        paid_yuan: Some(money(counts.paid)),
        forecast_yuan: Some(money(counts.forecast)),
        rate_percent: rate_percent(counts.paid, counts.budget).map(decimal),
        money_lights: light_counts(&counts.money_lights),
        result_lights: light_counts(&counts.result_lights),
        likelihoods: likelihoods
            .map(|(given, number)| pb::LikelihoodCount {
                likelihood: likelihood(*given).into(),
                count: count(*number),
            })
            .collect(),
        causes: causes
            .map(|(given, number)| pb::CauseCount { cause: cause(*given).into(), count: count(*number) })
            .collect(),
    }
}
