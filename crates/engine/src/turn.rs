//! Whose turn it is to call a provider that takes only so many calls a minute: create calls first, then what the user
//! asks for at this moment, then the questions about running tasks.

use std::{collections::BTreeMap, time::Duration};

use shiwen_core::{ProviderId, Timestamp};
use shiwen_http::Response;
use shiwen_providers::{Card, Service};
use shiwen_store::StoreError;
use tokio::time::Instant;

use crate::{Engine, EngineError, schedule};

/// How long somebody who waits for an answer is kept waiting for a turn.
const PATIENCE: Duration = Duration::from_secs(90);
/// Before it is looked again whether a turn that others go before is free.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Where a minute has at least so many calls, one is not for questions about running tasks, so that the user seldom
/// has to wait behind them.
const MANY: u32 = 4;

/// The setting that keeps pauses across runs.
const PAUSES: &str = "pauses";

/// Who wants to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Create,
    /// The user waits for the answer.
    Direct,
    FollowUp,
}

/// A call that may go out, counted until it is dropped: when its answer came.
pub(crate) struct Turn {
    engine: Engine,
    provider: ProviderId,
    /// None where the provider names no bound.
    number: Option<u64>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.engine.holds().window(self.provider).answered(number, Instant::now());
        }
    }
}

impl Engine {
    /// How many calls of all sorts a provider takes within a minute of this account, where that differs from what it
    /// documents; none goes back to that.
    pub fn limit_calls(&self, provider: ProviderId, per_minute: Option<u32>) {
        self.holds().limit(provider, per_minute);
    }

    pub(crate) fn calls_per_minute(&self, card: &Card) -> Option<u32> {
        self.holds().limit_of(card.id).or(card.calls_per_minute)
    }

    /// Takes one call out of the provider's minute; answers when to ask again where there is none for this caller.
    pub(crate) fn take_call(&self, card: &Card, caller: Caller) -> Result<Turn, Timestamp> {
        let number = self.count_call(card, caller)?;
        Ok(Turn { engine: self.clone(), provider: card.id, number })
    }

    fn count_call(&self, card: &Card, caller: Caller) -> Result<Option<u64>, Timestamp> {
        let now = self.now();
        let most = self.calls_per_minute(card);
        let mut holds = self.holds();
        if let Some(until) = holds.frozen(card.id, now) {
            return Err(until);
        }
        let Some(most) = most else { return Ok(None) };
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
            Caller::FollowUp => most - reserved(most),
        };
        let taken = window.take(most, minute, at);
        taken.map(Some).map_err(|free| now.after(free - at))
    }

    /// Waits until the user's own call may go out.
    ///
    /// # Errors
    /// [`EngineError::Busy`] when that takes too long to wait for.
    pub(crate) async fn turn(&self, card: &'static Card) -> Result<Turn, EngineError> {
        let deadline = Instant::now() + PATIENCE;
        let _waiting = Waiting::new(self, card.id);
        loop {
            let until = match self.take_call(card, Caller::Direct) {
                Ok(turn) => return Ok(turn),
                Err(until) => until,
            };
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
        let card = service.card();
        let asked_for = |wait| now.after(schedule::asked_for(wait, fastrand::f64()));
        let until = match service.budget(response, now) {
            Some(budget) if budget.left == 0 => Some(budget.until),
            _ if matches!(response.status, 429 | 503) => {
                match shiwen_http::retry_after(response, now) {
                    Some(said) => Some(asked_for(said)),
                    // It may say so of another bound than the one that was met.
                    None if response.status == 429 && self.calls_per_minute(card).is_some() => {
                        Some(asked_for(self.inner.parts.minute))
                    }
                    None => None,
                }
            }
            _ => None,
        };
        if let Some(until) = until {
            self.freeze(card.id, until);
        }
    }

    /// Nothing is asked of the provider before `until`, also not after a restart.
    pub(crate) fn freeze(&self, provider: ProviderId, until: Timestamp) {
        let pauses = {
            let mut holds = self.holds();
            holds.freeze(provider, until);
            holds.pauses(self.now())
        };
        if let Err(error) = self.store().save_setting(PAUSES, &pauses) {
            tracing::warn!(%error, "a pause that a provider asked for could not be kept");
        }
    }

    /// Keeps to the pauses of the last run. One that lies far ahead was counted from a clock that was wrong.
    pub(crate) fn remember_pauses(&self) -> Result<(), StoreError> {
        let pauses: BTreeMap<ProviderId, Timestamp> = self.store().setting(PAUSES)?;
        let now = self.now();
        let last = now.after(schedule::asked_for(Duration::MAX, 1.0));
        for (provider, until) in pauses {
            if until > now && until <= last {
                self.holds().freeze(provider, until);
            }
        }
        Ok(())
    }
}

/// Of the calls of a minute, those that are not for questions about running tasks.
pub(crate) fn reserved(most: u32) -> u32 {
    u32::from(most >= MANY)
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
