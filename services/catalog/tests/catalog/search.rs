//! Finding indicators by words.

use hengji_proto::catalog::v1 as pb;
use hengji_testkit::Bench;
use tonic::Status;

use crate::common::*;

fn asking(query: &str) -> pb::SearchIndicatorsRequest {
    pb::SearchIndicatorsRequest { query: query.into(), ..Default::default() }
}

async fn ask(
    bench: &Bench,
    request: pb::SearchIndicatorsRequest,
) -> Result<pb::SearchIndicatorsResponse, Status> {
    Ok(indicators(bench).search_indicators(bench.by(&reader(), request)).await?.into_inner())
}

async fn found(bench: &Bench, query: &str) -> anyhow::Result<Vec<String>> {
    Ok(ask(bench, asking(query)).await?.indicators.into_iter().map(|one| one.code).collect())
}

fn library() -> Vec<pb::Indicator> {
    let told = |code: &str, title: &str, definition: &str, formula: &str| pb::Indicator {
        definition: definition.into(),
        formula: formula.into(),
        ..indicator(code, title)
    };
    vec![
        told("A", "完成及时性", "按时完成的比率", "实际完成时间÷计划完成时间"),
        told("B", "实际完成率", "产出数与计划数之比", "实际产出数÷计划产出数×100%"),
        told("C", "质量达标率", "达标产出数与实际产出数之比", "质量达标产出数÷实际完成产出数"),
        told("D", "PM2.5 浓度", "细颗粒物 pm_2 年均值", ""),
        pb::Indicator { layer: COUNTY.into(), ..told("E", "滩羊存栏完成率", "", "") },
    ]
}

#[tokio::test]
async fn finds_every_word_in_any_order_with_titles_first() -> anyhow::Result<()> {
    on_each(async |bench| {
        activated(bench, library()).await?;
        assert_eq!(found(bench, "完成").await?, ["A", "B", "E", "C"]);
        assert_eq!(found(bench, "完成 率").await?, ["B", "E", "A", "C"]);
        assert_eq!(found(bench, " 达标\u{3000}完成\u{0} ").await?, ["C"]);
        assert_eq!(found(bench, "pm2.5").await?, ["D"], "letters of either case");
        assert_eq!(found(bench, "PM_2").await?, ["D"], "a pattern's signs mean themselves");
        assert_eq!(found(bench, "100%").await?, ["B"]);
        assert_eq!(found(bench, "完成率产出").await?, ["B"], "cut into words, each found in its own part");
        assert!(found(bench, "完成羊毛").await?.is_empty(), "every word counts");
        assert_eq!(subjects(&ask(bench, asking("%，!")).await.unwrap_err()), ["query"]);
        let blank = ask(bench, asking(" \t")).await.unwrap_err();
        assert_eq!(subjects(&blank), ["query"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn offers_only_active_indicators_of_the_regions_layers() -> anyhow::Result<()> {
    on_each(async |bench| {
        let active = activated(bench, library()).await?;
        let in_layer =
            |layer: &str| pb::SearchIndicatorsRequest { layer: layer.into(), ..asking("完成率") };
        assert_eq!(ask(bench, in_layer(COUNTY)).await?.indicators.len(), 2);
        assert_eq!(ask(bench, in_layer(NEIGHBOUR)).await?.indicators.len(), 1);
        let retire = pb::RetireIndicatorRequest {
            request_id: hengji_testkit::request_id(),
            validate_only: false,
            name: active[1].name.clone(),
            etag: active[1].etag.clone(),
            reason: "改用新指标".into(),
            successor: String::new(),
        };
        indicators(bench).retire_indicator(bench.by(&keeper(), retire)).await?;
        assert!(ask(bench, in_layer(NEIGHBOUR)).await?.indicators.is_empty());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn pages_through_titles_and_texts_without_loss_while_others_add() -> anyhow::Result<()> {
    on_each(async |bench| {
        activated(bench, library()).await?;
        let mut seen = Vec::new();
        let mut page_token = String::new();
        for round in 0.. {
            let request = pb::SearchIndicatorsRequest { page_size: 1, page_token, ..asking("完成") };
            let page = ask(bench, request).await?;
            seen.extend(page.indicators.into_iter().map(|one| one.code));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
            // before the page just read: must not push anything onto the next one
            activated(bench, vec![indicator(&format!("0{round}"), "完成")]).await?;
        }
        assert_eq!(seen, ["A", "B", "E", "C"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn narrows_by_what_an_indicator_is_kept_for() -> anyhow::Result<()> {
    on_each(async |bench| {
        let kept = |code: &str, industry: &str, account: &str| pb::Indicator {
            industry: industry.into(),
            functional_account: account.into(),
            ..indicator(code, "覆盖率")
        };
        activated(
            bench,
            vec![
                kept("A", "", ""),
                kept("B", "教育", "205"),
                kept("C", "教育", "20502"),
                kept("D", "卫生", "210"),
            ],
        )
        .await?;
        for (industry, account, codes) in [
            ("", "", vec!["A", "B", "C", "D"]),
            ("教育", "", vec!["A", "B", "C"]),
            ("", "2050201", vec!["A", "B", "C"]),
            ("", "205", vec!["A", "B"]),
            ("卫生", "205", vec!["A"]),
        ] {
            let request = pb::SearchIndicatorsRequest {
                industry: industry.into(),
                functional_account: account.into(),
                ..asking("覆盖率")
            };
            let found: Vec<_> =
                ask(bench, request).await?.indicators.into_iter().map(|one| one.code).collect();
            assert_eq!(found, codes, "{industry} {account}");
        }
        let other = pb::SearchIndicatorsRequest { level1: "效益指标".into(), ..asking("覆盖率") };
        assert!(ask(bench, other).await?.indicators.is_empty());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn suggests_for_a_described_project_and_says_why() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut library = library();
        library.push(indicator("F", "农村道路保洁覆盖率"));
        library.push(indicator("G", "道路破损修复及时率"));
        activated(bench, library).await?;
        let request = pb::SuggestIndicatorsRequest {
            description: "对全县农村道路实行常态化保洁，清运沿线垃圾".into(),
            limit: 2,
            ..Default::default()
        };
        let ask = async |request: pb::SuggestIndicatorsRequest| {
            anyhow::Ok(
                indicators(bench)
                    .suggest_indicators(bench.by(&reader(), request))
                    .await?
                    .into_inner()
                    .suggestions,
            )
        };
        let suggested = ask(request.clone()).await?;
        let told: Vec<_> = suggested
            .iter()
            .map(|one| {
                (one.indicator.as_ref().map_or("", |one| one.code.as_str()), one.matched_words.clone())
            })
            .collect();
        assert_eq!(told[0].0, "F");
        assert!(["农村", "道路", "保洁"].iter().all(|word| told[0].1.iter().any(|matched| matched == word)));
        assert_eq!(told[1], ("G", vec!["道路".to_owned()]));
        assert!(suggested[1].reason.contains("道路"));
        let unknown = pb::SuggestIndicatorsRequest { description: "滑雪".into(), ..request };
        assert!(ask(unknown).await?.is_empty());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn another_replica_finds_what_this_one_changed() -> anyhow::Result<()> {
    for database in hengji_testkit::databases().await? {
        let one = Bench::start(&hengji_catalog::SERVICE, &database, vec![]).await?;
        let other = Bench::start(&hengji_catalog::SERVICE, &database, vec![]).await?;
        assert!(found(&other, "完成").await?.is_empty());
        let active = activated(&one, vec![indicator("A", "完成率"), indicator("B", "完成数")]).await?;
        assert_eq!(found(&other, "完成").await?, ["A", "B"]);
        let retire = pb::RetireIndicatorRequest {
            request_id: hengji_testkit::request_id(),
            validate_only: false,
            name: active[0].name.clone(),
            etag: active[0].etag.clone(),
            reason: "改用新指标".into(),
            successor: String::new(),
        };
        indicators(&one).retire_indicator(one.by(&keeper(), retire)).await?;
        assert_eq!(found(&other, "完成").await?, ["B"]);
        one.stop().await;
        other.stop().await;
        database.remove().await?;
    }
    Ok(())
}
