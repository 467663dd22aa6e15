//! The gates and their signed verdicts.

use futures::future::join_all;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::KeySet;
use hengji_testkit::{Bench, Rights, request_id};
use serde_json::Value;
use tonic::{Code, Request};

use crate::common::*;
use crate::words::*;

use pb::GateKind::{BudgetEntry, FundIssue, MidYearAddition};

#[tokio::test]
async fn a_project_meets_its_gates_one_after_the_other() -> anyhow::Result<()> {
    on_each(async |bench| {
        let stored = create_projects(bench, vec![project("P1")]).await?.remove(0);
        for (kind, code) in [
            (BudgetEntry, "target.not_reviewed"),
            (MidYearAddition, "target.not_filed"),
            (FundIssue, "target.not_approved"),
        ] {
            let verdict = gate(bench, &stored.name, kind).await?;
            assert!(!verdict.allowed && refusals(&verdict).contains(&code), "{verdict:?}");
            assert!(!verdict.reasons[0].passed, "refusals come first");
            assert!(verdict.target.is_empty());
        }
        let target = create_target(bench, "T1", target(&stored.name)).await?.target.unwrap();
        let filed = file(bench, &[&target.name]).await?.remove(0);
        assert!(gate(bench, &stored.name, MidYearAddition).await?.allowed);
        assert!(!gate(bench, &stored.name, BudgetEntry).await?.allowed);
        let reviewed = passed(bench, filed).await?;
        assert!(gate(bench, &stored.name, BudgetEntry).await?.allowed);
        assert_eq!(
            refusals(&gate(bench, &stored.name, FundIssue).await?),
            ["target.not_approved", "project.not_in_budget"]
        );
        approve(bench, &[(&reviewed, "1000000")]).await?;
        let verdict = gate(bench, &stored.name, FundIssue).await?;
        assert!(verdict.allowed);
        assert_eq!((verdict.target.as_str(), verdict.target_version), (target.name.as_str(), 1));
        assert_eq!(verdict.explanation.as_ref().unwrap().steps.len(), verdict.reasons.len());

        crate::holds::place(bench, 2026, "H1", "P1").await?;
        assert_eq!(refusals(&gate(bench, &stored.name, FundIssue).await?), ["hold.stands"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_verdict_verifies_offline_and_is_void_after_a_day() -> anyhow::Result<()> {
    on_each(async |bench| {
        let approved = in_budget(bench, "P1").await?;
        let verdict = gate(bench, &approved.object, FundIssue).await?;
        let keys =
            gates(bench).get_verdict_keys(Request::new(pb::GetVerdictKeysRequest {})).await?.into_inner();
        let keys = KeySet::from_jwks(&keys.jwks_json).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let claims: Value = keys.open(&verdict.signed_verdict).expect("signed by a published key");
        assert_eq!(claims["allowed"], true);
        assert_eq!(claims["project"], approved.object);
        assert_eq!(claims["target"], approved.name);
        assert_eq!(claims["target_version"], 1);
        assert_eq!(claims["budget_yuan"], "1000000.00");
        assert_eq!(claims["reasons"].as_array().map(Vec::len), Some(verdict.reasons.len()));
        assert_eq!(
            claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(end, start)| end - start),
            Some(86_400)
        );
        let times = verdict.expire_time.zip(verdict.decide_time);
        assert_eq!(times.map(|(end, start)| end.seconds - start.seconds), Some(86_400));

        let mut parts: Vec<&str> = verdict.signed_verdict.split('.').collect();
        let other = gate(bench, &approved.object, BudgetEntry).await?.signed_verdict;
        parts[1] = other.split('.').nth(1).unwrap();
        assert!(
            keys.open::<Value>(&parts.join(".")).is_none(),
            "a verdict put together from two does not verify"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_gate_answers_only_about_projects_in_reach() -> anyhow::Result<()> {
    on_each(async |bench| {
        let stored = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let request = pb::CheckGateRequest { project: stored.name.clone(), kind: FundIssue.into() };
        let unseen = gates(bench).check_gate(bench.by(&neighbour(), request.clone())).await.unwrap_err();
        assert_eq!(why(&unseen), (Code::NotFound, "NOT_FOUND".into()));
        gates(bench).check_gate(bench.by(&unit(), request.clone())).await?;
        let anonymous = gates(bench).check_gate(Request::new(request)).await.unwrap_err();
        assert_eq!(why(&anonymous), (Code::Unauthenticated, "TOKEN_MISSING".into()));
        Ok(())
    })
    .await
}

/// Projects of two departments, three units and two counties.
async fn scattered(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let mut names = vec![];
    for region in [COUNTY, NEIGHBOUR] {
        let everyone = Rights::of("unit").may(&["targets.declare"], region);
        let filled_in = ["219001", "219002", "220001"]
            .map(|unit| pb::Project { unit: unit.into(), ..project(&format!("P-{unit}")) });
        let request = pb::BatchCreateProjectsRequest {
            request_id: request_id(),
            parent: format!("regions/{region}/years/2026"),
            projects: filled_in.into(),
            ..Default::default()
        };
        let answer = projects(bench).batch_create_projects(bench.by(&everyone, request)).await?;
        names.extend(answer.into_inner().projects.into_iter().map(|project| project.name));
    }
    Ok(names)
}

#[tokio::test]
async fn callers_who_wait_together_see_what_each_of_them_may_see() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut names = scattered(bench).await?;
        names.push(format!("{PARENT}/projects/P-404"));
        let read = ["targets.read"];
        let callers = [
            (Rights::of("county").may(&read, COUNTY), 3),
            (Rights::of("next-door").may(&read, NEIGHBOUR), 3),
            (Rights::of("province").may(&read, "640000000"), 6),
            (Rights::of("elsewhere").may(&read, "650000000"), 0),
            (Rights::of("one-unit").may_for_unit(&read, COUNTY, "219002"), 1),
            (Rights::of("one-department").may_for_unit(&read, "640000000", "219"), 4),
            (Rights::of("two-grants").may(&read, NEIGHBOUR).may_for_unit(&read, COUNTY, "220"), 4),
            (Rights::of("another-right").may(&["targets.hold"], COUNTY).may(&read, NEIGHBOUR), 3),
        ];
        let calls = callers.iter().map(async |(rights, count)| {
            let request = pb::ListProjectsRequest { year: 2026, ..Default::default() };
            let listed = projects(bench).list_projects(bench.by(rights, request)).await?.into_inner();
            let listed: Vec<_> = listed.projects.into_iter().map(|project| project.name).collect();
            assert_eq!(listed.len(), *count, "{}", rights.account);
            let asked = names.iter().map(async |name| {
                let request = pb::CheckGateRequest { project: name.clone(), kind: FundIssue.into() };
                match gates(bench).check_gate(bench.by(rights, request)).await {
                    Ok(answer) => assert_eq!(answer.into_inner().verdict.unwrap().project, *name),
                    Err(status) => {
                        assert_eq!(why(&status), (Code::NotFound, "NOT_FOUND".into()));
                        assert!(!listed.contains(name), "{} does not see {name}", rights.account);
                        return None;
                    }
                }
                Some(name.clone())
            });
            let seen: Vec<_> = join_all(asked).await.into_iter().flatten().collect();
            assert_eq!(seen, listed, "{}", rights.account);
            anyhow::Ok(())
        });
        for call in join_all(calls).await {
            call?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_thousand_projects_are_asked_at_once_and_each_verdict_stands_alone() -> anyhow::Result<()> {
    on_each(async |bench| {
        let codes: Vec<String> = (0..999).map(|number| format!("P{number:03}")).collect();
        let stored = create_projects(bench, codes.iter().map(|code| project(code)).collect()).await?;
        let approved = in_budget(bench, "P999").await?;
        let mut names: Vec<String> = stored.into_iter().map(|one| one.name).collect();
        names[7] = format!("{PARENT}/projects/P-404");
        names.push(approved.object.clone());
        let request = pb::BatchCheckGatesRequest { projects: names.clone(), kind: FundIssue.into() };
        let answer =
            gates(bench).batch_check_gates(bench.by(&platform(), request.clone())).await?.into_inner();
        assert_eq!(answer.not_found, [names[7].as_str()]);
        let asked: Vec<_> = answer.verdicts.iter().map(|verdict| verdict.project.as_str()).collect();
        let expected: Vec<_> = names.iter().map(String::as_str).filter(|name| *name != names[7]).collect();
        assert_eq!(asked, expected);
        let allowed: Vec<_> = answer.verdicts.iter().filter(|verdict| verdict.allowed).collect();
        assert_eq!(allowed.len(), 1);
        assert_eq!((allowed[0].project.as_str(), allowed[0].target_version), (approved.object.as_str(), 1));
        let alone = gate(bench, &approved.object, FundIssue).await?;
        assert_eq!(
            pb::GateVerdict { explanation: None, ..alone.clone() },
            *allowed[0],
            "the batch says what the single call says"
        );

        let twice = pb::BatchCheckGatesRequest { projects: vec![names[0].clone(); 2], ..request.clone() };
        let status = gates(bench).batch_check_gates(bench.by(&platform(), twice)).await.unwrap_err();
        assert_eq!(fields(&status), ["projects[1]"]);
        let unseen = gates(bench).batch_check_gates(bench.by(&neighbour(), request)).await?.into_inner();
        assert_eq!((unseen.verdicts.len(), unseen.not_found.len()), (0, 1000));
        Ok(())
    })
    .await
}
