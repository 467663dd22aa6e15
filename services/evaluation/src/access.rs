//! Who may call what.

use hengji_rpc::Access::{self, AnyOf, Permission};

pub(crate) const READ: &str = "evaluation.read";
/// Opens, draws, keeps opinions and fixes results.
pub(crate) const MANAGE: &str = "evaluation.manage";
/// Evaluates: a unit itself, a department, an institution.
pub(crate) const EVALUATE: &str = "evaluation.evaluate";
/// Evaluates for the finance department (财政评价).
pub(crate) const FINANCE: &str = "evaluation.finance";
/// Enters institutions for the pool.
pub(crate) const INSTITUTIONS: &str = "evaluation.institutions";
/// What coverage is measured against lies in targets.
pub(crate) const TARGETS_READ: &str = "targets.read";

/// Units open and fix their own self-evaluations; the handlers ask for `MANAGE` in every other case.
const RUNS: Access = AnyOf(&[MANAGE, EVALUATE]);
/// The handler asks further whether the caller is the task's evaluator.
const SCORES: Access = AnyOf(&[EVALUATE, FINANCE]);

pub(crate) const ACCESS: &[(&str, Access)] = &[
    ("/hengji.evaluation.v1.EvaluationService/BatchCreateEvaluationTasks", RUNS),
    ("/hengji.evaluation.v1.EvaluationService/ScoreEvaluationTask", SCORES),
    ("/hengji.evaluation.v1.EvaluationService/RecordOpinions", RUNS),
    ("/hengji.evaluation.v1.EvaluationService/FinalizeEvaluationTask", RUNS),
    ("/hengji.evaluation.v1.EvaluationService/GetEvaluationTask", Permission(READ)),
    ("/hengji.evaluation.v1.EvaluationService/ListEvaluationTasks", Permission(READ)),
    ("/hengji.evaluation.v1.EvaluationService/GetCoverage", Permission(READ)),
    ("/hengji.evaluation.v1.InstitutionService/ApplyInstitution", Permission(INSTITUTIONS)),
    ("/hengji.evaluation.v1.InstitutionService/AdmitInstitution", Permission(MANAGE)),
    ("/hengji.evaluation.v1.InstitutionService/SuspendInstitution", Permission(MANAGE)),
    ("/hengji.evaluation.v1.InstitutionService/GetInstitution", Permission(READ)),
    ("/hengji.evaluation.v1.InstitutionService/ListInstitutions", Permission(READ)),
    ("/hengji.evaluation.v1.InstitutionService/DrawInstitution", RUNS),
    ("/hengji.evaluation.v1.InstitutionService/GetDraw", Permission(READ)),
    ("/hengji.evaluation.v1.InstitutionService/ReplayDraw", Permission(READ)),
];
