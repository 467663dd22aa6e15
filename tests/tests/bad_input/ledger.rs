//! Changes of an allotment and the platform's totals: every way in which they can be wrong.

use hengji_tests::prepared::PARENT;
use serde_json::{Value, json};
use tonic::Code;

use crate::monitoring::{date, declarer, future, line, platform, yuan};
use crate::{Case, field, refused};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = amount_changes();
    cases.extend(reconciliations());
    cases
}

/// 调整 and 结转 of the one allotment there is, issued on 1 February.
fn amount_changes() -> Vec<Case> {
    const ADJUST: &str = "monitoring.AllotmentService/AdjustAllotment";
    const CARRY: &str = "monitoring.AllotmentService/CarryOverAllotment";
    let body = |amount: &str, day: &str| {
        json!({
            "name": format!("{PARENT}/allotments/A1"), "etag": "v1", "document": "盐财预〔2021〕7号", "reason": "调整",
            amount: yuan("-1.00"), day: date(2021, 3, 1),
        })
    };
    let mut cases = Vec::new();
    for (method, amount, day) in
        [(ADJUST, "change_yuan", "adjust_date"), (CARRY, "amount_yuan", "carry_date")]
    {
        let good = move || {
            let mut body = body(amount, day);
            if method == CARRY {
                body[amount] = yuan("1.00");
            }
            body
        };
        let with = |name: &str, value: Value| {
            let mut body = good();
            body[name] = value;
            body
        };
        let most = if method == CARRY { "1000000.01" } else { "-1000000.01" };
        for wrong in ["0", "0.001", "1000000000000000.01", "一元", "", most] {
            cases.push(field(line, method, with(amount, yuan(wrong)), amount));
        }
        for wrong in [date(2021, 1, 31), future(), date(2021, 2, 30)] {
            cases.push(field(line, method, with(day, wrong), day));
        }
        for unknown in
            [format!("{PARENT}/allotments/A404"), format!("{PARENT}/allotments/A1").replace("2021", "2022")]
        {
            cases.push(refused(line, method, with("name", json!(unknown)), Code::NotFound, "NOT_FOUND"));
        }
        cases.push(field(line, method, with("name", json!("A1")), "name"));
        cases.push(field(line, method, with("document", json!("")), "document"));
        cases.push(field(line, method, with("reason", json!("")), "reason"));
        cases.push(refused(line, method, with("etag", json!("v77")), Code::Aborted, "ETAG_MISMATCH"));
        cases.push(refused(declarer, method, good(), Code::PermissionDenied, "PERMISSION_MISSING"));
    }
    let more = json!({
        "name": format!("{PARENT}/allotments/A1"), "etag": "v1", "document": "盐财预〔2021〕7号", "reason": "追加",
        "change_yuan": yuan("0.01"), "adjust_date": date(2021, 3, 1),
    });
    cases.push(refused(line, ADJUST, more.clone(), Code::FailedPrecondition, "TOTALS_DIFFER"));
    let mut later = more;
    later["change_yuan"] = yuan("-1.00");
    later["adjust_date"] = date(2022, 1, 1);
    cases.push(field(line, ADJUST, later, "adjust_date"));
    let mut wrong_sign = body("amount_yuan", "carry_date");
    wrong_sign["amount_yuan"] = yuan("-1.00");
    cases.push(field(line, CARRY, wrong_sign, "amount_yuan"));
    cases
}

fn reconciliations() -> Vec<Case> {
    const RECONCILE: &str = "monitoring.PaymentService/ReconcilePayments";
    let total =
        |unit: &str, amount: &str| json!({ "unit": unit, "payment_count": 1, "amount_yuan": yuan(amount) });
    let with = |name: &str, value: Value| {
        let mut body = json!({
            "parent": PARENT, "from_date": date(2021, 3, 1), "to_date": date(2021, 3, 31),
            "totals": [total("219001", "1.00")],
        });
        body[name] = value;
        body
    };
    let of_total = |name: &str, value: Value| {
        let mut total = total("219001", "1.00");
        total[name] = value;
        with("totals", json!([total]))
    };
    let voucher = |number: &str, amount: &str| json!({ "voucher": number, "amount_yuan": yuan(amount) });
    vec![
        field(platform, RECONCILE, with("parent", json!("regions/640323000")), "parent"),
        field(platform, RECONCILE, with("from_date", date(2020, 12, 31)), "from_date"),
        field(platform, RECONCILE, with("to_date", date(2022, 1, 1)), "to_date"),
        field(platform, RECONCILE, with("to_date", date(2021, 2, 28)), "to_date"),
        field(platform, RECONCILE, with("to_date", date(2021, 2, 29)), "to_date"),
        field(platform, RECONCILE, of_total("unit", json!("21900")), "totals[0].unit"),
        field(platform, RECONCILE, of_total("payment_count", json!(-1)), "totals[0].payment_count"),
        field(
            platform,
            RECONCILE,
            of_total("functional_account", json!("2050")),
            "totals[0].functional_account",
        ),
        field(platform, RECONCILE, with("totals", json!(vec![total("219001", "1.00"); 2])), "totals[1]"),
        field(platform, RECONCILE, of_total("amount_yuan", yuan("0.001")), "totals[0].amount_yuan"),
        field(
            platform,
            RECONCILE,
            of_total("amount_yuan", yuan("1000000000000000.01")),
            "totals[0].amount_yuan",
        ),
        field(
            platform,
            RECONCILE,
            of_total("vouchers", json!([voucher("V1", "0.5"), voucher("V1", "0.5")])),
            "totals[0].vouchers[1].voucher",
        ),
        field(
            platform,
            RECONCILE,
            of_total("vouchers", json!([voucher("V1", "0.005")])),
            "totals[0].vouchers[0].amount_yuan",
        ),
        refused(
            platform,
            RECONCILE,
            with("parent", json!("regions/650000000/years/2021")),
            Code::NotFound,
            "NOT_FOUND",
        ),
        refused(declarer, RECONCILE, with("from_date", date(2021, 3, 1)), Code::NotFound, "NOT_FOUND"),
    ]
}
