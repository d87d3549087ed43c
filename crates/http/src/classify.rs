//! What an error of the transport proves.
//!
//! A call that costs money may be repeated only when it provably never reached the service. With
//! redirects and retries off, three things prove that: the request could not be built, its body was
//! never asked for, or the connection was never made. Everything else is ambiguous. (Measured with
//! reqwest 0.13.5; a total timeout while connecting does not count as a connect error there, which
//! is why the body is tracked.)

use std::{error::Error, io};

use shiwen_secrets::Secret;

use crate::{Cause, SendError, redact};

/// Longest detail kept of an error, in characters.
const DETAIL_LEN: usize = 400;

/// Sorts an error of `send()`. `never_polled` is the tracked body's proof that nothing left;
/// `proxied` is whether a proxy that the user named was in between.
pub(crate) fn failed_to_send(
    err: reqwest::Error,
    never_polled: bool,
    proxied: bool,
    secrets: &[Secret],
) -> SendError {
    let err = err.without_url();
    let cause = cause(&err, proxied);
    let detail = detail(&err, secrets);
    if err.is_builder() || err.is_connect() || never_polled {
        SendError::NotSent { cause, detail }
    } else {
        SendError::Ambiguous { cause, detail, status: None }
    }
}

/// Sorts an error met while the body of an answer was read: the service has acted by then.
pub(crate) fn failed_to_read(err: reqwest::Error, status: u16, secrets: &[Secret]) -> SendError {
    let err = err.without_url();
    SendError::Ambiguous {
        cause: cause(&err, false),
        detail: detail(&err, secrets),
        status: Some(status),
    }
}

/// The chain of reasons in one line, redacted and shortened.
pub(crate) fn detail(err: &dyn Error, secrets: &[Secret]) -> String {
    let mut line = err.to_string();
    let mut source = err.source();
    while let Some(err) = source {
        let text = err.to_string();
        // hyper and io wrappers often repeat the text of what they wrap.
        if !line.ends_with(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        source = err.source();
    }
    redact(&line, secrets).chars().take(DETAIL_LEN).collect()
}

fn cause(err: &reqwest::Error, proxied: bool) -> Cause {
    if err.is_builder() {
        return Cause::Invalid;
    }
    if err.is_timeout() {
        return Cause::Timeout;
    }
    if err.is_connect() {
        return if tls_failed(err) {
            Cause::Tls
        } else if proxied || proxy_refused(err) {
            Cause::Proxy
        } else if err.is_dns() {
            Cause::Dns
        } else if no_route(err) {
            Cause::NoRoute
        } else {
            Cause::Connect
        };
    }
    // hyper speaks for the connection and the shape of HTTP; what fails without it is the unpacking.
    match find(err, &|err| Some(err.downcast_ref::<hyper::Error>()?.is_parse())) {
        Some(true) => Cause::Garbled,
        Some(false) => Cause::Broken,
        None if err.is_decode() => Cause::Garbled,
        None => Cause::Broken,
    }
}

/// rustls reports its errors as invalid data, and a peer that leaves in the handshake as an end of
/// file; nothing else does so while connecting.
fn tls_failed(err: &(dyn Error + 'static)) -> bool {
    find(err, &|err| {
        let kind = err.downcast_ref::<io::Error>()?.kind();
        matches!(kind, io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof).then_some(())
    })
    .is_some()
}

fn no_route(err: &(dyn Error + 'static)) -> bool {
    find(err, &|err| {
        let kind = err.downcast_ref::<io::Error>()?.kind();
        let unreachable = [
            io::ErrorKind::NetworkUnreachable,
            io::ErrorKind::NetworkDown,
            io::ErrorKind::HostUnreachable,
        ];
        unreachable.contains(&kind).then_some(())
    })
    .is_some()
}

/// hyper-util keeps these two error types to itself, so only their words tell. They choose between
/// two texts for the user and prove nothing about money.
fn proxy_refused(err: &(dyn Error + 'static)) -> bool {
    find(err, &|err| {
        let text = err.to_string();
        (text.starts_with("tunnel error") || text.starts_with("SOCKS error")).then_some(())
    })
    .is_some()
}

/// Whether an error of this type is somewhere in the chain.
pub(crate) fn contains<E: Error + 'static>(err: &(dyn Error + 'static)) -> bool {
    find(err, &|err| err.is::<E>().then_some(())).is_some()
}

/// Walks the chain from the outside in. An `io::Error` hides what it wraps from `source()`.
fn find<T>(
    err: &(dyn Error + 'static),
    decide: &dyn Fn(&(dyn Error + 'static)) -> Option<T>,
) -> Option<T> {
    if let Some(found) = decide(err) {
        return Some(found);
    }
    if let Some(inner) = err.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return find(inner, decide);
    }
    find(err.source()?, decide)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_missing_way_is_one() {
        let met = |kind: io::ErrorKind| no_route(&io::Error::other(io::Error::from(kind)));
        assert!(met(io::ErrorKind::NetworkUnreachable));
        assert!(met(io::ErrorKind::HostUnreachable));
        assert!(!met(io::ErrorKind::ConnectionRefused), "somebody answered");
    }
}
