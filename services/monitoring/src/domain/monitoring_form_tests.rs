use hengji_rules::pack::Light;

use super::*;
use crate::domain::{Baseline, Position, ProjectFacts, RoundScope, RoundState};
use hengji_rules::ObjectType;

fn refused(findings: Result<(), Findings>) -> Vec<String> {
    let path = |(place, refusal): (String, Refusal)| match refusal {
        Refusal::Field { field, .. } if place.is_empty() => field,
        Refusal::Field { field, .. } => format!("{place}.{field}"),
        other => other.to_string(),
    };
    findings.unwrap_err().into_iter().map(path).collect()
}

fn entry(likelihood: Likelihood) -> Entry {
    Entry { likelihood: Some(likelihood), ..Entry::default() }
}

fn explained(likelihood: Likelihood) -> Entry {
    Entry {
        causes: [Cause::Staff].into(),
        cause_text: "人手不足".into(),
        measure: "增派人手".into(),
        ..entry(likelihood)
    }
}

fn given(entries: &[(&str, Entry)]) -> Given {
    let entries = entries.iter().enumerate();
    Given {
        forecast: "900".parse().ok(),
        entries: entries
            .map(|(index, (code, entry))| (format!("entries[{index}]"), (*code).to_owned(), entry.clone()))
            .collect(),
    }
}

/// A form whose indicators show these lights at the cut-off.
pub(crate) fn sample_form(indicators: &[(&str, Light)]) -> MonitoringForm {
    let project = ProjectKey::parse("regions/640323000/years/2021/projects/P1").unwrap();
    let rows = indicators.iter().map(|(code, light)| FormRow {
        code: (*code).into(),
        level1: "产出指标".into(),
        level2: "数量指标".into(),
        title: "养护里程".into(),
        target_text: "≥90公里".into(),
        actual_text: "40公里".into(),
        reading_date: "2021-07-31".parse().ok(),
        light: *light,
        entry: Entry::default(),
    });
    MonitoringForm {
        round: "regions/640323000/years/2021/rounds/R1".into(),
        round_title: "2021年1—7月绩效运行监控".into(),
        name: "regions/640323000/years/2021/rounds/R1/forms/640323000.P1".into(),
        title: "农村公路养护".into(),
        unit: "219001".parse().unwrap(),
        cut_off: "2021-07-31".parse().unwrap(),
        due: "2021-08-31".parse().unwrap(),
        state: Pending,
        figures: Figures {
            fund_kind: Some(FundKind::GeneralPublic),
            marks: vec![],
            initial: "1000".parse().unwrap(),
            budget: "1000".parse().unwrap(),
            paid: "350".parse().unwrap(),
            money: Light::Yellow,
            result: Light::Red,
            target: "regions/640323000/years/2021/targets/T1".into(),
            target_version: 1,
        },
        forecast: None,
        rows: rows.collect(),
        fillers: vec![],
        opinion: String::new(),
        reviewer: String::new(),
        project,
    }
}

#[test]
fn is_filed_only_when_nothing_is_missing() {
    let mut form = sample_form(&[("1", Light::Red), ("2", Light::Green), ("3", Light::Unlit)]);
    assert_eq!(
        refused(form.file("accounts/unit")),
        [
            "forecast_yuan",
            "rows[0].entry.likelihood",
            "rows[0].entry.causes",
            "rows[0].entry.cause_text",
            "rows[0].entry.measure",
            "rows[1].entry.likelihood",
            "rows[2].entry.likelihood",
        ]
    );
    let certain = entry(Likelihood::Certain);
    // a red light wants its cause even where the year will make it; a doubt wants one without any light
    form.fill(
        "accounts/unit",
        given(&[("1", certain.clone()), ("2", certain), ("3", entry(Likelihood::Possible))]),
    )
    .unwrap();
    let missing = ["causes", "cause_text", "measure"];
    let expected: Vec<_> = ["rows[0]", "rows[2]"]
        .iter()
        .flat_map(|row| missing.iter().map(move |field| format!("{row}.entry.{field}")))
        .collect();
    assert_eq!(refused(form.file("accounts/unit")), expected);
    form.fill(
        "accounts/unit",
        given(&[("1", explained(Likelihood::Certain)), ("3", explained(Likelihood::Impossible))]),
    )
    .unwrap();
    form.file("accounts/chief").unwrap();
    assert_eq!((form.state, form.fillers.len()), (Filed, 2));
    assert!(form.must_be_unfiled("填报").is_err());
}

#[test]
fn takes_in_what_it_knows_and_names_what_it_does_not() {
    let mut form = sample_form(&[("1", Light::Green)]);
    let mut wrong = given(&[("1", entry(Likelihood::Certain)), ("9", Entry::default())]);
    wrong.forecast = "-1".parse().ok();
    let found = refused(form.fill("accounts/unit", wrong));
    assert_eq!(found, ["forecast_yuan", "entries[1].indicator_code"]);
    form.fill("accounts/unit", given(&[])).unwrap();
    // what is left out stays
    form.fill("accounts/unit", Given::default()).unwrap();
    assert_eq!(form.forecast, "900".parse().ok());
}

#[test]
fn is_reviewed_by_somebody_else_and_may_come_back_later() {
    let mut form = sample_form(&[]);
    form.fill("accounts/unit", given(&[])).unwrap();
    form.file("accounts/unit").unwrap();
    let verdict = |accepted, due: Option<&str>| Verdict {
        accepted,
        opinion: "意见".into(),
        due: due.map(|due| due.parse().unwrap()),
    };
    assert_eq!(form.review("accounts/unit", verdict(true, None)), Err(Refusal::ReviewedByFiller));
    assert!(form.review("accounts/finance", verdict(true, Some("2021-09-30"))).is_err());
    assert!(form.review("accounts/finance", verdict(false, Some("2021-07-30"))).is_err());
    form.review("accounts/finance", verdict(false, Some("2021-09-30"))).unwrap();
    assert_eq!((form.state, form.due), (Returned, "2021-09-30".parse().unwrap()));
    assert!(!form.overdue("2021-09-30".parse().unwrap()));
    assert!(form.overdue("2021-10-01".parse().unwrap()));
    form.file("accounts/unit").unwrap();
    assert!(!form.overdue("2021-10-01".parse().unwrap()));
    form.review("accounts/finance", verdict(true, None)).unwrap();
    assert_eq!((form.state, form.reviewer.as_str()), (Accepted, "accounts/finance"));
    assert!(form.review("accounts/finance", verdict(true, None)).is_err());
}

/// A position with these indicators in its baseline.
fn position(codes: &[&str]) -> Position {
    let facts = ProjectFacts {
        title: "农村公路养护".into(),
        unit: "219001".parse().unwrap(),
        initial: "1000".parse().unwrap(),
        budget: "1000".parse().unwrap(),
        additions: vec![],
        fund_kind: Some(FundKind::GeneralPublic),
        marks: vec![Mark::Transfer],
    };
    let indicator = |code: &&str| {
        let json = serde_json::json!({
            "code": code, "title": "养护里程", "operator": "ge", "direction": null, "value": "90",
            "value_text": "≥90公里", "unit": "公里", "interim": {},
        });
        serde_json::from_value(json).unwrap()
    };
    let baseline = Baseline {
        target: "regions/640323000/years/2021/targets/T1".into(),
        version: 1,
        object: ObjectType::Project,
        indicators: codes.iter().map(indicator).collect(),
    };
    let project = ProjectKey::parse("regions/640323000/years/2021/projects/P1").unwrap();
    Position::open(project, &facts, &baseline, "2021-01-10".parse().unwrap())
}

#[test]
fn keeps_what_was_given_when_figures_and_baseline_move() {
    let position = position(&["1", "2"]);
    let round = Round {
        region: position.project.region.clone(),
        year: position.project.year,
        id: "R1".into(),
        title: "监控".into(),
        scope: RoundScope::default(),
        cut_off: "2021-07-31".parse().unwrap(),
        due: "2021-08-31".parse().unwrap(),
        state: RoundState::Open,
        form_count: 0,
        opener: String::new(),
        conclusion: String::new(),
    };
    assert!(round.scope.takes(&position));
    let mut form = MonitoringForm::prefilled(&round, &position);
    assert_eq!(form.name, "regions/640323000/years/2021/rounds/R1/forms/640323000.P1");
    form.fill("accounts/unit", given(&[("2", explained(Likelihood::Possible))])).unwrap();
    let mut later = self::position(&["2", "3"]);
    later.paid = "500".parse().unwrap();
    form.refill(&later);
    assert_eq!(form.figures.paid, "500".parse().unwrap());
    let entries: Vec<_> = form.rows.iter().map(|row| (row.code.as_str(), row.entry.clone())).collect();
    assert_eq!(entries, [("2", explained(Likelihood::Possible)), ("3", Entry::default())]);
}

#[test]
fn a_scope_takes_what_holds_in_every_part() {
    let mut position = position(&[]);
    position.paid = "600".parse().unwrap();
    let takes = |change: &dyn Fn(&mut RoundScope)| {
        let mut scope = RoundScope::default();
        change(&mut scope);
        scope.takes(&position)
    };
    assert!(takes(&|scope| scope.unit = "219".parse().ok()));
    assert!(!takes(&|scope| scope.unit = "220".parse().ok()));
    assert!(takes(&|scope| scope.mark = Some(Mark::Transfer)));
    assert!(!takes(&|scope| scope.mark = Some(Mark::DirectFunds)));
    assert!(!takes(&|scope| scope.fund_kind = Some(FundKind::SpecialBond)));
    assert!(takes(&|scope| scope.budget_from = "1000".parse().ok()));
    assert!(!takes(&|scope| scope.budget_from = "1000.01".parse().ok()));
    assert!(takes(&|scope| scope.rate_below = Some(hengji_kernel::Decimal::new(6001, 2))));
    assert!(!takes(&|scope| scope.rate_below = Some(60.into())));
}
