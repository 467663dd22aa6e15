"""Self-evaluation and finance evaluation of the project, with the scores worked out here a second time."""

import decimal

from suite import check, expect, number, yuan

from .identity import COUNTY, organization
from .monitoring import LAST_READING, read
from .targets import PROJECT, TARGET, UNIT, YEAR

SELF, FINANCE = f"{YEAR}/evaluationTasks/S-P001", f"{YEAR}/evaluationTasks/F-P001"
# points x reading / target, all points where it is reached; for the execution points x rate
SCORES = {"1": "15.00", "2": "15.00", "3": "12.00", "4": "19.50", "5": "10.00", "execution": "7.50"}
MISSED = ["1", "3", "4"]
SELF_TOTAL, FINANCE_TOTAL = "79.00", "77.00"
OVERRIDE = {"code": "2", "score": yuan("13"), "reason": "抽查的两个标段中一处回填不合格"}
PROBLEM = {"problem_id": "1", "text": "工程进度滞后，三分之一标段未按期完工", "suggestion": "完善合同工期约束"}


def play(suite) -> None:
    declarer, performance = suite.people["declarer"], suite.people["performance"]
    task = open_task(suite, declarer, SELF, "SELF", organization(COUNTY, UNIT))
    declarer.refused("NOT_SCORABLE", "evaluation", "ScoreEvaluationTask", name=task.name, etag=task.etag)
    read(suite, [LAST_READING], "2021-12-31", {"4": "LIGHT_RED"})
    task = declarer.ask("evaluation", "ScoreEvaluationTask", name=task.name, etag=task.etag,
                        conclusion="年度目标基本完成，进度和受益人口未达预期。").task
    card(suite, task, SELF_TOTAL)
    task = declarer.ask("evaluation", "FinalizeEvaluationTask", name=task.name, etag=task.etag).task
    expect(task.state, suite.value("evaluation", "TASK_STATE_FINAL"), "state of the self-evaluation")
    suite.say("FinalizeEvaluationTask", f"{task.name} is final")
    finance(suite, performance)
    coverage = performance.ask("evaluation", "GetCoverage", region=COUNTY, year=2021).coverage
    expect((coverage.expected, coverage.evaluated, list(coverage.missing)), (1, 1, []), "coverage")
    expect(number(coverage.rate_percent), 100, "coverage by count")
    expect(number(coverage.amount_rate_percent), 100, "coverage by amount")
    suite.say("GetCoverage", f"100 % by count and by amount, {number(coverage.evaluated_yuan)} yuan")


def draft(suite, name: str, kind: str, evaluator: str) -> dict:
    return {"parent": YEAR, "tasks": [{
        "task_id": name.rpartition("/")[2], "kind": suite.value("evaluation", f"EVALUATION_KIND_{kind}"),
        "object": PROJECT, "target": TARGET, "evaluator": evaluator,
    }]}


def open_task(suite, caller, name: str, kind: str, evaluator: str):
    task = caller.ask("evaluation", "BatchCreateEvaluationTasks", **draft(suite, name, kind, evaluator)).tasks[0]
    expect((task.name, task.target_version), (name, 1), "task opened")
    suite.say("BatchCreateEvaluationTasks", f"{task.name} {kind}, {number(task.amount_yuan)} yuan")
    return task


def card(suite, task, total: str) -> None:
    """Every row, the total and the grade, each with its explanation."""
    rows = {row.code: row for row in task.scorecard.rows}
    expect(sorted(rows), sorted(SCORES), "rows of the scorecard")
    for code, wanted in SCORES.items():
        expect(number(rows[code].computed_score), decimal.Decimal(wanted), f"computed score of {code}")
        check(len(rows[code].explanation.steps) > 0, f"the score of {code} is not explained")
    expect([code for code, row in rows.items() if row.missed], MISSED, "indicators missed")
    given = sum(number(row.given_score) for row in rows.values())
    expect(number(task.scorecard.total), decimal.Decimal(total), "total of the scorecard")
    expect(number(task.scorecard.total), given, "total against its rows")
    expect(task.scorecard.grade, suite.value("common", "GRADE_FAIR"), "grade")
    expect(task.target_missed, True, "whether the target was missed")
    suite.say("ScoreEvaluationTask", task.scorecard.explanation.conclusion)
    for row in task.scorecard.rows:
        suite.say(f"  {row.title} {row.actual_text}", f"{number(row.given_score)} of {number(row.weight)}")
    for finding in task.scorecard.findings:
        suite.say("  remark", finding)


def finance(suite, performance) -> None:
    evaluated = draft(suite, FINANCE, "FINANCE", organization(COUNTY, UNIT))
    performance.refused("DUTIES_NOT_SEPARATE", "evaluation", "BatchCreateEvaluationTasks", **evaluated)
    task = open_task(suite, performance, FINANCE, "FINANCE", organization(COUNTY, "101"))
    score = {"name": task.name, "etag": task.etag, "problems": [PROBLEM], "conclusion": "产出未达预期。"}
    suite.people["declarer"].refused(
        "DUTIES_NOT_SEPARATE", "evaluation", "ScoreEvaluationTask", name=task.name, etag=task.etag)
    performance.refused("FIELD_INVALID", "evaluation", "ScoreEvaluationTask",
                        given_scores=[{"code": "2", "score": yuan("13")}], **score)
    task = performance.ask("evaluation", "ScoreEvaluationTask", given_scores=[OVERRIDE], **score).task
    card(suite, task, FINANCE_TOTAL)
    row = next(row for row in task.scorecard.rows if row.code == "2")
    expect((number(row.computed_score), number(row.given_score), row.given_reason), (15, 13, OVERRIDE["reason"]),
           "computed and given score")
    performance.refused("STATE_FORBIDS", "evaluation", "FinalizeEvaluationTask", name=task.name, etag=task.etag)
    task = performance.ask("evaluation", "RecordOpinions", name=task.name, etag=task.etag, opinions="单位无异议").task
    task = performance.ask("evaluation", "FinalizeEvaluationTask", name=task.name, etag=task.etag).task
    expect(task.state, suite.value("evaluation", "TASK_STATE_FINAL"), "state of the finance evaluation")
    suite.say("RecordOpinions, FinalizeEvaluationTask", f"{task.name} is final")
    performance.refused("STATE_FORBIDS", "evaluation", "ScoreEvaluationTask", name=task.name, etag=task.etag)
