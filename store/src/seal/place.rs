//! Where a body belongs: it opens nowhere else.

use chat::{Kind, RoomId, Seq, UserId};

/// Where a body belongs. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Its room.
    pub room: RoomId,
    /// Its number.
    pub seq: Seq,
    /// Who said it.
    pub sender: UserId,
    /// What sort of thing it is.
    pub kind: Kind,
}

impl Place {
    pub(super) fn bytes(self) -> [u8; 25] {
        let mut bytes = [0; 25];
        bytes[..8].copy_from_slice(&self.room.0.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.seq.0.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.sender.0.to_be_bytes());
        bytes[24] = self.kind as u8;
        bytes
    }
}
