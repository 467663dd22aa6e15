use hengji_rules::ObjectType;

use super::super::{EvaluationKind, InstitutionState, Opening, Subject};
use super::*;

const REGION: &str = "640323000";

fn task(object: &str, unit: &str) -> EvaluationTask {
    let object_kind = if object.contains("projects") { ObjectType::Project } else { ObjectType::Department };
    let kind = if object_kind == ObjectType::Project {
        EvaluationKind::Finance
    } else {
        EvaluationKind::DepartmentOverall
    };
    EvaluationTask::open(Opening {
        region: REGION.parse().unwrap(),
        year: "2021".parse().unwrap(),
        id: "F1".into(),
        kind,
        subject: Subject {
            object_kind,
            object: object.into(),
            title: "对象".into(),
            unit: unit.parse().unwrap(),
            target: "regions/640323000/years/2021/targets/T1".into(),
            target_version: 1,
            amount: hengji_kernel::Money::ZERO,
        },
        evaluator: None,
    })
    .unwrap()
}

fn project() -> EvaluationTask {
    task("regions/640323000/years/2021/projects/P1", "219001")
}

fn institution(unit: &str) -> Institution {
    Institution {
        region: REGION.parse().unwrap(),
        unit: unit.parse().unwrap(),
        title: format!("机构{unit}"),
        fields: vec!["教育".into()],
        related_units: vec![],
        capacity: 2,
        qualification: "信用平台备案".into(),
        state: InstitutionState::Admitted,
        drawn: 0,
    }
}

fn draw(
    task: &EvaluationTask,
    pool: &[Institution],
    advisers: &[String],
    held: &[(&str, i64)],
    seed: [u8; 32],
) -> Result<Draw, Refusal> {
    let open_tasks = held.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    let pool: Vec<_> = pool.iter().collect();
    Draw::make("D1", task, &pool, &Case { advisers, open_tasks: &open_tasks }, seed)
}

fn seed(number: u64) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(number.to_le_bytes()).into()
}

#[test]
fn follows_the_published_key_stream() {
    // first eight bytes of ChaCha20 under the zero key: 76 b8 e0 ad a0 f1 3d 90
    let first: u64 = 0x903d_f1a0_ade0_b876;
    for count in 1..50_u64 {
        assert_eq!(index([0; 32], count as usize), Some((first % count) as usize), "{count}");
    }
    assert_eq!(index([0; 32], 0), None);
}

#[test]
fn numbers_that_would_favour_the_front_have_no_place() {
    assert_eq!(place(u64::MAX, 3), None);
    assert_eq!(place(u64::MAX - 1, 3), Some(2));
    assert_eq!(place(u64::MAX, 4), Some(3));
    assert_eq!(place(u64::MAX, 1), Some(0));
}

#[test]
fn a_thousand_draws_run_again_give_the_same_and_are_fair() {
    let pool: Vec<_> = ["901", "902", "903", "904", "905"].map(institution).into();
    let advisers = vec!["regions/640323000/organizations/903".to_owned()];
    let mut counts = BTreeMap::<String, u32>::new();
    for number in 0..1000 {
        let made = draw(&project(), &pool, &advisers, &[], seed(number)).unwrap();
        assert_eq!(made.replay().as_ref(), Some(&made.drawn));
        let kept: Draw = serde_json::from_str(&serde_json::to_string(&made).unwrap()).unwrap();
        assert_eq!(kept.replay(), Some(made.drawn.clone()));
        *counts.entry(made.drawn).or_default() += 1;
    }
    assert!(!counts.contains_key("regions/640323000/institutions/903"));
    assert_eq!(counts.len(), 4);
    assert!(counts.values().all(|count| (200..=300).contains(count)), "{counts:?}");
}

#[test]
fn a_changed_seed_or_pool_shows() {
    let pool: Vec<_> = ["901", "902", "903", "904", "905"].map(institution).into();
    let made = draw(&project(), &pool, &[], &[], seed(1)).unwrap();
    let differs = |change: &dyn Fn(&mut Draw, u64)| {
        (0..40).any(|number| {
            let mut changed = made.clone();
            change(&mut changed, number);
            changed.replay() != Some(made.drawn.clone())
        })
    };
    assert!(differs(&|draw, number| draw.seed = hex::encode(seed(number))));
    assert!(differs(&|draw, _| draw.pool.retain(|name| *name != made.drawn)));
    assert!(differs(&|draw, _| "not a seed".clone_into(&mut draw.seed)));
}

#[test]
fn leaves_out_whoever_is_too_near_and_says_why() {
    let own = institution("219005");
    let adviser = institution("901");
    let mut auditor = institution("902");
    auditor.related_units = vec!["219".parse().unwrap()];
    let mut part = institution("903");
    part.related_units = vec!["219001002".parse().unwrap()];
    let busy = institution("904");
    let mut elsewhere = institution("905");
    elsewhere.related_units = vec!["220".parse().unwrap()];
    let pool = [own, adviser, auditor, part, busy, elsewhere];
    let advisers = vec!["regions/640323000/organizations/901".to_owned()];
    let held = [("regions/640323000/organizations/904", 2), ("regions/640323000/organizations/905", 1)];
    let made = draw(&project(), &pool, &advisers, &held, seed(3)).unwrap();
    assert_eq!(made.drawn, "regions/640323000/institutions/905");
    let reasons: Vec<_> = made
        .recusals
        .iter()
        .map(|recusal| (hengji_kernel::name::id(&recusal.institution), recusal.reason.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [
            ("219005", "该机构即被评价单位或与其同属一个部门"),
            ("901", "曾为该项目提供咨询"),
            ("902", "与被评价单位或其主管部门（219）有业务往来"),
            ("903", "与被评价单位或其主管部门（219001002）有业务往来"),
            ("904", "承担任务已达上限（2/2）"),
        ]
    );
}

#[test]
fn several_reasons_are_all_told() {
    let mut near = institution("901");
    near.related_units = vec!["219001".parse().unwrap()];
    let advisers = vec!["regions/640323000/organizations/901".to_owned()];
    let held = [("regions/640323000/organizations/901", 5)];
    let refused = draw(&project(), &[near], &advisers, &held, seed(1)).unwrap_err();
    let Refusal::NoCandidate { recusals, .. } = refused else { panic!("{refused}") };
    assert_eq!(
        recusals[0].1,
        "曾为该项目提供咨询；与被评价单位或其主管部门（219001）有业务往来；承担任务已达上限（5/2）"
    );
}

#[test]
fn a_department_is_not_evaluated_by_who_works_for_its_units() {
    let overall = task("regions/640323000/organizations/219", "219");
    let mut auditor = institution("901");
    auditor.related_units = vec!["219001".parse().unwrap()];
    let made = draw(&overall, &[auditor, institution("902")], &[], &[], seed(1)).unwrap();
    assert_eq!(made.drawn, "regions/640323000/institutions/902");
    assert_eq!(made.recusals.len(), 1);
}

#[test]
fn an_empty_pool_has_no_candidate() {
    assert!(matches!(draw(&project(), &[], &[], &[], seed(1)), Err(Refusal::NoCandidate { .. })));
}
