//! Rule packs that are none, weights that do not add up, numbers that are words.

use hengji_tests::Desk;
use hengji_tests::prepared::{Prepared, REGION};
use serde_json::{Value, json};
use tonic::Code;

use crate::{Case, field, refused};

fn manager(people: &Prepared) -> &Desk {
    &people.catalog
}

fn template(weights: [&str; 2]) -> Value {
    let row = |level1: &str, level2: &str, weight: &str| json!({ "level1": level1, "level2": [level2], "weight": { "value": weight } });
    json!({ "template": {
        "code": "wrong", "title": "错误模板", "object_kind": "OBJECT_KIND_PROJECT", "layer": "000000000",
        "year_from": 2021, "generation": "101", "document": "财预〔2021〕101号",
        "rows": [row("产出指标", "数量指标", weights[0]), row("效益指标", "社会效益指标", weights[1])],
    } })
}

fn file(content: &str) -> Value {
    json!({ "layer": "000000000", "content_json": content, "reason": "导入" })
}

fn effective(region: &str, date: [i32; 3]) -> Value {
    json!({
        "region": region, "date": { "year": date[0], "month": date[1], "day": date[2] },
        "object_kind": "OBJECT_KIND_PROJECT",
    })
}

pub(crate) fn cases() -> Vec<Case> {
    let create = "catalog.RulePackService/CreateRulePack";
    let activate = "catalog.RulePackService/ActivateRulePack";
    let template_create = "catalog.TemplateService/CreateTemplate";
    let rules = "catalog.RulePackService/GetEffectiveRulePack";
    let indicators = "catalog.IndicatorService/ImportIndicators";
    let codes = "catalog.CodeListService/ImportCodeList";
    let used = "catalog.IndicatorUsageService/RecordIndicatorUse";
    vec![
        field(manager, indicators, file("六十个指标"), "content_json"),
        field(manager, indicators, file("[]"), "content_json"),
        field(manager, indicators, file(r#"[{"code": "A", "weight": "10"}]"#), "content_json"),
        field(manager, codes, file("[]"), "content_json"),
        field(
            manager,
            codes,
            file(
                r#"{"code": "a b", "title": "表", "year_from": 2021, "document": "local", "codes": [{"code": "1", "title": "甲"}]}"#,
            ),
            "code",
        ),
        field(manager, used, json!({ "target": "T1", "target_version": 1 }), "target"),
        field(
            manager,
            used,
            json!({ "target": "regions/640323000/years/2021/targets/T1", "target_version": 0 }),
            "target_version",
        ),
        field(manager, create, json!({ "content_json": "" }), "content_json"),
        field(manager, create, json!({ "content_json": "满分十分" }), "content_json"),
        field(manager, create, json!({ "content_json": "{}" }), "content_json"),
        field(
            manager,
            "catalog.RulePackService/CheckRulePack",
            json!({ "content_json": "[1]" }),
            "content_json",
        ),
        refused(
            manager,
            activate,
            json!({ "name": "rulePacks/nothing@1", "etag": "v1" }),
            Code::NotFound,
            "NOT_FOUND",
        ),
        refused(
            manager,
            activate,
            json!({ "name": "rulePacks/national-2021@1", "etag": "v1" }),
            Code::Aborted,
            "ETAG_MISMATCH",
        ),
        refused(manager, template_create, template(["50", "39"]), Code::InvalidArgument, "WEIGHTS_WRONG"),
        field(manager, template_create, template(["五十", "40"]), "template.rows[0].weight"),
        Case {
            reason: "WEIGHTS_WRONG",
            ..field(manager, template_create, template(["-10", "100"]), "template.rows[0].weight")
        },
        field(manager, rules, effective("6403", [2021, 6, 30]), "region"),
        field(manager, rules, effective(REGION, [2021, 13, 1]), "date"),
        field(manager, rules, effective(REGION, [2021, 2, 29]), "date"),
        refused(manager, rules, effective(REGION, [1999, 1, 1]), Code::FailedPrecondition, "RULE_PACK_UNFIT"),
    ]
}
