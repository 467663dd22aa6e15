//! Reconciliation (对账): the platform's totals of a period beside the ledger's, down to the vouchers that differ.

use std::collections::{BTreeMap, BTreeSet};

use hengji_kernel::{Money, UnitCode};

use crate::error::Refusal;

/// Unit and 支出功能分类.
pub(crate) type Group = (UnitCode, String);

/// What the platform paid under one unit and account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlatformTotal {
    pub(crate) group: Group,
    pub(crate) sum: Sum,
    /// Empty where it sends totals only.
    pub(crate) vouchers: BTreeMap<String, Money>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) count: i64,
    /// Net of refunds.
    pub(crate) amount: Money,
}

/// A unit and account under which the two differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) group: Group,
    pub(crate) platform: Sum,
    pub(crate) ledger: Sum,
    pub(crate) vouchers: Vec<VoucherDifference>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VoucherDifference {
    pub(crate) voucher: String,
    pub(crate) finding: VoucherFinding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VoucherFinding {
    NotInLedger { platform: Money },
    NotFromPlatform { ledger: Money },
    AmountDiffers { platform: Money, ledger: Money },
}

/// The platform's totals by group; none twice.
pub(crate) fn by_group(totals: Vec<PlatformTotal>) -> Result<BTreeMap<Group, PlatformTotal>, Refusal> {
    let mut groups = BTreeMap::new();
    for (index, total) in totals.into_iter().enumerate() {
        let (unit, account) = total.group.clone();
        if groups.insert(total.group.clone(), total).is_some() {
            let field = format!("totals[{index}]");
            return Err(Refusal::field(field, format!("单位 {unit}、功能科目“{account}”出现两次")));
        }
    }
    Ok(groups)
}

/// The groups whose vouchers have to be looked at: whose totals differ, or whose vouchers the platform sent.
pub(crate) fn to_open(
    platform: &BTreeMap<Group, PlatformTotal>,
    ledger: &BTreeMap<Group, Sum>,
) -> Vec<Group> {
    let groups: BTreeSet<_> = platform.keys().chain(ledger.keys()).collect();
    let open = groups.into_iter().filter(|group| {
        let total = platform.get(*group);
        let theirs = total.map(|total| total.sum).unwrap_or_default();
        theirs != ledger.get(*group).copied().unwrap_or_default()
            || total.is_some_and(|total| !total.vouchers.is_empty())
    });
    open.cloned().collect()
}

/// Compares one group; nothing where both sides agree.
pub(crate) fn compare(
    group: &Group,
    total: Option<&PlatformTotal>,
    ledger: Sum,
    ours: &BTreeMap<String, Money>,
) -> Option<Difference> {
    let none = BTreeMap::new();
    let theirs = total.map_or(&none, |total| &total.vouchers);
    let platform = total.map(|total| total.sum).unwrap_or_default();
    let numbers: BTreeSet<_> = theirs.keys().chain(ours.keys()).collect();
    let vouchers: Vec<_> = numbers
        .into_iter()
        .filter_map(|voucher| {
            let finding = match (theirs.get(voucher).copied(), ours.get(voucher).copied()) {
                (Some(platform), None) => VoucherFinding::NotInLedger { platform },
                (None, Some(ledger)) => VoucherFinding::NotFromPlatform { ledger },
                (Some(platform), Some(ledger)) if platform != ledger => {
                    VoucherFinding::AmountDiffers { platform, ledger }
                }
                _ => return None,
            };
            Some(VoucherDifference { voucher: voucher.clone(), finding })
        })
        .collect();
    (platform != ledger || !vouchers.is_empty()).then(|| Difference {
        group: group.clone(),
        platform,
        ledger,
        vouchers,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn vouchers() -> impl Strategy<Value = BTreeMap<String, Money>> {
        proptest::collection::btree_map("V[0-9]", (-300..300_i64).prop_map(Money::from_fen), 0..8)
    }

    fn sum(vouchers: &BTreeMap<String, Money>) -> Sum {
        Sum { count: vouchers.len() as i64, amount: vouchers.values().copied().sum() }
    }

    proptest! {
        #[test]
        fn what_differs_makes_up_the_whole_difference(theirs in vouchers(), ours in vouchers()) {
            let group: Group = ("219001".parse().unwrap(), "2130106".into());
            let total = PlatformTotal { group: group.clone(), sum: sum(&theirs), vouchers: theirs.clone() };
            let found = compare(&group, Some(&total), sum(&ours), &ours);
            prop_assert_eq!(found.is_none(), theirs == ours);
            let explained: Money = found.into_iter().flat_map(|difference| difference.vouchers).map(|voucher| {
                match voucher.finding {
                    VoucherFinding::NotInLedger { platform } => -platform,
                    VoucherFinding::NotFromPlatform { ledger } => ledger,
                    VoucherFinding::AmountDiffers { platform, ledger } => ledger - platform,
                }
            }).sum();
            prop_assert_eq!(explained, sum(&ours).amount - sum(&theirs).amount);
        }
    }

    #[test]
    fn a_group_is_opened_when_totals_differ_or_vouchers_were_sent_whichever_side_has_it() {
        let group = |account: &str| -> Group { ("219001".parse().unwrap(), account.into()) };
        let sum = |fen| Sum { count: 1, amount: Money::from_fen(fen) };
        let total = |account: &str, fen, vouchers| {
            (group(account), PlatformTotal { group: group(account), sum: sum(fen), vouchers })
        };
        let sent = BTreeMap::from([("V1".to_owned(), Money::from_fen(1))]);
        let none = BTreeMap::new();
        let platform = BTreeMap::from([
            total("equal", 1, none.clone()),
            total("sent", 1, sent),
            total("other", 2, none.clone()),
            total("theirs", 1, none),
        ]);
        let ledger = ["equal", "sent", "other", "ours"].map(|account| (group(account), sum(1))).into();
        let open: Vec<_> = to_open(&platform, &ledger).into_iter().map(|(_, account)| account).collect();
        assert_eq!(open, ["other", "ours", "sent", "theirs"]);
        let twice = platform.values().chain(platform.values()).cloned().collect();
        assert!(by_group(twice).is_err());
    }
}
