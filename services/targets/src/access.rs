//! Who may call what.

use hengji_rpc::Access::{self, AnyOf, Permission, Public};

pub(crate) const READ: &str = "targets.read";
pub(crate) const DECLARE: &str = "targets.declare";
pub(crate) const ASSESS: &str = "targets.assess";
pub(crate) const REVIEW_DEPARTMENT: &str = "targets.review.department";
pub(crate) const REVIEW_FINANCE: &str = "targets.review.finance";
pub(crate) const APPROVE: &str = "targets.approve";
pub(crate) const GATE: &str = "targets.gate";
pub(crate) const HOLD: &str = "targets.hold";

pub(crate) const ACCESS: &[(&str, Access)] = &[
    ("/hengji.targets.v1.ProjectService/BatchCreateProjects", Permission(DECLARE)),
    ("/hengji.targets.v1.ProjectService/UpdateProject", Permission(DECLARE)),
    ("/hengji.targets.v1.ProjectService/ImportProjects", Permission(DECLARE)),
    ("/hengji.targets.v1.ProjectService/ListProjectVersions", Permission(READ)),
    ("/hengji.targets.v1.ProjectService/GetProject", Permission(READ)),
    ("/hengji.targets.v1.ProjectService/ListProjects", Permission(READ)),
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
    // each stage demands its own permission in the handler
    ("/hengji.targets.v1.TargetService/ReviewTarget", AnyOf(&[REVIEW_DEPARTMENT, REVIEW_FINANCE])),
    ("/hengji.targets.v1.TargetService/ApproveTargets", Permission(APPROVE)),
    ("/hengji.targets.v1.TargetService/AdjustTarget", Permission(DECLARE)),
    ("/hengji.targets.v1.TargetService/GetTarget", Permission(READ)),
    ("/hengji.targets.v1.TargetService/ListTargets", Permission(READ)),
    ("/hengji.targets.v1.AdditionService/FileAddition", Permission(DECLARE)),
    ("/hengji.targets.v1.AdditionService/ApproveAddition", Permission(APPROVE)),
    ("/hengji.targets.v1.AdditionService/GetAddition", Permission(READ)),
    ("/hengji.targets.v1.AdditionService/ListAdditions", Permission(READ)),
    ("/hengji.targets.v1.GateService/CheckGate", AnyOf(&[GATE, READ])),
    ("/hengji.targets.v1.GateService/GetVerdictKeys", Public),
    ("/hengji.targets.v1.HoldService/PlaceHold", Permission(HOLD)),
    ("/hengji.targets.v1.HoldService/ReleaseHold", Permission(HOLD)),
    ("/hengji.targets.v1.HoldService/ListHolds", Permission(READ)),
];
