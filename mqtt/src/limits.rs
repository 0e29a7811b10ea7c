//! How much of a legal packet is taken here. The standard allows more; each bound has its reason.

/// Bounds of one decoder. A packet over one of them is rejected with the code that names the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a whole packet, header included. 256 KiB: a chat body of 64 KiB written as escaped JSON fits,
    /// and ten thousand half-sent packets still fit in memory.
    pub packet: u32,
    /// Bytes of a topic name or filter. 512: the longest topic of the contract has under 300.
    pub topic_bytes: usize,
    /// Levels of a topic name or filter. 16: the deepest topic of the contract has under 10, and nobody who
    /// walks a topic level by level walks far.
    pub topic_levels: usize,
    /// Filters in one SUBSCRIBE or UNSUBSCRIBE. 100: a device subscribes to a handful; each costs a look-up.
    pub filters: usize,
    /// The greatest topic alias we announced to the other side. 16: a connection keeps a topic for each, so
    /// this bounds it to 8 KiB.
    pub topic_alias_maximum: u16,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            packet: 256 * 1024,
            topic_bytes: 512,
            topic_levels: 16,
            filters: 100,
            topic_alias_maximum: 16,
        }
    }
}
