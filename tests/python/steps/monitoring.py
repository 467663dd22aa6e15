"""Money issued with its target, paid voucher by voucher and by stream, and the results read beside it."""

import queue
import time
import uuid

from suite import check, day, expect, number, yuan

from .identity import COUNTY
from .targets import PROJECT, TARGET, YEAR

ALLOTTED, PAID = "1500000.00", "1350000.00"
FIRST = ("V0001", "500000.00", "2021-04-15")
# voucher, amount, date, what becomes of it
STREAMED = [
    ("V0002", "600000.00", "2021-07-20", "stored"),
    ("V0002", "600000.00", "2021-07-20", "duplicate"),
    ("V0003", "500000.00", "2021-08-20", "ALLOTMENT_EXCEEDED"),
    ("V0002", "600000.01", "2021-07-20", "VOUCHER_REUSED"),
    ("V0004", "300000.00", "2021-09-20", "stored"),
    ("V0005", "-50000.00", "2021-10-20", "stored"),
]
# indicator code, reading; the fourth comes later, in the evaluation
READINGS = [
    {"indicator_code": "1", "value_text": "9公里"},
    {"indicator_code": "2", "value_text": "95%"},
    {"indicator_code": "3", "numerator": yuan("4"), "denominator": yuan("5")},
    {"indicator_code": "5", "value_text": "92%"},
]
LAST_READING = {"indicator_code": "4", "value_text": "1950人"}


def play(suite) -> None:
    issue(suite)
    platform = suite.people["platform"]
    pay(suite, platform)
    stream(suite, platform)
    suspend(suite, platform)
    position(suite, platform)
    # the first is ahead of what was expected by June; nothing is expected of the others before the year's end
    read(suite, READINGS, "2021-12-20", {"1": "LIGHT_GREEN"})
    condition(suite)


def issue(suite) -> None:
    line = suite.people["line"]
    row = {"project": PROJECT, "document": "盐财指〔2021〕示意1号", "issue_date": day("2021-03-01")}
    made = line.ask("monitoring", "IssueAllotment", allotment_id="A001", amount_yuan=yuan(ALLOTTED), **row).allotment
    expect((made.target, made.target_version), (TARGET, 1), "target issued with the money")
    check(made.signed_verdict.count(".") == 2, "the allotment keeps no verdict")
    suite.say("IssueAllotment", f"{made.name}, {number(made.amount_yuan)} yuan with {made.target} version 1")
    above = {"allotment_id": "A002", "amount_yuan": yuan("300000.01")}
    line.refused("TOTALS_DIFFER", "monitoring", "IssueAllotment", **above, **row)


def payment(voucher: str, amount: str, date: str) -> dict:
    return {"voucher": voucher, "project": PROJECT, "amount_yuan": yuan(amount), "pay_date": day(date),
            "payee": "施工单位", "note": "工程款"}


def pay(suite, platform) -> None:
    request_id = str(uuid.uuid4())
    row = payment(*FIRST)
    first = platform.ask("monitoring", "PostPayment", request_id=request_id, payment=row).outcome
    expect((first.stored, first.duplicate), (True, False), "outcome of the payment")
    expect(number(first.position.paid_yuan), 500000, "paid after the first voucher")
    suite.say("PostPayment", f"{first.payment.name}, {number(first.position.rate_percent)} % of the budget")
    again = platform.ask("monitoring", "PostPayment", request_id=request_id, payment=row).outcome
    expect(again, first, "answer to the repeat")
    duplicate = platform.ask("monitoring", "PostPayment", payment=row).outcome
    expect((duplicate.stored, duplicate.duplicate), (True, True), "the voucher again, under another request id")
    suite.say("PostPayment repeated", "the first answer; under another request id: duplicate")
    platform.refused("VOUCHER_REUSED", "monitoring", "PostPayment", payment=payment("V0001", "1.00", "2021-04-15"))
    wrong = [("0.001", "2021-04-16"), ("0.00", "2021-04-16"), ("1.00", "2099-01-01"), ("1.00", "2020-12-31")]
    for amount, date in wrong:
        platform.refused("FIELD_INVALID", "monitoring", "PostPayment", payment=payment("V0009", amount, date))
    batch = [payment("V0010", "999999.00", "2021-05-01"), payment("V0011", "2.00", "2021-05-01")]
    platform.refused("ALLOTMENT_EXCEEDED", "monitoring", "BatchPostPayments", parent=YEAR, payments=batch)
    platform.refused("NOT_FOUND", "monitoring", "GetPayment", name=f"{YEAR}/payments/V0010")


def stream(suite, platform) -> None:
    """Each row is sent only after the answer to the row before it has come."""
    request = suite.contract["monitoring"].StreamPaymentsRequest
    rows = queue.Queue()
    answers = platform.stream("monitoring", "StreamPayments")(
        iter(rows.get, None), metadata=platform.metadata, timeout=60)
    for voucher, amount, date, wanted in STREAMED:
        rows.put(request(payment=payment(voucher, amount, date)))
        outcome = next(answers).outcome
        got = outcome.reason or ("duplicate" if outcome.duplicate else "stored")
        expect((outcome.voucher, got), (voucher, wanted), "outcome of the row")
        expect(outcome.stored, wanted in ("stored", "duplicate"), f"whether {voucher} is stored")
        suite.say(f"StreamPayments {voucher} {amount}", f"{got} {outcome.message}".strip())
    rows.put(None)
    expect(list(answers), [], "answers after the last row")


def suspend(suite, platform) -> None:
    line = suite.people["line"]
    order = line.ask(
        "monitoring", "OrderSuspension", project=PROJECT, suspension_id="S001", authority="盐财绩〔2021〕示意1号",
        reason="工程进度明显滞后", lift_condition="提交经核验的赶工方案",
    ).suspension
    refund = payment("V0006", "1.00", "2021-11-20")
    platform.refused("PAYMENT_SUSPENDED", "monitoring", "PostPayment", payment=refund)
    outcome = next(iter(platform.stream("monitoring", "StreamPayments")(
        iter([suite.contract["monitoring"].StreamPaymentsRequest(payment=refund)]),
        metadata=platform.metadata, timeout=60))).outcome
    expect((outcome.stored, outcome.reason), (False, "PAYMENT_SUSPENDED"), "streamed row while suspended")
    line.ask("monitoring", "LiftSuspension", name=order.name, etag=order.etag, reason="赶工方案已核验")
    suite.say("OrderSuspension, LiftSuspension", order.name)


def position(suite, platform) -> None:
    now = platform.ask("monitoring", "GetPosition", project=PROJECT).position
    expect(number(now.budget_yuan), 1800000, "budget")
    expect(number(now.allotted_yuan), 1500000, "allotted")
    expect(number(now.paid_yuan), 1350000, "paid net of refunds")
    expect(number(now.rate_percent), 75, "execution rate")
    expect((now.target, now.target_version, now.suspended), (TARGET, 1, False), "baseline")
    check(now.money_light != 0 and now.money_explanation.text != "", "no light with its reason")
    light = suite.contract["monitoring"].Light.Name(now.money_light)
    suite.say("GetPosition", f"75 % paid, {light}: {now.money_explanation.conclusion}")
    spring = platform.ask("monitoring", "GetPosition", project=PROJECT, as_of=day("2021-04-30")).position
    expect(number(spring.paid_yuan), 500000, "paid by the end of April")
    rows = platform.pages("monitoring", "ListPayments", "payments", project=PROJECT, page_size=2)
    expect([row.voucher for row in rows], ["V0001", "V0002", "V0004", "V0005"], "vouchers stored")
    expect(sum(number(row.amount_yuan) for row in rows), number(now.paid_yuan), "vouchers against the position")
    rollup = suite.people["performance"].ask("monitoring", "GetRollup", region=COUNTY, year=2021).rollup
    expect((rollup.project_count, number(rollup.paid_yuan)), (1, number(now.paid_yuan)), "roll-up of the county")
    suite.say("ListPayments, GetRollup", f"{len(rows)} vouchers, {number(rollup.paid_yuan)} yuan")


def read(suite, rows: list, date: str, lights: dict) -> None:
    declarer = suite.people["declarer"]
    stamped = [row | {"reading_date": day(date), "evidence": "竣工验收单、用水户台账、入户问卷"} for row in rows]
    unknown = [stamped[0] | {"indicator_code": "99"}]
    declarer.refused("FIELD_INVALID", "monitoring", "RecordReadings", project=PROJECT, readings=unknown)
    answer = declarer.ask("monitoring", "RecordReadings", project=PROJECT, readings=stamped)
    expect(len(answer.readings), len(rows), "readings stored")
    for row, reading in zip(rows, answer.readings):
        at = next(one for one in answer.position.indicators if one.code == row["indicator_code"])
        light = suite.contract["monitoring"].Light.Name(at.light)
        expect(light, lights.get(at.code, "LIGHT_UNSPECIFIED"), f"light of indicator {at.code}")
        check(at.explanation.text != "", f"the light of indicator {at.code} has no reason")
        suite.say(f"RecordReadings {reading.name}", f"{at.title} {at.actual_text}, {at.explanation.conclusion}")


def condition(suite) -> None:
    """The condition of the assessment comes by itself, from the journal of targets."""
    performance = suite.people["performance"]
    until = time.monotonic() + 30
    found = []
    while not found:
        found = performance.pages("monitoring", "ListConditions", "conditions", region=COUNTY, year=2021)
        check(bool(found) or time.monotonic() < until, "the condition has not come to monitoring within 30 s")
        time.sleep(0.2)
    expect([one.project for one in found], [PROJECT], "projects with conditions")
    closed = performance.ask("monitoring", "CloseCondition", name=found[0].name, etag=found[0].etag,
                             proof="已按月细化进度目标").condition
    expect(closed.state, suite.value("monitoring", "CONDITION_STATE_CLOSED"), "state of the condition")
    suite.say("CloseCondition", f"{closed.name} {closed.text}")
