//! Scoring and concluding an assessment.

use super::*;
use crate::domain::sample as samples;

pub(crate) fn sample(total: u32) -> Assessment {
    let project = samples::project();
    let pack = samples::pack(ObjectType::Project);
    let mut assessment = Assessment {
        region: project.region.clone(),
        year: project.year,
        id: "E1".into(),
        project: project.resource_name(),
        unit: project.unit.clone(),
        object_type: Some(ObjectType::Project),
        scores: vec![],
        scorers: vec![],
        aspects: vec![],
        outcome: None,
        superseded: false,
    };
    assessment.score(&project, "accounts/finance", expert("专家甲"), even(total), &pack).unwrap();
    let conditions = if (80..90).contains(&total) {
        vec![Condition { id: "1".into(), text: "细化绩效目标".into(), due: None }]
    } else {
        vec![]
    };
    assessment.conclude(&project, conditions, Money::ZERO, &pack, Timestamp(0)).unwrap();
    assessment
}

pub(crate) fn expert(name: &str) -> Scorer {
    Scorer { name: name.into(), kind: ScorerKind::Expert, institution: None }
}

const ASPECTS: [&str; 5] = ["立项必要性", "投入经济性", "绩效目标合理性", "实施方案可行性", "筹资合规性"];

fn even(total: u32) -> Vec<AspectScore> {
    let points = Decimal::from(total) / Decimal::from(5);
    ASPECTS.map(|aspect| AspectScore { aspect: aspect.into(), points }).into()
}

fn open() -> Assessment {
    Assessment { scores: vec![], scorers: vec![], outcome: None, ..sample(100) }
}

#[test]
fn each_grade_leads_to_its_conclusion() {
    for (total, grade, conclusion, supports) in [
        (95, Grade::Excellent, Conclusion::Support, true),
        (85, Grade::Good, Conclusion::SupportAfterAmendment, true),
        (70, Grade::Fair, Conclusion::Resubmit, false),
        (40, Grade::Poor, Conclusion::Refuse, false),
    ] {
        let assessment = sample(total);
        let outcome = assessment.outcome.as_ref().unwrap();
        assert_eq!((outcome.grade, outcome.conclusion), (grade, conclusion), "{total}");
        assert_eq!(assessment.supports(), supports, "{total}");
    }
}

#[test]
fn experts_are_averaged_and_a_second_filing_replaces_the_first() {
    let (project, pack) = (samples::project(), samples::pack(ObjectType::Project));
    let mut assessment = open();
    for (expert, total) in [("甲", 10), ("甲", 90), ("乙", 95), ("丙", 100)] {
        assessment.score(&project, "accounts/finance", self::expert(expert), even(total), &pack).unwrap();
    }
    let outcome = assessment.conclude(&project, vec![], Money::ZERO, &pack, Timestamp(0)).unwrap();
    assert_eq!((outcome.total, outcome.grade), (Decimal::from(95), Grade::Excellent));
    assert!(outcome.explanation.inputs.iter().any(|input| input.value == "3"));
}

#[test]
fn refuses_the_declarer_missing_aspects_and_points_above_the_aspect() {
    let (project, pack) = (samples::project(), samples::pack(ObjectType::Project));
    let mut assessment = open();
    let own = assessment.score(&project, samples::DECLARER, expert("甲"), even(90), &pack);
    assert_eq!(own, Err(Unfit::Refused(Refusal::DeclarerScores)));
    let mut scores = even(90);
    scores[0].points = Decimal::from(21);
    scores[1].aspect = "环保性".into();
    let Err(Unfit::Aspects(faults)) = assessment.score(&project, "accounts/f", expert("甲"), scores, &pack)
    else {
        panic!("scored")
    };
    let aspects: Vec<_> = faults.iter().map(|(aspect, _)| aspect.as_str()).collect();
    assert_eq!(aspects, ["立项必要性", "投入经济性", "环保性"]);
    assert!(assessment.scores.is_empty());
}

#[test]
fn concludes_once_with_scores_and_with_the_conditions_its_grade_asks_for() {
    let (project, pack) = (samples::project(), samples::pack(ObjectType::Project));
    let mut assessment = open();
    let empty = assessment.conclude(&project, vec![], Money::ZERO, &pack, Timestamp(0)).cloned();
    assert!(matches!(empty, Err(Unfit::Refused(Refusal::AssessmentUnscored(_)))));
    assessment.score(&project, "accounts/f", expert("甲"), even(85), &pack).unwrap();
    let bare = assessment.conclude(&project, vec![], Money::ZERO, &pack, Timestamp(0)).cloned();
    assert!(matches!(bare, Err(Unfit::Refused(Refusal::ConditionsMissing(_)))));
    let cut = assessment.conclude(&project, vec![], "1000001".parse().unwrap(), &pack, Timestamp(0)).cloned();
    assert!(matches!(cut, Err(Unfit::Refused(Refusal::Field(..)))));
    let condition = Condition { id: "1".into(), text: "细化绩效目标".into(), due: None };
    assessment.conclude(&project, vec![condition], Money::ZERO, &pack, Timestamp(0)).unwrap();
    let again = assessment.score(&project, "accounts/f", expert("乙"), even(85), &pack);
    assert!(matches!(again, Err(Unfit::Refused(Refusal::AssessmentConcluded(_)))));
}

#[test]
fn shows_the_mean_and_the_spread_of_each_aspect_and_every_total() {
    let (project, pack) = (samples::project(), samples::pack(ObjectType::Project));
    let mut assessment = open();
    assessment.open(&pack).unwrap();
    assert!(assessment.aspects.iter().all(|aspect| aspect.points.is_none()));
    assert_eq!(assessment.aspects[0].questions.len(), 2);
    for (name, total) in [("甲", 80), ("乙", 95), ("丙", 91)] {
        assessment.score(&project, "accounts/finance", expert(name), even(total), &pack).unwrap();
    }
    let first = assessment.aspects[0].points.as_ref().unwrap();
    let told = [first.mean, first.lowest, first.highest].map(|points| points.to_string());
    assert_eq!(told, ["17.73", "16", "19"], "(16 + 19 + 18.2) / 3, rounded as the pack rounds a row");
    assert_eq!(first.spread(), Decimal::from(3));
    let totals: Vec<_> = assessment
        .totals()
        .into_iter()
        .map(|(name, total)| format!("{name} {}", total.normalize()))
        .collect();
    assert_eq!(totals, ["甲 80", "乙 95", "丙 91"]);
}

#[test]
fn an_institution_that_advised_the_project_does_not_score_it_and_money_cut_lowers_the_ceiling() {
    let (mut project, pack) = (samples::project(), samples::pack(ObjectType::Project));
    let name = "regions/640323000/organizations/901".to_owned();
    let institution =
        Scorer {
            name: "某咨询公司".into(), kind: ScorerKind::Institution, institution: Some(name.clone())
        };
    project.advisers = vec![name.clone()];
    let mut assessment = open();
    let adviser = assessment.score(&project, "accounts/f", institution.clone(), even(95), &pack);
    assert_eq!(adviser, Err(Unfit::Refused(Refusal::AdviserScores)));
    project.advisers.clear();
    assessment.score(&project, "accounts/f", institution, even(95), &pack).unwrap();
    assert_eq!(assessment.institutions().collect::<Vec<_>>(), [name]);
    assert_eq!(assessment.ceiling(&project), None);
    let cut = "200000.01".parse().unwrap();
    assessment.conclude(&project, vec![], cut, &pack, Timestamp(0)).unwrap();
    project.request = "900000".parse().unwrap();
    assert_eq!(assessment.ceiling(&project).unwrap().to_string(), "799999.99", "of what was assessed");
    assert_eq!(assessment.supported_request().unwrap().to_string(), "1000000.00");
}
