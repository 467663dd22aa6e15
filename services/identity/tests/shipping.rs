//! The shipped roles, stored by whoever starts first.

use std::sync::Arc;

use hengji_identity::{SERVICE, administrator_token};
use hengji_kernel::{FixedClock, SeededIds, Timestamp};
use hengji_rpc::Acts;
use hengji_rpc::token::TokenRules;
use hengji_testkit::databases;
use tokio::task::JoinSet;

const STARTING: u64 = 8;
const NOON: Timestamp = Timestamp(1_782_792_000_000_000);

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_at_the_same_moment_all_find_the_roles() -> anyhow::Result<()> {
    for database in databases().await? {
        let db = database.open("identity").await?;
        db.migrate(SERVICE.migrations).await?;
        let mut starting = JoinSet::new();
        for seed in 1..=STARTING {
            let acts = Acts {
                db: db.clone(),
                clock: Arc::new(FixedClock::at(NOON)),
                ids: Arc::new(SeededIds::new(seed)),
            };
            starting.spawn(async move {
                let rules =
                    TokenRules { issuer: "hengji".into(), audience: "hengji".into(), leeway_seconds: 30 };
                let entropy: hengji_chassis::Entropy = Arc::new(move || [seed as u8; 32]);
                administrator_token(&acts, &entropy, &rules, 60).await
            });
        }
        while let Some(token) = starting.join_next().await {
            let told = token?.map_err(|fault| anyhow::anyhow!("{}: {fault:?}", database.label()))?;
            assert_eq!(told.split('.').count(), 3, "{told}");
        }
        db.close().await;
        database.remove().await?;
    }
    Ok(())
}
