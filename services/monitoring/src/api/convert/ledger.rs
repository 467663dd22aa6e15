//! Allotments, payments and their reconciliation in the words of the contract.

use hengji_db::Stored;
use hengji_kernel::Timestamp;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::targets::v1::FundKind as PbFundKind;
use hengji_rpc::convert::{date, etag, money, timestamp};
use hengji_rpc::fault::reason_text;

use super::super::posting::Book;
use super::{explained_funds, fund_kind, position_after};
use crate::domain::reconciliation::{Difference, Sum, VoucherDifference, VoucherFinding};
use crate::domain::{
    Allotment, AllotmentState, AmountChange, Attributes, ChangeKind, Decision, Outcome, Payment, SourceLevel,
};
use crate::error::Refusal;
use crate::peers;

pub(crate) fn allotment(stored: &Stored<Allotment>) -> pb::Allotment {
    let (record, issue) = (&stored.record, &stored.record.issue);
    pb::Allotment {
        name: record.resource_name(),
        project: issue.project.name(),
        title: issue.title.clone(),
        unit: issue.unit.to_string(),
        document: issue.document.clone(),
        amount_yuan: Some(money(issue.amount)),
        issue_date: Some(date(issue.issue_date)),
        target: issue.target.clone(),
        target_version: issue.target_version,
        signed_verdict: issue.signed_verdict.clone(),
        state: match record.state {
            AllotmentState::Issued => pb::AllotmentState::Issued,
            AllotmentState::Withdrawn => pb::AllotmentState::Withdrawn,
        }
        .into(),
        etag: etag(stored),
        create_time: Some(timestamp(stored.created_at)),
        update_time: Some(timestamp(stored.updated_at)),
        functional_account: issue.attributes.functional_account.clone(),
        economic_account: issue.attributes.economic_account.clone(),
        fund_kind: issue.attributes.fund_kind.map_or(PbFundKind::Unspecified, fund_kind).into(),
        source_level: source_level(issue.attributes.source_level).into(),
        direct: issue.attributes.direct,
        changes: record.changes.iter().map(amount_change).collect(),
        current_yuan: Some(money(record.current())),
        carried_over_yuan: Some(money(record.carried_over())),
        reissued_yuan: Some(money(record.reissued)),
        carried_from: issue.carried_from.clone(),
    }
}

fn amount_change(change: &AmountChange) -> pb::AllotmentChange {
    pb::AllotmentChange {
        kind: match change.kind {
            ChangeKind::Adjusted => pb::AllotmentChangeKind::Adjusted,
            ChangeKind::CarriedOver => pb::AllotmentChangeKind::CarriedOver,
        }
        .into(),
        date: Some(date(change.date)),
        change_yuan: Some(money(change.change)),
        document: change.document.clone(),
        reason: change.reason.clone(),
    }
}

/// What kind of money is issued.
pub(crate) fn attributes(request: &pb::IssueAllotmentRequest) -> Attributes {
    Attributes {
        functional_account: request.functional_account.clone(),
        economic_account: request.economic_account.clone(),
        fund_kind: peers::fund_kind(request.fund_kind()),
        source_level: parse_source_level(request.source_level()),
        direct: request.direct,
    }
}

const fn source_level(level: Option<SourceLevel>) -> pb::SourceLevel {
    match level {
        None => pb::SourceLevel::Unspecified,
        Some(SourceLevel::Central) => pb::SourceLevel::Central,
        Some(SourceLevel::Province) => pb::SourceLevel::Province,
        Some(SourceLevel::City) => pb::SourceLevel::City,
        Some(SourceLevel::County) => pb::SourceLevel::County,
        Some(SourceLevel::Township) => pb::SourceLevel::Township,
    }
}

const fn parse_source_level(level: pb::SourceLevel) -> Option<SourceLevel> {
    match level {
        pb::SourceLevel::Unspecified => None,
        pb::SourceLevel::Central => Some(SourceLevel::Central),
        pb::SourceLevel::Province => Some(SourceLevel::Province),
        pb::SourceLevel::City => Some(SourceLevel::City),
        pb::SourceLevel::County => Some(SourceLevel::County),
        pb::SourceLevel::Township => Some(SourceLevel::Township),
    }
}

pub(crate) fn payment(payment: &Payment, at: Timestamp) -> pb::Payment {
    let row = &payment.row;
    pb::Payment {
        name: payment.resource_name(),
        voucher: row.voucher.clone(),
        project: row.project.name(),
        unit: payment.unit.to_string(),
        amount_yuan: Some(money(row.amount)),
        pay_date: Some(date(row.pay_date)),
        payee: row.payee.clone(),
        note: row.note.clone(),
        create_time: Some(timestamp(at)),
        functional_account: row.functional_account.clone(),
        economic_account: row.economic_account.clone(),
        corrects: row.corrects.clone(),
    }
}

/// Outcomes of many rows: each with the money and lights right after it, without indicators and explanations.
pub(crate) fn outcomes(decision: &Decision, book: &Book) -> Vec<pb::PaymentOutcome> {
    decision.outcomes.iter().map(|decided| outcome(decided, book)).collect()
}

/// The outcome of a single row that was decided last, with the reasons of both lights.
pub(crate) fn whole_outcome(decided: &Outcome, book: &Book) -> pb::PaymentOutcome {
    let mut whole = outcome(decided, book);
    if let Outcome::Stored { standing, .. } | Outcome::Duplicate { standing, .. } = decided {
        whole.position = book.funds_of(&standing.project).map(|funds| explained_funds(&funds));
    }
    whole
}

fn outcome(decided: &Outcome, book: &Book) -> pb::PaymentOutcome {
    match decided {
        Outcome::Stored { payment: stored, at, standing }
        | Outcome::Duplicate { payment: stored, at, standing } => pb::PaymentOutcome {
            voucher: stored.row.voucher.clone(),
            stored: true,
            duplicate: matches!(decided, Outcome::Duplicate { .. }),
            payment: Some(payment(stored, *at)),
            position: book.funds_of(&standing.project).map(|funds| position_after(&funds, standing)),
            ..pb::PaymentOutcome::default()
        },
        Outcome::Refused(refusal) => refused(refusal),
    }
}

/// The outcome of a row that is not stored.
pub(crate) fn refused(refusal: &Refusal) -> pb::PaymentOutcome {
    pb::PaymentOutcome {
        reason: reason_text(refusal.reason()).to_owned(),
        message: refusal.to_string(),
        ..pb::PaymentOutcome::default()
    }
}

/// A unit and account under which platform and ledger differ.
pub(crate) fn difference(found: &Difference) -> pb::ReconciliationDifference {
    let (unit, account) = &found.group;
    let count = |sum: Sum| i32::try_from(sum.count).unwrap_or(i32::MAX);
    pb::ReconciliationDifference {
        unit: unit.to_string(),
        functional_account: account.clone(),
        platform_count: count(found.platform),
        platform_yuan: Some(money(found.platform.amount)),
        ledger_count: count(found.ledger),
        ledger_yuan: Some(money(found.ledger.amount)),
        difference_yuan: Some(money(found.ledger.amount - found.platform.amount)),
        vouchers: found.vouchers.iter().map(voucher_difference).collect(),
    }
}

fn voucher_difference(found: &VoucherDifference) -> pb::VoucherDifference {
    use pb::VoucherDifferenceKind as Kind;
    let (kind, platform, ledger) = match found.finding {
        VoucherFinding::NotInLedger { platform } => (Kind::NotInLedger, Some(platform), None),
        VoucherFinding::NotFromPlatform { ledger } => (Kind::NotFromPlatform, None, Some(ledger)),
        VoucherFinding::AmountDiffers { platform, ledger } => {
            (Kind::AmountDiffers, Some(platform), Some(ledger))
        }
    };
    pb::VoucherDifference {
        voucher: found.voucher.clone(),
        kind: kind.into(),
        platform_yuan: platform.map(money),
        ledger_yuan: ledger.map(money),
    }
}
