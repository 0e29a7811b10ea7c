//! How long things took.

use crate::latencies::Latencies;
use serde::Serialize;
use std::fmt;

/// Milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Quantiles {
    /// Half of them took no longer.
    pub p50: f64,
    /// Of a hundred, one took longer.
    pub p99: f64,
    /// Of a thousand, one took longer.
    pub p999: f64,
    /// The longest.
    pub max: f64,
}

impl Quantiles {
    /// Of all that was recorded; `None` when that is nothing.
    pub(crate) fn of(latencies: &Latencies) -> Option<Quantiles> {
        let ([p50, p99, p999], max) = latencies.quantiles([0.5, 0.99, 0.999])?;
        Some(Quantiles { p50, p99, p999, max })
    }
}

impl fmt::Display for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Quantiles { p50, p99, p999, max } = self;
        write!(f, "p50 {p50:.2} ms, p99 {p99:.2} ms, p99.9 {p999:.2} ms, longest {max:.2} ms")
    }
}
