//! Everybody connects before a load begins.

use crate::Failed;
use crate::target::Target;
use crate::wire::{Broken, Guest};
use futures_util::{StreamExt, TryStreamExt, stream};

/// Connections that are made at once: a server takes them faster than one by one, and nobody is flooded.
const AT_ONCE: usize = 64;

/// What stands of each guest, in order; each is given with its number among them.
pub(crate) async fn everybody<T, F: Future<Output = Result<T, Broken>>>(
    target: Target<'_>,
    guests: &[Guest],
    stand: impl Fn(usize, Guest) -> F,
) -> Result<Vec<T>, Failed> {
    let progress = &target.lookout.progress;
    progress.begin("connecting", guests.len());
    let stand = |(number, guest): (usize, &Guest)| {
        let standing = stand(number, guest.clone());
        async move {
            let stood = standing.await.map_err(|why| Failed::Connection { number, why });
            progress.advance();
            stood
        }
    };
    stream::iter(guests.iter().enumerate()).map(stand).buffered(AT_ONCE).try_collect().await
}
