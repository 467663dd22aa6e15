//! Faults that were found in published target forms, each as it was printed, and what the shipped rules say of it.

mod data;

use hengji_kernel::Date;
use hengji_rules::quality::{DraftIndicator, TargetDraft, check};
use hengji_rules::{EffectivePack, Nature, ObjectType};

fn effective() -> EffectivePack {
    let packs: Vec<_> = data::packs().into_iter().filter(|pack| pack.code.starts_with("national-")).collect();
    let day: Date = "2022-06-30".parse().expect("readable");
    EffectivePack::resolve(&packs, &"640323000".parse().expect("readable"), day, ObjectType::Project)
}

fn leaf(level1: &str, level2: &str, name: &str, target: &str, weight: &str) -> DraftIndicator {
    DraftIndicator {
        level1: level1.into(),
        level2: level2.into(),
        name: name.into(),
        target_text: target.into(),
        weight: weight.parse().expect("readable"),
        has_survey_plan: true,
        ..DraftIndicator::default()
    }
}

/// 90 points that no check finds fault with.
fn sound() -> Vec<DraftIndicator> {
    vec![
        leaf("产出指标", "数量指标", "养护里程", "≥120公里", "25"),
        leaf("产出指标", "质量指标", "路面技术状况优良率", "≥85%", "25"),
        leaf("效益指标", "社会效益指标", "受益村数", "≥30个", "30"),
        leaf("满意度指标", "服务对象满意度指标", "沿线群众满意度", "≥90%", "10"),
    ]
}

/// `(code, path)` of every finding.
fn findings(indicators: Vec<DraftIndicator>) -> Vec<(String, String)> {
    let target = TargetDraft {
        project_name: "农村公路养护".into(),
        year: 2022.try_into().expect("a year"),
        cost_required: false,
        budget: Some("1000000".parse().expect("readable")),
        last_budget: None,
        indicators,
    };
    check(&target, &effective()).into_iter().map(|finding| (finding.code, finding.path)).collect()
}

fn has(found: &[(String, String)], code: &str, path: &str) -> bool {
    found.iter().any(|(one, at)| one == code && at == path)
}

#[test]
fn a_sound_form_has_no_findings() {
    assert_eq!(findings(sound()), []);
}

/// 指标值逐行填“88100”: https://renrendoc.com/paper/307484460.html
#[test]
fn the_same_bare_number_in_every_row_is_unreadable_in_every_row() {
    let mut form = sound();
    for leaf in &mut form {
        leaf.target_text = "88100".into();
    }
    let found = findings(form);
    for row in 0..4 {
        assert!(has(&found, "C4", &format!("indicators[{row}].target")), "row {row}: {found:?}");
    }
}

/// 日期存成电子表格序号“44,561”: http://gxs.wuhai.gov.cn/whsgxshzslhs/1096934/sjtj/1341823/index.html
#[test]
fn a_date_stored_as_a_spreadsheet_number_is_unreadable() {
    let mut form = sound();
    form[1] = leaf("产出指标", "质量指标", "完工时间", "44,561", "25");
    assert!(has(&findings(form), "C4", "indicators[1].target"));
}

/// 合格率“≥100%”，三项效益都是“效果明显”，经济效益行空白: 池州市贵池区某乡镇 2022 年自评表
#[test]
fn words_in_all_benefits_and_an_empty_row_are_told() {
    let benefit = |level2: &str, name: &str| DraftIndicator {
        nature: Nature::Qualitative,
        ..leaf("效益指标", level2, name, "效果明显", "10")
    };
    let form = vec![
        leaf("产出指标", "质量指标", "验收合格率", "≥100%", "50"),
        benefit("社会效益指标", "社会效益"),
        benefit("生态效益指标", "生态效益"),
        benefit("可持续影响指标", "可持续影响"),
        leaf("效益指标", "经济效益指标", "经济效益", "", "10"),
    ];
    let found = findings(form);
    for row in 1..4 {
        assert!(has(&found, "C10.criteria", &format!("indicators[{row}].criteria")), "{found:?}");
        assert!(has(&found, "C9", &format!("indicators[{row}].name")), "{found:?}");
    }
    assert!(has(&found, "C10", "indicators"), "{found:?}");
    assert!(has(&found, "C4", "indicators[4].target"), "{found:?}");
    assert!(has(&found, "C3", "indicators"), "no quantity indicator: {found:?}");
}

/// 工资项目只有“完成率”和“科目调整次数≤10次”两项数量指标，各 22.5 分: https://dyrmt.com/article-132779-22.html
#[test]
fn a_salary_project_with_two_empty_counts_lacks_groups_leaves_and_points() {
    let form = vec![
        leaf("产出指标", "数量指标", "完成率", "≥100%", "22.5"),
        leaf("产出指标", "数量指标", "科目调整次数", "≤10次", "22.5"),
    ];
    let found = findings(form);
    for code in ["C1", "C2", "C3"] {
        assert!(found.iter().any(|(one, _)| one == code), "{code}: {found:?}");
    }
}

/// 成本拆成四行，指标值都是 0: http://gxs.wuhai.gov.cn/whsgxshzslhs/1096934/sjtj/1341823/index.html
#[test]
fn costs_of_nothing_promise_nothing() {
    let mut form = sound();
    form[0].weight = "21".parse().expect("readable");
    for part in ["人工", "材料", "机械", "管理"] {
        form.push(leaf("产出指标", "成本指标", &format!("{part}成本"), "≤0万元", "1"));
    }
    let found = findings(form);
    for row in 4..8 {
        assert!(has(&found, "C15.zero", &format!("indicators[{row}].target")), "{found:?}");
    }
}

/// 产出 70 分，而表后说明为 50 分: https://chacewang.com/newsdetail/news242266.html
#[test]
fn seventy_points_of_output_follow_no_template() {
    let form = vec![
        leaf("产出指标", "数量指标", "安装智能水表数量", "≥1200台", "35"),
        leaf("产出指标", "质量指标", "水表检定合格率", "≥98%", "35"),
        leaf("效益指标", "社会效益指标", "受益户数", "≥1200户", "10"),
        leaf("满意度指标", "服务对象满意度指标", "用水户满意度", "≥90%", "10"),
    ];
    assert!(has(&findings(form), "C2", "indicators"));
}
