//! Background work that ends only with the service.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hengji_rpc::Fault;
use tonic::Code;

use crate::Job;

/// Waits between attempts double from the first to the longest, and begin anew after any progress.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Says that an attempt came forward.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<AtomicBool>);

impl Progress {
    pub fn made(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Does `work` again, after longer and longer waits, whenever it ends. `what` names it in the log.
pub fn persistent<W, F>(what: &'static str, work: W) -> Job
where
    W: Fn(Progress) -> F + Send + 'static,
    F: Future<Output = Result<(), Fault>> + Send,
{
    Box::new(move |stop| {
        Box::pin(async move {
            let mut wait = FIRST_WAIT;
            loop {
                let progress = Progress::default();
                let ended = tokio::select! {
                    () = stop.cancelled() => return,
                    ended = work(progress.clone()) => ended,
                };
                match ended {
                    Err(fault) if fault.code() != Code::Unavailable => {
                        tracing::warn!(%fault, what, "interrupted");
                    }
                    _ => tracing::debug!(what, "the other side is away"),
                }
                if progress.0.load(Ordering::Relaxed) {
                    wait = FIRST_WAIT;
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        })
    })
}
