//! One follow-up call of a running task. It costs nothing; a call that fails never fails the task.

use std::time::Duration;

use shiwen_core::{Charged, Failure, FailureKind, ProviderId, Timestamp};
use shiwen_http::{Request, Response};
use shiwen_providers::{Asked, Followed, Part, Service, Step};
use shiwen_store::{DueTask, End, Poll, StoreError};

use crate::{
    Engine, EngineError, failures, schedule,
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
        let Some(remote_id) = task.remote_id.as_deref() else { return Err(StoreError::WrongState) };
        let account = match self.account(task.provider).await {
            Ok(account) => account,
            Err(error) => return self.keyless(service, std::slice::from_ref(due), &error),
        };
        let step = if due.fetching { Step::Result } else { Step::Status };
        let urls: Vec<&str> = due.urls.iter().map(String::as_str).collect();
        let about =
            Asked { operation: task.operation, remote_id, step, urls: &urls, input: &due.input };
        let request = match service.follow(&about, &account) {
            Ok(request) => request,
            Err(failure) => return self.ask_again(service, due, &failure, None),
        };
        let response = match self.inner.parts.transport.send(&request).await {
            Ok(response) => response,
            // Asked again when the network is back; nothing is known of the task.
            Err(error) if error.cause().is_offline() && self.inner.network.is_offline() => {
                return Ok(());
            }
            Err(error) => {
                let failure = failures::unanswered(task.provider, &error, Charged::No);
                return self.ask_again(service, due, &failure, None);
            }
        };
        self.heed(service, &response);
        let now = self.now();
        let followed = service.read_followed(&about, &response, age(due, now), now);
        let followed = of_all(followed, task.provider, urls.len());
        self.heard(service, due, followed, (&request, &response))
    }

    /// Keeps what an answer says of a task.
    pub(crate) fn heard(
        &self,
        service: &'static dyn Service,
        due: &DueTask,
        followed: Followed,
        (request, response): (&Request, &Response),
    ) -> Result<(), StoreError> {
        let (task, store, now) = (&due.task, self.store(), self.now());
        let asked = if due.fetching { "result" } else { "status" };
        let raw = || raw_answer(asked, request, response);
        if let Some(finished_at) = done(&followed) {
            self.found_done(due, finished_at, now);
        }
        match followed {
            Followed::Running { progress, word } => {
                tracing::debug!(task = %task.id, %word, "still running");
                let age = age(due, now);
                self.still_ran(task.id, age);
                let next = self.next_question(service, task.operation, age);
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
                #[cfg(feature = "kill-points")]
                shiwen_kill_points::at(shiwen_kill_points::Point::ResultReceived);
                let allowance = answer.allowance.clone();
                store.won(task.id, &won(answer, now), &raw(), now)?;
                self.slot_freed(service.card(), true)?;
                self.keep_allowance(task.provider, allowance)
            }
            Followed::Each(parts) => {
                let end = |part| match part {
                    Part::Succeeded(answer) => End::Won(won(answer, now)),
                    Part::Failed(failure) => End::Lost(scrubbed(failure, request)),
                };
                let ends: Vec<_> = parts.into_iter().map(end).collect();
                #[cfg(feature = "kill-points")]
                shiwen_kill_points::at(shiwen_kill_points::Point::ResultReceived);
                store.ended(task.id, &ends, &raw(), now)?;
                self.slot_freed(service.card(), true)
            }
            Followed::Failed(failure) => {
                self.over(task.id);
                store.lost(task.id, &scrubbed(failure, request), &raw(), now)?;
                self.slot_freed(service.card(), false)
            }
            Followed::AskAgain(failure) => {
                self.ask_again(service, due, &scrubbed(failure, request), Some(response))
            }
            Followed::KeyRefused(failure) => {
                let failure = scrubbed(failure, request);
                store.change_provider(task.provider, |record| {
                    record.check_failure = Some(failure.clone())
                })?;
                store.hold(task.provider)
            }
        }
    }

    /// The account's key cannot be read.
    pub(crate) fn keyless(
        &self,
        service: &'static dyn Service,
        tasks: &[DueTask],
        error: &EngineError,
    ) -> Result<(), StoreError> {
        let provider = service.card().id;
        tracing::info!(%provider, %error, "the provider cannot be asked without a key");
        // Not in a loop: each look may open an unlock prompt.
        self.holds().freeze(provider, self.now().after(KEY_PAUSE));
        self.all_again(service, tasks, &Failure::new(provider, FailureKind::Unauthorized), None)
    }

    pub(crate) fn ask_again(
        &self,
        service: &'static dyn Service,
        due: &DueTask,
        failure: &Failure,
        response: Option<&Response>,
    ) -> Result<(), StoreError> {
        let task = &due.task;
        let now = self.now();
        let pace = self.inner.parts.pace;
        let next = self.next_question(service, task.operation, age(due, now));
        let backoff = now.after(schedule::backoff(due.bad_polls + 1, pace, fastrand::f64()));
        let mut at = next.wait.map(|wait| now.after(wait).max(backoff));
        if let (FailureKind::RateLimited, Some(until)) =
            (failure.kind, pause(failure, response, now))
        {
            self.freeze(task.provider, until);
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

/// How long ago the task was sent.
pub(crate) fn age(due: &DueTask, now: Timestamp) -> Duration {
    now.since(due.task.submitted_at.unwrap_or(due.task.created_at))
}

/// That the work is done, and when the provider says it was.
fn done(followed: &Followed) -> Option<Option<Timestamp>> {
    match followed {
        Followed::FetchResult | Followed::Each(_) => Some(None),
        Followed::Succeeded(answer) => Some(answer.finished_at),
        _ => None,
    }
}

/// What an answer says, once it fits the number of links that it is about: one part is the end of a single link, and
/// nothing else than as many parts can end several.
fn of_all(followed: Followed, provider: ProviderId, links: usize) -> Followed {
    let unfit = || Followed::AskAgain(Failure::new(provider, FailureKind::MalformedResponse));
    match followed {
        Followed::Each(mut parts) if links < 2 => match (parts.pop(), parts.is_empty()) {
            (Some(Part::Succeeded(answer)), true) => Followed::Succeeded(answer),
            (Some(Part::Failed(failure)), true) => Followed::Failed(failure),
            _ => unfit(),
        },
        Followed::Each(parts) if parts.len() != links => unfit(),
        Followed::Succeeded(_) if links > 1 => unfit(),
        followed => followed,
    }
}

fn pause(failure: &Failure, response: Option<&Response>, now: Timestamp) -> Option<Timestamp> {
    let said = failure.retry_after_s.map(|seconds| Duration::from_secs(seconds.into()));
    let wait =
        said.or_else(|| response.and_then(|response| shiwen_http::retry_after(response, now)))?;
    Some(now.after(schedule::asked_for(wait, fastrand::f64())))
}

#[cfg(test)]
mod tests {
    use shiwen_providers::Answer;

    use super::*;

    fn parts(count: usize) -> Followed {
        Followed::Each(vec![Part::Succeeded(Answer::default()); count])
    }

    #[test]
    fn only_as_many_parts_as_links_end_a_call() {
        let of_all = |followed, links| of_all(followed, ProviderId::Momoget, links);
        assert_eq!(of_all(parts(5), 5), parts(5));
        assert_eq!(of_all(parts(1), 1), Followed::Succeeded(Answer::default()));
        let whole = Followed::Succeeded(Answer::default());
        for (followed, links) in
            [(parts(4), 5), (parts(0), 5), (parts(0), 1), (parts(2), 1), (whole, 2)]
        {
            assert!(matches!(of_all(followed, links), Followed::AskAgain(_)), "{links}");
        }
        let failed = Followed::Failed(Failure::new(ProviderId::Momoget, FailureKind::NotFound));
        assert_eq!(of_all(failed.clone(), 5), failed, "one failure is that of all");
    }
}
