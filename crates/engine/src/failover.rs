//! The next provider: only where the one before provably started nothing, and only one that the user approved.

use std::collections::BTreeMap;

use shiwen_core::{AttemptId, Failure, FailureKind, Outcome, ProviderId, TaskId, Wait, WaitReason};
use shiwen_providers::{Account, Job, service};
use shiwen_store::{DueTask, HandOver, RawAnswer, StoreError};

use crate::{Engine, EngineError, follow::KEY_PAUSE};

/// Refusals that say something of the provider or the account there, not of what was asked. Another may well do it.
fn another_may_do_it(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::UnsupportedPlatform
            | FailureKind::QuotaExhausted
            | FailureKind::MembershipRequired
            | FailureKind::Unauthorized
    )
}

impl Engine {
    /// The provider started nothing: its own answer says so (`Rejected`), or the last of many tries never left this
    /// machine (`NotSent`). Writes this down, and where each of the call's tasks goes from here.
    pub(crate) async fn started_nothing(
        &self,
        tasks: &[TaskId],
        attempt: AttemptId,
        outcome: Outcome,
        failure: &Failure,
        answer: Option<&RawAnswer>,
    ) -> Result<(), StoreError> {
        let goes_on = outcome == Outcome::NotSent || another_may_do_it(failure.kind);
        let next = match goes_on && !self.inner.network.is_offline() {
            true => self.next_of(tasks),
            false => BTreeMap::new(),
        };
        let save =
            || self.store().handed_over(attempt, outcome, failure, answer, &next, self.now());
        self.saved(save).await
    }

    /// The task's own provider has no usable key, so nothing was claimed: the next one's turn, else it waits.
    pub(crate) async fn without_key(
        &self,
        due: &DueTask,
        error: &EngineError,
    ) -> Result<(), StoreError> {
        let task = &due.task;
        let wait = Wait { reason: WaitReason::Key, until: None };
        // A keychain that is locked now is opened a moment later, and the others' keys lie in it as well.
        let why = match error {
            EngineError::NotReady(id) => Some(Failure::new(*id, FailureKind::Unauthorized)),
            EngineError::Refused(failure) => Some(failure.0.clone()),
            _ => None,
        };
        if let Some(why) = why.filter(|_| !task.then.is_empty()) {
            self.warm_up(&task.then).await;
            let HandOver { to, mut passed_over } = self.next_for(due);
            if to.is_some() {
                passed_over.insert(0, why);
                tracing::info!(task = %task.id, "goes on at the next provider: no key here");
                return self.store().hand_on(task.id, &HandOver { to, passed_over }, wait);
            }
        }
        tracing::info!(task = %task.id, %error, "waits for its key");
        self.holds().hold_creates(task.provider, self.now().after(KEY_PAUSE), WaitReason::Key);
        self.store().wait(task.id, wait)
    }

    /// Fetches the keys of providers that may come next, so that later, between an answer and the disk, nobody has to
    /// wait for the keychain.
    pub(crate) async fn warm_up(&self, then: &[ProviderId]) {
        for id in then {
            if self.provider(*id).is_ok_and(|view| view.ready)
                && self.inner.parts.keys.at_hand(*id).is_none()
            {
                let _ = self.account(*id).await;
            }
        }
    }

    /// Where each task goes that has more approved providers. What cannot be read now stays where it is: the outcome of
    /// the call must reach the disk in any case.
    fn next_of(&self, tasks: &[TaskId]) -> BTreeMap<TaskId, HandOver> {
        let due = tasks.iter().filter_map(|id| match self.store().followed(*id) {
            Ok(due) if !due.task.then.is_empty() => Some((*id, self.next_for(&due))),
            Ok(_) => None,
            Err(error) => {
                tracing::error!(task = %id, %error, "no next provider could be looked for");
                None
            }
        });
        due.collect()
    }

    /// The first of the approved providers that can do it, with those before it and why they cannot.
    fn next_for(&self, due: &DueTask) -> HandOver {
        let mut passed_over = Vec::new();
        for id in &due.task.then {
            match self.why_not(*id, due) {
                None => return HandOver { to: Some(*id), passed_over },
                Some(failure) => passed_over.push(failure),
            }
        }
        HandOver { to: None, passed_over }
    }

    /// Why there is no point in asking a provider, as far as that is known without a call.
    fn why_not(&self, id: ProviderId, due: &DueTask) -> Option<Failure> {
        let (task, no) = (&due.task, |kind| Some(Failure::new(id, kind)));
        let Some(service) = service(id) else { return no(FailureKind::InvalidInput) };
        let card = service.card();
        if !card.operations.contains(&task.operation) {
            return no(FailureKind::InvalidInput);
        }
        let platform = task.link.as_ref().map(|link| link.platform);
        if platform.is_some_and(|it| !card.platforms.is_empty() && !card.platforms.contains(&it)) {
            return no(FailureKind::UnsupportedPlatform);
        }
        if self.provider(id).is_ok_and(|view| !view.ready) {
            return no(FailureKind::Unauthorized);
        }
        // A key that is not at hand now is asked for when the task's turn has come there.
        let secrets = self.inner.parts.keys.at_hand(id)?;
        let settings = self.settings_of(card).ok()?;
        let account = match Account::new(card, settings, secrets) {
            Ok(account) => account,
            Err(failure) => return Some(failure),
        };
        let urls: Vec<&str> = task.link.iter().map(|link| link.url.as_str()).collect();
        let job = Job {
            operation: task.operation,
            urls: &urls,
            share_text: &due.share_text,
            target_language: task.target_language.as_deref(),
            input: &due.input,
        };
        service.create(&job, &account).err()
    }
}
