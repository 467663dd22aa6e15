//! Records as an official would fill them in.

use hengji_proto::common::v1::ObjectKind;
use hengji_proto::google::r#type::Decimal;
use hengji_proto::targets::v1 as pb;

pub fn decimal(text: &str) -> Decimal {
    Decimal { value: text.into() }
}

pub fn yuan(value: Option<&Decimal>) -> &str {
    value.map_or("", |value| value.value.as_str())
}

pub fn project(code: &str) -> pb::Project {
    pb::Project {
        code: code.into(),
        title: "农村公路养护".into(),
        unit: "219001".into(),
        category: pb::ProjectCategory::Specific.into(),
        nature: pb::ProjectNature::Recurrent.into(),
        fund_kind: pb::FundKind::GeneralPublic.into(),
        marks: vec![pb::ProjectMark::Consolidation.into()],
        industry: "交通运输".into(),
        functional_account: "2140106".into(),
        request_yuan: Some(decimal("1000000")),
        amount_source: "示意数".into(),
        ..Default::default()
    }
}

pub fn indicator(
    code: &str,
    levels: [&str; 2],
    title: &str,
    text: &str,
    weight: &str,
) -> pb::TargetIndicator {
    pb::TargetIndicator {
        code: code.into(),
        level1: levels[0].into(),
        level2: levels[1].into(),
        title: title.into(),
        value_text: text.into(),
        weight: Some(decimal(weight)),
        evidence_plan: "验收资料、问卷".into(),
        ..Default::default()
    }
}

/// Output 50, benefit 30, satisfaction 10: 90 points in all.
pub fn indicators() -> Vec<pb::TargetIndicator> {
    vec![
        indicator("1", ["产出指标", "数量指标"], "养护里程", "≥120公里", "25"),
        indicator("2", ["产出指标", "质量指标"], "路面技术状况优良率", "≥85%", "25"),
        indicator("3", ["效益指标", "社会效益指标"], "受益村数", "≥30个", "30"),
        indicator("4", ["满意度指标", "服务对象满意度指标"], "沿线群众满意度", "≥90%", "10"),
    ]
}

pub fn target(object: &str) -> pb::PerformanceTarget {
    pb::PerformanceTarget {
        object_kind: ObjectKind::Project.into(),
        object: object.into(),
        goal_text: "养护农村公路 120 公里，路况良好".into(),
        indicators: indicators(),
        budget_yuan: Some(decimal("1000000")),
        ..Default::default()
    }
}
