//! `hengji.common.v1.JournalService` over the journals of every mounted service.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use hengji_db::{Journal, JournalFilter, SealedEntry};
use hengji_kernel::{Clock, DataScope, RegionCode};
use hengji_proto::common::v1 as pb;
use hengji_proto::common::v1::journal_service_server::JournalService;
use hengji_rpc::{Call, Fault, convert, open};
use std::sync::Arc;
use tonic::{Request, Response, Status};

/// Quiet this long, a watcher hears a heartbeat.
const HEARTBEAT: Duration = Duration::from_secs(5);

pub(crate) struct Journals {
    pub(crate) journals: HashMap<&'static str, Journal>,
    pub(crate) clock: Arc<dyn Clock>,
}

#[async_trait]
impl JournalService for Journals {
    async fn watch(
        &self,
        request: Request<pb::WatchRequest>,
    ) -> Result<Response<BoxStream<'static, Result<pb::WatchResponse, Status>>>, Status> {
        let (call, request) = open(request)?;
        let after = position("resume_token", &request.resume_token)?;
        let journal = self.of(&request.service)?;
        let filter = Shown { scope: call.scope(), kinds: request.kinds };
        Ok(Response::new(news(journal.watch(after), filter, after, Arc::clone(&self.clock))))
    }

    async fn list_entries(
        &self,
        request: Request<pb::ListEntriesRequest>,
    ) -> Result<Response<pb::ListEntriesResponse>, Status> {
        let (call, request) = open(request)?;
        Ok(Response::new(self.list(&call, request).await?))
    }

    async fn verify_journal(
        &self,
        request: Request<pb::VerifyJournalRequest>,
    ) -> Result<Response<pb::VerifyJournalResponse>, Status> {
        let (_, request) = open(request)?;
        let journal = self.of(&request.service)?;
        journal.seal().await.map_err(Fault::from)?;
        let found = journal.verify(request.from_position, request.to_position).await.map_err(Fault::from)?;
        Ok(Response::new(pb::VerifyJournalResponse {
            intact: found.ok,
            checked: found.checked,
            broken_position: found.broken_at.unwrap_or_default(),
            finding: found.reason,
            head_hash: found.head_hash,
            head_position: found.head_position,
        }))
    }
}

impl Journals {
    fn of(&self, service: &str) -> Result<&Journal, Fault> {
        self.journals.get(service).ok_or_else(|| Fault::not_found(format!("journals/{service}")))
    }

    async fn list(
        &self,
        call: &Call,
        request: pb::ListEntriesRequest,
    ) -> Result<pb::ListEntriesResponse, Fault> {
        let after = position("page_token", &request.page_token)?;
        let limit = match usize::try_from(request.page_size) {
            Ok(0) | Err(_) => 100,
            Ok(size) => size,
        };
        let journal = self.of(&request.service)?;
        journal.seal().await?;
        let subject = (!request.subject.is_empty()).then_some(request.subject);
        let filter = JournalFilter { kinds: request.kinds, subject, scope: call.scope() };
        let mut entries = journal.list(after, limit + 1, &filter).await?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next_page_token = match entries.last() {
            Some(last) if more => last.position.to_string(),
            _ => String::new(),
        };
        Ok(pb::ListEntriesResponse { entries: entries.into_iter().map(entry).collect(), next_page_token })
    }
}

/// What one watcher may and wants to see.
struct Shown {
    scope: DataScope,
    kinds: Vec<String>,
}

impl Shown {
    fn shows(&self, entry: &SealedEntry) -> bool {
        let reached = match &entry.region {
            Some(region) => self.scope.contains(region, entry.unit.as_ref()),
            None => nation().is_none_or(|nation| self.scope.covers_region(&nation)),
        };
        reached && (self.kinds.is_empty() || self.kinds.contains(&entry.kind))
    }
}

fn nation() -> Option<RegionCode> {
    "000000000".parse().ok()
}

type Entries = BoxStream<'static, Result<SealedEntry, hengji_db::DbError>>;

/// Entries that may be shown, and a heartbeat with the resume token whenever there was none for a while.
fn news(
    entries: Entries,
    shown: Shown,
    after: i64,
    clock: Arc<dyn Clock>,
) -> BoxStream<'static, Result<pb::WatchResponse, Status>> {
    let start = (entries, shown, after, clock);
    stream::try_unfold(start, |(mut entries, shown, mut after, clock)| async move {
        let quiet_until = tokio::time::Instant::now() + HEARTBEAT;
        loop {
            let next = tokio::time::timeout_at(quiet_until, entries.next()).await;
            let news = match next {
                Ok(None) => return Ok(None),
                Ok(Some(found)) => {
                    let found = found.map_err(|error| Status::from(Fault::from(error)))?;
                    after = found.position;
                    if !shown.shows(&found) {
                        continue;
                    }
                    pb::watch_response::News::Entry(entry(found))
                }
                Err(_) => pb::watch_response::News::Heartbeat(convert::timestamp(clock.now())),
            };
            let response = pb::WatchResponse { news: Some(news), resume_token: after.to_string() };
            return Ok(Some((response, (entries, shown, after, clock))));
        }
    })
    .boxed()
}

/// Resume and page tokens of a journal are positions.
fn position(field: &str, token: &str) -> Result<i64, Fault> {
    match token {
        "" => Ok(0),
        token => token
            .parse()
            .ok()
            .filter(|position| *position >= 0)
            .ok_or_else(|| Fault::field(field, "不是本服务发出的续接标记")),
    }
}

fn entry(entry: SealedEntry) -> pb::JournalEntry {
    pb::JournalEntry {
        position: entry.position,
        entry_id: entry.entry_id,
        time: Some(convert::timestamp(entry.at)),
        account: entry.account,
        method: entry.method,
        request_id: entry.request_id,
        kind: entry.kind,
        subject: entry.subject,
        region: entry.region.map(String::from).unwrap_or_default(),
        unit: entry.unit.map(String::from).unwrap_or_default(),
        payload_json: entry.payload.to_string(),
        reason: entry.reason,
        previous_hash: entry.previous_hash,
        hash: entry.hash,
        seal_time: Some(convert::timestamp(entry.sealed_at)),
    }
}
