//! `grpc.health.v1` with one entry a service. Ready means: database reachable, schema current, keys known. Liveness is the
//! empty entry and depends on nothing outside the process.

use std::sync::Arc;
use std::time::Duration;

use hengji_db::Db;
use hengji_rpc::Verifier;
use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

const LOOK: Duration = Duration::from_secs(1);

pub(crate) fn entry(service: &str) -> String {
    format!("hengji.{service}")
}

/// Watches one service's readiness until shutdown, when it turns unready first of all.
pub(crate) async fn watch(
    reporter: HealthReporter,
    service: &'static str,
    db: Db,
    verifier: Arc<Verifier>,
    shutdown: CancellationToken,
) {
    loop {
        let ready =
            verifier.has_keys() && matches!(tokio::time::timeout(LOOK * 2, db.ping()).await, Ok(Ok(())));
        let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
        reporter.set_service_status(entry(service), status).await;
        let wait = if ready { LOOK } else { LOOK / 10 };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = shutdown.cancelled() => {
                reporter.set_service_status(entry(service), ServingStatus::NotServing).await;
                return;
            }
        }
    }
}
