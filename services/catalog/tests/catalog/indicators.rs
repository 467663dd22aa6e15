//! The life of an indicator.

use hengji_proto::catalog::v1 as pb;
use hengji_proto::common::v1::ObjectKind;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::{Code, Status};

use crate::common::*;

fn creation(list: Vec<pb::Indicator>) -> pb::BatchCreateIndicatorsRequest {
    pb::BatchCreateIndicatorsRequest { request_id: request_id(), validate_only: false, indicators: list }
}

async fn create(bench: &Bench, by: &Rights, list: Vec<pb::Indicator>) -> Result<Vec<pb::Indicator>, Status> {
    let answer = indicators(bench).batch_create_indicators(bench.by(by, creation(list))).await?;
    Ok(answer.into_inner().indicators)
}

async fn submit(bench: &Bench, by: &Rights, names: &[&str]) -> Result<Vec<pb::Indicator>, Status> {
    let names = names.iter().map(ToString::to_string).collect();
    let request = pb::SubmitIndicatorsRequest { request_id: request_id(), validate_only: false, names };
    Ok(indicators(bench).submit_indicators(bench.by(by, request)).await?.into_inner().indicators)
}

async fn activate(bench: &Bench, by: &Rights, names: &[&str]) -> Result<Vec<pb::Indicator>, Status> {
    let names = names.iter().map(ToString::to_string).collect();
    let request = pb::ActivateIndicatorsRequest { request_id: request_id(), validate_only: false, names };
    Ok(indicators(bench).activate_indicators(bench.by(by, request)).await?.into_inner().indicators)
}

fn retirement(indicator: &pb::Indicator) -> pb::RetireIndicatorRequest {
    pb::RetireIndicatorRequest {
        request_id: request_id(),
        validate_only: false,
        name: indicator.name.clone(),
        etag: indicator.etag.clone(),
        reason: "文件已废止".into(),
        successor: String::new(),
    }
}

async fn list(
    bench: &Bench,
    request: pb::ListIndicatorsRequest,
) -> Result<pb::ListIndicatorsResponse, Status> {
    Ok(indicators(bench).list_indicators(bench.by(&reader(), request)).await?.into_inner())
}

fn codes(list: &[pb::Indicator]) -> Vec<&str> {
    list.iter().map(|one| one.code.as_str()).collect()
}

#[tokio::test]
async fn an_indicator_is_drafted_activated_and_retired() -> anyhow::Result<()> {
    on_each(async |bench| {
        let sent = pb::Indicator { common: true, unit: "%".into(), ..indicator("GX-1", "实际完成率") };
        let drafts = create(bench, &keeper(), vec![sent.clone()]).await?;
        assert_eq!(drafts[0].state(), pb::IndicatorState::Draft);
        let early = activate(bench, &keeper(), &["indicators/GX-1"]).await.unwrap_err();
        assert_eq!(why(&early), (Code::FailedPrecondition, "STATE_FORBIDS".into()), "not reviewed");
        let submitted = submit(bench, &keeper(), &["indicators/GX-1"]).await?;
        assert_eq!(submitted[0].state(), pb::IndicatorState::InReview);
        let active = activate(bench, &keeper(), &["indicators/GX-1"]).await?;
        assert_eq!(active[0].state(), pb::IndicatorState::Active);

        let stale = indicators(bench)
            .retire_indicator(bench.by(&keeper(), retirement(&drafts[0])))
            .await
            .unwrap_err();
        assert_eq!(why(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));
        let retired = indicators(bench).retire_indicator(bench.by(&keeper(), retirement(&active[0]))).await?;
        let retired = retired.into_inner().indicator.unwrap();
        assert_eq!(retired.state(), pb::IndicatorState::Retired);

        let get = pb::GetIndicatorRequest { name: "indicators/GX-1".into(), revision: 0 };
        let read =
            indicators(bench).get_indicator(bench.by(&reader(), get)).await?.into_inner().indicator.unwrap();
        assert_eq!(read, retired);
        let as_sent = pb::Indicator {
            name: String::new(),
            state: 0,
            etag: String::new(),
            create_time: None,
            update_time: None,
            revision: 0,
            ..read
        };
        assert_eq!(as_sent, sent);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_steps_out_of_order_naming_every_indicator() -> anyhow::Result<()> {
    on_each(async |bench| {
        let drafts = create(bench, &keeper(), vec![indicator("A", "甲"), indicator("B", "乙")]).await?;
        let early = indicators(bench)
            .retire_indicator(bench.by(&keeper(), retirement(&drafts[0])))
            .await
            .unwrap_err();
        assert_eq!(why(&early), (Code::FailedPrecondition, "STATE_FORBIDS".into()));

        submit(bench, &keeper(), &["indicators/A", "indicators/B"]).await?;
        activate(bench, &keeper(), &["indicators/A", "indicators/B"]).await?;
        create(bench, &keeper(), vec![indicator("C", "丙")]).await?;
        submit(bench, &keeper(), &["indicators/C"]).await?;
        let names = ["indicators/A", "indicators/B", "indicators/C"];
        let again = activate(bench, &keeper(), &names).await.unwrap_err();
        assert_eq!(why(&again), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        assert_eq!(subjects(&again), ["indicators/A", "indicators/B"]);
        let untouched = list(bench, pb::ListIndicatorsRequest::default()).await?.indicators;
        assert_eq!(untouched[2].state(), pb::IndicatorState::InReview, "all or none");

        let unknown = activate(bench, &keeper(), &["indicators/C", "indicators/D"]).await.unwrap_err();
        assert_eq!(why(&unknown), (Code::NotFound, "NOT_FOUND".into()));
        let twice = activate(bench, &keeper(), &["indicators/C", "indicators/C"]).await.unwrap_err();
        assert_eq!(subjects(&twice), ["names"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn tells_every_fault_of_a_batch_and_stores_nothing() -> anyhow::Result<()> {
    on_each(async |bench| {
        let wrong = vec![
            indicator("A", "甲"),
            pb::Indicator { layer: "64".into(), direction: 0, ..indicator("A", " ") },
            pb::Indicator {
                object_kind: 0,
                nature: 9,
                document: String::new(),
                ..indicator("a/b", "乙\u{7}")
            },
        ];
        let refused = create(bench, &keeper(), wrong).await.unwrap_err();
        assert_eq!(why(&refused), (Code::InvalidArgument, "FIELD_INVALID".into()));
        let mut fields = subjects(&refused);
        fields.sort();
        assert_eq!(
            fields,
            [
                "indicators[1].code",
                "indicators[1].direction",
                "indicators[1].layer",
                "indicators[1].title",
                "indicators[2].code",
                "indicators[2].document",
                "indicators[2].nature",
                "indicators[2].nature",
                "indicators[2].object_kind",
                "indicators[2].title",
            ]
        );
        let qualitative =
            pb::Indicator {
                nature: pb::Nature::Qualitative.into(), direction: 0, ..indicator("Q", "定性")
            };
        create(bench, &keeper(), vec![qualitative]).await?;
        let taken =
            create(bench, &keeper(), vec![indicator("N", "新"), indicator("Q", "旧")]).await.unwrap_err();
        assert_eq!(why(&taken), (Code::AlreadyExists, "ALREADY_EXISTS".into()));
        assert_eq!(codes(&list(bench, pb::ListIndicatorsRequest::default()).await?.indicators), ["Q"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_a_trial_leaves_nothing() -> anyhow::Result<()> {
    on_each(async |bench| {
        let trial =
            pb::BatchCreateIndicatorsRequest { validate_only: true, ..creation(vec![indicator("A", "甲")]) };
        indicators(bench).batch_create_indicators(bench.by(&keeper(), trial)).await?;
        assert!(list(bench, pb::ListIndicatorsRequest::default()).await?.indicators.is_empty());

        let request = creation(vec![indicator("A", "甲")]);
        let first = indicators(bench)
            .batch_create_indicators(bench.by(&keeper(), request.clone()))
            .await?
            .into_inner();
        let second = indicators(bench)
            .batch_create_indicators(bench.by(&keeper(), request.clone()))
            .await?
            .into_inner();
        assert_eq!(first, second);
        let other = pb::BatchCreateIndicatorsRequest { indicators: vec![indicator("B", "乙")], ..request };
        let reused = indicators(bench).batch_create_indicators(bench.by(&keeper(), other)).await.unwrap_err();
        assert_eq!(why(&reused), (Code::AlreadyExists, "REQUEST_ID_REUSED".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_layer_is_changed_only_by_those_who_reach_it_and_read_by_all() -> anyhow::Result<()> {
    on_each(async |bench| {
        let own = pb::Indicator { layer: COUNTY.into(), ..indicator("XJ-1", "本县指标") };
        let county = keeper_of(COUNTY);
        create(bench, &county, vec![own.clone()]).await?;
        let above = create(bench, &county, vec![indicator("GX-1", "全国指标")]).await.unwrap_err();
        assert_eq!(why(&above), (Code::NotFound, "NOT_FOUND".into()));
        let foreign = activate(bench, &keeper_of(NEIGHBOUR), &["indicators/XJ-1"]).await.unwrap_err();
        assert_eq!(why(&foreign), (Code::NotFound, "NOT_FOUND".into()));
        let unit = Rights::of("unit").may_for_unit(&["catalog.manage"], COUNTY, "219");
        let part =
            create(bench, &unit, vec![pb::Indicator { code: "XJ-2".into(), ..own }]).await.unwrap_err();
        assert_eq!(part.code(), Code::NotFound, "a unit is not its region");
        let mere = create(bench, &reader(), vec![indicator("X", "甲")]).await.unwrap_err();
        assert_eq!(why(&mere), (Code::PermissionDenied, "PERMISSION_MISSING".into()));
        let get = pb::GetIndicatorRequest { name: "indicators/XJ-1".into(), revision: 0 };
        indicators(bench).get_indicator(bench.by(&keeper_of(NEIGHBOUR), get)).await?;
        let nobody = pb::GetIndicatorRequest { name: "indicators/XJ-9".into(), revision: 0 };
        let missing = indicators(bench).get_indicator(bench.by(&reader(), nobody)).await.unwrap_err();
        assert_eq!(why(&missing), (Code::NotFound, "NOT_FOUND".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn lists_a_regions_own_layer_and_all_above_page_by_page() -> anyhow::Result<()> {
    on_each(async |bench| {
        let at = |code: &str, layer: &str| pb::Indicator { layer: layer.into(), ..indicator(code, code) };
        let mut batch = vec![
            at("A", NATION),
            at("B", PROVINCE),
            at("C", COUNTY),
            at("D", NEIGHBOUR),
            at("E", "640300000"),
        ];
        batch[1].industry = "教育".into();
        batch[2].object_kind = ObjectKind::Department.into();
        create(bench, &keeper(), batch).await?;
        submit(bench, &keeper(), &["indicators/C"]).await?;
        activate(bench, &keeper(), &["indicators/C"]).await?;
        let all = |layer: &str| pb::ListIndicatorsRequest { layer: layer.into(), ..Default::default() };
        assert_eq!(codes(&list(bench, all(COUNTY)).await?.indicators), ["A", "B", "C", "E"]);
        assert_eq!(codes(&list(bench, all(PROVINCE)).await?.indicators), ["A", "B"]);
        let schools = pb::ListIndicatorsRequest { industry: "教育".into(), ..all("") };
        assert_eq!(codes(&list(bench, schools).await?.indicators), ["B"]);
        let departments = pb::ListIndicatorsRequest { object_kind: ObjectKind::Department.into(), ..all("") };
        assert_eq!(codes(&list(bench, departments).await?.indicators), ["C"]);
        let drafts = pb::ListIndicatorsRequest { state: pb::IndicatorState::Draft.into(), ..all(COUNTY) };
        assert_eq!(codes(&list(bench, drafts).await?.indicators), ["A", "B", "E"]);

        let first = list(bench, pb::ListIndicatorsRequest { page_size: 3, ..all("") }).await?;
        assert_eq!(codes(&first.indicators), ["A", "B", "C"]);
        let next =
            pb::ListIndicatorsRequest { page_size: 3, page_token: first.next_page_token.clone(), ..all("") };
        let rest = list(bench, next).await?;
        assert_eq!((codes(&rest.indicators), rest.next_page_token.as_str()), (vec!["D", "E"], ""));
        let bent = pb::ListIndicatorsRequest { page_token: first.next_page_token, ..all(COUNTY) };
        let refused = list(bench, bent).await.unwrap_err();
        assert_eq!(why(&refused), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_name_no_record_can_have_is_not_found() -> anyhow::Result<()> {
    on_each(async |bench| {
        for name in ["indicators/\0", "indicators/' or 1 = 1", "%"] {
            let get = pb::GetIndicatorRequest { name: name.into(), revision: 0 };
            let missing = indicators(bench).get_indicator(bench.by(&reader(), get)).await.unwrap_err();
            assert_eq!(why(&missing), (Code::NotFound, "NOT_FOUND".into()), "{name:?}");
        }
        Ok(())
    })
    .await
}
