//! How often indicators are used.

use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::indicator_usage_service_client::IndicatorUsageServiceClient;
use hengji_rpc::Link;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::{Code, Status};

use crate::common::*;

fn client(bench: &Bench) -> IndicatorUsageServiceClient<Link> {
    IndicatorUsageServiceClient::new(bench.link())
}

fn counter() -> Rights {
    Rights::of("targets").may(&["catalog.count"], NATION)
}

fn using(
    region: &str,
    year: i32,
    target: &str,
    version: i32,
    codes: &[&str],
) -> pb::RecordIndicatorUseRequest {
    pb::RecordIndicatorUseRequest {
        request_id: request_id(),
        validate_only: false,
        target: format!("regions/{region}/years/{year}/targets/{target}"),
        target_version: version,
        indicators: codes.iter().map(|code| format!("indicators/{code}")).collect(),
    }
}

async fn record(
    bench: &Bench,
    request: pb::RecordIndicatorUseRequest,
) -> Result<pb::RecordIndicatorUseResponse, Status> {
    Ok(client(bench).record_indicator_use(bench.by(&counter(), request)).await?.into_inner())
}

fn asked(region: &str, year: i32) -> pb::ListIndicatorUsageRequest {
    pb::ListIndicatorUsageRequest { region: region.into(), year, ..Default::default() }
}

/// Code, targets and regions of each.
async fn usage(
    bench: &Bench,
    by: &Rights,
    request: pb::ListIndicatorUsageRequest,
) -> Result<Vec<(String, i64, i64)>, Status> {
    let answer = client(bench).list_indicator_usage(bench.by(by, request)).await?.into_inner();
    let row = |one: pb::IndicatorUsage| (one.title, one.target_count, one.region_count);
    Ok(answer.usage.into_iter().map(row).collect())
}

fn row(title: &str, targets: i64, regions: i64) -> (String, i64, i64) {
    (title.to_owned(), targets, regions)
}

async fn library(bench: &Bench) -> anyhow::Result<Vec<pb::Indicator>> {
    let local = pb::Indicator { layer: COUNTY.into(), ..indicator("L", "滩羊参训率") };
    activated(bench, vec![indicator("A", "覆盖率"), indicator("B", "完成率"), local]).await
}

#[tokio::test]
async fn a_target_counts_once_however_often_it_is_told() -> anyhow::Result<()> {
    on_each(async |bench| {
        library(bench).await?;
        let first = using(COUNTY, 2021, "T1", 1, &["A", "B", "X"]);
        let answer = record(bench, first.clone()).await?;
        assert_eq!((answer.recorded, answer.unknown), (true, vec!["indicators/X".into()]));
        assert!(record(bench, first).await?.recorded, "a repeat gets the first answer");
        assert!(!record(bench, using(COUNTY, 2021, "T1", 1, &["A", "B"])).await?.recorded);
        let both = [row("覆盖率", 1, 1), row("完成率", 1, 1)];
        assert_eq!(usage(bench, &keeper(), asked(NATION, 2021)).await?, both);

        assert!(record(bench, using(COUNTY, 2021, "T1", 3, &["B"])).await?.recorded);
        assert!(!record(bench, using(COUNTY, 2021, "T1", 2, &["A"])).await?.recorded, "told too late");
        assert_eq!(usage(bench, &keeper(), asked(NATION, 2021)).await?, [row("完成率", 1, 1)]);
        let tried =
            pb::RecordIndicatorUseRequest { validate_only: true, ..using(COUNTY, 2021, "T2", 1, &["A"]) };
        assert!(record(bench, tried).await?.recorded);
        assert_eq!(usage(bench, &keeper(), asked(NATION, 0)).await?, [row("完成率", 1, 1)]);
        assert!(record(bench, using(COUNTY, 2021, "T1", 4, &[])).await?.recorded);
        assert_eq!(usage(bench, &keeper(), asked(NATION, 0)).await?, []);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn use_is_counted_by_region_year_and_layer_the_most_used_first() -> anyhow::Result<()> {
    on_each(async |bench| {
        library(bench).await?;
        for (region, year, target, codes) in [
            (COUNTY, 2021, "T1", vec!["A", "L"]),
            (COUNTY, 2021, "T2", vec!["B", "L"]),
            (COUNTY, 2022, "T1", vec!["B"]),
            (NEIGHBOUR, 2021, "T1", vec!["B"]),
            ("650000000", 2021, "T1", vec!["A", "B"]),
        ] {
            record(bench, using(region, year, target, 1, &codes)).await?;
        }
        let province = usage(bench, &keeper_of(PROVINCE), asked(PROVINCE, 2021)).await?;
        assert_eq!(province, [row("完成率", 2, 2), row("滩羊参训率", 2, 1), row("覆盖率", 1, 1)]);
        let nation = usage(bench, &keeper(), asked(NATION, 0)).await?;
        assert_eq!(nation, [row("完成率", 4, 3), row("覆盖率", 2, 2), row("滩羊参训率", 2, 1)]);
        let local = pb::ListIndicatorUsageRequest { layer: COUNTY.into(), ..asked(COUNTY, 2021) };
        assert_eq!(usage(bench, &keeper_of(COUNTY), local).await?, [row("滩羊参训率", 2, 1)]);
        let one = pb::ListIndicatorUsageRequest { indicator: "indicators/A".into(), ..asked(COUNTY, 0) };
        assert_eq!(usage(bench, &keeper_of(COUNTY), one).await?, [row("覆盖率", 1, 1)]);

        let mut page = pb::ListIndicatorUsageRequest { page_size: 1, ..asked(NATION, 0) };
        let mut paged = Vec::new();
        loop {
            let answer =
                client(bench).list_indicator_usage(bench.by(&keeper(), page.clone())).await?.into_inner();
            paged.extend(
                answer.usage.into_iter().map(|one| row(&one.title, one.target_count, one.region_count)),
            );
            if answer.next_page_token.is_empty() {
                break;
            }
            page.page_token = answer.next_page_token;
        }
        assert_eq!(paged, nation, "page by page nothing is told twice or left out");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn nobody_counts_or_reads_beyond_their_region() -> anyhow::Result<()> {
    on_each(async |bench| {
        library(bench).await?;
        record(bench, using(COUNTY, 2021, "T1", 1, &["A"])).await?;
        let elsewhere = Rights::of("targets").may(&["catalog.count"], NEIGHBOUR);
        let request = using(COUNTY, 2021, "T2", 1, &["A"]);
        let status = client(bench).record_indicator_use(bench.by(&elsewhere, request)).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound);
        for (by, region) in [(keeper_of(NEIGHBOUR), COUNTY), (keeper_of(COUNTY), NATION), (reader(), COUNTY)]
        {
            let status = usage(bench, &by, asked(region, 0)).await.unwrap_err();
            assert_eq!(why(&status), (Code::NotFound, "NOT_FOUND".into()));
        }
        let shape =
            pb::RecordIndicatorUseRequest { target: "targets/T1".into(), ..using(COUNTY, 2021, "T", 1, &[]) };
        assert_eq!(subjects(&record(bench, shape).await.unwrap_err()), ["target"]);
        let name = pb::RecordIndicatorUseRequest {
            indicators: vec!["A".into()],
            ..using(COUNTY, 2021, "T", 1, &[])
        };
        assert_eq!(subjects(&record(bench, name).await.unwrap_err()), ["indicators[0]"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_retired_indicator_keeps_its_users_and_stays_readable() -> anyhow::Result<()> {
    on_each(async |bench| {
        let a = library(bench).await?.remove(0);
        record(bench, using(COUNTY, 2021, "T1", 1, &["A"])).await?;
        let retire = pb::RetireIndicatorRequest {
            request_id: request_id(),
            validate_only: false,
            name: a.name.clone(),
            etag: a.etag,
            reason: "合并".into(),
            successor: "indicators/B".into(),
        };
        indicators(bench).retire_indicator(bench.by(&keeper(), retire)).await?;
        assert_eq!(usage(bench, &keeper(), asked(NATION, 2021)).await?, [row("覆盖率", 1, 1)]);
        let get = pb::GetIndicatorRequest { name: a.name, revision: 0 };
        let kept = indicators(bench).get_indicator(bench.by(&reader(), get)).await?.into_inner();
        let kept = kept.indicator.unwrap_or_default();
        assert_eq!((kept.state(), kept.successor.as_str()), (pb::IndicatorState::Retired, "indicators/B"));
        assert!(
            record(bench, using(COUNTY, 2021, "T1", 2, &["A"])).await?.recorded,
            "an old target's next version"
        );
        Ok(())
    })
    .await
}
