//! The pool of institutions.

use hengji_proto::evaluation::v1 as pb;
use hengji_testkit::{Rights, request_id};
use tonic::Status;

use crate::stage::*;

impl Stage {
    pub async fn apply(
        &self,
        by: &Rights,
        code: &str,
        related: &[&str],
        capacity: i32,
    ) -> Result<pb::Institution, Status> {
        let request = pb::ApplyInstitutionRequest {
            request_id: request_id(),
            validate_only: false,
            organization: organization(code),
            title: format!("机构{code}"),
            fields: vec!["教育".into()],
            related_units: related.iter().map(ToString::to_string).collect(),
            capacity,
            qualification: "信用管理平台备案".into(),
        };
        let answer = self.institutions().apply_institution(self.bench.by(by, request)).await?;
        Ok(answer.into_inner().institution.expect("an institution"))
    }

    pub async fn admit(&self, by: &Rights, institution: &pb::Institution) -> Result<pb::Institution, Status> {
        let request = pb::AdmitInstitutionRequest {
            request_id: request_id(),
            validate_only: false,
            name: institution.name.clone(),
            etag: institution.etag.clone(),
            opinion: "符合条件".into(),
        };
        let answer = self.institutions().admit_institution(self.bench.by(by, request)).await?;
        Ok(answer.into_inner().institution.expect("an institution"))
    }

    pub async fn suspend(
        &self,
        by: &Rights,
        institution: &pb::Institution,
    ) -> Result<pb::Institution, Status> {
        let request = pb::SuspendInstitutionRequest {
            request_id: request_id(),
            validate_only: false,
            name: institution.name.clone(),
            etag: institution.etag.clone(),
            reason: "报告质量不合格".into(),
        };
        let answer = self.institutions().suspend_institution(self.bench.by(by, request)).await?;
        Ok(answer.into_inner().institution.expect("an institution"))
    }

    pub async fn admitted(&self, code: &str, related: &[&str], capacity: i32) -> pb::Institution {
        let applied = self.apply(&finance(), code, related, capacity).await.expect("applied");
        self.admit(&finance(), &applied).await.expect("admitted")
    }
}

#[tokio::test]
async fn an_institution_enters_the_pool_leaves_it_and_comes_back() {
    for stage in stages().await {
        let finance = finance();
        let applied = stage.apply(&finance, "901", &["219"], 3).await.unwrap();
        assert_eq!(applied.name, "regions/640323000/institutions/901");
        assert_eq!((applied.state(), applied.related_units.len()), (pb::InstitutionState::Applied, 1));
        assert_eq!(reason(&stage.apply(&finance, "901", &[], 3).await.unwrap_err()), "ALREADY_EXISTS");
        assert_eq!(reason(&stage.suspend(&finance, &applied).await.unwrap_err()), "STATE_FORBIDS");
        let admitted = stage.admit(&finance, &applied).await.unwrap();
        assert_eq!(admitted.state(), pb::InstitutionState::Admitted);
        assert_eq!(reason(&stage.admit(&finance, &applied).await.unwrap_err()), "ETAG_MISMATCH");
        assert_eq!(reason(&stage.admit(&finance, &admitted).await.unwrap_err()), "STATE_FORBIDS");
        let suspended = stage.suspend(&finance, &admitted).await.unwrap();
        assert_eq!(suspended.state(), pb::InstitutionState::Suspended);
        let back = stage.admit(&finance, &suspended).await.unwrap();
        let read = pb::GetInstitutionRequest { name: back.name.clone() };
        let read = stage.institutions().get_institution(stage.bench.by(&finance, read)).await.unwrap();
        assert_eq!(read.into_inner().institution, Some(back.clone()));
        assert_eq!(
            stage.journal(&back.name).await,
            ["institution.applied", "institution.admitted", "institution.suspended", "institution.admitted"]
        );
        stage.close().await;
    }
}

#[tokio::test]
async fn refuses_wrong_fields_foreign_places_and_self_admission() {
    for stage in stages().await {
        let wrong_unit = stage.apply(&finance(), "901", &["21"], 3).await.unwrap_err();
        assert_eq!(refusal(&wrong_unit).2, "related_units[0]");
        assert_eq!(refusal(&stage.apply(&finance(), "901", &[], 0).await.unwrap_err()).2, "capacity");
        assert_eq!(refusal(&stage.apply(&finance(), "90", &[], 1).await.unwrap_err()).2, "organization");
        assert_eq!(reason(&stage.apply(&neighbour(), "901", &[], 1).await.unwrap_err()), "NOT_FOUND");
        assert_eq!(
            reason(&stage.apply(&unit("219"), "901", &[], 1).await.unwrap_err()),
            "PERMISSION_MISSING"
        );
        let applied = stage.apply(&finance(), "901", &[], 1).await.unwrap();
        assert_eq!(reason(&stage.admit(&neighbour(), &applied).await.unwrap_err()), "NOT_FOUND");
        let itself = Rights::of("boss").from(&organization("901")).may(&["evaluation.manage"], REGION);
        assert_eq!(reason(&stage.admit(&itself, &applied).await.unwrap_err()), "DUTIES_NOT_SEPARATE");
        stage.close().await;
    }
}

#[tokio::test]
async fn lists_institutions_by_state_in_pages() {
    for stage in stages().await {
        for code in ["901", "902", "903"] {
            stage.admitted(code, &[], 1).await;
        }
        stage.apply(&finance(), "904", &[], 1).await.unwrap();
        let list = async |by: &Rights, request: pb::ListInstitutionsRequest| {
            let answer = stage.institutions().list_institutions(stage.bench.by(by, request)).await.unwrap();
            answer.into_inner()
        };
        let admitted = pb::ListInstitutionsRequest {
            region: REGION.into(),
            state: pb::InstitutionState::Admitted.into(),
            page_size: 2,
            page_token: String::new(),
        };
        let first = list(&finance(), admitted.clone()).await;
        let second =
            list(&finance(), pb::ListInstitutionsRequest { page_token: first.next_page_token, ..admitted })
                .await;
        assert_eq!((first.institutions.len(), second.institutions.len()), (2, 1));
        assert!(second.next_page_token.is_empty());
        assert_eq!(list(&finance(), Default::default()).await.institutions.len(), 4);
        assert!(list(&neighbour(), Default::default()).await.institutions.is_empty());
        stage.close().await;
    }
}
