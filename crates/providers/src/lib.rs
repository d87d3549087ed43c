//! One module per service: pure request out, pure answer in, its quirks where they bite.
//!
//! Nothing here sends, waits or reads a clock. What an answer means is decided in one order: the provider's
//! own error shape, then its success shape, then, only when neither fits, the HTTP status (`classify`).

mod account;
mod calendar;
mod classify;
mod coze;
pub mod form;
mod jimeng;
mod lenient;
mod momoget;
mod outgoing;
mod rawugc;
mod service;
mod signed;
mod spoken;
mod transcriptgenerate;

use shiwen_core::ProviderId;

pub use account::{Account, Card, Field, Row};
pub use coze::{Coze, EXPIRED, TokenKind, token_kind};
pub use jimeng::{Jimeng, SUBMIT_OFF};
pub use momoget::{MERGED, Momoget};
pub use rawugc::RawUgc;
pub use service::{
    Action, Answer, Asked, Budget, Checked, Created, Endpoint, Followed, Job, Listed, Part,
    Schedule, Service, Step,
};
pub use signed::signed_until;
pub use transcriptgenerate::TranscriptGenerate;

static SERVICES: [&dyn Service; 5] = [&Momoget, &TranscriptGenerate, &Coze, &RawUgc, &Jimeng];

/// All services, in the order in which they are offered.
pub fn services() -> &'static [&'static dyn Service] {
    &SERVICES
}

/// None for a provider that has no client yet.
pub fn service(id: ProviderId) -> Option<&'static dyn Service> {
    services().iter().copied().find(|service| service.card().id == id)
}
