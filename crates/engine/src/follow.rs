//! One follow-up call of a running task. It costs nothing; a call that fails never fails the task.

use std::time::Duration;

use shiwen_core::{Charged, Failure, FailureKind, Timestamp};
use shiwen_http::Response;
use shiwen_providers::{Asked, Followed, Part, Service, Step};
use shiwen_store::{DueTask, Poll, StoreError};

use crate::{
    Engine, failures, schedule,
    submit::{raw_answer, scrubbed, won},
};

/// Before the keychain is opened again for a provider whose key could not be read.
pub(crate) const KEY_PAUSE: Duration = Duration::from_secs(5 * 60);

impl Engine {
    pub(crate) async fn follow(
        &self,
        service: &'static dyn Service,
        due: &DueTask,
    ) -> Result<(), StoreError> {
        let task = &due.task;
        let store = self.store();
        let Some(remote_id) = task.remote_id.as_deref() else { return Err(StoreError::WrongState) };
        let account = match self.account(task.provider).await {
            Ok(account) => account,
            Err(error) => {
                tracing::info!(task = %task.id, %error, "its provider cannot be asked without a key");
                // Not in a loop: each look may open an unlock prompt.
                self.holds().freeze(task.provider, self.now().after(KEY_PAUSE));
                let failure = Failure::new(task.provider, FailureKind::Unauthorized);
                return self.ask_again(service, due, &failure, None);
            }
        };
        let step = if due.fetching { Step::Result } else { Step::Status };
        let urls: Vec<&str> = task.link.iter().map(|link| link.url.as_str()).collect();
        let about =
            Asked { operation: task.operation, remote_id, step, urls: &urls, input: &due.input };
        let request = match service.follow(&about, &account) {
            Ok(request) => request,
            Err(failure) => return self.ask_again(service, due, &failure, None),
        };
        let sent = self.inner.parts.transport.send(&request).await;
        let now = self.now();
        let age = now.since(task.submitted_at.unwrap_or(task.created_at));
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                let failure = failures::unanswered(task.provider, &error, Charged::No);
                return self.ask_again(service, due, &failure, None);
            }
        };
        let asked = if due.fetching { "result" } else { "status" };
        let followed = match service.read_followed(&about, &response, age, now) {
            // One link was asked for, so one part is its end.
            Followed::Each(parts) => match parts.into_iter().next() {
                Some(Part::Succeeded(answer)) => Followed::Succeeded(answer),
                Some(Part::Failed(failure)) => Followed::Failed(failure),
                None => {
                    let failure = Failure::new(task.provider, FailureKind::MalformedResponse);
                    Followed::AskAgain(failure)
                }
            },
            other => other,
        };
        match followed {
            Followed::Running { progress, word } => {
                tracing::debug!(task = %task.id, %word, "still running");
                let next = schedule::next(
                    &service.schedule(),
                    age,
                    self.inner.parts.pace,
                    fastrand::f64(),
                );
                let poll = Poll {
                    progress,
                    next_poll_at: next.wait.map(|wait| now.after(wait)),
                    fetching: due.fetching,
                    stalled: next.stalled,
                    bad: false,
                };
                store.polled(task.id, &poll)
            }
            Followed::FetchResult => {
                let poll = Poll {
                    progress: None,
                    next_poll_at: Some(now),
                    fetching: true,
                    stalled: false,
                    bad: false,
                };
                store.polled(task.id, &poll)
            }
            Followed::Succeeded(answer) => {
                store.won(task.id, &won(answer, now), &raw_answer(asked, &request, &response), now)
            }
            // Taken apart above.
            Followed::Each(_) => Ok(()),
            Followed::Failed(failure) => {
                let raw = raw_answer(asked, &request, &response);
                store.lost(task.id, &scrubbed(failure, &request), &raw, now)
            }
            Followed::AskAgain(failure) => {
                self.ask_again(service, due, &scrubbed(failure, &request), Some(&response))
            }
            Followed::KeyRefused(failure) => {
                let failure = scrubbed(failure, &request);
                store.change_provider(task.provider, |record| {
                    record.check_failure = Some(failure.clone())
                })?;
                store.hold(task.provider)
            }
        }
    }

    fn ask_again(
        &self,
        service: &'static dyn Service,
        due: &DueTask,
        failure: &Failure,
        response: Option<&Response>,
    ) -> Result<(), StoreError> {
        let task = &due.task;
        let now = self.now();
        let age = now.since(task.submitted_at.unwrap_or(task.created_at));
        let pace = self.inner.parts.pace;
        let next = schedule::next(&service.schedule(), age, pace, fastrand::f64());
        let backoff = now.after(schedule::backoff(due.bad_polls + 1, pace, fastrand::f64()));
        let mut at = next.wait.map(|wait| now.after(wait).max(backoff));
        if let (FailureKind::RateLimited, Some(until)) =
            (failure.kind, pause(failure, response, now))
        {
            self.holds().freeze(task.provider, until);
            at = at.map(|at| at.max(until));
        }
        tracing::info!(task = %task.id, %failure, "could not be asked");
        let poll = Poll {
            progress: None,
            next_poll_at: at,
            fetching: due.fetching,
            stalled: next.stalled,
            bad: true,
        };
        self.store().polled(task.id, &poll)
    }
}

fn pause(failure: &Failure, response: Option<&Response>, now: Timestamp) -> Option<Timestamp> {
    let said = failure.retry_after_s.map(|seconds| Duration::from_secs(seconds.into()));
    let wait =
        said.or_else(|| response.and_then(|response| shiwen_http::retry_after(response, now)))?;
    Some(now.after(wait))
}
