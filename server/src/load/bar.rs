//! How far a load is, on standard error, for a person who looks at a terminal.

use bench::{Place, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::AbortHandle;

/// How often it is drawn.
const EVERY: Duration = Duration::from_millis(100);

/// What it looks like.
const LOOK: &str = "{msg:14} {wide_bar} {pos}/{len}";

/// A bar, until it is dropped.
pub(super) struct Bar(Option<(ProgressBar, AbortHandle)>);

impl Bar {
    /// Draws one, unless nobody looks or a program reads.
    pub(super) fn draw(place: &Place, progress: Arc<Progress>) -> Bar {
        if place.json || !std::io::stderr().is_terminal() {
            return Bar(None);
        }
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template(LOOK) {
            bar.set_style(style);
        }
        let drawing = tokio::spawn(follow(bar.clone(), progress)).abort_handle();
        Bar(Some((bar, drawing)))
    }
}

async fn follow(bar: ProgressBar, progress: Arc<Progress>) {
    let mut clock = tokio::time::interval(EVERY);
    loop {
        clock.tick().await;
        let step = progress.step();
        bar.set_message(step.what);
        bar.set_length(step.of);
        bar.set_position(step.done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((bar, drawing)) = self.0.take() {
            drawing.abort();
            bar.finish_and_clear();
        }
    }
}
