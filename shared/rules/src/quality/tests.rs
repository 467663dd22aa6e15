use super::*;
use crate::fixture::{decimal, effective, money};
use crate::word::{Direction, ObjectType};

fn leaf(level1: &str, level2: &str, name: &str, target: &str, weight: &str) -> DraftIndicator {
    DraftIndicator {
        level1: level1.into(),
        level2: level2.into(),
        name: name.into(),
        target_text: target.into(),
        weight: decimal(weight),
        has_survey_plan: true,
        ..DraftIndicator::default()
    }
}

fn sound() -> TargetDraft {
    TargetDraft {
        project_name: "农村公路养护".into(),
        year: 2022.try_into().unwrap(),
        cost_required: true,
        budget: Some(money("1000000")),
        last_budget: Some(money("900000")),
        indicators: vec![
            leaf("成本指标", "经济成本指标", "养护总成本", "≤100万元", "20"),
            leaf("产出指标", "数量指标", "养护里程", "≥120公里", "20"),
            leaf("产出指标", "质量指标", "路面技术状况优良率", "≥85%", "20"),
            leaf("效益指标", "社会效益指标", "受益村数", "≥30个", "20"),
            leaf("满意度指标", "服务对象满意度指标", "沿线群众满意度", "≥90%", "10"),
        ],
    }
}

fn codes(target: &TargetDraft) -> Vec<String> {
    check(target, &effective(ObjectType::Project)).into_iter().map(|finding| finding.code).collect()
}

#[test]
fn a_sound_target_has_no_findings() {
    assert_eq!(codes(&sound()), Vec::<String>::new());
}

#[test]
fn finds_each_fault_under_its_code() {
    type Change = fn(&mut TargetDraft);
    let faults: [(&str, Change); 12] = [
        ("C1", |target| target.indicators.retain(|leaf| leaf.level1 != "效益指标")),
        ("C2", |target| target.indicators[1].weight = decimal("40")),
        ("C2.share", |target| target.indicators[1].weight = decimal("30")),
        ("C3", |target| target.indicators[1].level2 = "时效指标".into()),
        ("C4", |target| target.indicators[1].target_text = "≥120".into()),
        ("C6", |target| target.indicators[1].last_actual = Some(decimal("130"))),
        ("C7", |target| target.indicators[3].name = "有效促进发展水平提升".into()),
        ("C8", |target| target.indicators[3].used_by_percent = Some(decimal("45"))),
        ("C9", |target| target.indicators[3].name = "社会效益".into()),
        ("C11", |target| target.indicators[1].name = "养护资金总额".into()),
        ("C13", |target| target.indicators[4].has_survey_plan = false),
        ("C15", |target| target.indicators[0].target_text = "≤120万元".into()),
    ];
    for (code, change) in faults {
        let mut target = sound();
        change(&mut target);
        assert!(codes(&target).iter().any(|found| found == code), "{code}: {:?}", codes(&target));
    }
}

#[test]
fn growth_may_pass_a_hundred_percent_but_a_share_may_not() {
    let mut target = sound();
    target.indicators[2].target_text = "≥120%".into();
    assert_eq!(codes(&target), ["C4"]);
    target.indicators[2].name = "通行量增长率".into();
    assert!(codes(&target).is_empty());
}

#[test]
fn a_share_is_no_fraction_of_a_percent_unless_little_is_meant() {
    let mut target = sound();
    for (text, direction, found) in [
        ("≥0.85%", None, true),
        (">0.9%", None, true),
        ("=0.95%", None, true),
        ("0.85%", Some(Direction::Positive), true),
        ("0.8%~0.9%", None, true),
        ("≥1%", None, false),
        ("≥0%", None, false),
        ("0.8%~1%", None, false),
        ("≤0.5%", None, false),
        ("<0.5%", None, false),
        ("=0.5%", Some(Direction::Negative), false),
        ("≥0.85‰", None, false),
    ] {
        target.indicators[2].target_text = text.into();
        target.indicators[2].direction = direction;
        assert_eq!(codes(&target).contains(&"C4".to_owned()), found, "{text}");
    }
    target.indicators[2] = leaf("产出指标", "质量指标", "事故下降率", "≥0.5%", "20");
    assert!(codes(&target).is_empty(), "what grows or falls may do so by little");
}

#[test]
fn deadlines_lie_in_the_budget_year_and_full_marks_everywhere_are_suspicious() {
    let mut target = sound();
    target.indicators[1] = leaf("产出指标", "数量指标", "完工时间", "2023年6月底前", "20");
    assert_eq!(codes(&target), ["C14"]);
    target.indicators[1].mid_term = true;
    assert!(codes(&target).is_empty());
    let mut target = sound();
    for leaf in &mut target.indicators {
        leaf.target_text = "≥100%".into();
    }
    assert!(codes(&target).contains(&"C5".to_owned()));
}
