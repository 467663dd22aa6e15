//! Money and readings: every way in which an amount, a date or a value can be wrong.

use hengji_kernel::{Clock, SystemClock};
use hengji_tests::Desk;
use hengji_tests::prepared::{self, PARENT, PROJECT, Prepared};
use serde_json::{Value, json};
use tonic::Code;

use crate::{Case, field, ledger, refused};

pub(crate) fn platform(people: &Prepared) -> &Desk {
    &people.platform
}

pub(crate) fn line(people: &Prepared) -> &Desk {
    &people.line
}

pub(crate) fn declarer(people: &Prepared) -> &Desk {
    &people.declarer
}

fn finance(people: &Prepared) -> &Desk {
    &people.finance
}

const POST: &str = "monitoring.PaymentService/PostPayment";
const BATCH: &str = "monitoring.PaymentService/BatchPostPayments";
const ISSUE: &str = "monitoring.AllotmentService/IssueAllotment";
const READ: &str = "monitoring.ReadingService/RecordReadings";

fn pay(name: &str, value: Value) -> Value {
    let mut row = prepared::payment("W1", "1.00");
    row[name] = value;
    json!({ "payment": row })
}

pub(crate) fn yuan(text: &str) -> Value {
    json!({ "value": text })
}

pub(crate) fn date(year: i32, month: i32, day: i32) -> Value {
    json!({ "year": year, "month": month, "day": day })
}

/// A day of next year: after the budget year and not yet come.
pub(crate) fn future() -> Value {
    date(SystemClock.today().year() + 1, 1, 1)
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = payments();
    cases.extend(batches());
    cases.extend(allotments());
    cases.extend(ledger::cases());
    cases.extend(readings());
    cases.extend(rounds());
    cases.extend(orders());
    cases.extend(questions());
    cases
}

fn payments() -> Vec<Case> {
    vec![
        field(platform, POST, pay("amount_yuan", yuan("0.001")), "payment.amount_yuan"),
        field(platform, POST, pay("amount_yuan", yuan("0")), "payment.amount_yuan"),
        field(platform, POST, pay("amount_yuan", yuan("壹佰元")), "payment.amount_yuan"),
        field(platform, POST, pay("amount_yuan", yuan("")), "payment.amount_yuan"),
        field(platform, POST, pay("amount_yuan", Value::Null), "payment.amount_yuan"),
        field(platform, POST, pay("pay_date", future()), "payment.pay_date"),
        field(platform, POST, pay("pay_date", date(2020, 12, 31)), "payment.pay_date"),
        field(platform, POST, pay("pay_date", date(2021, 2, 30)), "payment.pay_date"),
        field(platform, POST, pay("voucher", json!("凭证 1")), "payment.voucher"),
        field(platform, POST, pay("project", json!("P1")), "payment.project"),
        field(platform, POST, json!({}), "payment"),
        refused(
            platform,
            POST,
            pay("project", json!(PROJECT.replace("P1", "P404"))),
            Code::NotFound,
            "NOT_FOUND",
        ),
        refused(
            platform,
            POST,
            pay("amount_yuan", yuan("1000000.01")),
            Code::FailedPrecondition,
            "ALLOTMENT_EXCEEDED",
        ),
        refused(declarer, POST, pay("note", json!("自己支付")), Code::PermissionDenied, "PERMISSION_MISSING"),
    ]
}

fn batches() -> Vec<Case> {
    let rows = |amounts: &[&str]| {
        let rows: Vec<_> = amounts
            .iter()
            .enumerate()
            .map(|(index, amount)| prepared::payment(&format!("B{index}"), amount))
            .collect();
        json!({ "parent": PARENT, "payments": rows })
    };
    let many = rows(&vec!["1.00"; 1001]);
    vec![
        field(platform, BATCH, rows(&["1.00", "2.00", "3.005"]), "payments[2].amount_yuan"),
        field(platform, BATCH, many, "payments"),
        field(platform, BATCH, json!({ "parent": PARENT, "payments": [] }), "payments"),
        field(
            platform,
            BATCH,
            json!({ "parent": "regions/640323000/years/2022", "payments": [prepared::payment("B1", "1.00")] }),
            "payments[0].project",
        ),
        refused(
            platform,
            BATCH,
            rows(&["1.00", "1000000.00"]),
            Code::FailedPrecondition,
            "ALLOTMENT_EXCEEDED",
        ),
    ]
}

fn allotments() -> Vec<Case> {
    let issue = |amount: &str, date: Value| {
        json!({
            "project": PROJECT, "allotment_id": "A9", "document": "盐财预〔2021〕9号",
            "amount_yuan": yuan(amount), "issue_date": date,
        })
    };
    let day = || date(2021, 3, 1);
    vec![
        field(line, ISSUE, issue("1.001", day()), "amount_yuan"),
        field(line, ISSUE, issue("0", day()), "amount_yuan"),
        field(line, ISSUE, issue("-1", day()), "amount_yuan"),
        field(line, ISSUE, issue("一元", day()), "amount_yuan"),
        field(line, ISSUE, issue("1.00", future()), "issue_date"),
        field(line, ISSUE, issue("1.00", date(2020, 1, 1)), "issue_date"),
        refused(line, ISSUE, issue("0.01", day()), Code::FailedPrecondition, "TOTALS_DIFFER"),
        refused(
            line,
            "monitoring.AllotmentService/WithdrawAllotment",
            json!({ "name": format!("{PARENT}/allotments/A1"), "etag": "v77", "reason": "收回", "withdraw_date": day() }),
            Code::Aborted,
            "ETAG_MISMATCH",
        ),
    ]
}

fn readings() -> Vec<Case> {
    let read = |name: &str, value: Value| {
        let mut row = json!({
            "indicator_code": "1", "value_text": "3000平方米", "reading_date": date(2021, 6, 30),
        });
        row[name] = value;
        json!({ "project": PROJECT, "readings": [row] })
    };
    let mut ratio = read("value_text", json!(""));
    ratio["readings"][0]["numerator"] = yuan("95");
    ratio["readings"][0]["denominator"] = yuan("0");
    vec![
        field(declarer, READ, read("indicator_code", json!("99")), "readings[0].indicator_code"),
        field(declarer, READ, read("value_text", json!("差不多完成了")), "readings[0].value_text"),
        field(declarer, READ, read("value_text", json!("")), "readings[0].value_text"),
        field(declarer, READ, ratio, "readings[0].denominator"),
        field(declarer, READ, read("reading_date", future()), "readings[0].reading_date"),
        field(declarer, READ, read("reading_date", date(2021, 9, 31)), "readings[0].reading_date"),
        field(declarer, READ, json!({ "project": PROJECT, "readings": [] }), "readings"),
        field(
            declarer,
            READ,
            read("parts", json!([{ "title": "一楼", "value": yuan("2999") }])),
            "readings[0].parts",
        ),
        field(
            declarer,
            READ,
            read("corrects", json!(format!("{PARENT}/readings/R404"))),
            "readings[0].corrects",
        ),
        field(declarer, READ, read("correction_reason", json!("误填")), "readings[0].correction_reason"),
    ]
}

fn rounds() -> Vec<Case> {
    const OPEN: &str = "monitoring.RoundService/OpenRound";
    const IMPORT: &str = "monitoring.MonitoringFormService/ImportMonitoringForm";
    let open = |name: &str, value: Value| {
        let mut body = json!({
            "parent": PARENT, "round_id": "R9", "title": "监控",
            "cut_off_date": date(2021, 6, 30), "due_date": date(2021, 7, 31),
        });
        body[name] = value;
        body
    };
    let form = format!("{PARENT}/rounds/R9/forms/640323000.P1");
    vec![
        field(finance, OPEN, open("cut_off_date", future()), "cut_off_date"),
        field(finance, OPEN, open("cut_off_date", date(2020, 12, 31)), "cut_off_date"),
        field(finance, OPEN, open("due_date", date(2021, 6, 29)), "due_date"),
        field(finance, OPEN, open("calendar_round", json!("1-5月")), "calendar_round"),
        field(
            finance,
            OPEN,
            open("scope", json!({ "rate_below_percent": yuan("六成") })),
            "scope.rate_below_percent",
        ),
        field(finance, OPEN, open("scope", json!({ "budget_from_yuan": yuan("1000000.01") })), "scope"),
        refused(
            finance,
            OPEN,
            open("parent", json!("regions/650000000/years/2021")),
            Code::NotFound,
            "NOT_FOUND",
        ),
        field(
            declarer,
            IMPORT,
            json!({ "name": form, "etag": "v1", "workbook": "bm90IGEgd29ya2Jvb2s=" }),
            "workbook",
        ),
    ]
}

fn orders() -> Vec<Case> {
    const SUSPEND: &str = "monitoring.SuspensionService/OrderSuspension";
    let suspend = |amount: &str| {
        json!({
            "project": PROJECT, "suspension_id": "S9", "authority": "会议纪要", "reason": "偏离", "lift_condition": "整改",
            "amount_yuan": yuan(amount),
        })
    };
    let bond = |principal: &str, interest: &str| {
        let year = json!({
            "year": 2022, "forecast_income_yuan": yuan("10"), "principal_yuan": yuan(principal),
            "interest_yuan": yuan(interest),
        });
        let terms = json!({
            "code": "2105123", "amount_yuan": yuan("100"), "rate_percent": yuan("3"), "term_years": 1,
            "issue_date": date(2021, 3, 1), "years": [year],
        });
        json!({ "project": PROJECT, "bond_id": "B9", "terms": terms })
    };
    const BOND: &str = "monitoring.BondService/CreateBond";
    vec![
        field(line, SUSPEND, suspend("0"), "amount_yuan"),
        field(line, SUSPEND, suspend("1000000.01"), "amount_yuan"),
        field(line, SUSPEND, suspend("0.001"), "amount_yuan"),
        field(line, BOND, bond("99.99", "3"), "terms.years"),
        field(line, BOND, bond("100", "-3"), "terms.years[0].interest_yuan"),
    ]
}

fn questions() -> Vec<Case> {
    let positions = "monitoring.PositionService/ListPositions";
    let rollup = "monitoring.PositionService/GetRollup";
    vec![
        field(platform, positions, json!({ "region": "64032300" }), "region"),
        field(platform, positions, json!({ "unit": "21" }), "unit"),
        field(platform, positions, json!({ "page_size": 5000 }), "page_size"),
        Case {
            reason: "PAGE_TOKEN_INVALID",
            ..field(platform, positions, json!({ "page_token": "1" }), "page_token")
        },
        field(platform, rollup, json!({ "region": "640323000", "year": 21 }), "year"),
        refused(
            platform,
            rollup,
            json!({ "region": "650000000", "year": 2021 }),
            Code::NotFound,
            "NOT_FOUND",
        ),
        refused(
            platform,
            "monitoring.PositionService/GetPosition",
            json!({ "project": PROJECT.replace("P1", "P404") }),
            Code::NotFound,
            "NOT_FOUND",
        ),
    ]
}
