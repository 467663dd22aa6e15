//! Keeps the verifier's keys up to date: asks identity at the start until it answers, then every minute. While identity
//! is away the last good keys stay.

use std::sync::Arc;
use std::time::Duration;

use hengji_proto::identity::v1::GetKeySetRequest;
use hengji_proto::identity::v1::token_service_client::TokenServiceClient;
use hengji_rpc::{Fault, KeySet, Link, Verifier};
use tokio_util::sync::CancellationToken;

const REFRESH: Duration = Duration::from_secs(60);
const RETRY: Duration = Duration::from_millis(200);

pub(crate) async fn fetch(link: &Link, verifier: &Verifier) -> Result<(), Fault> {
    let answer = TokenServiceClient::new(link.clone()).get_key_set(GetKeySetRequest {}).await?;
    verifier.replace_keys(KeySet::from_jwks(&answer.into_inner().jwks_json)?);
    Ok(())
}

pub(crate) async fn keep_fresh(link: Link, verifier: Arc<Verifier>, shutdown: CancellationToken) {
    loop {
        let wait = match fetch(&link, &verifier).await {
            Ok(()) => REFRESH,
            Err(fault) => {
                tracing::warn!(fault = fault.message(), "signing keys not refreshed");
                if verifier.has_keys() { REFRESH } else { RETRY }
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = shutdown.cancelled() => return,
        }
    }
}
