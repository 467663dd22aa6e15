//! Who may call what.

use hengji_rpc::Access::{self, AnyOf, Permission, Public};

pub(crate) const READ: &str = "targets.read";
pub(crate) const DECLARE: &str = "targets.declare";
pub(crate) const ASSESS: &str = "targets.assess";
/// 单位内部、上级单位
pub(crate) const REVIEW_UNIT: &str = "targets.review.unit";
pub(crate) const REVIEW_DEPARTMENT: &str = "targets.review.department";
/// 业务股室
pub(crate) const REVIEW_FINANCE_LINE: &str = "targets.review.finance_line";
/// 绩效管理机构
pub(crate) const REVIEW_FINANCE: &str = "targets.review.finance";
/// 第三方机构、专家
pub(crate) const REVIEW_EXPERT: &str = "targets.review.expert";
pub(crate) const APPROVE: &str = "targets.approve";
pub(crate) const GATE: &str = "targets.gate";
pub(crate) const HOLD: &str = "targets.hold";

const REVIEWERS: &[&str] =
    &[REVIEW_UNIT, REVIEW_DEPARTMENT, REVIEW_FINANCE_LINE, REVIEW_FINANCE, REVIEW_EXPERT];
/// A delegate needs no more than to read what they decide on.
const REVIEWERS_AND_DELEGATES: &[&str] =
    &[REVIEW_UNIT, REVIEW_DEPARTMENT, REVIEW_FINANCE_LINE, REVIEW_FINANCE, REVIEW_EXPERT, READ];

pub(crate) const ACCESS: &[(&str, Access)] = &[
    ("/hengji.targets.v1.ProjectService/BatchCreateProjects", Permission(DECLARE)),
    ("/hengji.targets.v1.ProjectService/UpdateProject", Permission(DECLARE)),
    ("/hengji.targets.v1.ProjectService/ImportProjects", Permission(DECLARE)),
    ("/hengji.targets.v1.ProjectService/ListProjectVersions", Permission(READ)),
    ("/hengji.targets.v1.ProjectService/GetProject", Permission(READ)),
    ("/hengji.targets.v1.ProjectService/ListProjects", Permission(READ)),
    ("/hengji.targets.v1.BudgetService/FileBudget", Permission(DECLARE)),
    ("/hengji.targets.v1.ControlFigureService/IssueControlFigure", Permission(APPROVE)),
    ("/hengji.targets.v1.ControlFigureService/AdjustControlFigure", Permission(APPROVE)),
    ("/hengji.targets.v1.ControlFigureService/GetControlFigure", Permission(READ)),
    ("/hengji.targets.v1.ControlFigureService/ListControlFigures", Permission(READ)),
    ("/hengji.targets.v1.ExAnteService/CreateExAnteAssessment", Permission(ASSESS)),
    ("/hengji.targets.v1.ExAnteService/ScoreExAnteAssessment", Permission(ASSESS)),
    ("/hengji.targets.v1.ExAnteService/ConcludeExAnteAssessment", Permission(ASSESS)),
    ("/hengji.targets.v1.ExAnteService/GetExAnteAssessment", Permission(READ)),
    ("/hengji.targets.v1.ExAnteService/GetExAnteCoverage", Permission(READ)),
    ("/hengji.targets.v1.ExAnteService/ListExAnteAssessments", Permission(READ)),
    ("/hengji.targets.v1.TargetService/CreateTarget", Permission(DECLARE)),
    ("/hengji.targets.v1.TargetService/UpdateTarget", Permission(DECLARE)),
    ("/hengji.targets.v1.TargetService/FileTargets", Permission(DECLARE)),
    // each stage demands its own permission in the handler, or a delegation
    ("/hengji.targets.v1.TargetService/ReviewTarget", AnyOf(REVIEWERS_AND_DELEGATES)),
    ("/hengji.targets.v1.TargetService/ReturnTarget", AnyOf(REVIEWERS_AND_DELEGATES)),
    ("/hengji.targets.v1.TargetService/WithdrawTarget", Permission(DECLARE)),
    ("/hengji.targets.v1.TargetService/ApproveTargets", Permission(APPROVE)),
    ("/hengji.targets.v1.TargetService/AdjustTarget", Permission(DECLARE)),
    ("/hengji.targets.v1.TargetService/GetTarget", Permission(READ)),
    ("/hengji.targets.v1.TargetService/GetBaseline", Permission(READ)),
    ("/hengji.targets.v1.TargetService/ListTargetVersions", Permission(READ)),
    ("/hengji.targets.v1.TargetService/ListTargets", Permission(READ)),
    ("/hengji.targets.v1.AdditionService/FileAddition", Permission(DECLARE)),
    ("/hengji.targets.v1.AdditionService/ApproveAddition", Permission(APPROVE)),
    ("/hengji.targets.v1.AdditionService/GetAddition", Permission(READ)),
    ("/hengji.targets.v1.AdditionService/ListAdditions", Permission(READ)),
    ("/hengji.targets.v1.ReductionService/FileReduction", Permission(DECLARE)),
    ("/hengji.targets.v1.ReductionService/ApproveReduction", Permission(APPROVE)),
    ("/hengji.targets.v1.ReductionService/GetReduction", Permission(READ)),
    ("/hengji.targets.v1.ReductionService/ListReductions", Permission(READ)),
    ("/hengji.targets.v1.GateService/CheckGate", AnyOf(&[GATE, READ])),
    ("/hengji.targets.v1.GateService/BatchCheckGates", AnyOf(&[GATE, READ])),
    ("/hengji.targets.v1.GateService/GetVerdictKeys", Public),
    ("/hengji.targets.v1.HoldService/PlaceHold", Permission(HOLD)),
    ("/hengji.targets.v1.HoldService/ReleaseHold", Permission(HOLD)),
    ("/hengji.targets.v1.HoldService/GetHold", Permission(READ)),
    ("/hengji.targets.v1.HoldService/ListHolds", Permission(READ)),
    ("/hengji.targets.v1.QualityService/CheckTarget", AnyOf(&[DECLARE, READ])),
    ("/hengji.targets.v1.QualityService/StartQualityRun", Permission(REVIEW_FINANCE)),
    ("/hengji.targets.v1.QualityService/CancelQualityRun", Permission(REVIEW_FINANCE)),
    ("/hengji.targets.v1.QualityService/GetQualityRun", Permission(READ)),
    ("/hengji.targets.v1.QualityService/ListQualityRuns", Permission(READ)),
    ("/hengji.targets.v1.QualityService/ListQualityStatistics", Permission(READ)),
    ("/hengji.targets.v1.QualityService/ListQualityReports", Permission(READ)),
    ("/hengji.targets.v1.PublicationService/GetPublishedTarget", Permission(READ)),
    ("/hengji.targets.v1.PublicationService/ListPublishedTargets", Permission(READ)),
    ("/hengji.targets.v1.ReviewDelegationService/CreateReviewDelegation", AnyOf(REVIEWERS)),
    ("/hengji.targets.v1.ReviewDelegationService/RevokeReviewDelegation", AnyOf(REVIEWERS)),
    ("/hengji.targets.v1.ReviewDelegationService/ListReviewDelegations", Permission(READ)),
];
