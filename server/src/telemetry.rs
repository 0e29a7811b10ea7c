//! What the program says of itself while it runs: log lines on standard error.
//!
//! On a terminal they are for eyes, anywhere else each is one JSON object. Nobody writes passwords, tokens or
//! bodies into them; a panic is reported by its place, since its words may quote what somebody said.

use crate::config::{Log, LogFormat};
use std::io::IsTerminal;
use std::panic::PanicHookInfo;
use toml::Value;
use tracing::subscriber::set_global_default;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Starts the log. Called once, before anything that may have something to say.
pub(crate) fn start(log: &Log) {
    let pretty = match log.format {
        LogFormat::Pretty => true,
        LogFormat::Json => false,
        LogFormat::Auto => std::io::stderr().is_terminal(),
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&log.level))
        .with_writer(std::io::stderr)
        .with_ansi(pretty && std::io::stderr().is_terminal());
    // Not `init`, which would also take lines of the crate `log`: the WebSocket library writes whole frames there,
    // with the passwords in them.
    let started = if pretty {
        set_global_default(lines.compact().finish())
    } else {
        set_global_default(
            lines.json().flatten_event(true).with_current_span(false).with_span_list(false).finish(),
        )
    };
    debug_assert!(started.is_ok(), "the log is started once");
    std::panic::set_hook(Box::new(report_panic));
}

/// Starts the log of a command, which only speaks up when it has to.
pub(crate) fn start_quiet() {
    start(&Log { format: LogFormat::Pretty, level: "warn".to_owned() });
}

/// Reads a level or a filter, for the configuration.
pub(crate) fn level(value: &Value) -> Result<String, String> {
    // The filter takes any word for the name of a crate and would then show nothing.
    let is_meant = |part: &str| part.contains('=') || part.trim().parse::<LevelFilter>().is_ok();
    let text =
        value.as_str().filter(|text| text.split(',').all(is_meant) && EnvFilter::try_new(text).is_ok());
    text.map(str::to_owned).ok_or_else(|| {
        "write error, warn, info, debug or trace, or a filter such as \"info,broker=debug\"".to_owned()
    })
}

fn report_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    // A literal was written by us; formatted words may hold what a client sent.
    let words = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("its words are not shown");
    tracing::error!(panic.place = place, "panicked at {place}: {words}");
}
