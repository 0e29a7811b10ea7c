//! Buffers of the worker threads. A connection borrows one inside a poll and never keeps it, so that ten
//! thousand idle connections need no more of them than there are threads.

use bytes::BytesMut;
use std::cell::RefCell;

/// Bytes read at once. 64 KiB: more saves no measurable time.
const READ: usize = 64 * 1024;

/// A write buffer that grew over this, for one large packet, is given back.
const KEPT: usize = 128 * 1024;

thread_local! {
    static READING: RefCell<Option<Box<[u8]>>> = const { RefCell::new(None) };
    static WRITING: RefCell<BytesMut> = RefCell::new(BytesMut::new());
}

/// Lends the read buffer. Its contents are whatever was read last.
pub(super) fn reading<R>(with: impl FnOnce(&mut [u8]) -> R) -> R {
    READING.with_borrow_mut(|buffer| with(buffer.get_or_insert_with(|| vec![0; READ].into_boxed_slice())))
}

/// Lends the write buffer, empty.
pub(super) fn writing<R>(with: impl FnOnce(&mut BytesMut) -> R) -> R {
    WRITING.with_borrow_mut(|buffer| {
        buffer.clear();
        let result = with(buffer);
        if buffer.capacity() > KEPT {
            *buffer = BytesMut::new();
        }
        result
    })
}
