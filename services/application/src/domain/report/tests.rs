use std::collections::{BTreeMap, HashSet};

use hengji_kernel::{Grade, Money};
use hengji_rules::ObjectType;

use super::figures::{counted, definitions};
use super::snapshot::Snapshot;
use super::{AnnualReport, Figure, text};
use crate::domain::facts::{Coverage, Target, Task, TaskKind};
use crate::error::Refusal;

fn empty() -> Snapshot {
    Snapshot {
        projects: BTreeMap::new(),
        targets: vec![],
        additions: vec![],
        assessments: vec![],
        positions: vec![],
        tasks: vec![],
        coverage: Coverage { expected: 0, evaluated: 0 },
        institutions: vec![],
        holds: vec![],
        applied: vec![],
        rectifications: vec![],
        explanations: vec![],
    }
}

fn task(id: &str, kind: TaskKind, grade: Option<Grade>) -> Task {
    Task {
        name: format!("regions/640323000/years/2021/evaluationTasks/{id}"),
        region: "640323000".parse().unwrap(),
        year: 2021.try_into().unwrap(),
        kind,
        object_type: ObjectType::Project,
        object: "regions/640323000/years/2021/projects/P001".into(),
        title: "<i>项目</i>".into(),
        unit: "219".parse().unwrap(),
        amount: Money::from_fen(100),
        grade,
        total: None,
        lines: vec![],
        problems: vec![],
        conclusion: String::new(),
        target_missed: false,
        scored: true,
        is_final: true,
    }
}

fn target() -> Target {
    Target {
        name: "regions/640323000/years/2021/targets/T1".into(),
        object: "regions/640323000/years/2021/projects/P001".into(),
        title: "项目".into(),
        unit: "219".parse().unwrap(),
        approved_version: 1,
        goal: String::new(),
        mid_term_goal: String::new(),
        budget: Money::ZERO,
        lines: vec![],
    }
}

fn report(figures: Vec<Figure>) -> AnnualReport {
    AnnualReport {
        name: "regions/640323000/years/2021/annualReports/R1".into(),
        region: "640323000".parse().unwrap(),
        year: 2021.try_into().unwrap(),
        title: "报告 <1>".into(),
        cut_off: "2021-12-31".parse().unwrap(),
        figures,
        text: String::new(),
        text_sha256: String::new(),
    }
}

#[test]
fn figure_ids_are_unique_and_denominators_stand_before_their_shares() {
    let ids: Vec<_> = definitions().into_iter().map(|one| one.id).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    for (figure, _) in counted("R1", &empty()).unwrap() {
        let zero = figure.unit == "%";
        assert_eq!(figure.value.is_none(), zero, "{}", figure.id);
        assert_eq!(figure.note.is_empty(), !zero, "{}", figure.id);
    }
}

#[test]
fn a_year_without_any_record_still_renders() {
    let mut report = report(counted("R1", &empty()).unwrap().into_iter().map(|(figure, _)| figure).collect());
    report.text = text::text(&report, &BTreeMap::new()).unwrap();
    assert!(report.text.contains("按个数覆盖率 —；"), "{}", report.text);
    assert!(report.text.contains("未发现需要单独列示的问题"), "{}", report.text);
    assert!(!report.text.contains('※') && !report.text.contains("\n\n\n"), "{}", report.text);
    let html = text::html(&report, &BTreeMap::new()).unwrap();
    assert!(html.contains("<h1>报告 &lt;1&gt;</h1>"), "{html}");
    assert!(html.contains("<h2>一、2021 年预算绩效管理工作情况</h2>"), "{html}");
    assert!(html.contains("<h3>（二）事中：预算执行与绩效运行双监控</h3>"), "{html}");
}

#[test]
fn grades_that_do_not_add_up_to_the_evaluations_refuse_the_report() {
    let mut snapshot = empty();
    snapshot.tasks =
        vec![task("F1", TaskKind::Finance, Some(Grade::Good)), task("F2", TaskKind::Finance, None)];
    let Err(Refusal::TotalsDiffer { expected, found, .. }) = counted("R1", &snapshot) else {
        panic!("a report that does not tie out")
    };
    assert_eq!((expected.as_str(), found.as_str()), ("2", "1"));
}

#[test]
fn coverage_other_than_evaluation_counts_it_refuses_the_report() {
    let mut snapshot = empty();
    snapshot.targets = vec![target()];
    snapshot.tasks = vec![task("S1", TaskKind::SelfEvaluation, Some(Grade::Good))];
    assert!(counted("R1", &snapshot).is_err());
    snapshot.coverage = Coverage { expected: 1, evaluated: 1 };
    let figures = counted("R1", &snapshot).unwrap();
    let (coverage, rows) =
        figures.iter().find(|(one, _)| one.id == "self_evaluation.coverage_percent").unwrap();
    assert_eq!(coverage.value.unwrap().to_string(), "100.00");
    assert_eq!(rows.len(), 1);
}
