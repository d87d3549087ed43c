//! One follow-up call of a running task. It costs nothing; a call that fails never fails the task.

use std::time::Duration;

use shiwen_core::{Charged, Failure, FailureKind, ProviderId, Timestamp};
use shiwen_http::Response;
use shiwen_providers::{Asked, Followed, Part, Service, Step};
use shiwen_store::{DueTask, End, Poll, StoreError};

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
        let urls: Vec<&str> = due.urls.iter().map(String::as_str).collect();
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
        self.heed(service, &response);
        let followed = service.read_followed(&about, &response, age, now);
        match of_all(followed, task.provider, urls.len()) {
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
                let raw = raw_answer(asked, &request, &response);
                let allowance = answer.allowance.clone();
                store.won(task.id, &won(answer, now), &raw, now)?;
                self.keep_allowance(task.provider, allowance)
            }
            Followed::Each(parts) => {
                let raw = raw_answer(asked, &request, &response);
                let end = |part| match part {
                    Part::Succeeded(answer) => End::Won(won(answer, now)),
                    Part::Failed(failure) => End::Lost(scrubbed(failure, &request)),
                };
                let ends: Vec<_> = parts.into_iter().map(end).collect();
                store.ended(task.id, &ends, &raw, now)
            }
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
    Some(now.after(wait))
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
