//! A request body that remembers whether anybody asked for it.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The whole body in one frame, with its exact length (so Content-Length is sent).
///
/// hyper asks for the body before it flushes the head, so a body that was never polled proves that
/// no byte of the request left. Being no plain buffer it also cannot be replayed by reqwest.
pub(crate) struct TrackedBody {
    bytes: Option<Bytes>,
    polled: Polled,
}

/// Whether the body was ever asked for, readable after the client has swallowed the body.
#[derive(Clone)]
pub(crate) struct Polled {
    flag: Arc<AtomicBool>,
    /// hyper never polls an empty body, so then the flag proves nothing.
    empty: bool,
}

impl Polled {
    /// Of a body that is not empty.
    pub(crate) fn new() -> Self {
        Self { flag: Arc::default(), empty: false }
    }

    pub(crate) fn mark(&self) {
        self.flag.store(true, Ordering::Release);
    }

    pub(crate) fn proves_not_sent(&self) -> bool {
        !self.empty && !self.flag.load(Ordering::Acquire)
    }
}

impl TrackedBody {
    pub(crate) fn new(bytes: Vec<u8>) -> (Self, Polled) {
        let polled = Polled { empty: bytes.is_empty(), ..Polled::new() };
        let bytes = (!bytes.is_empty()).then(|| Bytes::from(bytes));
        (Self { bytes, polled: polled.clone() }, polled)
    }
}

impl Body for TrackedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.polled.mark();
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
