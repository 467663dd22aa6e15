//! Which records stand behind a figure: one query each.

use hengji_kernel::{Grade, Money};

use super::FigureRow;
use super::snapshot::Snapshot;
use crate::domain::facts::{InstitutionState, Light, Position, TaskKind};
use crate::domain::{ExplanationState, RectificationState};

/// Which amount of a position a row carries.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Amount {
    Budget,
    Allotted,
    Paid,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Rows {
    Assessments(Option<Grade>),
    AssessmentCuts,
    Targets,
    ProjectsInBudget,
    Additions,
    Positions(Amount),
    MoneyLight(Light),
    ResultLight(Light),
    Expected,
    Evaluated,
    NotEvaluated,
    Evaluations(TaskKind, Option<Grade>),
    Cuts,
    Rectifications(RectificationState),
    Holds,
    Explanations(ExplanationState),
    Institutions(InstitutionState),
}

impl Rows {
    /// In subject order; each with its amount, where it has one.
    pub(crate) fn of(self, snapshot: &Snapshot) -> Vec<FigureRow> {
        let mut rows = match self {
            Self::Assessments(_) | Self::AssessmentCuts => assessments(self, snapshot),
            Self::Targets => targets(snapshot),
            Self::ProjectsInBudget => projects_in_budget(snapshot),
            Self::Additions => additions(snapshot),
            Self::Positions(amount) => positions(snapshot, amount, |_| true),
            Self::MoneyLight(light) => {
                positions(snapshot, Amount::Budget, |position| position.money_light == Some(light))
            }
            Self::ResultLight(light) => {
                positions(snapshot, Amount::Budget, |position| position.result_light == Some(light))
            }
            Self::Expected => projects(snapshot, snapshot.expected().into_iter()),
            Self::Evaluated => projects(snapshot, snapshot.evaluated().into_iter()),
            Self::NotEvaluated => {
                let evaluated = snapshot.evaluated();
                projects(snapshot, snapshot.expected().into_iter().filter(|one| !evaluated.contains(one)))
            }
            Self::Evaluations(kind, grade) => evaluations(snapshot, kind, grade),
            Self::Cuts => cuts(snapshot),
            Self::Rectifications(state) => rectifications(snapshot, state),
            Self::Holds => holds(snapshot),
            Self::Explanations(state) => explanations(snapshot, state),
            Self::Institutions(state) => institutions(snapshot, state),
        };
        rows.sort_by(|a, b| a.subject.cmp(&b.subject));
        rows
    }
}

fn row(subject: &str, title: &str, unit: &str, value: Option<Money>) -> FigureRow {
    FigureRow {
        subject: subject.to_owned(),
        title: title.to_owned(),
        unit: unit.to_owned(),
        value,
        detail: String::new(),
        note: String::new(),
    }
}

impl FigureRow {
    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    fn note(mut self, note: &str) -> Self {
        note.clone_into(&mut self.note);
        self
    }
}

fn assessments(which: Rows, snapshot: &Snapshot) -> Vec<FigureRow> {
    let wanted = |grade: Option<Grade>, cut: Money| match which {
        Rows::Assessments(wanted) => wanted.is_none() || wanted == grade,
        _ => !cut.is_zero(),
    };
    let chosen = snapshot.assessments.iter().filter(|one| wanted(one.grade, one.cut));
    chosen
        .map(|one| {
            let title =
                snapshot.projects.get(&one.project).map_or(one.project.as_str(), |project| &project.title);
            let grade = one.grade.map_or("", Grade::chinese);
            row(&one.name, title, &one.unit, Some(one.cut))
                .detail(format!("{grade}，{}", one.conclusion))
                .note(snapshot.amount_source(&one.project))
        })
        .collect()
}

fn targets(snapshot: &Snapshot) -> Vec<FigureRow> {
    let targets = snapshot.targets.iter().map(|target| {
        row(&target.name, &target.title, target.unit.as_str(), Some(target.budget))
            .detail(format!("第 {} 版", target.approved_version))
    });
    targets.collect()
}

fn projects_in_budget(snapshot: &Snapshot) -> Vec<FigureRow> {
    let projects = snapshot.projects.values().filter(|project| project.in_budget).map(|project| {
        row(&project.name, &project.title, project.unit.as_str(), Some(project.approved))
            .note(&project.amount_source)
    });
    projects.collect()
}

fn additions(snapshot: &Snapshot) -> Vec<FigureRow> {
    let additions = snapshot.additions.iter().map(|one| {
        let title =
            snapshot.projects.get(&one.project).map_or(one.project.as_str(), |project| &project.title);
        row(&one.name, title, &one.unit, Some(one.amount)).note(snapshot.amount_source(&one.project))
    });
    additions.collect()
}

fn positions(snapshot: &Snapshot, amount: Amount, wanted: impl Fn(&Position) -> bool) -> Vec<FigureRow> {
    let positions = snapshot.positions.iter().filter(|position| wanted(position)).map(|position| {
        let money = match amount {
            Amount::Budget => position.budget,
            Amount::Allotted => position.allotted,
            Amount::Paid => position.paid,
        };
        let light = |light: Option<Light>| light.map_or("未亮灯", Light::chinese);
        row(&position.name, &position.title, &position.unit, Some(money))
            .detail(format!("执行{}，绩效{}", light(position.money_light), light(position.result_light)))
            .note(snapshot.amount_source(&position.project))
    });
    positions.collect()
}

fn projects<'a>(snapshot: &Snapshot, names: impl Iterator<Item = &'a str>) -> Vec<FigureRow> {
    let rows = names.map(|name| match snapshot.projects.get(name) {
        Some(project) => row(name, &project.title, project.unit.as_str(), Some(project.budget()))
            .note(&project.amount_source),
        None => row(name, name, "", Some(Money::ZERO)),
    });
    rows.collect()
}

fn evaluations(snapshot: &Snapshot, kind: TaskKind, grade: Option<Grade>) -> Vec<FigureRow> {
    let tasks = snapshot.final_tasks(kind).filter(|task| grade.is_none() || task.grade == grade);
    tasks
        .map(|task| {
            row(&task.name, &task.title, task.unit.as_str(), Some(task.amount))
                .detail(task.grade.map_or("", Grade::chinese))
                .note(snapshot.amount_source(&task.object))
        })
        .collect()
}

fn cuts(snapshot: &Snapshot) -> Vec<FigureRow> {
    let cuts = snapshot.applied.iter().filter(|one| one.action().takes_money());
    cuts.map(|one| {
        row(&one.name, &one.title, one.unit.as_str(), Some(one.cut()))
            .detail(one.action().chinese())
            .note(&one.amount_source)
    })
    .collect()
}

fn rectifications(snapshot: &Snapshot, state: RectificationState) -> Vec<FigureRow> {
    let chosen = snapshot.rectifications.iter().filter(|one| one.state == state);
    chosen.map(|one| row(&one.name, &one.problem, one.unit.as_str(), None).detail(state.chinese())).collect()
}

fn holds(snapshot: &Snapshot) -> Vec<FigureRow> {
    let standing = snapshot.holds.iter().filter(|hold| hold.standing);
    standing.map(|hold| row(&hold.name, &hold.project_code, &hold.unit, None).detail(&*hold.cause)).collect()
}

fn explanations(snapshot: &Snapshot, state: ExplanationState) -> Vec<FigureRow> {
    let chosen = snapshot.explanations.iter().filter(|one| one.state == state);
    chosen
        .map(|one| {
            row(&one.name, &one.title, one.unit.as_str(), None).detail(one.missed_indicators.join("；"))
        })
        .collect()
}

fn institutions(snapshot: &Snapshot, state: InstitutionState) -> Vec<FigureRow> {
    let chosen = snapshot.institutions.iter().filter(|one| one.state == state);
    chosen.map(|one| row(&one.name, &one.title, "", None).detail(&*one.fields)).collect()
}
