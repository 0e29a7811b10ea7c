//! What an engine has done, for those who measure.

/// Counted since the store was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Transactions put on the disk, each with one sync of the log of the engine. What it syncs at other times,
    /// such as at checkpoints, is not among them.
    pub commits: u64,
    /// Entries that those put into logs of rooms.
    pub entries: u64,
}
