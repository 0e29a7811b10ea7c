//! Why a connection can't be made by TLS.

use rustls::{CertificateError, Error};
use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// Why there is no TLS. Files and authorities are of this side, everything else is of the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file can't be read, or not be used.
    #[error("`{}` can't be used: {why}", file.display())]
    File {
        /// Which one.
        file: PathBuf,
        /// In the words of whatever noticed it.
        why: String,
    },
    /// The system trusts nobody, and [`Tls::ca_file`](crate::Tls::ca_file) names nobody.
    #[error("there is no authority to trust: {0}")]
    NobodyTrusted(String),
    /// This is no name of a host, nor an address, that a certificate could be for.
    #[error("no certificate can be for `{0}`")]
    NoName(String),
    /// What answers does not speak TLS: it said something else, or ended the connection where TLS begins.
    #[error("the server does not answer with TLS")]
    NotSpoken,
    /// None of the trusted authorities has signed the server's certificate.
    #[error("nobody who is trusted here has signed the server's certificate")]
    UnknownAuthority,
    /// The server's certificate is good, but for another host.
    #[error("the server shows a certificate of another host: {0}")]
    WrongName(String),
    /// The server's certificate has ended, or has not begun.
    #[error("the server's certificate is not good at this time: {0}")]
    WrongTime(String),
    /// The server's certificate can't be trusted for another reason.
    #[error("the server's certificate can't be trusted: {0}")]
    BadCertificate(String),
    /// The two sides did not come to terms. Most likely the server wants a certificate of ours, or another one.
    #[error("the server and we do not agree on TLS: {0}")]
    NotAgreed(String),
}

impl TlsError {
    pub(crate) fn of(error: &Error) -> TlsError {
        match error {
            Error::InvalidCertificate(flaw) => TlsError::certificate(flaw),
            Error::InvalidMessage(_) => TlsError::NotSpoken,
            other => TlsError::NotAgreed(other.to_string()),
        }
    }

    fn certificate(flaw: &CertificateError) -> TlsError {
        let words = flaw.to_string();
        match flaw {
            // Two authorities may have one name: the signature tells them apart.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsError::UnknownAuthority,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsError::WrongName(words)
            }
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => TlsError::WrongTime(words),
            _ => TlsError::BadCertificate(words),
        }
    }

    /// What became of a handshake.
    pub(crate) fn of_handshake(error: io::Error) -> io::Error {
        match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
                io::Error::other(TlsError::NotSpoken)
            }
            _ => error,
        }
    }

    /// Whether an error of a socket was one of TLS.
    pub(crate) fn within(error: &io::Error) -> Option<TlsError> {
        let inner = error.get_ref()?;
        let of_rustls = || inner.downcast_ref().map(TlsError::of);
        inner.downcast_ref::<TlsError>().cloned().or_else(of_rustls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_tls_is_found_in_what_a_socket_says() {
        let hung_up = TlsError::of_handshake(ErrorKind::UnexpectedEof.into());
        assert_eq!(TlsError::within(&hung_up), Some(TlsError::NotSpoken));
        let stranger = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let stranger = TlsError::of_handshake(io::Error::new(ErrorKind::InvalidData, stranger));
        assert_eq!(TlsError::within(&stranger), Some(TlsError::UnknownAuthority));
        let ended = Error::InvalidCertificate(CertificateError::Expired);
        assert!(matches!(TlsError::of(&ended), TlsError::WrongTime(_)));
        assert_eq!(TlsError::within(&ErrorKind::ConnectionRefused.into()), None);
        assert_eq!(TlsError::within(&io::Error::other("anything else")), None);
    }
}
