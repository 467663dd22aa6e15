//! Rule packs: drafted, checked, activated, laid over one another.

use hengji_proto::catalog::v1 as pb;
use hengji_proto::common::v1::journal_service_client::JournalServiceClient;
use hengji_proto::common::v1::{ListEntriesRequest, ObjectKind};
use hengji_rules::EffectivePack;
use hengji_testkit::{Bench, Rights, request_id};
use serde_json::json;
use sha2::{Digest, Sha256};
use tonic::{Code, Status};

use crate::common::*;

async fn get(bench: &Bench, name: &str) -> Result<pb::RulePack, Status> {
    let request = pb::GetRulePackRequest { name: name.into() };
    Ok(rule_packs(bench)
        .get_rule_pack(bench.by(&reader(), request))
        .await?
        .into_inner()
        .rule_pack
        .unwrap_or_default())
}

async fn activate(bench: &Bench, by: &Rights, draft: &pb::RulePack) -> Result<pb::RulePack, Status> {
    let answer = rule_packs(bench).activate_rule_pack(bench.by(by, activation(draft))).await?;
    Ok(answer.into_inner().rule_pack.unwrap_or_default())
}

async fn effective(
    bench: &Bench,
    region: &str,
    year: i32,
    kind: ObjectKind,
) -> Result<pb::EffectiveRulePack, Status> {
    let request = pb::GetEffectiveRulePackRequest {
        region: region.into(),
        date: date(year, 6, 30),
        object_kind: kind.into(),
    };
    let answer = rule_packs(bench).get_effective_rule_pack(bench.by(&reader(), request)).await?;
    Ok(answer.into_inner().rule_pack.unwrap_or_default())
}

async fn packs_in_force(bench: &Bench, region: &str, year: i32) -> Result<Vec<String>, Status> {
    let pack = effective(bench, region, year, ObjectKind::Project).await?;
    let resolved: EffectivePack = serde_json::from_str(&pack.content_json).expect("resolved rules");
    Ok(resolved.layers.iter().map(|layer| format!("{}@{}", layer.pack, layer.revision)).collect())
}

#[tokio::test]
async fn a_draft_keeps_the_bytes_it_was_sent_as() -> anyhow::Result<()> {
    on_each(async |bench| {
        let content =
            format!("\n {} \n\t", serde_json::to_string_pretty(&pack("n", NATION, "2021-01-01", "10"))?);
        let first = draft_text(bench, &content).await?;
        assert_eq!(
            (first.name.as_str(), first.revision, first.state()),
            ("rulePacks/n@1", 1, pb::RulePackState::Draft)
        );
        assert_eq!(first.content_json, content);
        assert_eq!(first.content_sha256, hex::encode(Sha256::digest(&content)));
        assert_eq!(
            (first.valid_from, first.valid_to, first.layer.as_str()),
            (date(2021, 1, 1), None, NATION)
        );
        assert_eq!(draft_text(bench, &content).await?.name, "rulePacks/n@2", "the next revision of the code");
        assert_eq!(get(bench, "rulePacks/n@1").await?, first);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_what_is_not_a_rule_pack_or_not_ones_own() -> anyhow::Result<()> {
    on_each(async |bench| {
        let create = |content_json: String| pb::CreateRulePackRequest {
            request_id: request_id(),
            validate_only: false,
            content_json,
        };
        let mut unknown = pack("n", NATION, "2021-01-01", "10");
        unknown["sections"]["bonus"] = json!({});
        let unnamed = pack("a/b", NATION, "2021-01-01", "10");
        for content in ["{".to_owned(), "[]".into(), unknown.to_string(), unnamed.to_string()] {
            let refused =
                rule_packs(bench).create_rule_pack(bench.by(&keeper(), create(content))).await.unwrap_err();
            assert_eq!(why(&refused), (Code::InvalidArgument, "FIELD_INVALID".into()));
            assert_eq!(subjects(&refused), ["content_json"]);
        }
        let county = keeper_of(COUNTY);
        let above = create(pack("n", NATION, "2021-01-01", "10").to_string());
        let refused = rule_packs(bench).create_rule_pack(bench.by(&county, above)).await.unwrap_err();
        assert_eq!(why(&refused), (Code::NotFound, "NOT_FOUND".into()));

        let national = in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let stolen = create(pack("n", COUNTY, "2021-01-01", "20").to_string());
        let refused = rule_packs(bench).create_rule_pack(bench.by(&county, stolen)).await.unwrap_err();
        assert_eq!(subjects(&refused), ["content_json"], "a code belongs to one layer");
        assert_eq!(get(bench, &national.name).await?.state(), pb::RulePackState::Active);

        let again = draft(bench, &pack("n", NATION, "2021-01-01", "20")).await?;
        let refused = activate(bench, &county, &again).await.unwrap_err();
        assert_eq!(why(&refused), (Code::NotFound, "NOT_FOUND".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_to_activate_an_unfit_pack_naming_every_finding() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut content = pack("n", NATION, "2021-01-01", "0");
        content["sections"]["grades"]["rule"]["bands"][1]["from"] = json!("81");
        content["sections"]["missing_actual"]["document"] = json!("local");
        let check = pb::CheckRulePackRequest { content_json: content.to_string() };
        let findings =
            rule_packs(bench).check_rule_pack(bench.by(&reader(), check)).await?.into_inner().findings;
        let codes: Vec<_> = findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, ["rule.note", "points.range", "bands.gap"]);

        let unfit = draft(bench, &content).await?;
        let refused = activate(bench, &keeper(), &unfit).await.unwrap_err();
        assert_eq!(why(&refused), (Code::FailedPrecondition, "RULE_PACK_UNFIT".into()));
        let paths: Vec<_> = findings.iter().map(|finding| finding.path.clone()).collect();
        assert_eq!(subjects(&refused), paths);
        assert_eq!(get(bench, &unfit.name).await?.state(), pb::RulePackState::Draft);
        let sound =
            pb::CheckRulePackRequest { content_json: pack("n", NATION, "2021-01-01", "10").to_string() };
        assert!(
            rule_packs(bench)
                .check_rule_pack(bench.by(&reader(), sound))
                .await?
                .into_inner()
                .findings
                .is_empty()
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_next_revision_supersedes_and_no_earlier_one_comes_back() -> anyhow::Result<()> {
    on_each(async |bench| {
        let content = |points: &str| pack("n", NATION, "2021-01-01", points);
        let first = in_force(bench, &content("10")).await?;
        let late = draft(bench, &content("15")).await?;
        let third = in_force(bench, &content("20")).await?;
        assert_eq!((third.name.as_str(), third.state()), ("rulePacks/n@3", pb::RulePackState::Active));
        let before = get(bench, &first.name).await?;
        assert_eq!(before.state(), pb::RulePackState::Superseded);
        assert_eq!(before.content_sha256, first.content_sha256);

        for forbidden in [&late, &before, &third] {
            let refused = activate(bench, &keeper(), forbidden).await.unwrap_err();
            assert_eq!(
                why(&refused),
                (Code::FailedPrecondition, "STATE_FORBIDS".into()),
                "{}",
                forbidden.name
            );
        }
        let stale = pb::RulePack { etag: "v9".into(), ..late };
        assert_eq!(why(&activate(bench, &keeper(), &stale).await.unwrap_err()).1, "ETAG_MISMATCH");

        let trial = draft(bench, &content("30")).await?;
        let request = pb::ActivateRulePackRequest { validate_only: true, ..activation(&trial) };
        rule_packs(bench).activate_rule_pack(bench.by(&keeper(), request)).await?;
        assert_eq!(get(bench, &third.name).await?.state(), pb::RulePackState::Active);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn lays_the_layers_over_one_another_and_tells_each_rules_origin() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        in_force(bench, &overlay("county", COUNTY, "2022-01-01", "20")).await?;
        in_force(bench, &overlay("beside", NEIGHBOUR, "2021-01-01", "30")).await?;
        draft(bench, &overlay("mere-draft", COUNTY, "2021-01-01", "40")).await?;
        assert_eq!(packs_in_force(bench, COUNTY, 2021).await?, ["n@1"]);
        assert_eq!(packs_in_force(bench, COUNTY, 2022).await?, ["n@1", "county@1"]);
        assert_eq!(packs_in_force(bench, PROVINCE, 2022).await?, ["n@1"]);

        let resolved = effective(bench, COUNTY, 2022, ObjectKind::Project).await?;
        let origin = |rule: &str| resolved.origins.iter().find(|origin| origin.rule == rule).unwrap().clone();
        assert_eq!(origin("execution.rate").rule_pack, "rulePacks/county@1");
        assert_eq!(origin("grades").rule_pack, "rulePacks/n@1");
        assert_eq!(origin("grades").document, "财预〔2020〕10号");
        assert_eq!(resolved.origins.len(), 6, "every rule has one");
        assert_eq!(resolved.content_sha256, hex::encode(Sha256::digest(&resolved.content_json)));
        assert_eq!(effective(bench, COUNTY, 2022, ObjectKind::Project).await?, resolved);
        let read: EffectivePack = serde_json::from_str(&resolved.content_json)?;
        assert_eq!(read.rules.execution.unwrap().rule.weight(), 20.into());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_past_is_resolved_by_the_revision_of_the_past() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &pack("n", NATION, "2020-01-01", "10")).await?;
        let mut bounded = pack("n", NATION, "2022-01-01", "20");
        bounded["valid_to"] = json!("2023-12-31");
        bounded["object_types"] = json!(["project", "policy"]);
        in_force(bench, &bounded).await?;
        assert_eq!(packs_in_force(bench, COUNTY, 2021).await?, ["n@1"], "superseded, and still true of 2021");
        assert_eq!(packs_in_force(bench, COUNTY, 2023).await?, ["n@2"]);
        let none = [(2019, ObjectKind::Project), (2022, ObjectKind::Department), (2024, ObjectKind::Project)];
        for (year, kind) in none {
            let refused = effective(bench, COUNTY, year, kind).await.unwrap_err();
            assert_eq!(why(&refused), (Code::FailedPrecondition, "RULE_PACK_UNFIT".into()), "{year}");
            assert_eq!(subjects(&refused), [COUNTY]);
        }
        in_force(bench, &pack("n", NATION, "2020-01-01", "30")).await?;
        assert_eq!(
            packs_in_force(bench, COUNTY, 2021).await?,
            ["n@3"],
            "a correction from the same first day"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn lists_revisions_by_layer_and_state_in_pages_that_fit_a_message() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &pack("a", NATION, "2021-01-01", "10")).await?;
        in_force(bench, &pack("a", NATION, "2021-01-01", "20")).await?;
        let mut long = overlay("b", COUNTY, "2021-01-01", "20");
        long["note"] = json!("注".repeat(300_000));
        for _ in 0..3 {
            draft(bench, &long).await?;
        }
        let names = async |request: pb::ListRulePacksRequest| -> anyhow::Result<(Vec<String>, String)> {
            let page = rule_packs(bench).list_rule_packs(bench.by(&reader(), request)).await?.into_inner();
            Ok((page.rule_packs.into_iter().map(|one| one.name).collect(), page.next_page_token))
        };
        let all = pb::ListRulePacksRequest::default;
        let (first, token) = names(pb::ListRulePacksRequest { page_size: 1000, ..all() }).await?;
        assert_eq!(first, ["rulePacks/a@1", "rulePacks/a@2", "rulePacks/b@1", "rulePacks/b@2"]);
        let next = pb::ListRulePacksRequest { page_size: 1000, page_token: token, ..all() };
        assert_eq!(names(next).await?, (vec!["rulePacks/b@3".to_owned()], String::new()));
        let superseded = pb::RulePackState::Superseded.into();
        let past = pb::ListRulePacksRequest { layer: NATION.into(), state: superseded, ..all() };
        assert_eq!(names(past).await?.0, ["rulePacks/a@1"]);
        let missing = get(bench, "rulePacks/a@9").await.unwrap_err();
        assert_eq!(why(&missing), (Code::NotFound, "NOT_FOUND".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn drafts_made_at_the_same_moment_get_revisions_of_their_own() -> anyhow::Result<()> {
    on_each(async |bench| {
        let content = pack("n", NATION, "2021-01-01", "10");
        let (a, b, c, d) = tokio::join!(
            draft(bench, &content),
            draft(bench, &content),
            draft(bench, &content),
            draft(bench, &content)
        );
        let mut revisions = vec![a?.revision, b?.revision, c?.revision, d?.revision];
        revisions.sort_unstable();
        assert_eq!(revisions, [1, 2, 3, 4]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_journal_tells_what_came_into_force_and_what_gave_way() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_force(bench, &pack("n", NATION, "2021-01-01", "10")).await?;
        let second = in_force(bench, &pack("n", NATION, "2022-01-01", "20")).await?;
        activated(bench, vec![indicator("A", "甲")]).await?;
        let auditor = Rights::of("auditor").may(&["journal.read"], NATION);
        let list = ListEntriesRequest { service: "catalog".into(), page_size: 100, ..Default::default() };
        let mut journal = JournalServiceClient::new(bench.link());
        let entries = journal.list_entries(bench.by(&auditor, list)).await?.into_inner().entries;
        let told: Vec<_> =
            entries.iter().map(|entry| (entry.kind.as_str(), entry.subject.as_str())).collect();
        assert_eq!(
            told,
            [
                ("rule_pack.created", "rulePacks/n@1"),
                ("rule_pack.activated", "rulePacks/n@1"),
                ("rule_pack.created", "rulePacks/n@2"),
                ("rule_pack.superseded", "rulePacks/n@1"),
                ("rule_pack.activated", "rulePacks/n@2"),
                ("indicator.created", "indicators/A"),
                ("indicator.submitted", "indicators/A"),
                ("indicator.activated", "indicators/A"),
            ]
        );
        let payload: serde_json::Value = serde_json::from_str(&entries[4].payload_json)?;
        assert_eq!(payload["content_sha256"], second.content_sha256);
        assert_eq!((entries[4].account.as_str(), entries[4].region.as_str()), ("accounts/keeper", NATION));
        Ok(())
    })
    .await
}
