//! Every row of `packets.tsv` is accepted or rejected as it says, with the answer it says.

use mqtt::packet::{Side, Version};
use mqtt::{Answer, Limits, Rejection, decode, decode_greeting};

/// One line of the table.
pub(crate) struct Row<'a> {
    name: &'a str,
    pub(crate) version: Version,
    pub(crate) valid: bool,
    pub(crate) bytes: Vec<u8>,
    code: Option<u8>,
    answer: &'a str,
    pub(crate) from: &'a str,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Row<'a> {
        let columns: Vec<&str> = line.split('\t').collect();
        let [version, verdict, name, hex, code, answer, from] = columns[..] else {
            panic!("a row has seven columns: {line}");
        };
        let version = if version == "5" { Version::V5 } else { Version::V3 };
        let code = code.strip_prefix("0x").map(|code| u8::from_str_radix(code, 16).expect("a code is hex"));
        Row { name, version, valid: verdict == "valid", bytes: from_hex(hex), code, answer, from }
    }

    /// How many bytes of the row make a packet, or why none do.
    fn judge(&self, bytes: &[u8]) -> Result<Option<usize>, Rejection> {
        let limits = Limits::default();
        let later = |side| {
            decode(bytes, side, self.version, &limits).map(|found| found.map(|(_, consumed)| consumed))
        };
        match self.from {
            "greeting" => decode_greeting(bytes, &limits).map(|found| found.map(|(_, consumed)| consumed)),
            "client" => later(Side::Client),
            "server" => later(Side::Server),
            other => panic!("{}: nobody sends from {other}", self.name),
        }
    }

    /// What is not as the row says.
    fn complaint(&self) -> Option<String> {
        let judged = self.judge(&self.bytes);
        let as_it_says = match &judged {
            Ok(consumed) => self.valid && *consumed == Some(self.bytes.len()),
            Err(rejection) => !self.valid && self.expects(rejection.answer),
        };
        let version = self.version;
        (!as_it_says).then(|| format!("{version:?} {} ({}): {judged:?}", self.name, self.from))
    }

    fn expects(&self, answer: Answer) -> bool {
        let (kind, code) = match answer {
            Answer::Connack5(code) => ("connack", Some(code as u8)),
            Answer::Connack3(code) => ("connack", Some(code)),
            Answer::Disconnect(code) => ("disconnect", Some(code as u8)),
            Answer::Close => ("close", None),
        };
        (kind, code) == (self.answer, self.code)
    }
}

pub(crate) fn rows() -> Vec<Row<'static>> {
    include_str!("../packets.tsv").lines().filter(|line| !line.starts_with('#')).map(Row::read).collect()
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).expect("hex is ASCII"));
    digits.map(|pair| u8::from_str_radix(pair, 16).expect("bytes are hex")).collect()
}

#[test]
fn every_packet_of_the_corpus_is_judged_as_its_row_says() {
    let complaints: Vec<String> = rows().iter().filter_map(Row::complaint).collect();
    assert!(complaints.is_empty(), "{} rows:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn a_valid_packet_is_never_rejected_before_its_last_byte_has_come() {
    for row in rows().iter().filter(|row| row.valid) {
        for end in 0..row.bytes.len() {
            assert_eq!(row.judge(&row.bytes[..end]), Ok(None), "{}, {end} bytes", row.name);
        }
    }
}

#[test]
fn what_comes_after_a_packet_is_left_for_the_next_call() {
    for row in rows().iter().filter(|row| row.valid) {
        let two = [&row.bytes[..], &row.bytes[..]].concat();
        assert_eq!(row.judge(&two), Ok(Some(row.bytes.len())), "{}", row.name);
    }
}
