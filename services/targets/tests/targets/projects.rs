//! The project library.

use hengji_proto::targets::v1 as pb;
use hengji_testkit::request_id;
use tonic::Code;

use crate::common::*;
use crate::words::*;

#[tokio::test]
async fn projects_are_filed_and_listed_page_by_page() -> anyhow::Result<()> {
    on_each(async |bench| {
        let codes = ["P1", "P2", "P3"];
        let stored = create_projects(bench, codes.map(project).into()).await?;
        assert_eq!(stored[0].name, format!("{PARENT}/projects/P1"));
        assert_eq!(stored[0].state(), pb::ProjectState::Stored);
        assert_eq!(
            (stored[0].declarer.as_str(), yuan(stored[0].approved_yuan.as_ref())),
            ("accounts/unit", "0.00")
        );
        assert_eq!(get_project(bench, &stored[1].name).await?, stored[1]);

        let mut request =
            pb::ListProjectsRequest { region: COUNTY.into(), page_size: 2, ..Default::default() };
        let first = projects(bench).list_projects(bench.by(&unit(), request.clone())).await?.into_inner();
        request.page_token = first.next_page_token;
        let second = projects(bench).list_projects(bench.by(&unit(), request.clone())).await?.into_inner();
        let all: Vec<_> =
            first.projects.iter().chain(&second.projects).map(|one| one.code.as_str()).collect();
        assert_eq!(all, codes);
        assert!(second.next_page_token.is_empty());
        request.region = NEIGHBOUR.into();
        let foreign = projects(bench).list_projects(bench.by(&unit(), request)).await.unwrap_err();
        assert_eq!(why(&foreign), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
        for (kind, found) in [(pb::FundKind::GeneralPublic, 3), (pb::FundKind::SpecialBond, 0)] {
            let request =
                pb::ListProjectsRequest { fund_kind: kind.into(), year: 2026, ..Default::default() };
            let answer = projects(bench).list_projects(bench.by(&unit(), request)).await?.into_inner();
            assert_eq!(answer.projects.len(), found, "{kind:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn all_faults_of_a_batch_are_told_at_once_and_nothing_is_stored() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut bad = project("P2");
        bad.request_yuan = Some(decimal("1.234"));
        bad.unit = "2190".into();
        let twice = project("P1");
        let status = create_projects(bench, vec![project("P1"), bad, twice]).await.unwrap_err();
        assert_eq!(why(&status), (Code::InvalidArgument, "FIELD_INVALID".into()));
        assert_eq!(fields(&status), ["projects[1].unit", "projects[1].request_yuan", "projects[2].code"]);

        create_projects(bench, vec![project("P2")]).await?;
        let taken = create_projects(bench, vec![project("P1"), project("P2")]).await.unwrap_err();
        assert_eq!(why(&taken), (Code::AlreadyExists, "ALREADY_EXISTS".into()));
        let absent = get_project(bench, &format!("{PARENT}/projects/P1")).await.unwrap_err();
        assert_eq!(absent.code(), Code::NotFound);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn new_projects_for_a_purpose_are_marked_for_assessment() -> anyhow::Result<()> {
    on_each(async |bench| {
        let new = pb::Project { nature: pb::ProjectNature::New.into(), ..project("P1") };
        let staff = pb::Project { category: pb::ProjectCategory::Personnel.into(), ..new.clone() };
        let by_hand = pb::Project { ex_ante_required: true, ..project("P3") };
        let list = vec![new, pb::Project { code: "P2".into(), ..staff }, by_hand, project("P4")];
        let stored = create_projects(bench, list).await?;
        let required: Vec<_> = stored.iter().map(|one| one.ex_ante_required).collect();
        assert_eq!(required, [true, false, true, false]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_lies_elsewhere_does_not_exist_and_a_repeat_gets_the_first_answer() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut other_unit = project("P1");
        other_unit.unit = "220001".into();
        assert_eq!(create_projects(bench, vec![other_unit]).await.unwrap_err().code(), Code::NotFound);
        let request = pb::BatchCreateProjectsRequest {
            request_id: request_id(),
            validate_only: false,
            parent: PARENT.into(),
            projects: vec![project("P1")],
        };
        let create = async |request: &pb::BatchCreateProjectsRequest| {
            projects(bench).batch_create_projects(bench.by(&unit(), request.clone())).await
        };
        let check = pb::BatchCreateProjectsRequest {
            validate_only: true,
            request_id: request_id(),
            ..request.clone()
        };
        create(&check).await?;
        let first = create(&request).await?.into_inner();
        assert_eq!(create(&request).await?.into_inner(), first);
        let changed = pb::BatchCreateProjectsRequest { projects: vec![project("P9")], ..request };
        assert_eq!(why(&create(&changed).await.unwrap_err()).1, "REQUEST_ID_REUSED");

        let request = pb::GetProjectRequest { name: first.projects[0].name.clone() };
        let unseen = projects(bench).get_project(bench.by(&neighbour(), request.clone())).await.unwrap_err();
        assert_eq!(why(&unseen), (Code::NotFound, "NOT_FOUND".into()));
        let barred = projects(bench).get_project(bench.by(&platform(), request)).await.unwrap_err();
        assert_eq!(why(&barred), (Code::PermissionDenied, "PERMISSION_MISSING".into()));
        Ok(())
    })
    .await
}
