//! Draws from the pool.

use hengji_proto::evaluation::v1 as pb;
use hengji_testkit::{Rights, request_id};
use tonic::Status;
use tonic_types::StatusExt;

use crate::stage::*;

impl Stage {
    async fn draw(
        &self,
        by: &Rights,
        task: &pb::EvaluationTask,
        id: &str,
    ) -> Result<(pb::Draw, pb::EvaluationTask), Status> {
        let request = pb::DrawInstitutionRequest {
            request_id: request_id(),
            validate_only: false,
            task: task.name.clone(),
            task_etag: task.etag.clone(),
            draw_id: id.into(),
        };
        let answer = self.institutions().draw_institution(self.bench.by(by, request)).await?.into_inner();
        Ok((answer.draw.expect("a draw"), answer.task.expect("a task")))
    }

    async fn replay(&self, by: &Rights, name: &str) -> Result<pb::ReplayDrawResponse, Status> {
        let request = pb::ReplayDrawRequest { name: name.to_owned() };
        Ok(self.institutions().replay_draw(self.bench.by(by, request)).await?.into_inner())
    }
}

#[tokio::test]
async fn draws_whoever_is_not_recused_and_an_auditor_can_run_it_again() {
    for stage in stages().await {
        // 901 advised the project, 902 works for the department, 905 was never admitted, 906 is suspended
        for (code, related) in [("901", vec![]), ("902", vec!["219"]), ("903", vec!["220"]), ("904", vec![])]
        {
            stage.admitted(code, &related, 1).await;
        }
        stage.apply(&finance(), "905", &[], 1).await.unwrap();
        let suspended = stage.admitted("906", &[], 1).await;
        stage.suspend(&finance(), &suspended).await.unwrap();

        let task = stage.opened(&finance(), finance_draft("F1")).await;
        let (draw, drawn_task) = stage.draw(&finance(), &task, "D1").await.unwrap();
        let id = |name: &String| name.rsplit('/').next().unwrap_or_default().to_owned();
        assert_eq!(draw.pool.iter().map(id).collect::<Vec<_>>(), ["901", "902", "903", "904"]);
        let recused: Vec<_> =
            draw.recusals.iter().map(|recusal| (id(&recusal.institution), &*recusal.reason)).collect();
        assert_eq!(
            recused,
            [
                ("901".to_owned(), "曾为该项目提供咨询"),
                ("902".to_owned(), "与被评价单位或其主管部门（219）有业务往来")
            ]
        );
        assert!(["903", "904"].contains(&id(&draw.drawn).as_str()));
        assert_eq!(draw.seed, "07".repeat(32));
        assert_eq!(drawn_task.draw, draw.name);
        assert_eq!(id(&drawn_task.evaluator), id(&draw.drawn));

        let read = pb::GetDrawRequest { name: draw.name.clone() };
        let read = stage.institutions().get_draw(stage.bench.by(&finance(), read)).await.unwrap();
        assert_eq!(read.into_inner().draw, Some(draw.clone()));
        let replayed = stage.replay(&finance(), &draw.name).await.unwrap();
        assert_eq!(replayed, pb::ReplayDrawResponse { same: true, drawn: draw.drawn.clone() });
        assert_eq!(reason(&stage.replay(&neighbour(), &draw.name).await.unwrap_err()), "NOT_FOUND");
        assert_eq!(stage.journal(&draw.name).await, ["draw.made"]);

        // from now on the institution evaluates, and nobody else
        let evaluator = institution(&id(&draw.drawn));
        assert_eq!(
            reason(&stage.score(&finance(), &drawn_task, vec![]).await.unwrap_err()),
            "DUTIES_NOT_SEPARATE"
        );
        stage.score(&evaluator, &drawn_task, vec![]).await.unwrap();
        stage.close().await;
    }
}

#[tokio::test]
async fn a_task_is_drawn_for_once_and_only_where_finance_evaluates() {
    for stage in stages().await {
        stage.admitted("903", &[], 5).await;
        let task = stage.opened(&finance(), finance_draft("F1")).await;
        let department = stage.draw(&unit("219"), &task, "D1").await.unwrap_err();
        assert_eq!(reason(&department), "PERMISSION_MISSING");
        assert_eq!(reason(&stage.draw(&neighbour(), &task, "D1").await.unwrap_err()), "NOT_FOUND");
        let (_, drawn) = stage.draw(&finance(), &task, "D1").await.unwrap();
        assert_eq!(reason(&stage.draw(&finance(), &task, "D2").await.unwrap_err()), "ETAG_MISMATCH");
        let again = stage.draw(&finance(), &drawn, "D2").await.unwrap_err();
        assert_eq!(
            refusal(&again),
            ("FailedPrecondition".into(), "STATE_FORBIDS".into(), drawn.name.clone())
        );
        let own = stage.opened(&finance(), own_draft("S1")).await;
        assert_eq!(reason(&stage.draw(&finance(), &own, "D2").await.unwrap_err()), "STATE_FORBIDS");
        let other = stage.opened(&finance(), finance_draft("F2")).await;
        assert_eq!(reason(&stage.draw(&finance(), &other, "D1").await.unwrap_err()), "ALREADY_EXISTS");
        stage.close().await;
    }
}

#[tokio::test]
async fn an_institution_whose_hands_are_full_is_left_out_until_a_task_is_final() {
    for stage in stages().await {
        stage.admitted("903", &[], 1).await;
        let finance = finance();
        let first = stage.opened(&finance, finance_draft("F1")).await;
        let second = stage.opened(&finance, finance_draft("F2")).await;
        let (_, held) = stage.draw(&finance, &first, "D1").await.unwrap();
        let full = stage.draw(&finance, &second, "D2").await.unwrap_err();
        assert_eq!(reason(&full), "NO_CANDIDATE");
        let violation = full.get_details_precondition_failure().unwrap().violations.remove(0);
        assert_eq!(violation.subject, "regions/640323000/institutions/903");
        assert_eq!(violation.description, "承担任务已达上限（1/1）");
        let scored = stage.score(&institution("903"), &held, vec![]).await.unwrap();
        let heard = stage.record_opinions(&finance, &scored).await.unwrap();
        stage.finalize(&finance, &heard).await.unwrap();
        stage.draw(&finance, &second, "D2").await.unwrap();
        stage.close().await;
    }
}

#[tokio::test]
async fn an_empty_pool_draws_nobody() {
    for stage in stages().await {
        let task = stage.opened(&finance(), finance_draft("F1")).await;
        let refused = stage.draw(&finance(), &task, "D1").await.unwrap_err();
        assert_eq!(refusal(&refused).1, "NO_CANDIDATE");
        stage.close().await;
    }
}

#[tokio::test]
async fn two_draws_at_once_do_not_fill_one_place_twice() {
    for stage in stages().await {
        stage.admitted("903", &[], 1).await;
        let finance = finance();
        let first = stage.opened(&finance, finance_draft("F1")).await;
        let second = stage.opened(&finance, finance_draft("F2")).await;
        let (one, other) =
            tokio::join!(stage.draw(&finance, &first, "D1"), stage.draw(&finance, &second, "D2"));
        let outcomes = [one.map(|_| ()), other.map(|_| ())];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        let refused = outcomes.into_iter().find_map(Result::err).unwrap();
        assert!(["NO_CANDIDATE", "ETAG_MISMATCH"].contains(&reason(&refused).as_str()), "{refused:?}");
        stage.close().await;
    }
}
