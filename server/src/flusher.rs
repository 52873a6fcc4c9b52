//! What a tenant committed, on its way to the disk. A thread flushes it while the tenant's own goes on to the next
//! requests, and sends the answers when it is there.

use crate::metrics::Flush;
use http::Response;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Instant;
use tokio::sync::oneshot;

/// Groups that wait to be flushed. A disk that is further behind than that holds its tenant up.
const MOST_WAITING: usize = 16;

/// An answer and who waits for it.
pub(crate) type Answer = (Response<Vec<u8>>, oneshot::Sender<Response<Vec<u8>>>);

/// The answers to requests that were committed together.
pub(crate) struct Committed {
    pub(crate) answers: Vec<Answer>,
    /// When the first statement ran.
    pub(crate) since: Instant,
    /// Whether anything was written. What only found what is there waits for no flush of its own.
    pub(crate) wrote: bool,
}

/// The tenant's end.
pub(crate) struct Flusher {
    committed: SyncSender<Committed>,
    /// How many groups, each time some were answered.
    answered: Receiver<usize>,
    under_way: usize,
    thread: JoinHandle<()>,
}

/// A flush failed, and with it everything that waited for one: nobody is answered.
#[derive(Debug)]
pub(crate) struct FlushFailed;

impl Flusher {
    /// Starts the thread. `flush` returns when all that was written before it was called is on the disk.
    pub(crate) fn start(
        name: String,
        flush: impl FnMut() -> io::Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        let (committed, groups) = mpsc::sync_channel(MOST_WAITING);
        let (tell, answered) = mpsc::channel();
        let thread = thread::Builder::new()
            .name(name)
            .spawn(move || run(&groups, &tell, flush))?;
        Ok(Self {
            committed,
            answered,
            under_way: 0,
            thread,
        })
    }

    /// Answers these requests when what was committed is on the disk.
    pub(crate) fn hand_over(&mut self, committed: Committed) -> Result<(), FlushFailed> {
        self.committed.send(committed).map_err(|_| FlushFailed)?;
        self.under_way += 1;
        let answered: usize = self.answered.try_iter().sum();
        self.under_way = self.under_way.saturating_sub(answered);
        Ok(())
    }

    /// Returns when everything that was handed over is answered.
    pub(crate) fn wait(&mut self) -> Result<(), FlushFailed> {
        while self.under_way > 0 {
            let answered = self.answered.recv().map_err(|_| FlushFailed)?;
            self.under_way = self.under_way.saturating_sub(answered);
        }
        Ok(())
    }

    /// Answers what is left, and ends.
    pub(crate) fn finish(self) {
        drop(self.committed);
        // A thread that panicked has nobody left to answer.
        let _ = self.thread.join();
    }
}

fn run(
    groups: &Receiver<Committed>,
    tell: &Sender<usize>,
    mut flush: impl FnMut() -> io::Result<()>,
) {
    // Who wrote before this process did may not have come to flush it, and a repetition of it is answered as stored.
    let mut unflushed = true;
    while let Ok(first) = groups.recv() {
        let since = first.since;
        let mut waiting = vec![first];
        waiting.extend(groups.try_iter());
        unflushed |= waiting.iter().any(|group| group.wrote);
        if unflushed {
            if let Err(error) = flush() {
                tracing::error!(
                    cause = error.to_string(),
                    "what was written could not be flushed to the disk"
                );
                return;
            }
            unflushed = false;
        }
        let count = waiting.len();
        let answers: Vec<Answer> = waiting
            .into_iter()
            .flat_map(|group| group.answers)
            .collect();
        let mut shared = Some(Flush {
            requests: answers.len(),
            took: since.elapsed(),
        });
        for (mut response, reply) in answers {
            if let Some(shared) = shared.take() {
                response.extensions_mut().insert(shared);
            }
            // A caller that hung up does not want to know.
            let _ = reply.send(response);
        }
        if tell.send(count).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    type Waiting = oneshot::Receiver<Response<Vec<u8>>>;

    fn group(wrote: bool, size: usize) -> (Committed, Vec<Waiting>) {
        let (replies, waiting): (Vec<_>, Vec<_>) = (0..size).map(|_| oneshot::channel()).unzip();
        let answers = replies
            .into_iter()
            .map(|reply| (Response::default(), reply));
        let committed = Committed {
            answers: answers.collect(),
            since: Instant::now(),
            wrote,
        };
        (committed, waiting)
    }

    /// A disk that flushes when it is told to.
    struct Disk {
        begun: Receiver<()>,
        end: Sender<io::Result<()>>,
    }

    fn flusher() -> (Flusher, Disk) {
        let (begins, begun) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let flush = move || {
            begins.send(()).unwrap();
            ended.recv().unwrap()
        };
        let flusher = Flusher::start("disk".to_owned(), flush).unwrap();
        (flusher, Disk { begun, end })
    }

    #[test]
    fn nobody_is_answered_before_the_flush_that_begins_after_the_commit() {
        let (mut flusher, disk) = flusher();
        let (first, mut firsts) = group(true, 2);
        flusher.hand_over(first).unwrap();
        disk.begun.recv().unwrap();
        let (second, mut seconds) = group(true, 1);
        let (third, mut thirds) = group(true, 1);
        flusher.hand_over(second).unwrap();
        flusher.hand_over(third).unwrap();
        thread::sleep(Duration::from_millis(20));
        assert!(firsts.iter_mut().all(|waiting| waiting.try_recv().is_err()));

        disk.end.send(Ok(())).unwrap();
        let answered = firsts.remove(0).blocking_recv().unwrap();
        let shared = answered.extensions().get::<Flush>().unwrap();
        assert_eq!(shared.requests, 2);
        firsts.remove(0).blocking_recv().unwrap();

        // Those that came meanwhile share the next one.
        disk.begun.recv().unwrap();
        let mut later = [&mut seconds[0], &mut thirds[0]];
        assert!(later.iter_mut().all(|waiting| waiting.try_recv().is_err()));
        disk.end.send(Ok(())).unwrap();
        flusher.wait().unwrap();
        assert!(later.iter_mut().all(|waiting| waiting.try_recv().is_ok()));
        flusher.finish();
        assert!(disk.begun.try_recv().is_err());
    }

    #[test]
    fn what_a_flush_that_failed_was_for_is_answered_by_nobody() {
        let (mut flusher, disk) = flusher();
        let (first, mut firsts) = group(true, 1);
        flusher.hand_over(first).unwrap();
        disk.begun.recv().unwrap();
        let (second, mut seconds) = group(true, 1);
        flusher.hand_over(second).unwrap();
        disk.end.send(Err(io::Error::other("gone"))).unwrap();
        assert!(firsts.remove(0).blocking_recv().is_err());
        assert!(seconds.remove(0).blocking_recv().is_err());
        assert!(flusher.wait().is_err());
        let (third, mut thirds) = group(false, 1);
        assert!(flusher.hand_over(third).is_err());
        assert!(thirds.remove(0).blocking_recv().is_err());
        flusher.finish();
    }

    #[test]
    fn what_wrote_nothing_waits_for_no_flush_but_the_first() {
        let times = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&times);
        let flush = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        let mut flusher = Flusher::start("disk".to_owned(), flush).unwrap();
        for (wrote, expected) in [(false, 1), (false, 1), (true, 2), (false, 2)] {
            let (group, mut waiting) = group(wrote, 1);
            flusher.hand_over(group).unwrap();
            waiting.remove(0).blocking_recv().unwrap();
            assert_eq!(times.load(Ordering::Relaxed), expected);
        }
        flusher.finish();
    }
}
