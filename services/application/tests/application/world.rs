//! What the other services know in these tests: a county's year as the seed report tells it, with made-up amounts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hengji_proto::common::v1::{Grade, ObjectKind};
use hengji_proto::evaluation::v1::{self as evaluation, EvaluationKind, TaskState};
use hengji_proto::google::r#type::Decimal;
use hengji_proto::monitoring::v1 as monitoring;
use hengji_proto::targets::v1 as targets;

pub const YEAR: &str = "regions/640323000/years/2021";
pub const NEXT: &str = "regions/640323000/years/2022";

/// The nine items the county cut, and what each was worth.
pub const CUT: [(&str, &str); 9] = [
    ("P001", "“移风易俗”工作经费"),
    ("P002", "动物卫生监督工作专项资金"),
    ("P003", "农村产权交易中心社会化购买服务"),
    ("P004", "环卫及绿化车辆运行费"),
    ("P005", "亮化电费及维修费"),
    ("P006", "林木管护费"),
    ("P007", "离休人员医疗费"),
    ("P008", "自然灾害综合风险普查"),
    ("P009", "社区服务中心及社区服务站人员经费"),
];

#[derive(Clone, Default)]
pub struct World(Arc<Mutex<Facts>>);

#[derive(Default)]
pub struct Facts {
    pub tasks: Vec<evaluation::EvaluationTask>,
    pub institutions: Vec<evaluation::Institution>,
    /// As evaluation counts; made from the tasks if not given.
    pub coverage: Option<evaluation::Coverage>,
    pub projects: Vec<targets::Project>,
    pub targets: Vec<targets::PerformanceTarget>,
    pub additions: Vec<targets::BudgetAddition>,
    pub assessments: Vec<targets::ExAnteAssessment>,
    pub holds: Vec<targets::Hold>,
    /// Request ids of holds placed, with what they placed.
    pub placed: Vec<(String, String)>,
    pub positions: Vec<monitoring::Position>,
    /// Days positions were asked for.
    pub days: Vec<String>,
    pub no_linkage_rules: bool,
}

pub fn yuan(text: &str) -> Option<Decimal> {
    Some(Decimal { value: text.into() })
}

pub fn project_name(code: &str) -> String {
    format!("{YEAR}/projects/{code}")
}

pub fn task_name(id: &str) -> String {
    format!("{YEAR}/evaluationTasks/{id}")
}

impl World {
    /// Nine projects evaluated by finance as 中, one as 优, one only by itself, a fund, three departments.
    pub fn county() -> Self {
        let world = Self::default();
        {
            let mut facts = world.facts();
            for (index, (code, title)) in (1..).zip(CUT) {
                facts.project(code, title, &format!("{index}0000.10"), "示意数");
                facts.task(&format!("F-{code}"), EvaluationKind::Finance, code, Grade::Fair);
            }
            facts.project("P010", "<b>特色小城镇</b>&建设项目", "500000", "");
            facts.task("F-P010", EvaluationKind::Finance, "P010", Grade::Excellent);
            facts.task("S-P010", EvaluationKind::Self_, "P010", Grade::Poor);
            facts.project("P011", "万头肉牛养殖基地建设项目", "300000", "");
            facts.task("S-P011", EvaluationKind::Self_, "P011", Grade::Good);
            facts.project("P012", "城乡居民养老保险基金", "900000", "");
            facts.task("B-P012", EvaluationKind::SocialInsuranceFund, "P012", Grade::Excellent);
            for (id, unit, title, grade) in [
                ("D-219", "219", "县团委", Grade::Excellent),
                ("D-220", "220", "县农经站", Grade::Good),
                ("D-221", "221", "县统计局", Grade::Good),
            ] {
                facts.department(id, unit, title, grade);
            }
            facts.rest();
        }
        world
    }

    pub fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Facts {
    pub fn project(&mut self, code: &str, title: &str, approved: &str, amount_source: &str) {
        let fund = code == "P012";
        self.projects.push(targets::Project {
            name: project_name(code),
            code: code.into(),
            title: title.into(),
            unit: "219001".into(),
            nature: targets::ProjectNature::Recurrent.into(),
            request_yuan: yuan(approved),
            approved_yuan: yuan(approved),
            added_yuan: yuan(if code == "P001" { "5000" } else { "0" }),
            amount_source: amount_source.into(),
            state: targets::ProjectState::InBudget.into(),
            ..Default::default()
        });
        self.targets.push(targets::PerformanceTarget {
            name: format!("{YEAR}/targets/T-{code}"),
            object_kind: if fund { ObjectKind::SocialInsuranceFund } else { ObjectKind::Project }.into(),
            object: project_name(code),
            title: title.into(),
            unit: "219001".into(),
            target_version: 1,
            approved_version: 1,
            goal_text: "完成年度任务，联系人电话13812345678".into(),
            indicators: vec![targets::TargetIndicator {
                level1: "产出指标".into(),
                level2: "数量指标".into(),
                title: "完成数量".into(),
                value_text: "≥10".into(),
                unit: "个".into(),
                ..Default::default()
            }],
            budget_yuan: yuan(approved),
            state: targets::TargetState::Approved.into(),
            ..Default::default()
        });
        self.positions.push(monitoring::Position {
            name: format!("{YEAR}/positions/{code}"),
            project: project_name(code),
            title: title.into(),
            unit: "219001".into(),
            budget_yuan: yuan(approved),
            allotted_yuan: yuan(approved),
            paid_yuan: yuan("1000.01"),
            rate_percent: yuan("80"),
            money_light: monitoring::Light::Green.into(),
            result_light: if code == "P002" { monitoring::Light::Red } else { monitoring::Light::Green }
                .into(),
            ..Default::default()
        });
    }

    pub fn task(&mut self, id: &str, kind: EvaluationKind, code: &str, grade: Grade) {
        let project =
            self.projects.iter().find(|one| one.code == code).expect("a project before its task").clone();
        let fund = kind == EvaluationKind::SocialInsuranceFund;
        self.tasks.push(evaluation::EvaluationTask {
            name: task_name(id),
            kind: kind.into(),
            object_kind: if fund { ObjectKind::SocialInsuranceFund } else { ObjectKind::Project }.into(),
            object: project.name,
            title: project.title,
            unit: project.unit,
            amount_yuan: project.approved_yuan,
            scorecard: Some(evaluation::Scorecard {
                rows: vec![
                    score_row("完成数量", "18", false),
                    score_row("完成质量", "10", grade == Grade::Fair),
                ],
                total: yuan("75.50"),
                grade: grade.into(),
                ..Default::default()
            }),
            problems: vec![
                evaluation::EvaluationProblem {
                    problem_id: "1".into(),
                    text: "台账不全".into(),
                    suggestion: "补全台账".into(),
                },
                evaluation::EvaluationProblem {
                    problem_id: "2".into(),
                    text: "款项打入个人账户6222021234567890".into(),
                    suggestion: String::new(),
                },
            ],
            conclusion: "基本完成。负责人身份证640323199001011234".into(),
            target_missed: grade == Grade::Fair,
            state: TaskState::Final.into(),
            ..Default::default()
        });
    }

    fn department(&mut self, id: &str, unit: &str, title: &str, grade: Grade) {
        self.tasks.push(evaluation::EvaluationTask {
            name: task_name(id),
            kind: EvaluationKind::DepartmentOverall.into(),
            object_kind: ObjectKind::Department.into(),
            object: format!("regions/640323000/organizations/{unit}"),
            title: title.into(),
            unit: unit.into(),
            amount_yuan: yuan("1000000"),
            scorecard: Some(evaluation::Scorecard {
                total: yuan("90"),
                grade: grade.into(),
                ..Default::default()
            }),
            target_missed: true,
            state: TaskState::Final.into(),
            ..Default::default()
        });
    }

    fn rest(&mut self) {
        self.additions.push(targets::BudgetAddition {
            name: format!("{YEAR}/additions/A1"),
            project: project_name("P001"),
            unit: "219001".into(),
            amount_yuan: yuan("5000"),
            state: targets::AdditionState::Approved.into(),
            ..Default::default()
        });
        for (id, code, grade, conclusion) in [
            ("E1", "P010", Grade::Excellent, targets::ExAnteConclusion::Support),
            ("E2", "P011", Grade::Good, targets::ExAnteConclusion::SupportAfterAmendment),
        ] {
            self.assessments.push(targets::ExAnteAssessment {
                name: format!("{YEAR}/exAnteAssessments/{id}"),
                project: project_name(code),
                unit: "219001".into(),
                grade: grade.into(),
                conclusion: conclusion.into(),
                state: targets::ExAnteState::Concluded.into(),
                ..Default::default()
            });
        }
        for (id, state) in [
            ("901", evaluation::InstitutionState::Admitted),
            ("902", evaluation::InstitutionState::Suspended),
        ] {
            self.institutions.push(evaluation::Institution {
                name: format!("regions/640323000/institutions/{id}"),
                title: format!("机构{id}"),
                state: state.into(),
                ..Default::default()
            });
        }
    }
}

fn score_row(title: &str, score: &str, missed: bool) -> evaluation::ScoreRow {
    evaluation::ScoreRow {
        title: title.into(),
        target_text: "≥10".into(),
        actual_text: "9".into(),
        weight: yuan("20"),
        given_score: yuan(score),
        missed,
        ..Default::default()
    }
}
