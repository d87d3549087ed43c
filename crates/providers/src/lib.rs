//! One module per service: pure request out, pure answer in, its quirks where they bite.
//!
//! Nothing here sends, waits or reads a clock. What an answer means is decided in one order: the provider's
//! own error shape, then its success shape, then, only when neither fits, the HTTP status (`classify`).

mod account;
mod classify;
mod coze;
pub mod form;
mod lenient;
mod momoget;
mod outgoing;
mod service;
mod spoken;
mod transcriptgenerate;

use shiwen_core::ProviderId;

pub use account::{Account, Card, Field};
pub use coze::Coze;
pub use momoget::{MERGED, Momoget};
pub use service::{
    Action, Answer, Asked, Checked, Created, Followed, Job, Part, Schedule, Service, Step,
};
pub use transcriptgenerate::TranscriptGenerate;

static SERVICES: [&dyn Service; 3] = [&Momoget, &TranscriptGenerate, &Coze];

/// All services, in the order in which they are offered.
pub fn services() -> &'static [&'static dyn Service] {
    &SERVICES
}

/// None for a provider that has no client yet.
pub fn service(id: ProviderId) -> Option<&'static dyn Service> {
    services().iter().copied().find(|service| service.card().id == id)
}
