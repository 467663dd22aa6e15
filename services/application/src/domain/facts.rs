//! What other services know, in this service's words.

use hengji_kernel::{Decimal, FiscalYear, Grade, Money, RegionCode, UnitCode, name};
use hengji_rules::ObjectType;
use hengji_rules::word::{Basis, ProjectNature};

/// Who evaluated (评价方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TaskKind {
    SelfEvaluation,
    Department,
    Finance,
    DepartmentOverall,
    SocialInsuranceFund,
}

impl TaskKind {
    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::SelfEvaluation => "单位自评",
            Self::Department => "部门评价",
            Self::Finance => "财政重点评价",
            Self::DepartmentOverall => "部门整体支出评价",
            Self::SocialInsuranceFund => "社会保险基金绩效评价",
        }
    }

    /// What a linkage rule may rest on, and how strong it is: finance over department over the unit itself.
    pub(crate) const fn basis(self) -> (u8, Basis) {
        match self {
            Self::Finance | Self::SocialInsuranceFund | Self::DepartmentOverall => {
                (3, Basis::FinanceEvaluation)
            }
            Self::Department => (2, Basis::DepartmentEvaluation),
            Self::SelfEvaluation => (1, Basis::SelfEvaluation),
        }
    }
}

/// A problem the evaluation found.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) text: String,
    pub(crate) suggestion: String,
}

/// A scored row of an evaluation.
#[derive(Debug, Clone)]
pub(crate) struct ScoreLine {
    pub(crate) title: String,
    pub(crate) target: String,
    pub(crate) actual: String,
    pub(crate) weight: Option<Decimal>,
    pub(crate) score: Option<Decimal>,
    pub(crate) missed: bool,
}

/// An evaluation task (评价任务).
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) name: String,
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) kind: TaskKind,
    pub(crate) object_type: ObjectType,
    pub(crate) object: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    pub(crate) amount: Money,
    pub(crate) grade: Option<Grade>,
    pub(crate) total: Option<Decimal>,
    pub(crate) lines: Vec<ScoreLine>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) conclusion: String,
    pub(crate) target_missed: bool,
    pub(crate) scored: bool,
    pub(crate) is_final: bool,
}

/// Region and code of a project, the same in every year; `None` for what is not a project.
pub(crate) fn project_key(object: &str) -> Option<(RegionCode, &str)> {
    name::parse_yearly(object, "projects").ok().map(|(region, _, code)| (region, code))
}

/// A project of the library (项目库).
#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    pub(crate) nature: Option<ProjectNature>,
    pub(crate) request: Money,
    pub(crate) approved: Money,
    pub(crate) added: Money,
    pub(crate) reduced: Money,
    /// e.g. 示意数
    pub(crate) amount_source: String,
    pub(crate) in_budget: bool,
}

impl Project {
    pub(crate) fn budget(&self) -> Money {
        self.approved + self.added - self.reduced
    }
}

#[derive(Debug, Clone)]
pub(crate) struct TargetLine {
    pub(crate) level1: String,
    pub(crate) level2: String,
    pub(crate) title: String,
    pub(crate) value: String,
}

/// A performance target (绩效目标) as approved and as it may be published; goals and lines are empty where many are listed.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) object: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    pub(crate) approved_version: i32,
    pub(crate) goal: String,
    pub(crate) mid_term_goal: String,
    pub(crate) budget: Money,
    pub(crate) lines: Vec<TargetLine>,
}

/// An approved mid-year addition (年中追加).
#[derive(Debug, Clone)]
pub(crate) struct Addition {
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) unit: String,
    pub(crate) amount: Money,
}

/// A concluded ex-ante assessment (事前绩效评估).
#[derive(Debug, Clone)]
pub(crate) struct Assessment {
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) unit: String,
    pub(crate) grade: Option<Grade>,
    pub(crate) conclusion: &'static str,
    pub(crate) cut: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Light {
    Green,
    Yellow,
    Red,
}

impl Light {
    pub(crate) const ALL: [Self; 3] = [Self::Green, Self::Yellow, Self::Red];

    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::Green => "绿灯",
            Self::Yellow => "黄灯",
            Self::Red => "红灯",
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

/// Where a project stands (双监控).
#[derive(Debug, Clone)]
pub(crate) struct Position {
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) budget: Money,
    pub(crate) allotted: Money,
    pub(crate) paid: Money,
    pub(crate) rate: Option<Decimal>,
    pub(crate) money_light: Option<Light>,
    pub(crate) result_light: Option<Light>,
}

/// How far self-evaluation reaches, as evaluation counts it (自评覆盖率).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coverage {
    pub(crate) expected: i32,
    pub(crate) evaluated: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InstitutionState {
    Applied,
    Admitted,
    Suspended,
}

/// A third-party institution of the pool (第三方机构库).
#[derive(Debug, Clone)]
pub(crate) struct Institution {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) fields: String,
    pub(crate) state: InstitutionState,
}

/// A filing hold (申报限制) in targets.
#[derive(Debug, Clone)]
pub(crate) struct Hold {
    pub(crate) name: String,
    pub(crate) project_code: String,
    pub(crate) unit: String,
    pub(crate) cause: String,
    pub(crate) standing: bool,
    pub(crate) etag: String,
}
