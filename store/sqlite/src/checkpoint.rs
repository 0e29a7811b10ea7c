//! The write-ahead log goes back into the file.
//!
//! A checkpoint inside somebody's commit makes that commit ten times as slow (docs/decisions/0003), so a
//! connection of its own does it, twice a second, for as much as readers leave free. When the log has grown all
//! the same, the lane itself makes it start over, between two batches.

use crate::connect;
use crate::failure;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::Error;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// How often the log is looked at.
const EVERY: Duration = Duration::from_millis(500);
/// Looks without a new frame after which the log is cut to nothing.
const IDLE_LOOKS: u32 = 4;
/// Frames (of one 4 KiB page) past which the lane makes the log start over: 64 MiB. Whoever reads a page looks for it in
/// the index of the log first, and that takes the longer the more frames there are.
const MANY: i64 = 16_384;
/// Frames that the lane writes back itself when the log starts over: few enough that nobody notices.
const FEW: i64 = 256;
/// How often that is tried for: each round has to write what came during the one before it.
const ROUNDS: u32 = 5;
/// Frames past which a reader must be holding the log: 1 GiB, and somebody should look.
const ALARMING: i64 = 16 * MANY;

/// The connection beside the lane.
pub(crate) struct Checkpointer {
    frames: Arc<AtomicI64>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

struct Beside {
    conn: SqliteConnection,
    frames: Arc<AtomicI64>,
    on_fatal: Arc<dyn Fn(Error) + Send + Sync>,
}

impl Checkpointer {
    /// Starts it.
    pub(crate) async fn start(
        path: &Path,
        on_fatal: Arc<dyn Fn(Error) + Send + Sync>,
    ) -> Result<Checkpointer, Error> {
        let conn = connect::checkpointer(path).await?;
        let frames = Arc::new(AtomicI64::new(0));
        let (stop, stopped) = watch::channel(false);
        let beside = Beside { conn, frames: frames.clone(), on_fatal };
        Ok(Checkpointer { frames, stop, task: tokio::spawn(beside.run(stopped)) })
    }

    /// After each batch of the lane. Past 64 MiB the log starts over here, where no other writer can come between;
    /// readers hold it up for 50 ms at most.
    pub(crate) async fn between_batches(&self, conn: &mut SqliteConnection) {
        if self.frames.swap(0, Ordering::Relaxed) < MANY {
            return;
        }
        let restarted = sqlx::raw_sql(
            "pragma busy_timeout = 50; pragma wal_checkpoint(restart); pragma busy_timeout = 5000",
        );
        if let Err(failure) = restarted.execute(conn).await {
            tracing::warn!(error = %failure::error(failure), "the write-ahead log could not start over");
        }
    }

    /// Ends it.
    pub(crate) async fn close(self) {
        self.stop.send_replace(true);
        if let Err(failure) = self.task.await {
            tracing::error!(%failure, "the checkpointer did not end in order");
        }
    }
}

impl Beside {
    async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let mut clock = tokio::time::interval(EVERY);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut seen, mut idle) = (0, 0);
        loop {
            tokio::select! {
                _ = stopped.changed() => break,
                _ = clock.tick() => {}
            }
            let frames = self.write_back().await;
            idle = if frames == seen { idle + 1 } else { 0 };
            seen = frames;
            if idle == IDLE_LOOKS && frames > 0 {
                (seen, _) = self.checkpoint("pragma wal_checkpoint(truncate)").await;
                idle = 0;
            }
        }
        drop(self.conn.close().await);
    }

    /// Once; or more often, where the log will have to start over: the lane waits for what is left to write back then.
    /// Gives how many frames the log has.
    async fn write_back(&mut self) -> i64 {
        let mut frames = 0;
        for _ in 0..ROUNDS {
            let (there, done) = self.checkpoint("pragma wal_checkpoint(passive)").await;
            frames = there;
            if there < MANY || there - done < FEW {
                break;
            }
        }
        self.note(frames);
        frames
    }

    /// How many frames the log has then, and how many of them are in the file.
    async fn checkpoint(&mut self, pragma: &'static str) -> (i64, i64) {
        match sqlx::query(pragma).fetch_one(&mut self.conn).await {
            Ok(row) => return (row.try_get(1).unwrap_or(0), row.try_get(2).unwrap_or(0)),
            // After a failed fsync the kernel forgets what it could not write, so trying again proves nothing.
            Err(failure) if failure::is_fatal(&failure) => (self.on_fatal)(failure::error(failure)),
            Err(failure) => tracing::warn!(error = %failure::error(failure), "a checkpoint was not done"),
        }
        (0, 0)
    }

    fn note(&self, frames: i64) {
        self.frames.store(frames, Ordering::Relaxed);
        if frames > ALARMING {
            tracing::error!(frames, "the write-ahead log is over 1 GiB: a reader has held it for long");
        }
    }
}

/// The last checkpoint, when nobody else is there.
pub(crate) async fn last(conn: &mut SqliteConnection) {
    if let Err(failure) = sqlx::query("pragma wal_checkpoint(truncate)").execute(conn).await {
        tracing::warn!(error = %failure::error(failure), "the last checkpoint was not done; the next start does it");
    }
}
