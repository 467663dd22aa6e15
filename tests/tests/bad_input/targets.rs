//! Projects and targets: amounts, weights, words for numbers, marks out of range, records changed meanwhile.

use hengji_tests::Desk;
use hengji_tests::prepared::{self, PARENT, PROJECT, Prepared, TARGET};
use serde_json::{Value, json};
use tonic::Code;

use crate::{Case, field, refused};

fn declarer(people: &Prepared) -> &Desk {
    &people.declarer
}

fn department(people: &Prepared) -> &Desk {
    &people.department
}

fn finance(people: &Prepared) -> &Desk {
    &people.finance
}

fn line(people: &Prepared) -> &Desk {
    &people.line
}

fn platform(people: &Prepared) -> &Desk {
    &people.platform
}

const PROJECTS: &str = "targets.ProjectService/BatchCreateProjects";
const CREATE: &str = "targets.TargetService/CreateTarget";
const REVIEW: &str = "targets.TargetService/ReviewTarget";

/// Two projects, the second with one field changed.
fn projects(name: &str, value: Value) -> Value {
    let mut wrong = prepared::project("P3");
    wrong[name] = value;
    json!({ "parent": PARENT, "projects": [prepared::project("P2"), wrong] })
}

/// A second target for the project with one value of its first indicator changed.
fn indicator(name: &str, value: Value) -> Value {
    let mut target = prepared::target(PROJECT);
    target["indicators"][0][name] = value;
    json!({ "parent": PARENT, "target_id": "T2", "target": target })
}

fn target(name: &str, value: Value) -> Value {
    let mut target = prepared::target(PROJECT);
    target[name] = value;
    json!({ "parent": PARENT, "target_id": "T2", "target": target })
}

fn yuan(text: &str) -> Value {
    json!({ "value": text })
}

/// Files a second target, so that there is one to review; its etag.
pub(crate) async fn file_another(people: &Prepared) -> anyhow::Result<Value> {
    let target = prepared::target(&PROJECT.replace("P1", "P5"));
    Ok(prepared::declare(people, "P5", "T5", target).await?["etag"].clone())
}

/// `filed` is the etag of the target that waits for its review.
pub(crate) fn cases(filed: &Value) -> Vec<Case> {
    let mut cases = filed_projects();
    cases.extend(drafts());
    cases.extend(decisions());
    cases.extend(reviews(filed));
    cases
}

fn reviews(filed: &Value) -> Vec<Case> {
    let review = |stage: &str, points: &str| {
        let mut review = prepared::review(stage, filed);
        review["name"] = json!(TARGET.replace("T1", "T5"));
        review["completeness_points"] = yuan(points);
        review
    };
    let (first, second) = ("REVIEW_STAGE_DEPARTMENT", "REVIEW_STAGE_FINANCE");
    vec![
        field(department, REVIEW, review(first, "20.5"), "completeness_points"),
        field(department, REVIEW, review(first, "-1"), "completeness_points"),
        field(department, REVIEW, review(first, "满分"), "completeness_points"),
        refused(finance, REVIEW, review(second, "20"), Code::FailedPrecondition, "STATE_FORBIDS"),
        refused(department, REVIEW, review(second, "20"), Code::PermissionDenied, "PERMISSION_MISSING"),
        refused(declarer, REVIEW, review(first, "20"), Code::PermissionDenied, "PERMISSION_MISSING"),
    ]
}

fn filed_projects() -> Vec<Case> {
    let elsewhere =
        json!({ "parent": "regions/640323000/years/二〇二一", "projects": [prepared::project("P2")] });
    let taken = json!({ "parent": PARENT, "projects": [prepared::project("P2"), prepared::project("P1")] });
    let many: Vec<_> = (0..1001).map(|number| prepared::project(&format!("M{number}"))).collect();
    vec![
        field(declarer, PROJECTS, projects("request_yuan", yuan("1.005")), "projects[1].request_yuan"),
        field(declarer, PROJECTS, projects("request_yuan", yuan("-1.00")), "projects[1].request_yuan"),
        field(declarer, PROJECTS, projects("request_yuan", yuan("一百万元")), "projects[1].request_yuan"),
        field(declarer, PROJECTS, projects("request_yuan", yuan("1e6")), "projects[1].request_yuan"),
        field(
            declarer,
            PROJECTS,
            projects("request_yuan", yuan("99999999999999999999")),
            "projects[1].request_yuan",
        ),
        field(declarer, PROJECTS, projects("unit", json!("21900")), "projects[1].unit"),
        field(declarer, PROJECTS, projects("code", json!("")), "projects[1].code"),
        field(
            declarer,
            PROJECTS,
            projects("nature", json!("PROJECT_NATURE_UNSPECIFIED")),
            "projects[1].nature",
        ),
        refused(declarer, PROJECTS, projects("unit", json!("219777")), Code::NotFound, "NOT_FOUND"),
        refused(declarer, PROJECTS, projects("unit", json!("101")), Code::NotFound, "NOT_FOUND"),
        field(declarer, PROJECTS, elsewhere, "parent"),
        field(declarer, PROJECTS, json!({ "parent": PARENT, "projects": [] }), "projects"),
        field(declarer, PROJECTS, json!({ "parent": PARENT, "projects": many }), "projects"),
        refused(declarer, PROJECTS, taken, Code::AlreadyExists, "ALREADY_EXISTS"),
        refused(
            platform,
            PROJECTS,
            projects("title", json!("某项目")),
            Code::PermissionDenied,
            "PERMISSION_MISSING",
        ),
    ]
}

fn drafts() -> Vec<Case> {
    let missing = json!({
        "parent": PARENT, "target_id": "T2", "target": prepared::target(&PROJECT.replace("P1", "P404")),
    });
    vec![
        refused(declarer, CREATE, indicator("weight", yuan("19")), Code::InvalidArgument, "WEIGHTS_WRONG"),
        field(declarer, CREATE, indicator("weight", yuan("二十")), "target.indicators[0].weight"),
        field(declarer, CREATE, indicator("weight", yuan("-20")), "target.indicators[0].weight"),
        field(declarer, CREATE, indicator("value", yuan("很多")), "target.indicators[0].value"),
        field(declarer, CREATE, indicator("code", json!("2")), "target.indicators[1].code"),
        field(
            declarer,
            CREATE,
            indicator("interim_values", json!([{ "month": 13 }])),
            "target.indicators[0].interim_values[0].month",
        ),
        field(declarer, CREATE, target("budget_yuan", yuan("1000.001")), "target.budget_yuan"),
        field(declarer, CREATE, target("budget_yuan", yuan("-5")), "target.budget_yuan"),
        field(declarer, CREATE, target("goal_text", json!("")), "target.goal_text"),
        refused(declarer, CREATE, missing, Code::NotFound, "NOT_FOUND"),
        refused(
            declarer,
            CREATE,
            json!({ "parent": PARENT, "target_id": "T1", "target": prepared::target(PROJECT) }),
            Code::AlreadyExists,
            "ALREADY_EXISTS",
        ),
    ]
}

fn decisions() -> Vec<Case> {
    let etag = json!("v9");
    let approve = |etag: &str, amount: &str| {
        let approval = json!({ "name": TARGET, "etag": etag, "approved_yuan": yuan(amount) });
        json!({ "approvals": [approval], "document": "盐财预〔2021〕1号" })
    };
    let adjust = "targets.TargetService/AdjustTarget";
    let addition = |amount: &str| json!({ "project": PROJECT, "addition_id": "A2", "amount_yuan": yuan(amount), "reason": "增加任务" });
    let file_addition = "targets.AdditionService/FileAddition";
    let reduction = |amount: &str| json!({ "project": PROJECT, "reduction_id": "R1", "amount_yuan": yuan(amount), "target": TARGET, "reason": "压减" });
    let file_reduction = "targets.ReductionService/FileReduction";
    let send_back = "targets.TargetService/ReturnTarget";
    let returned = |stage: &str, opinion: &str| json!({ "name": TARGET, "etag": "v9", "stage": stage, "opinion": opinion });
    vec![
        field(finance, REVIEW, prepared::review("REVIEW_STAGE_UNSPECIFIED", &etag), "stage"),
        refused(
            finance,
            REVIEW,
            prepared::review("REVIEW_STAGE_FINANCE", &etag),
            Code::Aborted,
            "ETAG_MISMATCH",
        ),
        field(
            line,
            "targets.TargetService/ApproveTargets",
            approve("v9", "1.005"),
            "approvals[0].approved_yuan",
        ),
        field(
            line,
            "targets.TargetService/ApproveTargets",
            approve("v9", "-1"),
            "approvals[0].approved_yuan",
        ),
        refused(
            line,
            "targets.TargetService/ApproveTargets",
            approve("v9", "1"),
            Code::Aborted,
            "ETAG_MISMATCH",
        ),
        field(declarer, adjust, json!({ "name": TARGET, "etag": "", "reason": "变化" }), "etag"),
        refused(
            declarer,
            adjust,
            json!({ "name": TARGET, "etag": "v1", "reason": "变化" }),
            Code::Aborted,
            "ETAG_MISMATCH",
        ),
        field(declarer, file_addition, addition("0"), "amount_yuan"),
        field(declarer, file_addition, addition("-1"), "amount_yuan"),
        field(declarer, file_addition, addition("1.001"), "amount_yuan"),
        refused(declarer, file_addition, addition("1"), Code::FailedPrecondition, "TARGET_REQUIRED"),
        field(declarer, file_reduction, reduction("0"), "amount_yuan"),
        field(declarer, file_reduction, reduction("-1"), "amount_yuan"),
        field(declarer, file_reduction, reduction("1.001"), "amount_yuan"),
        field(declarer, file_reduction, reduction("99999999999999999999"), "amount_yuan"),
        field(finance, send_back, returned("REVIEW_STAGE_UNSPECIFIED", "退回"), "stage"),
        field(finance, send_back, returned("REVIEW_STAGE_FINANCE", ""), "opinion"),
        refused(finance, send_back, returned("REVIEW_STAGE_FINANCE", "退回"), Code::Aborted, "ETAG_MISMATCH"),
        field(platform, "targets.GateService/CheckGate", json!({ "project": PROJECT }), "kind"),
        refused(
            platform,
            "targets.GateService/CheckGate",
            json!({ "project": PROJECT.replace("P1", "P404"), "kind": "GATE_KIND_FUND_ISSUE" }),
            Code::NotFound,
            "NOT_FOUND",
        ),
    ]
}
