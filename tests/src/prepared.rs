//! One project with an approved target and money issued, prepared through the public API: what a story about payments or
//! wrong input begins with.

use anyhow::Context;
use hengji_rpc::Link;
use serde_json::{Value, json};

use crate::Desk;

pub const REGION: &str = "640323000";
pub const PARENT: &str = "regions/640323000/years/2021";
/// The project's last name, and its target's.
pub const PROJECT: &str = "regions/640323000/years/2021/projects/P1";
pub const TARGET: &str = "regions/640323000/years/2021/targets/T1";
/// What is approved and issued.
pub const BUDGET: &str = "1000000.00";

/// Everyone who has a part in it, each at their own desk.
pub struct Prepared {
    pub administrator: Desk,
    pub catalog: Desk,
    pub declarer: Desk,
    pub department: Desk,
    pub finance: Desk,
    pub line: Desk,
    pub platform: Desk,
    pub auditor: Desk,
}

/// Prepares region, units, people, rules, project, target, approval and allotment.
pub async fn prepare(link: Link, administrator: &str) -> anyhow::Result<Prepared> {
    let people = hire(Desk::new(link, administrator)).await?;
    rules(&people.catalog).await.context("rules")?;
    let filed = declare(&people, "P1", "T1", target(PROJECT)).await.context("target")?;
    approve(&people, &filed).await.context("approval")?;
    issue(&people, PROJECT, "A1").await.context("allotment")?;
    Ok(people)
}

/// A further project beside P1, from 2 on, with its target approved and its money issued; its name.
pub async fn further(people: &Prepared, number: usize) -> anyhow::Result<String> {
    let project = format!("{PARENT}/projects/P{number}");
    let filed = declare(people, &format!("P{number}"), &format!("T{number}"), target(&project))
        .await
        .context("target")?;
    approve(people, &filed).await.context("approval")?;
    issue(people, &project, &format!("A{number}")).await.context("allotment")?;
    Ok(project)
}

/// Issues the whole budget.
async fn issue(people: &Prepared, project: &str, allotment: &str) -> anyhow::Result<()> {
    let body = json!({
        "project": project, "allotment_id": allotment, "document": "盐财预〔2021〕1号",
        "amount_yuan": { "value": BUDGET }, "issue_date": { "year": 2021, "month": 2, "day": 1 },
    });
    people.line.ask("monitoring.AllotmentService/IssueAllotment", body).await?;
    Ok(())
}

async fn hire(administrator: Desk) -> anyhow::Result<Prepared> {
    for (code, title) in [("640000000", "宁夏"), ("640300000", "吴忠市"), (REGION, "盐池县")] {
        administrator
            .ask("identity.RegionService/CreateRegion", json!({ "code": code, "title": title }))
            .await?;
    }
    let organizations = [
        ("101", "县财政局", "FINANCE_DEPARTMENT"),
        ("219", "县教育局", "COMPETENT_DEPARTMENT"),
        ("219001", "县第一小学", "BUDGET_UNIT"),
        ("801", "一体化平台", "PLATFORM"),
    ];
    for (code, title, kind) in organizations {
        let body = json!({
            "parent": format!("regions/{REGION}"), "code": code, "title": title,
            "kind": format!("ORGANIZATION_KIND_{kind}"),
        });
        administrator.ask("identity.OrganizationService/CreateOrganization", body).await?;
    }
    let of = |code| format!("regions/{REGION}/organizations/{code}");
    let desk = &administrator;
    let at = |unit| (REGION, unit);
    Ok(Prepared {
        catalog: desk.hire("catalog-manager", "", "catalog-manager", ("000000000", "")).await?,
        declarer: desk.hire("declarer", &of("219001"), "unit-declarer", at("219001")).await?,
        department: desk.hire("department", &of("219"), "department-reviewer", at("219")).await?,
        finance: desk.hire("finance", &of("101"), "finance-performance", at("")).await?,
        line: desk.hire("line", &of("101"), "finance-line", at("")).await?,
        platform: desk.hire("platform", &of("801"), "platform", at("")).await?,
        auditor: desk.hire("auditor", "", "auditor", ("000000000", "")).await?,
        administrator,
    })
}

async fn rules(manager: &Desk) -> anyhow::Result<()> {
    for content in [
        include_str!("../../data/rule-packs/national-2020.json"),
        include_str!("../../data/rule-packs/national-2021.json"),
    ] {
        let created =
            manager.ask("catalog.RulePackService/CreateRulePack", json!({ "content_json": content })).await?;
        let pack = &created["rule_pack"];
        let body = json!({ "name": pack["name"], "etag": pack["etag"] });
        manager.ask("catalog.RulePackService/ActivateRulePack", body).await?;
    }
    Ok(())
}

/// A project as a unit files it.
pub fn project(code: &str) -> Value {
    json!({
        "code": code, "title": "县第一小学教学楼维修", "unit": "219001",
        "category": "PROJECT_CATEGORY_SPECIFIC", "nature": "PROJECT_NATURE_ONE_OFF",
        "fund_kind": "FUND_KIND_GENERAL_PUBLIC", "industry": "教育", "request_yuan": { "value": BUDGET },
    })
}

/// A target for it that no check finds fault with.
pub fn target(project: &str) -> Value {
    let indicator = |code: &str, levels: [&str; 2], title: &str, value: &str, unit: &str, weight: &str| {
        json!({
            "code": code, "level1": levels[0], "level2": levels[1], "title": title, "operator": "OPERATOR_GE",
            "value": { "value": value }, "value_text": format!("≥{value}{unit}"), "unit": unit,
            "direction": "DIRECTION_HIGHER_BETTER", "weight": { "value": weight }, "evidence_plan": "验收单、问卷",
        })
    };
    json!({
        "object_kind": "OBJECT_KIND_PROJECT", "object": project, "goal_text": "完成教学楼维修，改善办学条件。",
        "budget_yuan": { "value": BUDGET },
        "indicators": [
            indicator("1", ["产出指标", "数量指标"], "维修教学楼面积", "3000", "平方米", "20"),
            indicator("2", ["产出指标", "质量指标"], "维修工程验收合格率", "95", "%", "15"),
            indicator("3", ["产出指标", "时效指标"], "维修工程按期完成率", "100", "%", "15"),
            indicator("4", ["效益指标", "社会效益指标"], "受益学生人数", "800", "人", "30"),
            indicator("5", ["满意度指标", "服务对象满意度指标"], "师生满意度", "90", "%", "10"),
        ],
    })
}

/// Files a project and a target for it; the target as it is answered.
pub async fn declare(people: &Prepared, code: &str, id: &str, target: Value) -> anyhow::Result<Value> {
    let file = json!({ "parent": PARENT, "projects": [project(code)] });
    people.declarer.ask("targets.ProjectService/BatchCreateProjects", file).await?;
    let create = json!({ "parent": PARENT, "target_id": id, "target": target });
    let created = people.declarer.ask("targets.TargetService/CreateTarget", create).await?;
    let names = json!({ "names": [created["target"]["name"]] });
    let filed = people.declarer.ask("targets.TargetService/FileTargets", names).await?;
    Ok(filed["targets"][0].clone())
}

/// A review with full points.
pub fn review(stage: &str, etag: &Value) -> Value {
    json!({
        "name": TARGET, "etag": etag, "stage": stage, "opinion": "同意",
        "completeness_points": { "value": "20" }, "relevance_points": { "value": "30" },
        "suitability_points": { "value": "30" }, "feasibility_points": { "value": "20" },
    })
}

/// Takes a filed target through its whole chain into the budget.
pub async fn approve(people: &Prepared, filed: &Value) -> anyhow::Result<()> {
    let mut target = filed.clone();
    for (reviewer, stage) in [
        (&people.department, "REVIEW_STAGE_DEPARTMENT"),
        (&people.line, "REVIEW_STAGE_FINANCE_LINE"),
        (&people.finance, "REVIEW_STAGE_FINANCE"),
    ] {
        let mut review = review(stage, &target["etag"]);
        review["name"] = target["name"].clone();
        target = reviewer.ask("targets.TargetService/ReviewTarget", review).await?["target"].clone();
    }
    let approval = json!({
        "name": target["name"], "etag": target["etag"], "approved_yuan": { "value": BUDGET },
    });
    let body = json!({ "approvals": [approval], "document": "盐财预〔2021〕1号" });
    people.line.ask("targets.TargetService/ApproveTargets", body).await?;
    Ok(())
}

/// A voucher of the project.
pub fn payment(voucher: &str, amount: &str) -> Value {
    json!({
        "voucher": voucher, "project": PROJECT, "amount_yuan": { "value": amount },
        "pay_date": { "year": 2021, "month": 6, "day": 30 }, "payee": "施工单位", "note": "进度款",
    })
}
