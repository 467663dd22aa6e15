//! Wrong input, wherever it may come in: each is refused with a reason and a place, and leaves nothing behind.

mod catalog;
mod identity;
mod interrupted;
mod ledger;
mod monitoring;
mod targets;

use anyhow::{Context, ensure};
use hengji_testkit::databases;
use hengji_tests::prepared::{self, Prepared};
use hengji_tests::{Desk, Running, Topology, journals};
use serde_json::Value;
use tonic::Code;

/// One wrong request and how it is to be refused.
struct Case {
    who: Who,
    method: &'static str,
    body: Value,
    code: Code,
    reason: &'static str,
    /// Of the request; empty where no field is at fault.
    field: &'static str,
}

type Who = fn(&Prepared) -> &Desk;

/// INVALID_ARGUMENT, FIELD_INVALID, and the field.
fn field(who: Who, method: &'static str, body: Value, field: &'static str) -> Case {
    Case { who, method, body, code: Code::InvalidArgument, reason: "FIELD_INVALID", field }
}

fn refused(who: Who, method: &'static str, body: Value, code: Code, reason: &'static str) -> Case {
    Case { who, method, body, code, reason, field: "" }
}

impl Case {
    /// What is wrong with the refusal, if anything.
    async fn tried(&self, people: &Prepared) -> anyhow::Result<Option<String>> {
        let told = format!("{} {}", self.method, self.body);
        let found = match (self.who)(people).try_ask(self.method, self.body.clone()).await? {
            Ok(answer) => return Ok(Some(format!("{told}: allowed: {answer}"))),
            Err(refusal) => refusal,
        };
        let placed = self.field.is_empty() || found.fields.iter().any(|field| field == self.field);
        let right =
            found.code == self.code && found.reason == self.reason && placed && !found.message.is_empty();
        Ok((!right).then(|| format!("{told}: {found}, not {:?} {} {}", self.code, self.reason, self.field)))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_input_is_refused_with_reason_and_field_and_leaves_nothing_behind() -> anyhow::Result<()>
{
    for database in databases().await? {
        let running = Running::start(Topology::AllInOne, &database).await?;
        let people = prepared::prepare(running.link(), &running.administrator).await?;
        let filed = targets::file_another(&people).await?;
        let before = journals::counts(&people.auditor).await?;
        let mut cases = identity::cases();
        cases.extend(catalog::cases());
        cases.extend(targets::cases(&filed));
        cases.extend(monitoring::cases());
        let mut findings = Vec::new();
        for case in &cases {
            findings.extend(case.tried(&people).await.context(case.method)?);
        }
        findings.extend(journals::differences(&before, &journals::counts(&people.auditor).await?));
        ensure!(findings.is_empty(), "on {}:\n{}", database.label(), findings.join("\n"));
        running.stop().await?;
        database.remove().await?;
    }
    Ok(())
}
