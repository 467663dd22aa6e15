//! The platform's totals beside the ledger's (对账).

use crate::support::*;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::VoucherDifferenceKind as Kind;
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_testkit::{Rights, databases};
use tonic::{Code, Status};

fn total(
    unit: &str,
    account: &str,
    count: i32,
    amount: &str,
    vouchers: &[(&str, &str)],
) -> pb::PlatformTotal {
    let voucher = |(voucher, amount): &(&str, &str)| pb::PlatformVoucher {
        voucher: (*voucher).into(),
        amount_yuan: Some(yuan(amount)),
    };
    pb::PlatformTotal {
        unit: unit.into(),
        functional_account: account.into(),
        payment_count: count,
        amount_yuan: Some(yuan(amount)),
        vouchers: vouchers.iter().map(voucher).collect(),
    }
}

fn request(from: &str, to: &str, totals: Vec<pb::PlatformTotal>) -> pb::ReconcilePaymentsRequest {
    pb::ReconcilePaymentsRequest {
        parent: "regions/640323000/years/2021".into(),
        from_date: Some(day(from)),
        to_date: Some(day(to)),
        totals,
    }
}

async fn reconcile(
    county: &County,
    rights: &Rights,
    request: pb::ReconcilePaymentsRequest,
) -> Result<pb::ReconcilePaymentsResponse, Status> {
    let request = county.bench.by(rights, request);
    Ok(PaymentServiceClient::new(county.link()).reconcile_payments(request).await?.into_inner())
}

/// Three vouchers of one unit and account, one without an account, one of another unit, one of the next month.
async fn paid(county: &County) -> anyhow::Result<()> {
    county.issue(P2, "A2", "600", "2021-01-10").await?;
    for (voucher, project, account, amount, on) in [
        ("V1", P1, "2130106", "100", "2021-03-01"),
        ("V2", P1, "2130106", "50.50", "2021-03-02"),
        ("V3", P1, "2130106", "-20", "2021-03-31"),
        ("V4", P1, "", "7", "2021-03-05"),
        ("V5", P2, "2130106", "9", "2021-03-05"),
        ("V6", P1, "2130106", "30", "2021-04-01"),
    ] {
        county
            .pay(pb::PaymentRow { functional_account: account.into(), ..row(voucher, project, amount, on) })
            .await?;
    }
    Ok(())
}

#[tokio::test]
async fn differences_come_down_to_the_vouchers() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        paid(&county).await?;
        let march = |totals| request("2021-03-01", "2021-03-31", totals);
        let equal = vec![
            total("219001", "2130106", 3, "130.50", &[("V1", "100"), ("V2", "50.50"), ("V3", "-20")]),
            total("219001", "", 1, "7", &[]),
            total("219002", "2130106", 1, "9.00", &[]),
        ];
        let answer = reconcile(&county, &county.rights, march(equal)).await?;
        assert_eq!((answer.compared_count, answer.differences), (3, vec![]));

        let differing = vec![
            // the sums agree and the vouchers do not
            total("219001", "2130106", 3, "130.50", &[("V1", "101"), ("V2", "49.50"), ("V9", "-20")]),
            total("219001", "", 2, "8", &[]),
            total("220001", "2130106", 1, "3", &[("V8", "3")]),
        ];
        let answer = reconcile(&county, &county.rights, march(differing)).await?;
        assert_eq!(answer.compared_count, 4);
        let told: Vec<_> = answer
            .differences
            .iter()
            .map(|found| {
                let vouchers = found.vouchers.iter().map(|found| {
                    let amounts = (text(found.platform_yuan.as_ref()), text(found.ledger_yuan.as_ref()));
                    (found.voucher.as_str(), found.kind(), amounts)
                });
                let group = (found.unit.as_str(), found.functional_account.as_str());
                (group, text(found.difference_yuan.as_ref()), vouchers.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            told,
            [
                (("219001", ""), "-1.00", vec![("V4", Kind::NotFromPlatform, ("", "7.00"))]),
                (
                    ("219001", "2130106"),
                    "0.00",
                    vec![
                        ("V1", Kind::AmountDiffers, ("101.00", "100.00")),
                        ("V2", Kind::AmountDiffers, ("49.50", "50.50")),
                        ("V3", Kind::NotFromPlatform, ("", "-20.00")),
                        ("V9", Kind::NotInLedger, ("-20.00", "")),
                    ]
                ),
                (("219002", "2130106"), "9.00", vec![("V5", Kind::NotFromPlatform, ("", "9.00"))]),
                (("220001", "2130106"), "-3.00", vec![("V8", Kind::NotInLedger, ("3.00", ""))]),
            ]
        );
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn refuses_a_period_or_totals_that_make_no_sense_and_callers_from_elsewhere() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let twice = total("219001", "", 1, "1", &[]);
        let same = total("219001", "", 2, "2", &[("V1", "1"), ("V1", "1")]);
        for (request, field) in [
            (request("2021-03-02", "2021-03-01", vec![]), "to_date"),
            (request("2020-12-31", "2021-03-01", vec![]), "from_date"),
            (request("2021-03-01", "2022-01-01", vec![]), "to_date"),
            (request("2021-03-01", "2021-03-31", vec![twice.clone(), twice]), "totals[1]"),
            (request("2021-03-01", "2021-03-31", vec![same]), "totals[0].vouchers[1].voucher"),
            (
                request("2021-03-01", "2021-03-31", vec![total("219001", "", 1, "1.001", &[])]),
                "totals[0].amount_yuan",
            ),
            (request("2021-03-01", "2021-03-31", vec![total("21", "", 1, "1", &[])]), "totals[0].unit"),
        ] {
            let status = reconcile(&county, &county.rights, request).await.unwrap_err();
            assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec![field.to_owned()]));
        }
        let ask = || request("2021-03-01", "2021-03-31", vec![]);
        let unit = Rights::of("unit").may_for_unit(&["monitoring.read"], REGION, "219001");
        for rights in [neighbour(), unit] {
            assert_eq!(refusal(reconcile(&county, &rights, ask()).await).0, Code::NotFound);
        }
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
