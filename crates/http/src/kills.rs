//! For the proof by kills alone (feature `kill-points`): the moments of a create call that only its sender can see.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use shiwen_kill_points::{Point, at, is_wanted};

use crate::{Purpose, body::TrackedBody};

pub(crate) fn head_received(purpose: Purpose) {
    if purpose == Purpose::Spend {
        at(Point::HeadReceived);
    }
}

/// A body that may end the program when it is first asked for, which is before a byte of the request has left, and when
/// one half of it has. Without such a wish it comes whole.
pub(crate) struct EndingBody {
    body: TrackedBody,
    spends: bool,
    rest: Option<Bytes>,
    /// hyper flushes what it has when a body lets it wait.
    waited: bool,
}

impl EndingBody {
    pub(crate) fn new(body: TrackedBody, spends: bool) -> Self {
        Self { body, spends, rest: None, waited: false }
    }
}

impl Body for EndingBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_some() && !self.waited {
            self.waited = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(rest) = self.rest.take() {
            at(Point::HalfSent);
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        if self.spends {
            at(Point::Connected);
        }
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if !(self.spends && is_wanted(Point::HalfSent)) {
            return frame;
        }
        let halved = |frame: Frame<Bytes>| match frame.into_data() {
            Ok(mut bytes) if bytes.len() > 1 => {
                self.rest = Some(bytes.split_off(bytes.len() / 2));
                Frame::data(bytes)
            }
            Ok(bytes) => Frame::data(bytes),
            Err(frame) => frame,
        };
        frame.map(|frame| frame.map(|frame| frame.map(halved)))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.as_ref().map_or(0, |rest| rest.len() as u64);
        SizeHint::with_exact(self.body.size_hint().lower() + rest)
    }
}
