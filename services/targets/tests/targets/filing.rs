//! Filing: all or none, every finding at once.

use hengji_kernel::{Clock, Timestamp};
use hengji_proto::targets::v1 as pb;
use hengji_testkit::request_id;
use tonic::Code;

use crate::common::*;
use crate::holds::place;
use crate::words::*;

#[tokio::test]
async fn everything_that_stands_against_a_filing_is_told_and_nothing_is_filed() -> anyhow::Result<()> {
    on_each(async |bench| {
        let unassessed = pb::Project { ex_ante_required: true, ..project("P3") };
        let list = vec![project("P1"), project("P2"), unassessed, project("P4")];
        let mut names = vec![];
        for (index, project) in create_projects(bench, list).await?.iter().enumerate() {
            let target = create_target(bench, &format!("T{}", index + 1), target(&project.name)).await?;
            names.push(target.target.unwrap().name);
        }
        file(bench, &[&names[0]]).await?;
        place(bench, 2026, "H1", "P2").await?;
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let status = file(bench, &all).await.unwrap_err();
        assert_eq!(why(&status), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let subjects: Vec<_> = preconditions(&status).into_iter().map(|(subject, _)| subject).collect();
        assert_eq!(subjects, names[..3]);
        assert_eq!(get_target(bench, &names[3], 0).await?.state(), pb::TargetState::Draft);

        assert_eq!(why(&file(bench, &all[1..]).await.unwrap_err()).1, "HOLD_STANDS");
        assert_eq!(why(&file(bench, &all[2..]).await.unwrap_err()).1, "GATE_REFUSED");
        assert_eq!(file(bench, &all[3..]).await?[0].state(), pb::TargetState::Submitted);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_draft_that_no_longer_meets_the_rules_is_not_filed() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let mut vague = target(&project.name);
        vague.indicators[2].title = "有效促进发展".into();
        let drafted = create_target(bench, "T1", vague).await?.target.unwrap();
        let midyear = bench.clock.now().plus_seconds(24 * 3600);
        bench.clock.set(Timestamp(midyear.micros()));
        let status = file(bench, &[&drafted.name]).await.unwrap_err();
        assert_eq!(why(&status), (Code::InvalidArgument, "FIELD_INVALID".into()));
        assert_eq!(fields(&status), ["names[0].indicators[2].title"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_what_is_not_there_is_not_found() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let name = create_target(bench, "T1", target(&project.name)).await?.target.unwrap().name;
        let request = pb::FileTargetsRequest {
            request_id: request_id(),
            validate_only: false,
            names: vec![name.clone()],
        };
        let first = targets(bench).file_targets(bench.by(&unit(), request.clone())).await?.into_inner();
        let again = targets(bench).file_targets(bench.by(&unit(), request.clone())).await?.into_inner();
        assert_eq!(first, again);
        let absent = format!("{PARENT}/targets/T9");
        assert_eq!(file(bench, &[&absent]).await.unwrap_err().code(), Code::NotFound);
        assert_eq!(fields(&file(bench, &[&name, &name]).await.unwrap_err()), ["names[1]"]);
        let foreign = pb::FileTargetsRequest { request_id: request_id(), ..request };
        let unseen = targets(bench).file_targets(bench.by(&neighbour(), foreign)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        Ok(())
    })
    .await
}
