//! What may change of a project, and when it must be assessed.

use super::*;
use crate::domain::sample;

#[test]
fn new_projects_for_a_purpose_are_assessed_first() {
    let pack = sample::pack(ObjectType::Project);
    let mut project = sample::project();
    let due = |project: &mut Project| {
        project.judge_need(None, &pack);
        project.ex_ante_required
    };
    for (category, nature, demanded) in [
        (Category::Specific, ProjectNature::New, true),
        (Category::Specific, ProjectNature::Recurrent, false),
        (Category::Personnel, ProjectNature::New, false),
    ] {
        (project.category, project.nature) = (category, nature);
        assert_eq!(due(&mut project), demanded, "{category:?} {nature:?}");
        assert_eq!(project.ex_ante_need.is_some(), category == Category::Specific);
    }
    project.marks = vec![Mark::MajorDecision];
    (project.category, project.nature) = (Category::Specific, ProjectNature::Recurrent);
    assert!(due(&mut project));
}

#[test]
fn keeps_initial_money_and_additions_apart() {
    let mut project = sample::project();
    project.enter_budget(Some("100".parse().unwrap())).unwrap();
    project.add("30.50".parse().unwrap()).unwrap();
    project.enter_budget(None).unwrap();
    assert_eq!(project.approved.to_string(), "100.00");
    assert_eq!(project.added.to_string(), "30.50");
    assert_eq!(project.budget().to_string(), "130.50");
}

#[test]
fn a_refused_project_gets_no_money_and_no_assessment() {
    let mut project = sample::project();
    project.refuse();
    assert!(project.enter_budget(Some(Money::ZERO)).is_err());
    assert!(project.add("1".parse().unwrap()).is_err());
    assert!(project.demand_assessable().is_err());
}

#[test]
fn a_fund_target_is_about_a_fund() {
    let mut project = sample::project();
    assert!(project.admits_target_of(ObjectType::Project));
    assert!(!project.admits_target_of(ObjectType::SocialInsuranceFund));
    assert!(!project.admits_target_of(ObjectType::Department));
    for (mark, kind) in [
        (Mark::Policy, ObjectType::Policy),
        (Mark::MajorDecision, ObjectType::Policy),
        (Mark::Transfer, ObjectType::Transfer),
    ] {
        assert!(!project.admits_target_of(kind));
        project.marks = vec![mark];
        assert!(project.admits_target_of(kind));
        project.marks.clear();
    }
    project.fund_kind = FundKind::SocialInsurance;
    assert!(project.admits_target_of(ObjectType::SocialInsuranceFund));
    assert!(!project.admits_target_of(ObjectType::Project));
}

#[test]
fn whether_an_assessment_is_due_is_decided_with_its_reason() {
    let mut pack = sample::pack(ObjectType::Project);
    let rule = &mut pack.rules.applicability.as_mut().unwrap().rule;
    rule.new_amount_min_yuan = Some("500000".parse().unwrap());
    rule.continuing_growth_over_percent = Some("20".parse().unwrap());
    let before = |budget: &str, end: Option<i32>| {
        Some(Before { budget: budget.parse().unwrap(), end: end.map(|end| end.try_into().unwrap()) })
    };
    use ProjectNature::{Continuing, New};
    for (nature, request, before, marks, due, reason) in [
        (New, "500000", None, vec![], true, "新增项目金额达到 500000 元"),
        (New, "499999.99", None, vec![], false, "不属于须评估的情形"),
        (Continuing, "1200000", before("1000000", None), vec![], false, "不属于须评估的情形"),
        (Continuing, "1200000.01", before("1000000", None), vec![], true, "超过 20%"),
        (Continuing, "1", before("1000000", Some(2021)), vec![], true, "到期后继续实施须评估"),
        (Continuing, "1", before("1000000", Some(2022)), vec![], false, "不属于须评估的情形"),
        (Continuing, "1", None, vec![Mark::ExpiredContinued], true, "到期后继续实施须评估"),
        (Continuing, "1", None, vec![Mark::Policy], true, "出台政策须评估"),
        (New, "900000", None, vec![Mark::Emergency], false, "免于事前评估"),
        (New, "900000", None, vec![Mark::Policy, Mark::UpperMandated], false, "免于事前评估"),
    ] {
        let mut project = Project { nature, request: request.parse().unwrap(), marks, ..sample::project() };
        project.judge_need(before, &pack);
        let told = project.ex_ante_need.as_ref().unwrap().to_chinese();
        assert_eq!(project.ex_ante_required, due, "{told}");
        assert!(told.contains(reason), "{told}");
        assert!(told.contains("中发〔2018〕34号"), "{told}");
    }
}

#[test]
fn a_change_keeps_what_the_service_decided_and_names_who_made_it() {
    let mut project = sample::project();
    let wanted =
        Project {
            title: "农村公路大中修".into(), declarer: "accounts/other".into(), ..project.clone()
        };
    project.amend("accounts/colleague", wanted.clone(), Bounds::default()).unwrap();
    assert_eq!((project.title.as_str(), project.declarer.as_str()), ("农村公路大中修", sample::DECLARER));
    assert!(project.is_written_by("accounts/colleague") && project.is_written_by(sample::DECLARER));
    assert!(!project.is_written_by("accounts/other"));

    let filed = project.amend("a", wanted.clone(), Bounds { filed: true, assessed: None });
    assert!(matches!(filed, Err(Refusal::ProjectFiled(_))));
    for (field, other) in [
        ("project.unit", Project { unit: "219002".parse().unwrap(), ..wanted.clone() }),
        ("project.code", Project { code: "P009".into(), ..wanted.clone() }),
        ("project.request_yuan", Project { request: "1000000.01".parse().unwrap(), ..wanted.clone() }),
    ] {
        let bounds = Bounds { filed: false, assessed: Some("1000000".parse().unwrap()) };
        let before = project.clone();
        let refused = project.amend("a", other, bounds);
        assert!(matches!(&refused, Err(Refusal::Field(named, _)) if named == field), "{refused:?}");
        assert_eq!(project, before);
    }
    project.enter_budget(Some(Money::ZERO)).unwrap();
    assert!(matches!(project.amend("a", wanted, Bounds::default()), Err(Refusal::ProjectInBudget(_))));
}

#[test]
fn what_a_rule_demanded_is_not_taken_for_a_wish_when_it_is_sent_back() {
    let pack = sample::pack(ObjectType::Project);
    let mut project = Project { nature: ProjectNature::New, ..sample::project() };
    project.judge_need(None, &pack);
    assert!(project.ex_ante_required && !project.ex_ante_by_hand);
    let sent_back = Project { nature: ProjectNature::Recurrent, ..project.clone() };
    project.amend("a", sent_back, Bounds::default()).unwrap();
    project.judge_need(None, &pack);
    assert!(!project.ex_ante_required);
    let by_hand = Project { ex_ante_required: true, ..project.clone() };
    project.amend("a", by_hand, Bounds::default()).unwrap();
    project.judge_need(None, &pack);
    assert!(project.ex_ante_required);
}

#[test]
fn a_project_filed_again_says_the_same_whatever_was_decided_since() {
    let mut project = sample::project();
    let again = Project { declarer: "accounts/other".into(), ..project.clone() };
    project.enter_budget(Some("1".parse().unwrap())).unwrap();
    project.ex_ante_required = true;
    assert!(project.says_the_same(&again));
    assert!(!project.says_the_same(&Project { title: "其他".into(), ..again }));
}

#[test]
fn institutions_that_assessed_it_stay_whatever_is_sent_back() {
    let mut project = sample::project();
    project.advisers = vec!["regions/640323000/organizations/901".into()];
    project.assessed_by(["regions/640323000/organizations/902".to_owned()]);
    let all = project.all_advisers();
    assert_eq!(all.len(), 2);
    let sent_back = Project { advisers: all.clone(), assessors: vec![], ..project.clone() };
    project.amend("a", sent_back, Bounds::default()).unwrap();
    assert_eq!((project.all_advisers(), project.advisers.len()), (all, 1));
    let cleared = Project { advisers: vec![], assessors: vec![], ..project.clone() };
    project.amend("a", cleared, Bounds::default()).unwrap();
    assert_eq!(project.all_advisers(), ["regions/640323000/organizations/902"]);
}
