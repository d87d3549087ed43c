//! How bytes become something to decode: the first four choose, the rest is the answer. The fuzz targets, their
//! seeds and the tests that replay them share it.

use std::{collections::BTreeMap, time::Duration};

use shiwen_core::{Input, Operation, Timestamp};
use shiwen_http::Response;
use shiwen_providers::{Asked, Job, Service, Step, services};

pub(crate) const NOW: Timestamp = Timestamp(1_770_091_600_000);
/// Bytes of the choice.
pub(crate) const CHOICE: usize = 4;
/// Stands in a body for the account's secret.
pub(crate) const SECRET_HERE: &str = "@@";
pub(crate) const SECRET: &str = "Kq7Zx9-canary.4f1c/0a77_88+Wm==";

pub(crate) const STATUSES: [u16; 16] =
    [200, 201, 204, 302, 400, 401, 402, 403, 404, 407, 408, 413, 422, 429, 500, 503];
/// Bits of the fourth byte.
pub(crate) const RESULT: u8 = 1;
pub(crate) const SEVERAL: u8 = 2;
pub(crate) const OLD: u8 = 4;
pub(crate) const STREAM: u8 = 8;

static EMPTY: Input = Input::new();
const LINKS: [&str; 2] =
    ["https://v.douyin.com/fixture01/", "https://www.bilibili.com/video/BVfixture0002/"];

/// An answer, and to what.
pub(crate) struct Drawn {
    pub(crate) service: &'static dyn Service,
    pub(crate) pick: usize,
    pub(crate) flags: u8,
    pub(crate) response: Response,
}

/// None where there is too little, or where a piece of the secret stands by itself.
pub(crate) fn draw(bytes: &[u8]) -> Option<Drawn> {
    let (choice, body) = bytes.split_at_checked(CHOICE)?;
    let [service, pick, status, flags] = choice else { return None };
    let mut headers = BTreeMap::new();
    if flags & STREAM != 0 {
        headers.insert("content-type".to_owned(), "text/event-stream".to_owned());
    }
    Some(Drawn {
        service: services()[usize::from(*service) % services().len()],
        pick: usize::from(*pick),
        flags: *flags,
        response: Response {
            status: STATUSES[usize::from(*status) % STATUSES.len()],
            headers,
            body: with_secret(body)?,
        },
    })
}

/// Whether six letters of the secret stand together somewhere, whatever cannot be seen between them.
pub(crate) fn holds_piece(text: &[u8]) -> bool {
    let visible: Vec<u8> = text.iter().copied().filter(u8::is_ascii_graphic).collect();
    SECRET.as_bytes().windows(6).any(|piece| visible.windows(6).any(|bytes| bytes == piece))
}

/// The body with the secret in its places; none where a piece of the secret stands in it already.
pub(crate) fn with_secret(body: &[u8]) -> Option<Vec<u8>> {
    let here = SECRET_HERE.as_bytes();
    if holds_piece(body) {
        return None;
    }
    let mut filled = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.windows(here.len()).position(|bytes| bytes == here) {
        filled.extend_from_slice(&rest[..at]);
        filled.extend_from_slice(SECRET.as_bytes());
        rest = &rest[at + here.len()..];
    }
    filled.extend_from_slice(rest);
    Some(filled)
}

impl Drawn {
    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub(crate) fn operation(&self) -> Operation {
        let operations = self.service.card().operations;
        operations[self.pick % operations.len()]
    }

    fn urls(&self) -> &'static [&'static str] {
        if !self.operation().takes_link() {
            return &[];
        }
        let several = self.has(SEVERAL) && self.service.card().batch > 1;
        if several { &LINKS } else { &LINKS[..1] }
    }

    pub(crate) fn job(&self) -> Job<'static> {
        Job {
            operation: self.operation(),
            urls: self.urls(),
            share_text: "",
            target_language: None,
            input: &EMPTY,
        }
    }

    pub(crate) fn asked(&self) -> Asked<'static> {
        Asked {
            operation: self.operation(),
            remote_id: "7000000000000000909",
            step: if self.has(RESULT) { Step::Result } else { Step::Status },
            urls: self.urls(),
            input: &EMPTY,
        }
    }

    pub(crate) fn age(&self) -> Duration {
        Duration::from_secs(if self.has(OLD) { 8 * 24 * 60 * 60 } else { 1 })
    }
}
