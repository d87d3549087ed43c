//! The user's own bound on what a provider is paid in a day. What would pass it waits for tomorrow, and says so.

use shiwen_core::{ProviderId, ProviderView, Timestamp, Wait, WaitReason};
use shiwen_providers::Service;
use shiwen_store::{DueTask, StoreError};

use crate::{Engine, EngineError, accounts::known, books, day::day};

/// Whether a create call may be paid today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Affords {
    /// It may go out; this is what it is expected to take.
    Yes(u32),
    /// Calls are out that may use up the day; their ends will tell.
    Later,
    /// It waits until tomorrow, or until the user says otherwise.
    No,
}

impl Engine {
    /// Sets the bound for a day, in the provider's unit; none takes it away. What waited for it is looked at again.
    ///
    /// # Errors
    /// [`EngineError::NotOffered`] for a provider that is not built in, and when the history cannot be written.
    pub fn set_daily_limit(
        &self,
        provider: ProviderId,
        limit: Option<u32>,
    ) -> Result<ProviderView, EngineError> {
        known(provider)?;
        self.store().change_provider(provider, |record| {
            record.daily_limit = limit;
            record.limit_lifted_until = None;
        })?;
        self.limit_changed(provider)
    }

    /// The user lets today pass the bound.
    ///
    /// # Errors
    /// As [`Engine::set_daily_limit`].
    pub fn lift_daily_limit(&self, provider: ProviderId) -> Result<ProviderView, EngineError> {
        known(provider)?;
        let (_, tomorrow) = day(self.now());
        self.store()
            .change_provider(provider, |record| record.limit_lifted_until = Some(tomorrow))?;
        self.limit_changed(provider)
    }

    fn limit_changed(&self, provider: ProviderId) -> Result<ProviderView, EngineError> {
        self.store().release_limit(provider)?;
        self.inner.wake.notify_one();
        self.provider(provider)
    }

    /// Whether a queued task, with those of its call, fits into the day. One that does not is told to wait.
    ///
    /// What a call takes that has no price (seconds of a video) is known afterwards only, so there the bound holds once
    /// it is reached.
    pub(crate) fn affords(
        &self,
        service: &dyn Service,
        due: &DueTask,
        now: Timestamp,
    ) -> Result<Affords, StoreError> {
        let (id, task) = (service.card().id, &due.task);
        let links = match task.batch {
            Some(_) => self.store().together_with(task.id)?,
            None => 1,
        };
        let price = books::price(service, task.operation, task.model.as_deref());
        let cost = price.map(|price| price.saturating_mul(links));
        let affords = Affords::Yes(cost.unwrap_or(0));
        let record = self.store().provider(id)?;
        let Some(limit) = record.daily_limit else { return Ok(affords) };
        if record.limit_lifted_until.is_some_and(|until| until > now) {
            return Ok(affords);
        }
        let (today, tomorrow) = day(now);
        let spent = self.store().booked_since(id, today)?;
        let passes = |spent: u32| match cost {
            Some(cost) => spent.saturating_add(cost) > limit,
            None => spent >= limit,
        };
        if spent >= limit && cost != Some(0) {
            self.store().wait_for_day(id, tomorrow, now)?;
            return Ok(Affords::No);
        }
        if passes(spent) {
            let wait = Wait { reason: WaitReason::DailyLimit, until: Some(tomorrow) };
            self.store().wait(task.id, wait)?;
            return Ok(Affords::No);
        }
        Ok(if passes(spent.saturating_add(self.holds().reserved(id))) {
            Affords::Later
        } else {
            affords
        })
    }
}
