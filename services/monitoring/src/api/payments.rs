//! Payments: post one, post many, get, list.

use std::sync::Arc;

use hengji_db::Filter;
use hengji_kernel::{RegionCode, UnitCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::act::request_key;
use hengji_rpc::{Act, Call, Fault, convert as words};
use tokio::sync::oneshot;

use super::attempts::attempts;
use super::lanes::Ticket;
use super::posting::{self, Book, Row};
use super::{State, convert};
use crate::domain::{Outcome, Packs, Payment, PaymentRow, ProjectKey};
use crate::error::{ATTEMPTS, Refusal, Trouble, all_refused};

pub(crate) async fn post(
    state: &State,
    call: &Call,
    request: pb::PostPaymentRequest,
) -> Result<pb::PostPaymentResponse, Fault> {
    let row =
        request.payment.as_ref().map_or_else(missing, parse).map_err(|refusal| refusal.within("payment"))?;
    if request.validate_only {
        return check(state, call, &request, Ok(row)).await;
    }
    let places = [(row.project.region.clone(), row.project.year)];
    let (lane, rows, key) = (state.lanes.of(&row.project), vec![Ok(row)], request_key(call, &request));
    let call = Arc::new(call.clone());
    for _ in 0..ATTEMPTS {
        if let Err(fault) = state.rules.of_places(&call, &places).await {
            // a repeat is answered even while catalog is away
            return state.acts.repeated(&call, &request).await?.ok_or(fault);
        }
        let (reply, verdict) = oneshot::channel();
        let (once, rows) = (Some(key.clone()), rows.clone());
        state.lanes.offer(lane, Ticket { call: Arc::clone(&call), rows, once, reply })?;
        match verdict.await.map_err(Fault::internal)? {
            Ok(outcomes) => return Ok(pb::PostPaymentResponse { outcome: outcomes.into_iter().next() }),
            Err(Trouble::Fault(fault)) => return Err(fault),
            Err(Trouble::Again) => {}
        }
    }
    Err(Trouble::exhausted())
}

/// What would become of the payment, in an act of its own that is undone.
async fn check(
    state: &State,
    call: &Call,
    request: &pb::PostPaymentRequest,
    row: Row,
) -> Result<pb::PostPaymentResponse, Fault> {
    let rows = [row];
    attempts!(state, call, request, &posting::places(&rows), |act, packs| {
        let mut book = open(act, state, &rows, packs).await?;
        let decision = book.decide(&rows, packs, &call.scope());
        let outcome = decision.outcomes.first().ok_or(Trouble::Again)?;
        if let Outcome::Refused(refusal) = outcome {
            return Err(refusal.clone().within("payment").into());
        }
        Ok(pb::PostPaymentResponse { outcome: Some(convert::whole_outcome(outcome, &book)) })
    })
}

pub(crate) async fn batch(
    state: &State,
    call: &Call,
    request: pb::BatchPostPaymentsRequest,
) -> Result<pb::BatchPostPaymentsResponse, Fault> {
    words::parse_parent("parent", &request.parent)?;
    let rows: Vec<Row> = request.payments.iter().map(|row| parse_under(&request.parent, row)).collect();
    attempts!(state, call, &request, &posting::places(&rows), |act, packs| {
        let mut book = open(act, state, &rows, packs).await?;
        let decision = book.decide(&rows, packs, &call.scope());
        let refused = decision.outcomes.iter().enumerate().filter_map(|(index, outcome)| match outcome {
            Outcome::Refused(refusal) => Some((format!("payments[{index}]"), refusal.clone())),
            _ => None,
        });
        let refused: Vec<_> = refused.collect();
        if !refused.is_empty() {
            return Err(all_refused(refused).into());
        }
        let (outcomes, entries) = (convert::outcomes(&decision, &book), posting::news(act, &decision));
        if !book.write(act, &[decision]).await? {
            return Err(Trouble::Again);
        }
        act.tx.append_many(entries).await?;
        Ok(pb::BatchPostPaymentsResponse { outcomes })
    })
}

async fn open(act: &mut Act, state: &State, rows: &[Row], packs: &Packs) -> Result<Book, Trouble> {
    let book = Book::open(act, rows.iter()).await?;
    if state.rules.learn(packs, book.funds()) { Err(Trouble::Again) } else { Ok(book) }
}

/// A row as the platform sends it, its words read.
pub(crate) fn parse(row: &pb::PaymentRow) -> Row {
    let field = |fault: Fault, field: &str| Refusal::field(field, bare(&fault, field));
    for (name, text) in [("payee", &row.payee), ("note", &row.note)] {
        if text.contains('\0') {
            return Err(Refusal::field(name, "不得含有空字符"));
        }
    }
    Ok(PaymentRow {
        voucher: row.voucher.clone(),
        project: ProjectKey::parse(&row.project).map_err(|invalid| Refusal::invalid("project", invalid))?,
        amount: words::parse_money("amount_yuan", row.amount_yuan.as_ref())
            .map_err(|fault| field(fault, "amount_yuan"))?,
        pay_date: words::parse_date("pay_date", row.pay_date.as_ref())
            .map_err(|fault| field(fault, "pay_date"))?,
        payee: row.payee.clone(),
        note: row.note.clone(),
        functional_account: row.functional_account.clone(),
        economic_account: row.economic_account.clone(),
        corrects: row.corrects.clone(),
    })
}

fn parse_under(parent: &str, row: &pb::PaymentRow) -> Row {
    let row = parse(row)?;
    if row.project.parent() != parent {
        return Err(Refusal::field("project", format!("不在 {parent} 之内")));
    }
    Ok(row)
}

pub(crate) fn missing() -> Row {
    Err(Refusal::field("payment", "必填"))
}

/// The rule alone, without the field it begins with.
fn bare(fault: &Fault, field: &str) -> String {
    fault.message().trim_start_matches(field).trim_start_matches('：').to_owned()
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetPaymentRequest,
) -> Result<pb::GetPaymentResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<Payment>(&request.name, &call.scope()).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetPaymentResponse { payment: Some(convert::payment(&stored.record, stored.created_at)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListPaymentsRequest,
) -> Result<pb::ListPaymentsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = within_subtree(&request.region, &request.unit, request.year)?;
    if !request.project.is_empty() {
        filter = filter.eq("project", &request.project);
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Payment>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let payments = rows.iter().map(|stored| convert::payment(&stored.record, stored.created_at)).collect();
    Ok(pb::ListPaymentsResponse { payments, next_page_token })
}

/// What every list of monitoring may be narrowed by; empty and 0 mean all.
pub(crate) fn within_subtree(region: &str, unit: &str, year: i32) -> Result<Filter, Fault> {
    let mut filter = Filter::new();
    if let Some(region) = words::word_or_none::<RegionCode>("region", region)? {
        filter = filter.region_subtree(&region);
    }
    if let Some(unit) = words::word_or_none::<UnitCode>("unit", unit)? {
        filter = filter.unit_subtree(&unit);
    }
    if year != 0 {
        filter = filter.eq("year", words::year("year", year)?);
    }
    Ok(filter)
}
