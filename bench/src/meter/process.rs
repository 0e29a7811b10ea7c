//! What the server costs, as Linux tells it.

use crate::Failed;
use std::io::{Error, ErrorKind};

/// Ticks in a second as `/proc` counts them: Linux fixed it for all programs.
const TICKS: f64 = 100.0;

/// What a process has used so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    /// Seconds of processors, its own and the system's for it.
    pub(crate) cpu_seconds: f64,
    /// Bytes of memory it has now.
    pub(crate) rss: u64,
}

impl Cost {
    /// Of this process, if one was named.
    pub(crate) fn of(process: Option<u32>) -> Result<Option<Cost>, Failed> {
        let read = |process| Cost::read(process).map_err(|why| Failed::Process { process, why });
        process.map(read).transpose()
    }

    fn read(process: u32) -> std::io::Result<Cost> {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let cost = || Some(Cost { cpu_seconds: ticks(&stat)? as f64 / TICKS, rss: rss(&status)? });
        cost().ok_or_else(|| Error::new(ErrorKind::InvalidData, "it has no memory; has it ended?"))
    }
}

/// `utime` and `stime`, the 14th and 15th field. The name before them may hold blanks and parentheses.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

fn rss(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_moves_no_field() {
        let stat = "7 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0";
        assert_eq!(ticks(stat), Some(300));
    }

    #[test]
    fn this_process_has_memory_and_a_missing_one_is_named() {
        assert!(Cost::of(Some(std::process::id())).unwrap().unwrap().rss > 0);
        let error = Cost::of(Some(u32::MAX)).unwrap_err().to_string();
        assert!(error.contains(&u32::MAX.to_string()), "{error}");
    }
}
