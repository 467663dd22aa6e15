//! The exchange of opinions and the final result.

use hengji_proto::evaluation::v1 as pb;
use pb::EvaluationKind as Kind;

use crate::stage::*;

#[tokio::test]
async fn a_finance_evaluation_runs_from_opening_to_final() {
    for stage in stages().await {
        let finance = finance();
        let task = stage.opened(&finance, finance_draft("F1")).await;
        let early = stage.record_opinions(&finance, &task).await.unwrap_err();
        assert_eq!(refusal(&early), ("FailedPrecondition".into(), "STATE_FORBIDS".into(), task.name.clone()));
        assert_eq!(reason(&stage.finalize(&finance, &task).await.unwrap_err()), "STATE_FORBIDS");
        let scored = stage.score(&finance, &task, vec![]).await.unwrap();
        let unheard = stage.finalize(&finance, &scored).await.unwrap_err();
        assert_eq!(reason(&unheard), "STATE_FORBIDS");
        assert!(unheard.message().contains("交换意见"));
        let stale = stage.record_opinions(&finance, &task).await.unwrap_err();
        assert_eq!(reason(&stale), "ETAG_MISMATCH");
        let heard = stage.record_opinions(&finance, &scored).await.unwrap();
        assert_eq!(
            (heard.state(), heard.opinions.as_str()),
            (pb::TaskState::OpinionsExchanged, "无不同意见")
        );
        assert_eq!(reason(&stage.score(&finance, &heard, vec![]).await.unwrap_err()), "STATE_FORBIDS");
        let stale = stage.finalize(&finance, &scored).await.unwrap_err();
        assert_eq!(reason(&stale), "ETAG_MISMATCH");
        let fixed = stage.finalize(&finance, &heard).await.unwrap();
        assert_eq!(fixed.state(), pb::TaskState::Final);
        assert_eq!(fixed.scorecard, scored.scorecard);
        assert_eq!(reason(&stage.finalize(&finance, &fixed).await.unwrap_err()), "STATE_FORBIDS");
        assert_eq!(
            stage.journal(&task.name).await,
            [
                "evaluation_task.opened",
                "evaluation_task.scored",
                "evaluation_task.opinions_recorded",
                "evaluation_task.finalized"
            ]
        );
        stage.close().await;
    }
}

#[tokio::test]
async fn a_unit_fixes_its_own_self_evaluation_without_opinions() {
    for stage in stages().await {
        let unit = unit("219001");
        let task = stage.opened(&unit, own_draft("S1")).await;
        let scored = stage.score(&unit, &task, vec![]).await.unwrap();
        assert_eq!(reason(&stage.record_opinions(&unit, &scored).await.unwrap_err()), "STATE_FORBIDS");
        let department = stage.finalize(&crate::stage::unit("219"), &scored).await.unwrap_err();
        assert_eq!(reason(&department), "PERMISSION_MISSING");
        assert_eq!(stage.finalize(&unit, &scored).await.unwrap().state(), pb::TaskState::Final);
        stage.close().await;
    }
}

#[tokio::test]
async fn an_evaluating_department_does_not_fix_its_own_result() {
    for stage in stages().await {
        let finance = finance();
        let department = unit("219");
        let by_department =
            draft("D1", Kind::Department, &name("projects", "P001"), "T001", &organization("219"));
        let task = stage.opened(&finance, by_department).await;
        let scored = stage.score(&department, &task, vec![]).await.unwrap();
        assert_eq!(
            reason(&stage.record_opinions(&department, &scored).await.unwrap_err()),
            "PERMISSION_MISSING"
        );
        assert_eq!(reason(&stage.finalize(&department, &scored).await.unwrap_err()), "PERMISSION_MISSING");
        assert_eq!(reason(&stage.record_opinions(&neighbour(), &scored).await.unwrap_err()), "NOT_FOUND");
        let heard = stage.record_opinions(&finance, &scored).await.unwrap();
        stage.finalize(&finance, &heard).await.unwrap();
        stage.close().await;
    }
}
