//! How indicators change over time and from layer to layer.

use hengji_proto::catalog::v1 as pb;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::{Code, Status};

use crate::common::*;

const PROVINCE: &str = "640000000";

async fn get(bench: &Bench, name: &str, revision: i32) -> Result<pb::Indicator, Status> {
    let request = pb::GetIndicatorRequest { name: name.into(), revision };
    Ok(indicators(bench)
        .get_indicator(bench.by(&reader(), request))
        .await?
        .into_inner()
        .indicator
        .unwrap_or_default())
}

async fn revise(bench: &Bench, from: &pb::Indicator, to: pb::Indicator) -> Result<pb::Indicator, Status> {
    let request = pb::ReviseIndicatorRequest {
        request_id: request_id(),
        validate_only: false,
        name: from.name.clone(),
        etag: from.etag.clone(),
        indicator: Some(to),
        reason: "口径调整".into(),
    };
    let answer = indicators(bench).revise_indicator(bench.by(&keeper(), request)).await?;
    Ok(answer.into_inner().indicator.unwrap_or_default())
}

#[tokio::test]
async fn a_change_is_a_new_revision_and_the_old_one_stays() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = activated(bench, vec![indicator("A", "覆盖率")]).await?.remove(0);
        let changed = pb::Indicator { unit: "%".into(), ..indicator("A", "道路覆盖率") };
        let drafted = revise(bench, &first, changed.clone()).await?;
        assert_eq!((drafted.title.as_str(), drafted.revision), ("覆盖率", 1), "in force meanwhile");
        assert_eq!(drafted.pending_state(), pb::IndicatorState::Draft);
        let second = reviewed(bench, vec![first.name.clone()]).await?.remove(0);
        assert_eq!((second.title.as_str(), second.revision, second.pending_state), ("道路覆盖率", 2, 0));
        assert_eq!(get(bench, &first.name, 0).await?.unit, "%");
        let before = get(bench, &first.name, 1).await?;
        assert_eq!((before.title.as_str(), before.revision), ("覆盖率", 1));
        assert_eq!(get(bench, &first.name, 3).await.unwrap_err().code(), Code::NotFound);

        let stale = revise(bench, &first, changed.clone()).await.unwrap_err();
        assert_eq!(stale.code(), Code::Aborted);
        let other = revise(bench, &second, indicator("B", "道路覆盖率")).await.unwrap_err();
        assert_eq!(subjects(&other), ["indicator.code"]);
        let empty =
            revise(bench, &second, pb::Indicator { title: String::new(), ..changed }).await.unwrap_err();
        assert_eq!(subjects(&empty), ["indicator.title"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_sent_back_is_a_draft_again_and_a_change_in_review_is_not_overwritten() -> anyhow::Result<()>
{
    on_each(async |bench| {
        let active = activated(bench, vec![indicator("A", "覆盖率")]).await?.remove(0);
        let drafted = revise(bench, &active, indicator("A", "甲")).await?;
        let redrafted = revise(bench, &drafted, indicator("A", "乙")).await?;
        let names = vec![active.name.clone()];
        let submit = pb::SubmitIndicatorsRequest {
            request_id: request_id(),
            validate_only: false,
            names: names.clone(),
        };
        let in_review = indicators(bench).submit_indicators(bench.by(&keeper(), submit)).await?.into_inner();
        let in_review = &in_review.indicators[0];
        assert_eq!(in_review.pending_state(), pb::IndicatorState::InReview);
        let late = revise(bench, in_review, indicator("A", "丙")).await.unwrap_err();
        assert_eq!(why(&late), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let send_back = |names: Vec<String>| pb::ReturnIndicatorsRequest {
            request_id: request_id(),
            validate_only: false,
            names,
            reason: "请补充解释".into(),
        };
        let returned = indicators(bench)
            .return_indicators(bench.by(&keeper(), send_back(names.clone())))
            .await?
            .into_inner();
        assert_eq!(returned.indicators[0].pending_state(), pb::IndicatorState::Draft);
        let twice =
            indicators(bench).return_indicators(bench.by(&keeper(), send_back(names))).await.unwrap_err();
        assert_eq!(subjects(&twice), std::slice::from_ref(&redrafted.name));
        let second = reviewed(bench, vec![redrafted.name]).await?.remove(0);
        assert_eq!(second.title, "乙");
        Ok(())
    })
    .await
}

fn refining(code: &str, layer: &str, parent: &str) -> pb::Indicator {
    pb::Indicator {
        layer: layer.into(),
        refines: format!("indicators/{parent}"),
        ..indicator(code, "满意度")
    }
}

#[tokio::test]
async fn a_region_sees_every_layers_refinement_with_its_origin() -> anyhow::Result<()> {
    on_each(async |bench| {
        let national = pb::Indicator {
            definition: "服务对象的满意程度".into(),
            formula: "满意人数÷调查人数".into(),
            document: "财预〔2021〕101号".into(),
            ..indicator("N", "服务对象满意度")
        };
        activated(bench, vec![national]).await?;
        let county = pb::Indicator {
            formula: "电话回访满意人数÷回访人数".into(),
            ..refining("C", COUNTY, "P")
        };
        let province = pb::Indicator { definition: "分城乡统计".into(), ..refining("P", PROVINCE, "N") };
        activated(bench, vec![province]).await?;
        activated(bench, vec![county]).await?;
        let seen = async |region: &str| {
            let request =
                pb::GetEffectiveIndicatorRequest { name: "indicators/N".into(), region: region.into() };
            let answer =
                indicators(bench).get_effective_indicator(bench.by(&reader(), request)).await?.into_inner();
            let origins: Vec<_> =
                answer.origins.iter().map(|one| format!("{}={}", one.field, one.indicator)).collect();
            anyhow::Ok((answer.indicator.unwrap_or_default(), origins))
        };
        let (effective, origins) = seen(COUNTY).await?;
        assert_eq!(effective.code, "N");
        assert_eq!(
            (effective.definition.as_str(), effective.formula.as_str()),
            ("分城乡统计", "电话回访满意人数÷回访人数")
        );
        assert_eq!(origins, ["definition=indicators/P", "title=indicators/C", "formula=indicators/C"]);
        let (elsewhere, origins) = seen("650000000").await?;
        assert_eq!(elsewhere.title, "服务对象满意度");
        assert!(origins.iter().all(|origin| origin.ends_with("indicators/N")));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_refinement_never_replaces_what_is_above() -> anyhow::Result<()> {
    on_each(async |bench| {
        let retired =
            activated(bench, vec![indicator("N", "满意度"), indicator("R", "满意度")]).await?.remove(1);
        let successor = pb::RetireIndicatorRequest {
            request_id: request_id(),
            validate_only: false,
            name: retired.name.clone(),
            etag: retired.etag.clone(),
            reason: "合并".into(),
            successor: "indicators/N".into(),
        };
        let own = pb::RetireIndicatorRequest {
            request_id: request_id(),
            successor: retired.name.clone(),
            ..successor.clone()
        };
        let status = indicators(bench).retire_indicator(bench.by(&keeper(), own)).await.unwrap_err();
        assert_eq!(subjects(&status), ["successor"]);
        indicators(bench).retire_indicator(bench.by(&keeper(), successor)).await?;
        assert_eq!(get(bench, "indicators/R", 0).await?.successor, "indicators/N");

        let other_level = pb::Indicator { level1: "满意度指标".into(), ..refining("C1", COUNTY, "N") };
        let list = vec![
            other_level,
            refining("C2", COUNTY, "R"),
            refining("C3", COUNTY, "X"),
            refining("C4", NATION, "N"),
        ];
        let create = pb::BatchCreateIndicatorsRequest {
            request_id: request_id(),
            validate_only: false,
            indicators: list,
        };
        indicators(bench).batch_create_indicators(bench.by(&keeper(), create)).await?;
        for (code, part) in [("C1", "不同"), ("C2", "启用"), ("C3", "不存在"), ("C4", "上级")] {
            let status = reviewed(bench, vec![format!("indicators/{code}")]).await.unwrap_err();
            let status = status.downcast::<Status>()?;
            assert_eq!(why(&status), (Code::FailedPrecondition, "STATE_FORBIDS".into()), "{code}");
            assert!(status.message().contains(part), "{code}: {}", status.message());
        }
        let own = indicators(bench)
            .batch_create_indicators(bench.by(
                &keeper(),
                pb::BatchCreateIndicatorsRequest {
                    request_id: request_id(),
                    validate_only: false,
                    indicators: vec![refining("C5", COUNTY, "C5")],
                },
            ))
            .await
            .unwrap_err();
        assert_eq!(subjects(&own), ["indicators[0].refines"]);
        Ok(())
    })
    .await
}

fn proposal(indicator: &pb::Indicator, to: &str) -> pb::ProposeIndicatorRequest {
    pb::ProposeIndicatorRequest {
        request_id: request_id(),
        validate_only: false,
        name: indicator.name.clone(),
        etag: indicator.etag.clone(),
        to_layer: to.into(),
        reason: "三年使用良好".into(),
    }
}

fn promotion(indicator: &pb::Indicator, code: &str) -> pb::PromoteIndicatorRequest {
    pb::PromoteIndicatorRequest {
        request_id: request_id(),
        validate_only: false,
        name: indicator.name.clone(),
        etag: indicator.etag.clone(),
        code: code.into(),
        document: "local".into(),
        reason: "全省适用".into(),
    }
}

fn county_keeper() -> Rights {
    keeper_of(COUNTY)
}

#[tokio::test]
async fn a_local_indicator_is_proposed_and_promoted_by_the_layer_above() -> anyhow::Result<()> {
    on_each(async |bench| {
        let local = |code: &str| pb::Indicator { layer: COUNTY.into(), ..indicator(code, "滩羊参训率") };
        let mut list = activated(bench, vec![local("L"), local("M")]).await?;
        let (l, m) = (list.remove(0), list.remove(0));
        let mut client = indicators(bench);
        let sideways =
            client.propose_indicator(bench.by(&county_keeper(), proposal(&l, NEIGHBOUR))).await.unwrap_err();
        assert_eq!(subjects(&sideways), ["to_layer"]);
        let proposed = client.propose_indicator(bench.by(&county_keeper(), proposal(&l, PROVINCE))).await?;
        let proposed = proposed.into_inner().indicator.unwrap_or_default();
        assert_eq!(proposed.proposed_to, PROVINCE);
        let twice = client
            .propose_indicator(bench.by(&county_keeper(), proposal(&proposed, PROVINCE)))
            .await
            .unwrap_err();
        assert_eq!(why(&twice), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let inbox = pb::ListIndicatorsRequest { proposed_to: PROVINCE.into(), ..Default::default() };
        let inbox = client.list_indicators(bench.by(&reader(), inbox)).await?.into_inner().indicators;
        assert_eq!(inbox.len(), 1);

        let by_itself = client
            .promote_indicator(bench.by(&county_keeper(), promotion(&proposed, "S")))
            .await
            .unwrap_err();
        assert_eq!(by_itself.code(), Code::NotFound, "the county does not reach the province's layer");
        let taken = client
            .promote_indicator(bench.by(&keeper_of(PROVINCE), promotion(&proposed, "M")))
            .await
            .unwrap_err();
        assert_eq!(why(&taken), (Code::AlreadyExists, "ALREADY_EXISTS".into()));
        let promoted =
            client.promote_indicator(bench.by(&keeper_of(PROVINCE), promotion(&proposed, "S"))).await?;
        let promoted = promoted.into_inner();
        let draft = promoted.indicator.unwrap_or_default();
        assert_eq!((draft.layer.as_str(), draft.state()), (PROVINCE, pb::IndicatorState::Draft));
        assert_eq!(draft.promoted_from, "indicators/L");
        assert_eq!(promoted.promoted_from.unwrap_or_default().proposed_to, "");

        let not_proposed =
            client.promote_indicator(bench.by(&keeper(), promotion(&m, "S2"))).await.unwrap_err();
        assert_eq!(why(&not_proposed), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let proposed = client.propose_indicator(bench.by(&county_keeper(), proposal(&m, NATION))).await?;
        let proposed = proposed.into_inner().indicator.unwrap_or_default();
        let decline = pb::DeclineIndicatorProposalRequest {
            request_id: request_id(),
            validate_only: false,
            name: proposed.name,
            etag: proposed.etag,
            reason: "地方性强".into(),
        };
        let kept = client.decline_indicator_proposal(bench.by(&keeper(), decline)).await?.into_inner();
        let kept = kept.indicator.unwrap_or_default();
        assert_eq!((kept.proposed_to.as_str(), kept.state()), ("", pb::IndicatorState::Active));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_indicator_is_offered_only_on_its_days() -> anyhow::Result<()> {
    on_each(async |bench| {
        let dated = pb::Indicator {
            valid_from: date(2021, 1, 1),
            valid_to: date(2022, 12, 31),
            ..indicator("A", "覆盖率")
        };
        activated(bench, vec![dated.clone()]).await?;
        for (day, found) in [((2020, 12, 31), 0), ((2021, 1, 1), 1), ((2022, 12, 31), 1), ((2023, 1, 1), 0)] {
            let request = pb::SearchIndicatorsRequest {
                query: "覆盖率".into(),
                date: date(day.0, day.1, day.2),
                ..Default::default()
            };
            let answer =
                indicators(bench).search_indicators(bench.by(&reader(), request)).await?.into_inner();
            assert_eq!(answer.indicators.len(), found, "{day:?}");
        }
        let reversed = pb::Indicator { code: "B".into(), valid_to: date(2020, 1, 1), ..dated };
        let create = pb::BatchCreateIndicatorsRequest {
            request_id: request_id(),
            validate_only: false,
            indicators: vec![reversed],
        };
        let status =
            indicators(bench).batch_create_indicators(bench.by(&keeper(), create)).await.unwrap_err();
        assert_eq!(subjects(&status), ["indicators[0].valid_to"]);
        Ok(())
    })
    .await
}
