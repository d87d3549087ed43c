//! Requests and answers as data.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use shiwen_core::ProviderId;
use shiwen_secrets::Secret;
use url::Url;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

/// Marked by hand for each operation: the HTTP method is no guide (Momoget's reads are POSTs).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// May cost money: fresh connection, no redirects, no retries, tracked body.
    Spend,
    /// Costs nothing and may be sent again.
    Read,
}

/// A header's value. Secrets are exposed only when the request is sent.
#[derive(Debug, Clone)]
pub enum HeaderValue {
    Plain(String),
    Secret(Secret),
    /// `Authorization: Bearer …`
    Bearer(Secret),
}

/// A file that is sent as one part of a form (`multipart/form-data`), read from the disk while it is sent.
#[derive(Debug, Clone)]
pub struct FilePart {
    /// Of the form's field.
    pub field: &'static str,
    pub path: PathBuf,
    /// As the service shall see it.
    pub name: String,
    pub media_type: String,
    /// In bytes; the file must still have this size when it is sent.
    pub size: u64,
}

/// A request as data; `Sender` is the only thing that sends it.
#[derive(Clone)]
pub struct Request {
    /// Whose call it is: it goes through the proxy that is set for that provider.
    pub provider: Option<ProviderId>,
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(&'static str, HeaderValue)>,
    /// JSON. May hold a credential (Momoget's `user_id`), so it is never printed.
    pub body: Option<Vec<u8>>,
    /// Sent instead of `body`.
    pub file: Option<FilePart>,
    pub purpose: Purpose,
    /// Of the whole exchange, connecting included.
    pub timeout: Duration,
    /// Values to scrub from everything that is kept of this exchange.
    pub secrets: Vec<Secret>,
}

/// Prints where the request goes, not what it carries.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Request")
            .field("provider", &self.provider)
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("path", &crate::redact(self.url.path(), &self.secrets))
            .field("headers", &headers)
            .field("body_len", &self.body.as_ref().map(Vec::len))
            .field("file_size", &self.file.as_ref().map(|file| file.size))
            .field("purpose", &self.purpose)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// What came back, whatever the status. The body is whole: a longer one is an error.
#[derive(Clone)]
pub struct Response {
    pub status: u16,
    /// Lower-case names; a name that came twice has its values joined by `, `. At most 100 names
    /// and 4,096 bytes a value; cookies are left out.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// Prints no value: an answer may hold the user's text or repeat a credential.
impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_len", &self.body.len())
            .finish()
    }
}
