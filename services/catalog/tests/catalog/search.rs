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
async fn finds_every_word_anywhere_with_titles_first() -> anyhow::Result<()> {
    on_each(async |bench| {
        activated(bench, library()).await?;
        assert_eq!(found(bench, "完成").await?, ["A", "B", "E", "C"]);
        assert_eq!(found(bench, "完成 率").await?, ["B", "E", "A", "C"]);
        assert_eq!(found(bench, " 达标\u{3000}完成\u{0} ").await?, ["C"]);
        assert_eq!(found(bench, "pm2.5").await?, ["D"], "letters of either case");
        assert_eq!(found(bench, "PM_2").await?, ["D"], "a pattern's signs mean themselves");
        assert_eq!(found(bench, "100%").await?, ["B"]);
        assert!(found(bench, "%").await?.len() == 1 && found(bench, "!").await?.is_empty());
        assert!(found(bench, "完成率产出").await?.is_empty(), "no word is found across two parts");
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
