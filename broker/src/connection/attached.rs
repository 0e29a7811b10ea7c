//! A connection with a session: it reads and hands on, and at the same time it writes.

use super::Io;
use super::arrival::Entered;
use super::clock::Clock;
use super::packets::{Client, Inbound};
use super::reader::{Batch, Reader};
use super::writer::Writer;
use crate::application::Application;
use crate::broker::Permit;
use crate::outbound::Ending;
use crate::seats::Taken;
use std::future::poll_fn;
use std::task::{Context, Poll};

/// See the module.
pub(super) struct Attached<A: Application, S> {
    pub(super) io: S,
    pub(super) reader: Reader,
    pub(super) writer: Writer,
    pub(super) clock: Clock,
    pub(super) client: Client<A>,
    pub(super) inbound: Inbound,
    pub(super) seat: Taken,
    /// Held to the end: the connection counts as open.
    pub(super) permit: Permit,
}

impl<A: Application, S: Io> Attached<A, S> {
    pub(super) fn new(io: S, reader: Reader, entered: Entered<A>, permit: Permit) -> Attached<A, S> {
        let Entered { client, inbound, clock, seat } = entered;
        Attached { io, reader, writer: Writer::default(), clock, client, inbound, seat, permit }
    }

    /// Serves both ways until there is a reason to end.
    pub(super) async fn serve(&mut self) -> Ending {
        loop {
            let (is_full, handled) = match poll_fn(|cx| self.poll_batch(cx)).await {
                Ok(batch) => (batch.is_full(), self.handle(batch)),
                Err(ending) => return ending,
            };
            if let Err(ending) = handled.await {
                return ending;
            }
            self.clock.heard();
            if is_full {
                // One client that floods us must not keep a worker from the others.
                tokio::task::yield_now().await;
            }
        }
    }

    /// Reads, and writes first: what the last batch produced leaves before more comes in.
    fn poll_batch(&mut self, cx: &mut Context<'_>) -> Poll<Result<Batch, Ending>> {
        let Attached { io, reader, writer, clock, client, .. } = self;
        let written = writer.poll(cx, io, client.shared(), |done| client.tell(&done));
        client.count_written(&writer.wrote());
        if let Poll::Ready(ending) = written {
            return Poll::Ready(Err(ending));
        }
        let limits = &client.house.config.packets;
        if let Poll::Ready(batch) = reader.poll_batch(cx, io, client.outbound.version(), limits) {
            return Poll::Ready(Ok(batch));
        }
        clock.poll(cx, true, &client.proof_end).map(Err)
    }

    /// Hands a batch to the application. While that waits, writing goes on and silence is not the client's.
    fn handle(&mut self, batch: Batch) -> impl Future<Output = Result<(), Ending>> {
        let Attached { io, writer, clock, client, inbound, .. } = self;
        let client = &*client;
        // One box for each batch: what handling needs, the application's part included, weighs nothing on an
        // idle connection.
        let mut handling = Box::pin(client.handle(inbound, batch));
        poll_fn(move |cx| {
            // Mostly nothing waits, and the batch is done at once.
            if let Poll::Ready(handled) = handling.as_mut().poll(cx) {
                return Poll::Ready(handled);
            }
            // Writing may have made the room that handling waits for, and handling may have made something to
            // write: so both once more. What comes later wakes the task.
            if let Poll::Ready(ending) = writer.poll(cx, io, client.shared(), |done| client.tell(&done)) {
                return Poll::Ready(Err(ending));
            }
            if let Poll::Ready(handled) = handling.as_mut().poll(cx) {
                return Poll::Ready(handled);
            }
            if let Poll::Ready(ending) = writer.poll(cx, io, client.shared(), |done| client.tell(&done)) {
                return Poll::Ready(Err(ending));
            }
            clock.poll(cx, false, &client.proof_end).map(Err)
        })
    }
}
