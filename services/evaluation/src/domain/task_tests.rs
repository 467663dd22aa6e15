use hengji_kernel::Money;

use super::*;

const OWN: &str = "regions/640323000/organizations/219001";
const DEPARTMENT: &str = "regions/640323000/organizations/219";
const SISTER: &str = "regions/640323000/organizations/219002";
const FINANCE: &str = "regions/640323000/organizations/101";
const INSTITUTION: &str = "regions/640323000/organizations/901";

fn organization(name: &str) -> Organization {
    name.parse().unwrap()
}

fn open(
    kind: EvaluationKind,
    object_kind: ObjectType,
    unit: &str,
    evaluator: &str,
) -> Result<EvaluationTask, Refusal> {
    EvaluationTask::open(Opening {
        region: "640323000".parse().unwrap(),
        year: "2021".parse().unwrap(),
        id: "X1".into(),
        kind,
        subject: Subject {
            object_kind,
            object: "regions/640323000/years/2021/projects/P1".into(),
            title: "项目".into(),
            unit: unit.parse().unwrap(),
            target: "regions/640323000/years/2021/targets/T1".into(),
            target_version: 1,
            amount: Money::ZERO,
        },
        evaluator: (!evaluator.is_empty()).then(|| organization(evaluator)),
    })
}

fn project(kind: EvaluationKind, evaluator: &str) -> Result<EvaluationTask, Refusal> {
    open(kind, ObjectType::Project, "219001", evaluator)
}

fn scorecard() -> Scorecard {
    let pack: hengji_rules::RulePack = serde_json::from_str(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../data/rule-packs/national-2021.json"
    )))
    .unwrap();
    let explanation = hengji_rules::Explanation::of(pack.sections.grades.as_ref().unwrap());
    Scorecard {
        rows: vec![],
        total: "90".parse().unwrap(),
        grade: hengji_kernel::Grade::Excellent,
        grade_name: "优".into(),
        explanation,
        findings: vec![],
        rule_pack_sha256: String::new(),
        corrections: vec![],
    }
}

fn scored() -> Scored {
    Scored {
        card: scorecard(),
        target_version: 2,
        amount: "100".parse().unwrap(),
        executed: "90".parse().unwrap(),
        target_missed: true,
        report: Default::default(),
    }
}

#[test]
fn a_unit_evaluates_itself_and_nobody_does_it_for_it() {
    assert_eq!(project(EvaluationKind::Own, OWN).unwrap().evaluator, OWN);
    assert_eq!(project(EvaluationKind::Own, "").unwrap().evaluator, OWN);
    for other in [DEPARTMENT, SISTER, FINANCE, INSTITUTION] {
        assert_eq!(project(EvaluationKind::Own, other), Err(Refusal::NotOwnUnit(other.into())));
    }
}

#[test]
fn a_department_evaluates_its_units_but_never_its_own_projects() {
    assert!(project(EvaluationKind::Department, DEPARTMENT).is_ok());
    assert!(project(EvaluationKind::Department, INSTITUTION).is_ok());
    for evaluated in [OWN, SISTER, "regions/640323000/organizations/219001001"] {
        let refused = project(EvaluationKind::Department, evaluated);
        assert_eq!(refused, Err(Refusal::EvaluatedEvaluates(evaluated.into())));
    }
    let own_project = open(EvaluationKind::Department, ObjectType::Project, "219", DEPARTMENT);
    assert_eq!(own_project, Err(Refusal::EvaluatedEvaluates(DEPARTMENT.into())));
    assert_eq!(
        project(EvaluationKind::Department, ""),
        Err(Refusal::field("evaluator", "部门评价须指定评价方"))
    );
}

#[test]
fn nobody_of_the_evaluated_branch_evaluates_for_finance() {
    for evaluated in [OWN, SISTER, DEPARTMENT] {
        let refused = Err(Refusal::EvaluatedEvaluates(evaluated.into()));
        assert_eq!(project(EvaluationKind::Finance, evaluated), refused);
        assert_eq!(
            open(EvaluationKind::DepartmentOverall, ObjectType::Department, "219", evaluated),
            refused
        );
    }
    assert_eq!(project(EvaluationKind::Finance, "").unwrap().evaluator, "");
    assert_eq!(project(EvaluationKind::Finance, FINANCE).unwrap().evaluator, FINANCE);
    let finance_itself = open(EvaluationKind::DepartmentOverall, ObjectType::Department, "101", FINANCE);
    assert_eq!(finance_itself, Err(Refusal::EvaluatedEvaluates(FINANCE.into())));
}

#[test]
fn the_same_unit_code_in_another_region_is_another_organization() {
    assert!(project(EvaluationKind::Finance, "regions/640324000/organizations/219001").is_ok());
}

#[test]
fn refuses_a_kind_that_does_not_fit_the_object() {
    let wrong = [
        (EvaluationKind::DepartmentOverall, ObjectType::Project),
        (EvaluationKind::SocialInsuranceFund, ObjectType::Project),
        (EvaluationKind::Finance, ObjectType::Department),
        (EvaluationKind::Department, ObjectType::Department),
    ];
    for (kind, object_kind) in wrong {
        assert!(
            matches!(open(kind, object_kind, "219", ""), Err(Refusal::Field { path, .. }) if path == "kind")
        );
    }
    assert!(open(EvaluationKind::Own, ObjectType::Department, "219", "").is_ok());
    assert!(open(EvaluationKind::SocialInsuranceFund, ObjectType::SocialInsuranceFund, "219", "").is_ok());
}

#[test]
fn only_the_evaluator_scores() {
    let own = project(EvaluationKind::Own, "").unwrap();
    assert_eq!(own.check_scorer(Some(&organization(OWN)), false), Ok(()));
    assert!(own.check_scorer(Some(&organization(FINANCE)), true).is_err());
    assert!(own.check_scorer(None, true).is_err());

    let mut finance = project(EvaluationKind::Finance, "").unwrap();
    assert_eq!(finance.check_scorer(Some(&organization(FINANCE)), true), Ok(()));
    assert!(finance.check_scorer(Some(&organization(FINANCE)), false).is_err());
    assert!(finance.check_scorer(Some(&organization(INSTITUTION)), false).is_err());
    let within = finance.check_scorer(Some(&organization(DEPARTMENT)), true);
    assert_eq!(within, Err(Refusal::EvaluatedEvaluates(DEPARTMENT.into())));

    finance.take_evaluator("regions/640323000/years/2021/draws/D1", &organization(INSTITUTION)).unwrap();
    assert_eq!(finance.check_scorer(Some(&organization(INSTITUTION)), false), Ok(()));
    let replaced = finance.check_scorer(Some(&organization(FINANCE)), true);
    assert_eq!(replaced, Err(Refusal::NotTheEvaluator(INSTITUTION.into())));
}

#[test]
fn finance_that_scores_without_an_institution_becomes_the_evaluator() {
    let mut task = project(EvaluationKind::Finance, "").unwrap();
    task.take_score(scored(), Some(&organization(FINANCE))).unwrap();
    assert_eq!(task.evaluator, FINANCE);
    assert_eq!(task.subject.target_version, 2);
    assert!(task.target_missed);
    assert!(task.check_drawable().is_err());
}

#[test]
fn scores_until_opinions_are_exchanged_and_fixes_only_after_that() {
    let mut task = project(EvaluationKind::Finance, FINANCE).unwrap();
    assert!(task.finalize().is_err());
    assert!(task.record_opinions("同意").is_err());
    task.take_score(scored(), None).unwrap();
    task.take_score(scored(), None).unwrap();
    assert!(task.finalize().is_err());
    task.record_opinions("同意").unwrap();
    assert!(task.record_opinions("再次").is_err());
    assert!(task.take_score(scored(), None).is_err());
    task.finalize().unwrap();
    assert!(task.finalize().is_err());
    assert_eq!(task.state, TaskState::Final);
}

#[test]
fn a_self_evaluation_needs_no_opinions() {
    let mut task = project(EvaluationKind::Own, "").unwrap();
    task.take_score(scored(), None).unwrap();
    assert!(task.record_opinions("无").is_err());
    task.finalize().unwrap();
    assert!(task.take_score(scored(), None).is_err());
}

#[test]
fn draws_once_for_tasks_of_finance_and_before_scoring() {
    let name = "regions/640323000/years/2021/draws/D1";
    let mut task = project(EvaluationKind::Finance, "").unwrap();
    task.take_evaluator(name, &organization(INSTITUTION)).unwrap();
    assert!(task.take_evaluator(name, &organization(INSTITUTION)).is_err());
    assert!(project(EvaluationKind::Finance, FINANCE).unwrap().check_drawable().is_err());
    assert!(project(EvaluationKind::Own, "").unwrap().check_drawable().is_err());
    let mut scored_task = project(EvaluationKind::Finance, "").unwrap();
    scored_task.take_score(scored(), None).unwrap();
    assert!(scored_task.check_drawable().is_err());
}
