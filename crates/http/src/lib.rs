//! The one place that sends: requests and answers as data, one sender, and what a failure proves.
//!
//! Only this crate knows reqwest. A credential is sent to the configured host and nowhere else: no
//! redirect is ever followed with one, and errors are redacted before they leave this crate.

mod address;
mod body;
mod classify;
mod clients;
mod download;
mod error;
mod fetch;
mod follow;
mod form;
#[cfg(feature = "kill-points")]
mod kills;
mod part;
mod probe;
mod redact;
mod request;
mod retry_after;
mod sender;
mod sniff;

use std::{future::Future, pin::Pin};

pub use clients::{Config, Proxy, Reach};
pub use download::{DownloadError, Downloaded, Known, Progress, Wish};
pub use error::{Cause, SendError};
pub use fetch::{FetchError, Fetched};
pub use follow::{FollowError, Step};
pub use probe::Probed;
pub use redact::redact;
pub use request::{FilePart, HeaderValue, Method, Purpose, Request, Response};
pub use retry_after::retry_after;
pub use sender::{BODY_CAP, Sender};
pub use sniff::{FileClass, FileKind};

pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response, SendError>> + Send + 'a>>;

/// Whatever carries a request to a service: the real sender, or a test's own.
pub trait Transport: Send + Sync + 'static {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a>;
}
