//! A sound project and target under the shipped national rules, for the tests of the domain.

use hengji_kernel::{Date, Decimal, FiscalYear, Money, RegionCode};
use hengji_rules::chain::Chain;
use hengji_rules::{EffectivePack, Nature, ObjectType, ProjectNature, RulePack};

use super::{Category, Contents, Details, FundKind, Indicator, Project, ProjectState, Target};

pub(crate) const DECLARER: &str = "accounts/declarer";

pub(crate) fn region() -> RegionCode {
    "640323000".parse().unwrap()
}

pub(crate) fn year() -> FiscalYear {
    2022.try_into().unwrap()
}

pub(crate) fn pack(kind: ObjectType) -> EffectivePack {
    resolve(&[include_str!("../../../../data/rule-packs/national-2021.json")], kind)
}

/// A county where unit, department and both finance offices review, and much money is looked at by experts.
pub(crate) fn joint_pack() -> EffectivePack {
    let documents = [
        include_str!("../../../../data/rule-packs/national-2021.json"),
        include_str!("../../../../data/rule-packs/variants/joint-review-chain.json"),
    ];
    resolve(&documents, ObjectType::Project)
}

fn resolve(documents: &[&str], kind: ObjectType) -> EffectivePack {
    let mut packs: Vec<_> = documents.iter().map(|text| RulePack::from_json(text).unwrap()).collect();
    for pack in &mut packs[1..] {
        pack.layer = region();
    }
    let day: Date = "2022-06-30".parse().unwrap();
    EffectivePack::resolve(&packs, &region(), day, kind)
}

/// The chain of the shipped national rules: department, line office, performance office.
pub(crate) fn chain() -> Chain {
    super::chosen_chain(&target(), None, &pack(ObjectType::Project)).unwrap()
}

pub(crate) fn project() -> Project {
    Project {
        region: region(),
        year: year(),
        code: "P001".into(),
        title: "农村公路养护".into(),
        unit: "219001".parse().unwrap(),
        category: Category::Specific,
        nature: ProjectNature::Recurrent,
        fund_kind: FundKind::GeneralPublic,
        marks: vec![],
        industry: "交通运输".into(),
        functional_account: "2140106".into(),
        request: "1000000".parse().unwrap(),
        approved: Money::ZERO,
        reduced: Money::ZERO,
        added: Money::ZERO,
        ex_ante_required: false,
        advisers: vec![],
        amount_source: "示意数".into(),
        state: ProjectState::Stored,
        declarer: DECLARER.into(),
        editors: vec![],
        assessors: vec![],
        ex_ante_by_hand: false,
        ex_ante_need: None,
        details: Details::default(),
    }
}

pub(crate) fn indicator(
    code: &str,
    level1: &str,
    level2: &str,
    title: &str,
    text: &str,
    weight: &str,
) -> Indicator {
    Indicator {
        code: code.into(),
        level1: level1.into(),
        level2: level2.into(),
        title: title.into(),
        catalog_indicator: String::new(),
        nature: Nature::Quantitative,
        operator: None,
        value: None,
        value_text: text.into(),
        unit: String::new(),
        direction: None,
        weight: weight.parse::<Decimal>().unwrap(),
        interim: vec![],
        evidence_plan: "验收资料、问卷".into(),
    }
}

pub(crate) fn contents() -> Contents {
    let mut indicators = vec![
        indicator("a", "产出指标", "数量指标", "养护里程", "≥120公里", "25"),
        indicator("b", "产出指标", "质量指标", "路面技术状况优良率", "≥85%", "25"),
        indicator("c", "效益指标", "社会效益指标", "受益村数", "≥30个", "30"),
        indicator("d", "满意度指标", "服务对象满意度指标", "沿线群众满意度", "≥90%", "10"),
    ];
    for indicator in &mut indicators {
        indicator.complete(year()).unwrap();
    }
    Contents {
        goal_text: "养护农村公路 120 公里".into(),
        mid_term_goal_text: String::new(),
        indicators,
        mid_term: vec![],
        template: String::new(),
        budget: "1000000".parse().unwrap(),
    }
}

pub(crate) fn target() -> Target {
    let project = project();
    Target::draft(
        project.region.clone(),
        project.year,
        "T001".into(),
        super::target::Object {
            kind: ObjectType::Project,
            name: project.resource_name(),
            title: project.title.clone(),
            unit: project.unit,
            states_cost: false,
        },
        contents(),
        DECLARER,
    )
}
