//! National code lists from their data files; the county adds codes of its own and replaces none.

use anyhow::ensure;
use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::code_list_service_client::CodeListServiceClient;
use hengji_rpc::{Link, Reason};
use serde_json::json;

use super::identity::NATION;
use super::say::{refused, request_id, there};
use super::{Actor, Stage, county};

type Client = CodeListServiceClient<Link>;

/// How many are in force.
pub(crate) async fn play(stage: &Stage<'_>, manager: &Actor) -> anyhow::Result<usize> {
    let mut client = CodeListServiceClient::new(stage.link.clone());
    let mut lists = std::collections::BTreeSet::new();
    // in the order of the years: a later file of the same list is its next revision
    for (_, text) in county::files("code-lists")? {
        let name = import(&mut client, manager, NATION, text.to_owned()).await?;
        activate(&mut client, manager, &name).await?;
        lists.insert(name);
    }
    of_the_county(stage, &mut client, manager).await?;
    Ok(lists.len())
}

async fn import(
    client: &mut Client,
    manager: &Actor,
    layer: &str,
    content_json: String,
) -> anyhow::Result<String> {
    let import = pb::ImportCodeListRequest {
        request_id: request_id(),
        layer: layer.to_owned(),
        content_json,
        reason: "代码表".into(),
        ..Default::default()
    };
    Ok(there(client.import_code_list(manager.ask(import)).await?.into_inner().code_list)?.name)
}

async fn submit(client: &mut Client, manager: &Actor, name: &str) -> anyhow::Result<()> {
    let names = vec![name.to_owned()];
    let submit = pb::SubmitCodeListsRequest { request_id: request_id(), names, ..Default::default() };
    client.submit_code_lists(manager.ask(submit)).await?;
    Ok(())
}

fn activation(name: &str) -> pb::ActivateCodeListsRequest {
    pb::ActivateCodeListsRequest {
        request_id: request_id(),
        names: vec![name.to_owned()],
        ..Default::default()
    }
}

async fn activate(client: &mut Client, manager: &Actor, name: &str) -> anyhow::Result<pb::CodeList> {
    submit(client, manager, name).await?;
    let active = client.activate_code_lists(manager.ask(activation(name))).await?.into_inner();
    there(active.code_lists.into_iter().next())
}

async fn of_the_county(stage: &Stage<'_>, client: &mut Client, manager: &Actor) -> anyhow::Result<()> {
    let region = &stage.county.region;
    let file = |code: &str| {
        let codes = [json!({ "code": code, "title": "滩羊产业发展资金", "parent": "1" })];
        json!({
            "code": "yanchi-fund-kinds", "title": "盐池县资金性质补充", "extends": "fund-kinds", "year_from": 2021,
            "document": "local", "codes": codes,
        })
        .to_string()
    };
    let name = import(client, manager, region, file("11")).await?;
    submit(client, manager, &name).await?;
    let told =
        refused(client.activate_code_lists(manager.ask(activation(&name))).await, Reason::StateForbids)?;
    stage.say(format!("代码表：下级只能增加代码（{told}）"));
    let send_back = pb::ReturnCodeListsRequest {
        request_id: request_id(),
        names: vec![name.clone()],
        reason: "另取代码".into(),
        ..Default::default()
    };
    client.return_code_lists(manager.ask(send_back)).await?;
    import(client, manager, region, file("19")).await?;
    let list = activate(client, manager, &name).await?;
    let asked = pb::ListCodesRequest {
        code_list: "codeLists/fund-kinds".into(),
        region: region.clone(),
        year: stage.county.year,
        ..Default::default()
    };
    let codes = client.list_codes(manager.ask(asked)).await?.into_inner().codes;
    ensure!(codes.iter().any(|one| one.code_list == name), "the county's code is not there");
    let retire = pb::RetireCodeListRequest {
        request_id: request_id(),
        name,
        etag: list.etag,
        reason: "不再单列".into(),
        ..Default::default()
    };
    client.retire_code_list(manager.ask(retire)).await?;
    Ok(())
}
