"""A project from the library into the budget: ex-ante assessment, target, filing, reviews, approval, gates."""

import base64
import json

from suite import check, day, expect, number, yuan

from .catalog import TEMPLATE
from .identity import COUNTY

UNIT = "219001"
YEAR = f"regions/{COUNTY}/years/2021"
NEXT_YEAR = f"regions/{COUNTY}/years/2022"
PROJECT = f"{YEAR}/projects/P001"
TARGET = f"{YEAR}/targets/T001"
REQUESTED, CUT, APPROVED = "2000000.00", "200000.00", "1800000.00"
ASPECTS = ("立项必要性", "投入经济性", "绩效目标合理性", "实施方案可行性", "筹资合规性")
# two experts, 85 and 87 points: 86.00 on average, 良
EXPERTS = {"专家一": ("17", "18", "16", "17", "17"), "专家二": ("18", "17", "17", "18", "17")}
# code, level 1, level 2, title, value, unit, points, interim values by month
INDICATORS = [
    ("1", "产出指标", "数量指标", "改造供水管网长度", "12", "公里", "20", {6: "5", 12: "12"}),
    ("2", "产出指标", "质量指标", "管网验收合格率", "95", "%", "15", {}),
    ("3", "产出指标", "时效指标", "标段按期完工率", "100", "%", "15", {}),
    ("4", "效益指标", "社会效益指标", "新增受益人口", "2800", "人", "30", {}),
    ("5", "满意度指标", "服务对象满意度指标", "受益群众满意度", "90", "%", "10", {}),
]
RAISED = "3000"  # of indicator 4, agreed upon in the review


def play(suite) -> None:
    declarer = suite.people["declarer"]
    projects = declarer.ask("targets", "BatchCreateProjects", parent=YEAR, projects=[project(suite)]).projects
    expect([one.name for one in projects], [PROJECT], "names of the projects")
    suite.say("BatchCreateProjects", f"{PROJECT} {projects[0].title}, {REQUESTED} yuan requested")
    declarer.refused("ALREADY_EXISTS", "targets", "BatchCreateProjects", parent=YEAR, projects=[project(suite)])
    suite.people["neighbour"].refused("NOT_FOUND", "targets", "GetProject", name=PROJECT)
    declare(suite, declarer)
    declarer.refused("GATE_REFUSED", "targets", "FileTargets", names=[TARGET])
    assess(suite)
    filed = declarer.ask("targets", "FileTargets", names=[TARGET]).targets[0]
    expect(filed.state, suite.value("targets", "TARGET_STATE_SUBMITTED"), "state of the filed target")
    suite.say("FileTargets", f"{filed.name} is submitted with {number(filed.budget_yuan)} yuan")
    review(suite, filed)
    approve(suite)


def project(suite, code: str = "P001") -> dict:
    return {
        "code": code,
        "title": "农村供水管网改造",
        "unit": UNIT,
        "category": suite.value("targets", "PROJECT_CATEGORY_SPECIFIC"),
        "nature": suite.value("targets", "PROJECT_NATURE_NEW"),
        "fund_kind": suite.value("targets", "FUND_KIND_GENERAL_PUBLIC"),
        "industry": "水利",
        "request_yuan": yuan(REQUESTED),
        "ex_ante_required": True,
        "amount_source": "示意数",
    }


def indicators(suite, changed: dict | None = None) -> list[dict]:
    return [
        {
            "code": code,
            "level1": level1,
            "level2": level2,
            "title": title,
            "operator": suite.value("targets", "OPERATOR_GE"),
            "value": yuan((changed or {}).get(code, value)),
            "value_text": f"≥{(changed or {}).get(code, value)}{unit}",
            "unit": unit,
            "direction": suite.value("targets", "DIRECTION_HIGHER_BETTER"),
            "weight": yuan(points),
            "interim_values": [{"month": month, "value": yuan(by)} for month, by in interim.items()],
            "evidence_plan": "竣工验收资料、用水户台账、入户满意度调查问卷",
        }
        for code, level1, level2, title, value, unit, points, interim in INDICATORS
    ]


def target(suite, subject: str = PROJECT) -> dict:
    return {
        "object_kind": suite.value("common", "OBJECT_KIND_PROJECT"),
        "object": subject,
        "goal_text": "改造农村供水管网12公里，新增受益人口3000人，供水保证率达到规划要求。",
        "indicators": indicators(suite),
        "template": TEMPLATE,
        "budget_yuan": yuan(APPROVED),
    }


def declare(suite, declarer) -> None:
    light = target(suite)
    light["indicators"] = light["indicators"][:4]
    row = {"parent": YEAR, "target_id": "T001"}
    declarer.refused("WEIGHTS_WRONG", "targets", "CreateTarget", validate_only=True, target=light, **row)
    tried = declarer.ask("targets", "CreateTarget", validate_only=True, target=target(suite), **row)
    declarer.refused("NOT_FOUND", "targets", "GetTarget", name=TARGET)
    made = declarer.ask("targets", "CreateTarget", target=target(suite), **row)
    expect(made.findings, tried.findings, "findings with and without validate_only")
    expect(made.target.state, suite.value("targets", "TARGET_STATE_DRAFT"), "state of the new target")
    expect((made.target.name, made.target.declarer), (TARGET, "accounts/declarer"), "name and declarer")
    suite.say("CreateTarget", f"{made.target.name}, {len(made.findings)} remarks on its quality")
    for finding in made.findings:
        suite.say(f"  {finding.code} {finding.severity} {finding.field}", finding.message)


def assess(suite) -> None:
    performance = suite.people["performance"]
    made = performance.ask("targets", "CreateExAnteAssessment", project=PROJECT, assessment_id="E001").assessment
    refused = {"name": made.name, "expert": "专家一", "scores": [{"aspect": ASPECTS[0], "points": yuan("21")}]}
    performance.refused("FIELD_INVALID", "targets", "ScoreExAnteAssessment", etag=made.etag, **refused)
    for expert, points in EXPERTS.items():
        scores = [{"aspect": aspect, "expert": expert, "points": yuan(one)}
                  for aspect, one in zip(ASPECTS, points)]
        made = performance.ask(
            "targets", "ScoreExAnteAssessment", name=made.name, etag=made.etag, expert=expert, scores=scores
        ).assessment
    conclude = {"name": made.name, "etag": made.etag, "cut_yuan": yuan(CUT)}
    performance.refused("STATE_FORBIDS", "targets", "ConcludeExAnteAssessment", **conclude)
    condition = {"condition_id": "1", "text": "按月细化管网改造进度目标", "due_date": day("2021-06-30")}
    made = performance.ask("targets", "ConcludeExAnteAssessment", conditions=[condition], **conclude).assessment
    expect(number(made.total), 86, "average of the experts")
    expect(made.grade, suite.value("common", "GRADE_GOOD"), "grade of the assessment")
    supported = suite.value("targets", "EX_ANTE_CONCLUSION_SUPPORT_AFTER_AMENDMENT")
    expect(made.conclusion, supported, "conclusion of the assessment")
    suite.say("ConcludeExAnteAssessment", made.explanation.conclusion)


def review(suite, filed) -> None:
    def points(*four):
        names = ("completeness", "relevance", "suitability", "feasibility")
        return {f"{name}_points": yuan(one) for name, one in zip(names, four)}

    stage = {one: suite.value("targets", f"REVIEW_STAGE_{one}") for one in ("DEPARTMENT", "FINANCE_LINE", "FINANCE")}
    row = {"name": TARGET, "etag": filed.etag, "opinion": "目标与资金匹配"}
    excellent = points("19", "28", "28", "19")
    suite.people["declarer"].refused(
        "DUTIES_NOT_SEPARATE", "targets", "ReviewTarget", stage=stage["DEPARTMENT"], **excellent, **row)
    suite.people["performance"].refused(
        "STATE_FORBIDS", "targets", "ReviewTarget", stage=stage["FINANCE"], **excellent, **row)
    reviewed = suite.people["department"].ask(
        "targets", "ReviewTarget", stage=stage["DEPARTMENT"], **excellent, **row).target
    expect(reviewed.state, suite.value("targets", "TARGET_STATE_DEPARTMENT_REVIEWED"), "state after the department")
    suite.say("ReviewTarget by the department", reviewed.reviews[-1].explanation.conclusion)
    row = {"name": TARGET, "etag": reviewed.etag, "opinion": "支出结构合理"}
    reviewed = suite.people["line"].ask("targets", "ReviewTarget", stage=stage["FINANCE_LINE"], **excellent, **row).target
    expect(reviewed.review_chain.steps[2].opinions_given, 0, "opinions on the last step")
    row = {"name": TARGET, "etag": reviewed.etag, "opinion": "受益人口应与工程范围一致，已与单位商定"}
    reviewed = suite.people["performance"].ask(
        "targets", "ReviewTarget", stage=stage["FINANCE"], **points("17", "25", "26", "17"),
        corrected_indicators=indicators(suite, {"4": RAISED}), **row).target
    expect(reviewed.state, suite.value("targets", "TARGET_STATE_FINANCE_REVIEWED"), "state after finance")
    expect(reviewed.reviews[-1].grade, suite.value("common", "GRADE_GOOD"), "grade of the review")
    expect(number(reviewed.indicators[3].value), 3000, "indicator corrected in place")
    suite.say("ReviewTarget by finance, corrected in place", reviewed.reviews[-1].explanation.conclusion)


def approve(suite) -> None:
    line, platform = suite.people["line"], suite.people["platform"]
    gate(suite, platform, "FUND_ISSUE", False)
    issue = {"project": PROJECT, "allotment_id": "A001", "document": "盐财指〔2021〕示意1号",
             "amount_yuan": yuan("1500000.00"), "issue_date": day("2021-03-01")}
    line.refused("GATE_REFUSED", "monitoring", "IssueAllotment", **issue)
    etag = line.ask("targets", "GetTarget", name=TARGET).target.etag
    row = {"name": TARGET, "etag": etag, "approved_yuan": yuan(APPROVED)}
    document = {"document": "盐财预〔2021〕示意1号"}
    suite.people["department"].refused("PERMISSION_MISSING", "targets", "ApproveTargets", approvals=[row], **document)
    approved = line.ask("targets", "ApproveTargets", approvals=[row], **document).targets[0]
    expect(approved.state, suite.value("targets", "TARGET_STATE_APPROVED"), "state of the approved target")
    expect(approved.approved_version, 1, "approved version")
    line.refused("ETAG_MISMATCH", "targets", "ApproveTargets", approvals=[row], **document)
    project = line.ask("targets", "GetProject", name=PROJECT).project
    expect(project.state, suite.value("targets", "PROJECT_STATE_IN_BUDGET"), "state of the project")
    suite.say("ApproveTargets", f"{approved.name} version 1, {number(project.approved_yuan)} yuan in the budget")
    suite.people["declarer"].refused("TARGET_REQUIRED", "targets", "FileAddition", addition_id="B001", project=PROJECT,
                                     amount_yuan=yuan("100000.00"), reason="扩大改造范围")
    gate(suite, platform, "FUND_ISSUE", True)


def gate(suite, platform, kind: str, allowed: bool) -> None:
    verdict = platform.ask("targets", "CheckGate", project=PROJECT,
                           kind=suite.value("targets", f"GATE_KIND_{kind}")).verdict
    expect(verdict.allowed, allowed, f"verdict of {kind}")
    expect(all(reason.passed for reason in verdict.reasons), allowed, "reasons of the verdict")
    header, payload, signature = verdict.signed_verdict.split(".")
    check(unpacked(header)["alg"] == "EdDSA" and signature != "", f"not a signature: {header}")
    keys = json.loads(suite.caller().ask("targets", "GetVerdictKeys").jwks_json)["keys"]
    check(unpacked(header).get("kid") in [key.get("kid") for key in keys], "the verdict's key is not published")
    check(PROJECT in json.dumps(unpacked(payload)), "the signed verdict does not name the project")
    reasons = "; ".join(('+ ' if reason.passed else '- ') + reason.message for reason in verdict.reasons)
    suite.say(f"CheckGate {kind}", f"{'allowed' if allowed else 'refused'}: {reasons}")


def unpacked(part: str) -> dict:
    """One part of a JWS, not verified."""
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
