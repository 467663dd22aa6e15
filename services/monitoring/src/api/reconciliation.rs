//! The platform's totals beside the ledger's.

use std::collections::BTreeMap;

use hengji_kernel::FiscalYear;
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};

use super::{State, convert};
use crate::domain::reconciliation::{self, PlatformTotal, Sum};
use crate::error::Refusal;
use crate::store::{Period, sums_by_group, vouchers_by_group};

/// Vouchers of the ledger compared one by one in a call, at most.
const VOUCHERS: i64 = 100_000;

pub(crate) async fn reconcile(
    state: &State,
    call: &Call,
    request: pb::ReconcilePaymentsRequest,
) -> Result<pb::ReconcilePaymentsResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let period = period(&request, year)?;
    let totals = request.totals.iter().enumerate().map(|(index, total)| parse(index, total));
    let platform = reconciliation::by_group(totals.collect::<Result<_, _>>()?)?;
    call.reach(&request.parent, &region, None)?;
    let mut tx = state.acts.db.read().await?;
    let ledger = sums_by_group(&mut tx, &period).await?;
    let open = reconciliation::to_open(&platform, &ledger);
    let payments: i64 = ledger.values().map(|sum| sum.count).sum();
    if !open.is_empty() && payments > VOUCHERS {
        return Err(Fault::field(
            "to_date",
            format!("此期间有 {payments} 张凭证，逐笔核对以 {VOUCHERS} 张为限，请缩短期间"),
        ));
    }
    let vouchers =
        if open.is_empty() { BTreeMap::new() } else { vouchers_by_group(&mut tx, &period).await? };
    let none = BTreeMap::new();
    let differences: Vec<_> = open
        .iter()
        .filter_map(|group| {
            let sum = ledger.get(group).copied().unwrap_or_default();
            reconciliation::compare(group, platform.get(group), sum, vouchers.get(group).unwrap_or(&none))
        })
        .collect();
    let compared = ledger.keys().filter(|group| !platform.contains_key(*group)).count() + platform.len();
    Ok(pb::ReconcilePaymentsResponse {
        compared_count: i32::try_from(compared).unwrap_or(i32::MAX),
        differences: differences.iter().map(convert::difference).collect(),
    })
}

fn period(request: &pb::ReconcilePaymentsRequest, year: FiscalYear) -> Result<Period, Fault> {
    let from = words::parse_date("from_date", request.from_date.as_ref())?;
    let to = words::parse_date("to_date", request.to_date.as_ref())?;
    for (field, date) in [("from_date", from), ("to_date", to)] {
        if date.year() != year.number() {
            return Err(Refusal::date(field, "不在该预算年度内", date).into());
        }
    }
    if to < from {
        return Err(Refusal::date("to_date", "早于 from_date", to).into());
    }
    Ok(Period { parent: request.parent.clone(), from, to })
}

fn parse(index: usize, total: &pb::PlatformTotal) -> Result<PlatformTotal, Fault> {
    let field = |name: &str| format!("totals[{index}].{name}");
    let mut vouchers = BTreeMap::new();
    for (place, voucher) in total.vouchers.iter().enumerate() {
        let field = |name: &str| field(&format!("vouchers[{place}].{name}"));
        let amount = words::parse_money(&field("amount_yuan"), voucher.amount_yuan.as_ref())?;
        if vouchers.insert(voucher.voucher.clone(), amount).is_some() {
            return Err(Fault::field(field("voucher"), "凭证号出现两次"));
        }
    }
    Ok(PlatformTotal {
        group: (words::word(&field("unit"), &total.unit)?, total.functional_account.clone()),
        sum: Sum {
            count: i64::from(total.payment_count),
            amount: words::parse_money(&field("amount_yuan"), total.amount_yuan.as_ref())?,
        },
        vouchers,
    })
}
