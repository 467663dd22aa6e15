//! Review by department and finance.

use hengji_proto::common::v1::Grade;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::Rights;
use tonic::Code;

use crate::common::*;
use crate::words::*;

use pb::ReviewStage::{Department, Finance, FinanceLine};

#[tokio::test]
async fn a_target_passes_department_line_and_performance_office_in_this_order() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = filed(bench, "P1").await?;
        let early = review(bench, &finance(), review_of(&filed, Finance, 95)).await.unwrap_err();
        assert_eq!(why(&early), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let first = review(bench, &department(), review_of(&filed, Department, 95)).await?;
        assert_eq!(first.state(), pb::TargetState::DepartmentReviewed);
        let stale = review(bench, &finance(), review_of(&filed, Finance, 95)).await.unwrap_err();
        assert_eq!(why(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));
        let skipped = review(bench, &finance(), review_of(&first, Finance, 95)).await.unwrap_err();
        assert_eq!(why(&skipped), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let second = review(bench, &line_office(), review_of(&first, FinanceLine, 95)).await?;
        assert_eq!(second.state(), pb::TargetState::DepartmentReviewed);
        let third = review(bench, &finance(), review_of(&second, Finance, 92)).await?;
        assert_eq!(third.state(), pb::TargetState::FinanceReviewed);
        let told = &third.reviews[2];
        assert_eq!((told.reviewer.as_str(), told.grade()), ("accounts/finance", Grade::Excellent));
        let explanation = told.explanation.as_ref().unwrap();
        assert_eq!(explanation.steps[0].document, "财预〔2015〕88号");
        assert!(explanation.text.contains("92"), "{}", explanation.text);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn good_is_corrected_in_place_and_only_soundly() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = filed(bench, "P1").await?;
        let mut request = review_of(&filed, Department, 85);
        request.corrected_indicators = indicators();
        request.corrected_indicators[0].weight = Some(decimal("30"));
        let unsound = review(bench, &department(), request.clone()).await.unwrap_err();
        assert_eq!(why(&unsound).1, "WEIGHTS_WRONG");
        request.corrected_indicators[0].weight = Some(decimal("25"));
        request.corrected_indicators[0].title = "县乡公路养护里程".into();
        let corrected = review(bench, &department(), request).await?;
        assert_eq!((corrected.state(), corrected.target_version), (pb::TargetState::DepartmentReviewed, 1));
        assert_eq!(corrected.indicators[0].title, "县乡公路养护里程");

        let mut excellent = review_of(&corrected, FinanceLine, 95);
        excellent.corrected_indicators = indicators();
        let status = review(bench, &line_office(), excellent).await.unwrap_err();
        assert_eq!(fields(&status), ["corrected_indicators"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn fair_goes_back_through_the_whole_chain_and_poor_stays_out() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = before_finance(bench, &filed(bench, "P1").await?).await?;
        let returned = review(bench, &finance(), review_of(&first, Finance, 70)).await?;
        assert_eq!(returned.state(), pb::TargetState::Returned);
        let again = file(bench, &[&returned.name]).await?.remove(0);
        assert_eq!((again.state(), again.target_version), (pb::TargetState::Submitted, 1));
        assert!(review(bench, &finance(), review_of(&again, Finance, 95)).await.is_err());

        let rejected = review(bench, &department(), review_of(&again, Department, 50)).await?;
        assert_eq!(rejected.state(), pb::TargetState::Rejected);
        assert_eq!(get_project(bench, &rejected.object).await?.state(), pb::ProjectState::Refused);
        assert_eq!(why(&file(bench, &[&rejected.name]).await.unwrap_err()).1, "STATE_FORBIDS");
        let another = create_target(bench, "T2", target(&rejected.object)).await.unwrap_err();
        assert_eq!(why(&another), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn duties_and_reach_are_separate_for_each_stage() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = filed(bench, "P1").await?;
        let both = ["targets.review.department", "targets.review.finance"];
        let declarer = Rights::of("unit").may(&both, COUNTY);
        let own = review(bench, &declarer, review_of(&filed, Department, 95)).await.unwrap_err();
        assert_eq!(why(&own), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));
        let twice = Rights::of("twice").may(&both, COUNTY);
        let first = review(bench, &twice, review_of(&filed, Department, 95)).await?;
        let first = review(bench, &line_office(), review_of(&first, FinanceLine, 95)).await?;
        let second = review(bench, &twice, review_of(&first, Finance, 95)).await.unwrap_err();
        assert_eq!(why(&second), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));

        let wrong_stage = review(bench, &department(), review_of(&first, Finance, 95)).await.unwrap_err();
        assert_eq!(why(&wrong_stage), (Code::PermissionDenied, "PERMISSION_MISSING".into()));
        let other_units = Rights::of("other").may_for_unit(&["targets.review.finance"], COUNTY, "220");
        let unseen = review(bench, &other_units, review_of(&first, Finance, 95)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_points_above_their_nature() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut request = review_of(&filed(bench, "P1").await?, Department, 95);
        request.completeness_points = Some(decimal("20.5"));
        request.feasibility_points = Some(decimal("21"));
        let status = review(bench, &department(), request).await.unwrap_err();
        assert_eq!(fields(&status), ["completeness_points", "feasibility_points"]);
        Ok(())
    })
    .await
}
