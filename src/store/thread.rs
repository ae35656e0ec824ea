//! The one thread that owns the connection, so that nobody who is async ever waits on the disk.

use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A thread with a connection; it takes closures in the order in which they come.
pub(super) struct ConnectionThread {
    /// `None` only while it is being dropped: closing the channel ends the thread.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl ConnectionThread {
    /// Hands the connection to a new thread.
    pub(super) fn start(mut connection: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let thread = thread::Builder::new().name("crosswalk-store".to_owned()).spawn(move || {
            for job in queue {
                job(&mut connection);
            }
        })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Runs a job and waits for what it gives back; `None` when the thread is gone, which only a panic brings about.
    /// A job that was handed over runs even if nobody waits for it any more.
    pub(super) async fn run<T: Send + 'static>(&self, job: impl FnOnce(&mut Connection) -> T + Send + 'static) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.post(move |connection| {
            // Whoever asked may have gone away; what the job did stays done.
            let _ = reply.send(job(connection));
        });
        answer.await.ok()
    }

    /// Hands a job over without waiting.
    pub(super) fn post(&self, job: impl FnOnce(&mut Connection) + Send + 'static) {
        if let Some(jobs) = &self.jobs {
            // The thread is gone after a panic: whoever waits for an answer learns it.
            let _ = jobs.send(Box::new(job));
        }
    }
}

/// Waits until the file is closed, so that whoever opens it next finds everything in it.
impl Drop for ConnectionThread {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            // A panic in a job was reported to whoever waited for it.
            let _ = thread.join();
        }
    }
}
