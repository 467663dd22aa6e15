//! Questions that wait at the same moment share one statement.
//!
//! A few workers take whatever waits and ask once for all of it. Nobody is made to wait for company: alone, a question is
//! asked at once. Every question is asked after its caller came, so that an answer is never older than the call.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::oneshot;

use crate::DbError;

/// Keys of one statement: enough to share its cost, few enough to answer soon.
const KEYS_A_STATEMENT: usize = 256;

/// Workers at most, each with a connection while it asks; the others are left to everybody else.
const WORKERS: usize = 4;

type Answer<A> = Result<Arc<A>, DbError>;
type Asked<A> = BoxFuture<'static, Result<A, DbError>>;

/// Callers hand in a key and get what was found for their group: each picks its own out of it, in its own data scope.
pub struct Gather<K, A>(Arc<Shared<K, A>>);

struct Shared<K, A> {
    question: Box<dyn Fn(Vec<K>) -> Asked<A> + Send + Sync>,
    workers: usize,
    waiting: Mutex<Waiting<K, A>>,
}

struct Waiting<K, A> {
    tickets: VecDeque<Ticket<K, A>>,
    /// Workers that will look for tickets again.
    working: usize,
}

struct Ticket<K, A> {
    key: K,
    reply: oneshot::Sender<Answer<A>>,
}

impl<K, A> Gather<K, A>
where
    K: Clone + Send + 'static,
    A: Send + Sync + 'static,
{
    /// `question` answers for all of the keys it is given, among which may be equal ones.
    pub fn new<F>(question: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<A, DbError>> + Send + 'static,
    {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_workers(processors.clamp(2, WORKERS), question)
    }

    fn with_workers<F>(workers: usize, question: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<A, DbError>> + Send + 'static,
    {
        let waiting = Mutex::new(Waiting { tickets: VecDeque::new(), working: 0 });
        let question = Box::new(move |keys| question(keys).boxed());
        Self(Arc::new(Shared { question, workers, waiting }))
    }

    /// What was found for this key and those that were asked with it, as it was after this call began.
    pub async fn ask(&self, key: K) -> Answer<A> {
        let (reply, answer) = oneshot::channel();
        if self.0.join(Ticket { key, reply }) {
            // a task of its own: a caller that goes away does not take along what others wait for
            tokio::spawn(work(Arc::clone(&self.0)));
        }
        answer.await.unwrap_or_else(|_| Err(DbError::other("a gathered question was not answered")))
    }
}

impl<K: Clone, A> Shared<K, A> {
    fn waiting(&self) -> MutexGuard<'_, Waiting<K, A>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if the caller is to start one more worker.
    fn join(&self, ticket: Ticket<K, A>) -> bool {
        let mut waiting = self.waiting();
        waiting.tickets.push_back(ticket);
        let start = waiting.working < self.workers;
        waiting.working += usize::from(start);
        start
    }

    /// The next group of those who still listen; none lets the worker go.
    fn next(&self) -> Option<Vec<Ticket<K, A>>> {
        let mut waiting = self.waiting();
        let mut group = Vec::new();
        while group.len() < KEYS_A_STATEMENT
            && let Some(ticket) = waiting.tickets.pop_front()
        {
            if !ticket.reply.is_closed() {
                group.push(ticket);
            }
        }
        waiting.working -= usize::from(group.is_empty());
        (!group.is_empty()).then_some(group)
    }

    async fn answer(&self, keys: Vec<K>) -> Answer<A> {
        let asked = AssertUnwindSafe(async { (self.question)(keys).await }).catch_unwind().await;
        asked.unwrap_or_else(|_| Err(DbError::other("a gathered question panicked"))).map(Arc::new)
    }

    /// What one key spoils is not laid on the others: without an answer for all, each is asked alone.
    async fn serve(&self, group: Vec<Ticket<K, A>>) {
        let answer = self.answer(group.iter().map(|ticket| ticket.key.clone()).collect()).await;
        let apart =
            group.len() > 1 && matches!(&answer, Err(error) if !matches!(error, DbError::Unavailable(_)));
        for Ticket { key, reply } in group {
            let answer = if apart { self.answer(vec![key]).await } else { answer.clone() };
            let _ = reply.send(answer); // nobody listens any more
        }
    }
}

async fn work<K: Clone, A>(shared: Arc<Shared<K, A>>) {
    while let Some(group) = shared.next() {
        shared.serve(group).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;

    use futures::future::join_all;
    use tokio::sync::Semaphore;
    use tokio::time::timeout;

    use super::*;

    /// Answers with the keys it was asked, each group as soon as a permit is given.
    fn gated(gate: &Arc<Semaphore>) -> Gather<usize, Vec<usize>> {
        let gate = Arc::clone(gate);
        Gather::with_workers(1, move |keys: Vec<usize>| {
            let gate = Arc::clone(&gate);
            async move {
                gate.acquire().await.map_err(DbError::caused_by)?.forget();
                assert!(!keys.contains(&13), "an unlucky key");
                if keys.contains(&4) { Err(DbError::other("a key that cannot be asked")) } else { Ok(keys) }
            }
        })
    }

    /// Asks for the keys in order; the first is under way when the others come.
    async fn asked(
        gather: &Gather<usize, Vec<usize>>,
        gate: &Semaphore,
        keys: &[usize],
    ) -> Vec<Answer<Vec<usize>>> {
        let opened = async {
            tokio::task::yield_now().await;
            gate.add_permits(100);
        };
        tokio::join!(join_all(keys.iter().map(|key| gather.ask(*key))), opened).0
    }

    #[tokio::test]
    async fn whoever_waits_together_is_asked_together() {
        let gate = Arc::new(Semaphore::new(0));
        let gather = gated(&gate);
        let first = tokio::spawn({
            let gather = Gather(Arc::clone(&gather.0));
            async move { gather.ask(1).await }
        });
        tokio::task::yield_now().await; // its worker asks
        tokio::task::yield_now().await;
        let others = asked(&gather, &gate, &[2, 3, 2]).await;
        assert_eq!(*first.await.unwrap().unwrap(), [1], "nobody waits for company");
        assert!(others.into_iter().all(|answer| *answer.unwrap() == [2, 3, 2]));
    }

    #[tokio::test]
    async fn a_key_that_fails_or_panics_spoils_only_its_own_answer() {
        let gate = Arc::new(Semaphore::new(100));
        let gather = gated(&gate);
        for spoilt in [4, 13] {
            let answers = asked(&gather, &gate, &[1, spoilt, 2]).await;
            let found: Vec<_> =
                answers.iter().map(|answer| answer.as_ref().ok().map(|keys| keys[0])).collect();
            assert_eq!(found, [Some(1), None, Some(2)]);
        }
        assert_eq!(*gather.ask(5).await.unwrap(), [5], "the worker lives on");
    }

    #[tokio::test]
    async fn an_absent_database_is_not_asked_again_for_each_key() {
        let times = Arc::new(AtomicUsize::new(0));
        let gather = Gather::<usize, ()>::with_workers(1, {
            let times = Arc::clone(&times);
            move |_| {
                times.fetch_add(1, SeqCst);
                std::future::ready(Err(DbError::Unavailable(Arc::new(std::fmt::Error))))
            }
        });
        for answer in join_all((0..9).map(|key| gather.ask(key))).await {
            assert!(matches!(answer, Err(DbError::Unavailable(_))));
        }
        assert!(times.load(SeqCst) < 3, "asked {} times", times.load(SeqCst));
    }

    #[tokio::test]
    async fn whoever_went_away_is_passed_over() {
        let gate = Arc::new(Semaphore::new(0));
        let gather = gated(&gate);
        let soon = Duration::from_millis(1);
        for key in [1, 2, 3] {
            assert!(timeout(soon, gather.ask(key)).await.is_err());
        }
        // the first had been taken, the other two had not
        let answers = asked(&gather, &gate, &[7, 8]).await;
        assert!(answers.into_iter().all(|answer| *answer.unwrap() == [7, 8]));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn an_answer_is_never_older_than_its_call() {
        let state = Arc::new(AtomicUsize::new(0));
        let gather = Arc::new(Gather::<usize, usize>::new({
            let state = Arc::clone(&state);
            move |_| {
                let state = Arc::clone(&state);
                async move {
                    let seen = state.load(SeqCst);
                    tokio::task::yield_now().await; // time for others to change it and to call
                    Ok(seen)
                }
            }
        }));
        let callers = (0..32).map(|caller| {
            let (gather, state) = (Arc::clone(&gather), Arc::clone(&state));
            tokio::spawn(async move {
                for _ in 0..200 {
                    let written = state.fetch_add(1, SeqCst) + 1;
                    assert!(*gather.ask(caller).await.unwrap() >= written);
                }
            })
        });
        for caller in join_all(callers).await {
            caller.unwrap();
        }
    }
}
