//! The county's year as data; `data/county-2021.json` says which figures are illustrative.

use anyhow::Context;
use include_dir::{Dir, include_dir};
use serde::Deserialize;

/// Everything under `data/`, carried by the binary.
pub(crate) static DATA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../data");

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct County {
    pub source: String,
    pub region: String,
    /// From the province down to the county: code, title.
    pub regions: Vec<(String, String)>,
    pub year: i32,
    pub title: String,
    pub organizations: Vec<OrganizationLine>,
    pub projects: Vec<ProjectLine>,
    /// Reviewed as 差: stays out.
    pub refused_project: ProjectLine,
    pub departments: Vec<DepartmentLine>,
    pub institutions: Vec<InstitutionLine>,
    pub advised: Advised,
    pub additions: Additions,
    pub reduction: Reduction,
    pub corrective_action: Corrective,
    pub suspension: Suspended,
    pub unexplained: Unexplained,
    pub changed_decision: ChangedDecision,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationLine {
    pub code: String,
    pub title: String,
    pub kind: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectLine {
    pub code: String,
    pub title: String,
    pub unit: String,
    pub nature: String,
    pub fund_kind: String,
    pub marks: Vec<String>,
    pub industry: String,
    pub budget_yuan: String,
    #[serde(default)]
    pub executed_yuan: String,
    pub amount_source: String,
    #[serde(default)]
    pub object_kind: String,
    pub goal: String,
    pub indicators: Vec<IndicatorLine>,
    pub ex_ante: Option<ExAnteLine>,
    /// Grade of the first finance review where it is not 优.
    pub first_review: Option<String>,
    pub evaluation: Option<EvaluationLine>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorLine {
    pub code: String,
    pub level1: String,
    pub level2: String,
    pub title: String,
    /// Of the library, `indicators/..`; empty for an individual indicator.
    #[serde(default)]
    pub catalog_indicator: String,
    pub operator: String,
    pub value: Option<String>,
    pub value_text: String,
    pub unit: String,
    pub direction: String,
    pub weight: String,
    /// Year-end reading.
    #[serde(default)]
    pub actual: String,
    /// Share inside the band of a qualitative indicator.
    pub share_percent: Option<String>,
    /// Expected values by month.
    #[serde(default)]
    pub interim: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExAnteLine {
    /// One for each aspect of the rule pack, in its order.
    pub points: Vec<String>,
    pub grade: String,
    #[serde(default)]
    pub conditions: Vec<ConditionLine>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionLine {
    pub id: String,
    pub text: String,
    pub due: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationLine {
    pub kind: String,
    /// The grade the report prints.
    pub grade: String,
    /// Share chosen for the qualitative indicator.
    pub share: String,
    pub problems: Vec<ProblemLine>,
    pub conclusion: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemLine {
    pub text: String,
    pub suggestion: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentLine {
    pub unit: String,
    pub title: String,
    pub grade: String,
    pub goal: String,
    pub indicators: Vec<IndicatorLine>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstitutionLine {
    pub unit: String,
    pub fields: Vec<String>,
    pub related_units: Vec<String>,
    pub capacity: i32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advised {
    pub project: String,
    pub institution: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Additions {
    pub with_target: WithTarget,
    pub without_target: WithoutTarget,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithTarget {
    pub project: String,
    pub amount_yuan: String,
    /// 批复日期, `YYYY-MM-DD`.
    pub approve_date: String,
    pub reason: String,
    /// The indicator that grows with the money.
    pub indicator: String,
    pub value: String,
    pub value_text: String,
    pub weight: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithoutTarget {
    pub project: String,
    pub amount_yuan: String,
    pub reason: String,
}

/// 年中追减
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reduction {
    pub project: String,
    pub amount_yuan: String,
    /// Budget after it.
    pub left_yuan: String,
    /// What is issued of the project by then.
    pub issued_yuan: String,
    /// 批复日期, `2021-06-10`
    pub approve_date: String,
    pub reason: String,
    /// Why the department first sends the target back.
    pub opinion: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrective {
    pub project: String,
    pub finding: String,
    pub due: String,
    pub plan: String,
    pub progress: String,
    pub verification: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspended {
    pub project: String,
    pub authority: String,
    pub reason: String,
    pub lift_condition: String,
    pub lift_reason: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unexplained {
    pub project: String,
    pub text: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedDecision {
    pub project: String,
    pub cut_yuan: String,
    pub reason: String,
}

impl County {
    pub fn shipped() -> anyhow::Result<Self> {
        let text = text("county-2021.json")?;
        serde_json::from_str(text).context("data/county-2021.json")
    }

    /// `regions/640323000/years/2021`
    pub fn parent(&self) -> String {
        format!("regions/{}/years/{}", self.region, self.year)
    }

    pub fn name(&self, collection: &str, id: &str) -> String {
        format!("{}/{collection}/{id}", self.parent())
    }

    pub fn organization(&self, unit: &str) -> String {
        format!("regions/{}/organizations/{unit}", self.region)
    }

    pub fn project(&self, code: &str) -> anyhow::Result<&ProjectLine> {
        self.projects
            .iter()
            .find(|project| project.code == code)
            .with_context(|| format!("no project {code}"))
    }
}

/// A data file's text.
pub(crate) fn text(path: &str) -> anyhow::Result<&'static str> {
    DATA.get_file(path)
        .and_then(include_dir::File::contents_utf8)
        .with_context(|| format!("data/{path} is not carried"))
}

/// Every JSON file directly in a folder of `data/`, in name order.
pub(crate) fn files(folder: &str) -> anyhow::Result<Vec<(&'static str, &'static str)>> {
    let folder = DATA.get_dir(folder).with_context(|| format!("data/{folder} is not carried"))?;
    let mut files: Vec<_> = folder
        .files()
        .filter_map(|file| Some((file.path().file_stem()?.to_str()?, file.contents_utf8()?)))
        .collect();
    files.sort_unstable();
    Ok(files)
}
