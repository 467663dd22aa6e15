//! Code lists: by layer and budget year.

use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::code_list_service_client::CodeListServiceClient;
use hengji_rpc::Link;
use hengji_testkit::{Bench, Rights, request_id};
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::common::*;

fn client(bench: &Bench) -> CodeListServiceClient<Link> {
    CodeListServiceClient::new(bench.link())
}

/// A list of codes given as (code, parent).
fn file(code: &str, extends: &str, year_from: i32, codes: &[(&str, &str)]) -> Value {
    let one = |(code, parent): &(&str, &str)| json!({ "code": code, "title": format!("{code}类"), "parent": parent });
    json!({
        "code": code, "title": "资金性质", "extends": extends, "year_from": year_from, "document": "local",
        "confidence": "local", "codes": codes.iter().map(one).collect::<Vec<_>>(),
    })
}

fn funds() -> Value {
    file("funds", "", 2020, &[("1", ""), ("11", "1"), ("2", "")])
}

async fn import(
    bench: &Bench,
    by: &Rights,
    layer: &str,
    file: &Value,
) -> Result<pb::ImportCodeListResponse, Status> {
    let request = pb::ImportCodeListRequest {
        request_id: request_id(),
        validate_only: false,
        layer: layer.into(),
        content_json: file.to_string(),
        reason: "代码表".into(),
    };
    Ok(client(bench).import_code_list(bench.by(by, request)).await?.into_inner())
}

async fn submit(bench: &Bench, code: &str) -> Result<(), Status> {
    let names = vec![format!("codeLists/{code}")];
    let submit = pb::SubmitCodeListsRequest { request_id: request_id(), validate_only: false, names };
    client(bench).submit_code_lists(bench.by(&keeper(), submit)).await?;
    Ok(())
}

async fn activate(bench: &Bench, code: &str) -> Result<pb::CodeList, Status> {
    let names = vec![format!("codeLists/{code}")];
    let activate = pb::ActivateCodeListsRequest { request_id: request_id(), validate_only: false, names };
    let answer = client(bench).activate_code_lists(bench.by(&keeper(), activate)).await?;
    Ok(answer.into_inner().code_lists.remove(0))
}

/// Imported and put in force.
async fn in_use(bench: &Bench, layer: &str, file: &Value) -> Result<pb::CodeList, Status> {
    let code = file["code"].as_str().unwrap_or_default();
    import(bench, &keeper(), layer, file).await?;
    submit(bench, code).await?;
    activate(bench, code).await
}

fn asked(region: &str, year: i32) -> pb::ListCodesRequest {
    pb::ListCodesRequest {
        code_list: "codeLists/funds".into(),
        region: region.into(),
        year,
        ..Default::default()
    }
}

/// Codes with the list each stands in.
async fn codes(bench: &Bench, request: pb::ListCodesRequest) -> Result<Vec<(String, String)>, Status> {
    let answer = client(bench).list_codes(bench.by(&reader(), request)).await?.into_inner();
    let code = |one: pb::EffectiveCode| (one.code.unwrap_or_default().code, one.code_list);
    Ok(answer.codes.into_iter().map(code).collect())
}

fn of(list: &str, codes: &[&str]) -> Vec<(String, String)> {
    codes.iter().map(|code| ((*code).to_owned(), format!("codeLists/{list}"))).collect()
}

#[tokio::test]
async fn a_list_is_imported_reviewed_and_read_by_region_and_year() -> anyhow::Result<()> {
    on_each(async |bench| {
        let drafted = import(bench, &keeper(), NATION, &funds()).await?;
        assert_eq!(drafted.action(), pb::ImportAction::New);
        let list = drafted.code_list.unwrap_or_default();
        assert_eq!(
            (list.state(), list.code_count, list.confidence()),
            (pb::LibraryState::Draft, 3, pb::Confidence::Local)
        );
        assert_eq!(codes(bench, asked(COUNTY, 2021)).await.unwrap_err().code(), Code::NotFound, "a draft");
        let early = activate(bench, "funds").await.unwrap_err();
        assert_eq!(why(&early), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        submit(bench, "funds").await?;
        let send_back = pb::ReturnCodeListsRequest {
            request_id: request_id(),
            validate_only: false,
            names: vec!["codeLists/funds".into()],
            reason: "请核对".into(),
        };
        client(bench).return_code_lists(bench.by(&keeper(), send_back)).await?;
        submit(bench, "funds").await?;
        assert_eq!(activate(bench, "funds").await?.state(), pb::LibraryState::Active);

        assert_eq!(codes(bench, asked(COUNTY, 2021)).await?, of("funds", &["1", "11", "2"]));
        assert_eq!(codes(bench, asked(COUNTY, 2019)).await.unwrap_err().code(), Code::NotFound);
        let below = pb::ListCodesRequest { parent: "1".into(), ..asked(COUNTY, 2021) };
        assert_eq!(codes(bench, below).await?, of("funds", &["11"]));
        let mut page = pb::ListCodesRequest { page_size: 2, ..asked(COUNTY, 2021) };
        let first = client(bench).list_codes(bench.by(&reader(), page.clone())).await?.into_inner();
        page.page_token = first.next_page_token;
        assert_eq!((first.codes.len(), codes(bench, page).await?), (2, of("funds", &["2"])));
        let get = pb::GetCodeListRequest { name: "codeLists/funds".into(), revision: 0 };
        let whole = client(bench).get_code_list(bench.by(&reader(), get)).await?.into_inner();
        assert_eq!(whole.code_list.unwrap_or_default().codes.len(), 3);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_change_is_compared_code_by_code_and_the_old_year_keeps_its_codes() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_use(bench, NATION, &funds()).await?;
        assert_eq!(import(bench, &keeper(), NATION, &funds()).await?.action(), pb::ImportAction::Unchanged);
        let mut next = file("funds", "", 2022, &[("1", ""), ("3", "")]);
        next["codes"][0]["title"] = "政府预算资金".into();
        let compared = import(bench, &keeper(), NATION, &next).await?;
        assert_eq!((compared.action(), compared.change_count), (pb::ImportAction::Changed, 5));
        let changes: Vec<_> = compared
            .changes
            .iter()
            .map(|one| (one.field.as_str(), one.before.as_str(), one.after.as_str()))
            .collect();
        assert_eq!(
            changes,
            [
                ("year_from", "2020", "2022"),
                ("codes[1]", "1类", "政府预算资金"),
                ("codes[3]", "", "3类"),
                ("codes[11]", "11类（上级 1）", ""),
                ("codes[2]", "2类", ""),
            ]
        );
        submit(bench, "funds").await?;
        assert_eq!(activate(bench, "funds").await?.revision, 2);
        assert_eq!(codes(bench, asked(COUNTY, 2021)).await?, of("funds", &["1", "11", "2"]));
        assert_eq!(codes(bench, asked(COUNTY, 2022)).await?, of("funds", &["1", "3"]));
        let get = pb::GetCodeListRequest { name: "codeLists/funds".into(), revision: 1 };
        let first = client(bench).get_code_list(bench.by(&reader(), get)).await?.into_inner();
        assert_eq!(first.code_list.unwrap_or_default().year_from, 2020);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_lower_layer_adds_codes_for_itself_and_replaces_none() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_use(bench, NATION, &funds()).await?;
        let replacing = file("county-funds", "funds", 2021, &[("2", "")]);
        let refused = in_use(bench, COUNTY, &replacing).await.unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        assert!(refused.message().contains("已有代码 2"), "{}", refused.message());
        let send_back = pb::ReturnCodeListsRequest {
            request_id: request_id(),
            validate_only: false,
            names: vec!["codeLists/county-funds".into()],
            reason: "不得替换".into(),
        };
        client(bench).return_code_lists(bench.by(&keeper(), send_back)).await?;
        in_use(bench, COUNTY, &file("county-funds", "funds", 2021, &[("12", "1")])).await?;

        let mut expected = of("funds", &["1", "11"]);
        expected.extend(of("county-funds", &["12"]));
        expected.extend(of("funds", &["2"]));
        assert_eq!(codes(bench, asked(COUNTY, 2021)).await?, expected);
        assert_eq!(codes(bench, asked(NEIGHBOUR, 2021)).await?, of("funds", &["1", "11", "2"]));
        assert_eq!(codes(bench, asked(COUNTY, 2020)).await?, of("funds", &["1", "11", "2"]), "not yet added");

        // the nation takes the code in later: its own stands, and the county's is told
        in_use(bench, NATION, &file("funds", "", 2020, &[("1", ""), ("12", "1")])).await?;
        let answer = client(bench).list_codes(bench.by(&reader(), asked(COUNTY, 2021))).await?.into_inner();
        let twelve = &answer.codes[1];
        assert_eq!(
            (twelve.code_list.as_str(), twelve.outranked.as_slice()),
            ("codeLists/funds", ["codeLists/county-funds".to_owned()].as_slice())
        );
        let list = pb::ListCodeListsRequest { extends: "codeLists/funds".into(), ..Default::default() };
        let added = client(bench).list_code_lists(bench.by(&reader(), list)).await?.into_inner().code_lists;
        assert_eq!((added.len(), added[0].layer.as_str(), added[0].codes.len()), (1, COUNTY, 0));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_retired_list_is_not_offered_and_its_years_stay_readable() -> anyhow::Result<()> {
    on_each(async |bench| {
        let list = in_use(bench, NATION, &funds()).await?;
        let retire = |etag: &str, successor: &str| pb::RetireCodeListRequest {
            request_id: request_id(),
            validate_only: false,
            name: list.name.clone(),
            etag: etag.into(),
            reason: "并入新表".into(),
            successor: successor.into(),
        };
        let own = retire(&list.etag, "codeLists/funds");
        let own = client(bench).retire_code_list(bench.by(&keeper(), own)).await.unwrap_err();
        assert_eq!(subjects(&own), ["successor"]);
        let stale = client(bench).retire_code_list(bench.by(&keeper(), retire("v1", ""))).await.unwrap_err();
        assert_eq!(stale.code(), Code::Aborted);
        client(bench).retire_code_list(bench.by(&keeper(), retire(&list.etag, ""))).await?;
        let active =
            pb::ListCodeListsRequest { state: pb::LibraryState::Active.into(), ..Default::default() };
        let active = client(bench).list_code_lists(bench.by(&reader(), active)).await?.into_inner();
        assert!(active.code_lists.is_empty());
        assert_eq!(codes(bench, asked(COUNTY, 2021)).await?.len(), 3);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_with_every_fault() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut wrong = file("funds", "funds", 2021, &[("1", ""), ("1", ""), ("21", "2"), ("2", "")]);
        wrong["year_to"] = 2020.into();
        wrong["codes"][0]["title"] = "".into();
        let mut fields = subjects(&import(bench, &keeper(), NATION, &wrong).await.unwrap_err());
        fields.sort();
        assert_eq!(fields, ["codes[0].title", "codes[1].code", "codes[2].parent", "extends", "year_to"]);
        for broken in [json!([]), json!({ "code": "x" }), file("funds", "", 1200, &[("1", "")])] {
            let status = import(bench, &keeper(), NATION, &broken).await.unwrap_err();
            assert_eq!(
                (status.code(), subjects(&status)),
                (Code::InvalidArgument, vec!["content_json".into()])
            );
        }
        let outside = import(bench, &keeper_of(NEIGHBOUR), COUNTY, &funds()).await.unwrap_err();
        assert_eq!(outside.code(), Code::NotFound);
        in_use(bench, NATION, &funds()).await?;
        let other = import(bench, &keeper(), COUNTY, &funds()).await.unwrap_err();
        assert_eq!(
            why(&other),
            (Code::FailedPrecondition, "STATE_FORBIDS".into()),
            "the code is the nation's"
        );
        Ok(())
    })
    .await
}
