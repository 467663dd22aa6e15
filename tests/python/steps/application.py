"""The results applied: feedback, explanation and hold, linkage with the next budget, disclosure, annual report."""

import datetime
import decimal
import hashlib

from suite import check, day, expect, number, yuan

from .evaluation import FINANCE, FINANCE_TOTAL
from .identity import COUNTY
from .targets import NEXT_YEAR, PROJECT, YEAR, project, target

CUT = "90000.00"  # 中: not less than 5 % of 1800000.00
FIGURES = {
    "targets.approved.amount_yuan": "1800000.00",
    "ex_ante.cut_yuan": "200000.00",
    "allotments.amount_yuan": "1500000.00",
    "payments.executed_yuan": "1350000.00",
    "self_evaluation.coverage_percent": "100",
    "key_evaluation.fair.count": "1",
    "linkage.cut_total": CUT,
    "rectifications.closed.count": "1",
}


def play(suite) -> None:
    feedback(suite)
    explanation(suite)
    linkage(suite)
    disclosure(suite)
    report(suite)


def feedback(suite) -> None:
    performance, declarer = suite.people["performance"], suite.people["declarer"]
    answer = performance.ask("application", "IssueFeedback", task=FINANCE, feedback_id="F001",
                             due_date=day("2022-06-30"))
    expect(number(answer.feedback.total), decimal.Decimal(FINANCE_TOTAL), "score fed back")
    expect(len(answer.rectifications), 1, "rectifications")
    item = answer.rectifications[0]
    suite.say("IssueFeedback", f"{answer.feedback.name}, {item.name}: {item.problem}")
    row = {"name": item.name, "etag": item.etag}
    performance.refused("STATE_FORBIDS", "application", "VerifyRectification", verification="已整改", **row)
    declarer.refused("PERMISSION_MISSING", "application", "VerifyRectification", verification="已整改", **row)
    steps = [
        (declarer, "FileRectificationPlan", {"plan": "修订合同，工期与付款挂钩"}),
        (declarer, "ReportRectificationProgress", {"progress": "剩余标段已全部完工"}),
        (performance, "VerifyRectification", {"verification": "现场核验完工"}),
    ]
    for caller, call, words in steps:
        item = caller.ask("application", call, name=item.name, etag=item.etag, **words).rectification
        suite.say(call, suite.contract["application"].RectificationState.Name(item.state))
    expect(item.state, suite.value("application", "RECTIFICATION_STATE_CLOSED"), "state of the rectification")


def explanation(suite) -> None:
    """A missed target holds the next year's filing until it is explained."""
    performance, declarer = suite.people["performance"], suite.people["declarer"]
    owed = performance.ask("application", "RequireExplanation", task=FINANCE).explanation
    suite.say("RequireExplanation", f"{owed.name}: {'、'.join(owed.missed_indicators)}")
    again = project(suite) | {"ex_ante_required": False}
    again["nature"] = suite.value("targets", "PROJECT_NATURE_CONTINUING")
    declarer.ask("targets", "BatchCreateProjects", parent=NEXT_YEAR, projects=[again])
    following = target(suite, f"{NEXT_YEAR}/projects/P001")
    made = declarer.ask("targets", "CreateTarget", parent=NEXT_YEAR, target_id="T001", target=following).target
    declarer.refused("HOLD_STANDS", "targets", "FileTargets", names=[made.name])
    owed = declarer.ask("application", "FileExplanation", name=owed.name, etag=owed.etag,
                        text="汛期停工两月，已调整施工组织。").explanation
    owed = performance.ask("application", "AcceptExplanation", name=owed.name, etag=owed.etag,
                           opinion="原因属实").explanation
    expect(owed.state, suite.value("application", "UNMET_EXPLANATION_STATE_ACCEPTED"), "state of the explanation")
    filed = declarer.ask("targets", "FileTargets", names=[made.name]).targets[0]
    expect(filed.state, suite.value("targets", "TARGET_STATE_SUBMITTED"), "state of the next year's target")
    suite.say("FileExplanation, AcceptExplanation, FileTargets", f"{filed.name} is submitted")


def linkage(suite) -> None:
    performance, line = suite.people["performance"], suite.people["line"]
    row = {"parent": YEAR, "run_id": "L001"}
    tried = performance.ask("application", "CreateLinkageRun", validate_only=True, **row)
    performance.refused("NOT_FOUND", "application", "GetLinkageRun", name=f"{YEAR}/linkageRuns/L001")
    answer = performance.ask("application", "CreateLinkageRun", **row)
    cut = suite.value("application", "LINKAGE_ACTION_CUT")
    told = [(one.project, one.proposed_action, number(one.proposed_cut_yuan)) for one in answer.proposals]
    expect(told, [(PROJECT, cut, decimal.Decimal(CUT))], "proposals of the run")
    expect(len(tried.proposals), 1, "proposals of the what-if")
    proposal, run = answer.proposals[0], answer.run
    expect((run.budget_year, number(proposal.base_yuan)), (2022, 1800000), "budget year and base")
    suite.say("CreateLinkageRun", f"{proposal.title}: {proposal.explanation.conclusion or proposal.explanation.text}")
    apply = {"document": "盐财预〔2022〕示意2号", "expected_total_yuan": yuan(CUT), "name": run.name}
    line.refused("STATE_FORBIDS", "application", "ApplyLinkageRun", etag=run.etag, **apply)
    decide = {"name": proposal.name, "etag": proposal.etag, "action": cut}
    line.refused("FIELD_INVALID", "application", "DecideProposal", cut_yuan=yuan("100000.00"), **decide)
    decided = line.ask("application", "DecideProposal", cut_yuan=yuan(CUT), **decide).proposal
    expect(decided.decider, "accounts/line", "who decided")
    run = line.ask("application", "GetLinkageRun", name=run.name).run
    line.refused("TOTALS_DIFFER", "application", "ApplyLinkageRun", etag=run.etag,
                 **(apply | {"expected_total_yuan": yuan("90000.01")}))
    applied = line.ask("application", "ApplyLinkageRun", etag=run.etag, **apply)
    expect(applied.run.state, suite.value("application", "LINKAGE_RUN_STATE_APPLIED"), "state of the run")
    total = number(applied.run.total_cut_yuan)
    expect((applied.run.cut_count, total), (1, decimal.Decimal(CUT)), "what was applied")
    suite.say("DecideProposal, ApplyLinkageRun", f"{total} yuan cut from the budget of {run.budget_year}")


def disclosure(suite) -> None:
    performance, anybody = suite.people["performance"], suite.caller()
    made = performance.ask(
        "application", "PublishDisclosure", parent=YEAR, disclosure_id="D001", subject=FINANCE,
        kind=suite.value("application", "DISCLOSURE_KIND_EVALUATION"), title="农村供水管网改造项目绩效评价结果",
    ).disclosure
    published = anybody.ask("application", "GetDisclosure", name=made.name).disclosure
    expect(published.text, made.text, "text as published")
    expect(published.text_sha256, hashlib.sha256(published.text.encode()).hexdigest(), "proof of publication")
    listed = anybody.pages("application", "ListDisclosures", "disclosures", region=COUNTY)
    expect([one.name for one in listed], [made.name], "disclosures anybody sees")
    suite.say("PublishDisclosure, GetDisclosure without a token", f"{made.name} {made.text_sha256[:16]}…")
    anybody.refused("TOKEN_MISSING", "application", "ListFeedbacks")


def report(suite) -> None:
    performance = suite.people["performance"]
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    made = performance.ask("application", "CreateAnnualReport", parent=YEAR, report_id="R001",
                           title="盐池县2021年预算绩效管理工作报告", cut_off=day(today.isoformat())).report
    expect(made.text_sha256, hashlib.sha256(made.text.encode()).hexdigest(), "digest of the report")
    suite.say("CreateAnnualReport", f"{made.name}, {len(made.figures)} figures")
    for figure in made.figures:
        rows = performance.pages(
            "application", "ListFigureRows", "rows", report=made.name, figure_id=figure.figure_id)
        expect(len(rows), figure.row_count, f"rows behind {figure.figure_id}")
        if figure.unit == "元":
            expect(sum(number(row.value) for row in rows), number(figure.value), f"rows of {figure.figure_id}")
        elif figure.unit == "个":
            expect(len(rows), number(figure.value), f"count of {figure.figure_id}")
        if number(figure.value) != 0:
            suite.say(f"  {figure.figure_id}", f"{figure.title} {number(figure.value)} {figure.unit}, {len(rows)} rows")
    figures = {figure.figure_id: number(figure.value) for figure in made.figures}
    for figure_id, value in FIGURES.items():
        expect(figures.get(figure_id), decimal.Decimal(value), f"figure {figure_id}")
    for form, media in (("TEXT", "text/plain"), ("HTML", "text/html")):
        page = performance.ask("application", "RenderAnnualReport", name=made.name,
                               format=suite.value("application", f"REPORT_FORMAT_{form}"))
        check(page.media_type.startswith(media) and "盐池县2021年" in page.content, f"report as {form}")
        suite.say(f"RenderAnnualReport as {form}", f"{page.media_type}, {len(page.content)} characters")
