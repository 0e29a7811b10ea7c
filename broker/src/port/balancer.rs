//! The header that a balancer puts in front of a connection: from where that one comes. PROXY protocol, version 1 (a
//! line) and 2 (bytes), as haproxy wrote it down in `doc/proxy-protocol.txt`.
//!
//! It is read to its end and no further, since what follows belongs to TLS, MQTT or HTTP. Whether to believe it is decided
//! before: this reads whatever comes.

use proxy_header::{ParseConfig, Protocol, ProxyHeader};
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncReadExt};

/// How a header of version 2 begins.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// How one of version 1 begins.
const WORD: &[u8] = b"PROXY ";
/// Bytes of a header of version 1 at most, its end included: the protocol's own bound.
const LINE: usize = 107;
/// Bytes of version 2 before the length and with it.
const FIXED: usize = 16;
/// Bytes of a header of version 2 at most. Addresses are 216 at most; the rest is what balancers add about TLS and
/// themselves, some hundred bytes.
const MOST: usize = 2_048;

/// Why there is no header.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoHeader {
    #[error("it ended before: {0}")]
    Ended(#[from] std::io::Error),
    #[error("it begins otherwise")]
    Otherwise,
    #[error("its header is longer than any")]
    TooLong,
    #[error("its header can't be understood")]
    Broken,
}

/// From where it comes. A balancer that looks whether we are well speaks for itself (LOCAL, UNKNOWN), and so does one
/// whose client has no address that we could count.
pub(super) async fn origin<S: AsyncRead + Unpin>(
    io: &mut S,
    balancer: SocketAddr,
) -> Result<SocketAddr, NoHeader> {
    let header = read(io).await?;
    let parsed = ProxyHeader::parse(&header, ParseConfig { include_tlvs: false, ..ParseConfig::default() });
    let (parsed, used) = parsed.map_err(|_| NoHeader::Broken)?;
    match parsed.proxied_address() {
        _ if used != header.len() => Err(NoHeader::Broken),
        None => Ok(balancer),
        Some(address) if address.protocol == Protocol::Stream => Ok(address.source),
        Some(_) => Err(NoHeader::Broken),
    }
}

/// The bytes of the header.
async fn read<S: AsyncRead + Unpin>(io: &mut S) -> Result<Vec<u8>, NoHeader> {
    // The shortest header has more.
    let mut header = SIGNATURE.to_vec();
    io.read_exact(&mut header).await?;
    if header == SIGNATURE {
        header.resize(FIXED, 0);
        io.read_exact(&mut header[SIGNATURE.len()..]).await?;
        let length = usize::from(u16::from_be_bytes([header[FIXED - 2], header[FIXED - 1]]));
        if FIXED + length > MOST {
            return Err(NoHeader::TooLong);
        }
        header.resize(FIXED + length, 0);
        io.read_exact(&mut header[FIXED..]).await?;
        return Ok(header);
    }
    if !header.starts_with(WORD) {
        return Err(NoHeader::Otherwise);
    }
    // Only the line knows where it ends, and not one byte more may be taken.
    while header.last() != Some(&b'\n') {
        if header.len() == LINE {
            return Err(NoHeader::TooLong);
        }
        header.push(io.read_u8().await?);
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BALANCER: &str = "10.0.0.7:4000";

    async fn of(bytes: &[u8]) -> Result<(String, usize), NoHeader> {
        let mut rest = bytes;
        let origin = origin(&mut rest, BALANCER.parse().unwrap()).await?;
        Ok((origin.to_string(), rest.len()))
    }

    /// Version 2: this command and family, and what follows the length.
    fn v2(command: u8, family: u8, inside: &[u8]) -> Vec<u8> {
        let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[command, family], &length, inside, b"rest"].concat()
    }

    #[tokio::test]
    async fn a_header_says_from_where_and_what_follows_is_left() {
        let six = [&[0x20, 1, 0xd, 0xb8], &[0; 11][..], &[9], &[0; 16], &[0x1f, 0x90, 0, 80]].concat();
        let four = [192, 0, 2, 9, 10, 0, 0, 7, 0x1f, 0x90, 7, 0x5b];
        let about_tls = [&four[..], &[0x20, 0, 5, 1, 0, 0, 0, 0]].concat();
        for (bytes, from) in [
            (b"PROXY TCP4 192.0.2.9 10.0.0.7 8080 1883\r\nrest".to_vec(), "192.0.2.9:8080"),
            (b"PROXY TCP6 2001:db8::9 ::1 8080 1883\r\nrest".to_vec(), "[2001:db8::9]:8080"),
            (b"PROXY UNKNOWN\r\nrest".to_vec(), BALANCER),
            (b"PROXY UNKNOWN a b c d\r\nrest".to_vec(), BALANCER),
            (v2(0x21, 0x11, &four), "192.0.2.9:8080"),
            (v2(0x21, 0x11, &about_tls), "192.0.2.9:8080"),
            (v2(0x21, 0x21, &six), "[2001:db8::9]:8080"),
            (v2(0x20, 0x00, &[]), BALANCER),
            (v2(0x20, 0x11, &four), BALANCER),
            (v2(0x21, 0x00, &[]), BALANCER),
            (v2(0x21, 0x31, &[b'/'; 216]), BALANCER),
        ] {
            let said = format!("{bytes:?}");
            assert_eq!(of(&bytes).await.unwrap(), (from.to_owned(), 4), "{said}");
        }
    }

    #[tokio::test]
    async fn what_is_no_header_is_none() {
        let line = format!("PROXY TCP4 {}\r\n", "1".repeat(120));
        let udp = v2(0x21, 0x12, &[192, 0, 2, 9, 10, 0, 0, 7, 0x1f, 0x90, 7, 0x5b]);
        for bytes in [
            &b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0"[..],
            b"GET / HTTP/1.1\r\n\r\n",
            b"PROXY TCP4 192.0.2.9 10.0.0.7 8080 1883\n....",
            b"PROXY TCP4 ann bo 1 2\r\n",
            b"PROXY UDP4 192.0.2.9 10.0.0.7 8080 1883\r\n",
            b"PROXY TCP4 192.0.2.9",
            line.as_bytes(),
            &udp,
            &v2(0x21, 0x11, &[1, 2, 3]),
            &v2(0x21, 0x11, &[0; MOST]),
            &v2(0x31, 0x11, &[0; 12]),
            &SIGNATURE,
        ] {
            of(bytes).await.expect_err(&format!("{bytes:?}"));
        }
    }
}
