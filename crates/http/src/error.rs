//! What can go wrong on the way, sorted by what it proves.

/// Why there is no answer, sorted by what it proves about a call that costs money.
///
/// `detail` is for the log: redacted, without the query of any address.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SendError {
    /// The request provably never reached the service: it may be sent again.
    #[error("not sent: {cause}")]
    NotSent { cause: Cause, detail: String },
    /// Bytes went out and no usable answer came back: the service may have acted.
    #[error("no answer: {cause}")]
    Ambiguous {
        cause: Cause,
        detail: String,
        /// Set when an answer began: the service almost surely acted.
        status: Option<u16>,
    },
}

impl SendError {
    pub fn cause(&self) -> Cause {
        match self {
            Self::NotSent { cause, .. } | Self::Ambiguous { cause, .. } => *cause,
        }
    }

    /// The whole chain of reasons, redacted: for the log, not for the screen.
    pub fn detail(&self) -> &str {
        match self {
            Self::NotSent { detail, .. } | Self::Ambiguous { detail, .. } => detail,
        }
    }

    /// Of a request with a body: whether the connection had begun to take it. Without the proof that it had not, a call
    /// counts as sent.
    pub fn body_began(&self) -> bool {
        matches!(self, Self::Ambiguous { .. })
    }

    pub(crate) fn not_allowed(detail: impl Into<String>) -> Self {
        Self::NotSent { cause: Cause::Invalid, detail: detail.into() }
    }
}

/// What happened on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Dns,
    /// No way leads to the host, e.g. since no network is connected.
    NoRoute,
    Connect,
    /// The certificate is not trusted or the handshake failed.
    Tls,
    Proxy,
    Timeout,
    /// Closed or reset.
    Broken,
    /// The answer is longer than the cap.
    TooLarge,
    /// Not an HTTP answer, or a body that cannot be decoded.
    Garbled,
    /// The request could not be built, or its address is not allowed.
    Invalid,
}

impl Cause {
    /// Whether this is what every call meets on a machine without a network.
    pub fn is_offline(self) -> bool {
        matches!(self, Self::Dns | Self::NoRoute)
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Dns => "the name was not found",
            Self::NoRoute => "no way leads there",
            Self::Connect => "could not connect",
            Self::Tls => "no trusted connection",
            Self::Proxy => "the proxy refused",
            Self::Timeout => "timed out",
            Self::Broken => "the connection broke",
            Self::TooLarge => "the answer is too large",
            Self::Garbled => "the answer is garbled",
            Self::Invalid => "the request is not allowed",
        })
    }
}
