//! Whose turn it is to call a provider that takes only so many calls a minute: create calls first, then what the user
//! asks for at this moment, then the questions about running tasks.

use std::time::Duration;

use shiwen_core::{ProviderId, Timestamp};
use shiwen_http::Response;
use shiwen_providers::{Card, Service};
use tokio::time::Instant;

use crate::{Engine, EngineError};

/// How long somebody who waits for an answer is kept waiting for a turn.
const PATIENCE: Duration = Duration::from_secs(90);
/// Before it is looked again whether a turn that others go before is free.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Of so many calls one is not for questions about running tasks, so that the user seldom has to wait behind them.
const RESERVED: u32 = 4;

/// Who wants to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Create,
    /// The user waits for the answer.
    Direct,
    FollowUp,
}

impl Engine {
    /// Takes one call out of the provider's minute; answers when to ask again where there is none for this caller.
    pub(crate) fn take_call(&self, card: &Card, caller: Caller) -> Result<(), Timestamp> {
        let now = self.now();
        let mut holds = self.holds();
        if let Some(until) = holds.frozen(card.id, now) {
            return Err(until);
        }
        let Some(most) = card.calls_per_minute else { return Ok(()) };
        let others_first = match caller {
            Caller::Create => false,
            Caller::Direct => holds.creates_wait(card.id),
            Caller::FollowUp => {
                holds.creates_wait(card.id) || holds.direct_wait(card.id, Instant::now())
            }
        };
        let (at, minute) = (Instant::now(), self.inner.parts.minute);
        let window = holds.window(card.id);
        if others_first {
            let free = window.free_at(most, minute, at);
            return Err(now.after(free.map_or(LOOK_AGAIN, |free| free - at)));
        }
        let most = match caller {
            Caller::Create | Caller::Direct => most,
            Caller::FollowUp => most - most / RESERVED,
        };
        let taken = window.take(most, minute, at);
        taken.map_err(|free| now.after(free - at))
    }

    /// Waits until the user's own call may go out.
    ///
    /// # Errors
    /// [`EngineError::Busy`] when that takes too long to wait for.
    pub(crate) async fn turn(&self, card: &'static Card) -> Result<(), EngineError> {
        let deadline = Instant::now() + PATIENCE;
        let _waiting = Waiting::new(self, card.id);
        loop {
            let Err(until) = self.take_call(card, Caller::Direct) else { return Ok(()) };
            let wait = until.since(self.now()).max(LOOK_AGAIN);
            if Instant::now() + wait > deadline {
                return Err(EngineError::Busy { provider: card.id, until });
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Keeps to what an answer says about the calls that are left.
    pub(crate) fn heed(&self, service: &'static dyn Service, response: &Response) {
        let now = self.now();
        let until = match service.budget(response, now) {
            Some(budget) if budget.left == 0 => Some(budget.until),
            // It may say so of another bound than the one that was met.
            _ if response.status == 429 && service.card().calls_per_minute.is_some() => {
                let said = shiwen_http::retry_after(response, now);
                Some(now.after(said.unwrap_or(self.inner.parts.minute)))
            }
            _ => None,
        };
        if let Some(until) = until {
            self.holds().freeze(service.card().id, until);
        }
    }
}

/// Somebody who waits for a turn; the questions about running tasks stand back meanwhile.
struct Waiting {
    engine: Engine,
    provider: ProviderId,
}

impl Waiting {
    fn new(engine: &Engine, provider: ProviderId) -> Self {
        engine.holds().direct_begins(provider, Instant::now());
        Self { engine: engine.clone(), provider }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.engine.holds().direct_ends(self.provider, Instant::now());
        self.engine.nudge();
    }
}
