//! One create call: intent on disk, then the request, then its outcome on disk before anything else.

use std::time::Duration;

use shiwen_core::{
    Allowance, AttemptId, Charged, Evidence, Failure, FailureKind, Outcome, Output, ProviderId,
    Task, TaskId, Timestamp, Wait, WaitReason,
};
use shiwen_http::{Request, Response, SendError, redact};
use shiwen_providers::{Account, Answer, Created, Job, Service};
use shiwen_store::{DueTask, RawAnswer, Spent, StoreError, Won};

use crate::{Engine, books, evidence, failures, schedule};

/// After this many tries in a row that never left the machine the user decides.
const SENDS: u32 = 5;
/// Before a create is tried again when the provider is full or asks for a pause without saying for how long.
const PAUSE: Duration = Duration::from_secs(20);
/// Before it is looked again whether there is a network.
const OFFLINE_PAUSE: Duration = Duration::from_secs(30);
/// Between tries to save an outcome.
const SAVE_AGAIN: Duration = Duration::from_millis(500);
const SAVE_AT_LEAST: Duration = Duration::from_secs(30);

impl Engine {
    /// Submits a queued task, with those that go out in the same call. Whatever happens after the claim, an outcome is
    /// on disk before this returns.
    pub(crate) async fn submit(
        &self,
        service: &'static dyn Service,
        due: &DueTask,
    ) -> Result<(), StoreError> {
        let task = &due.task;
        let store = self.store();
        // Nothing is claimed before everything that the call needs is at hand.
        let account = match self.account(task.provider).await {
            Ok(account) => account,
            Err(error) => return self.without_key(due, &error).await,
        };
        self.warm_up(&task.then).await;
        self.learn_before(service, &account).await;
        if !store.has_reserve() {
            self.holds().hold_creates(
                task.provider,
                self.now().after(self.pause()),
                WaitReason::DiskFull,
            );
            return store.wait(task.id, Wait { reason: WaitReason::DiskFull, until: None });
        }
        self.follow_before_paying(task.id).await?;
        let before = store.provider(task.provider)?.allowance;
        let begun = self.now();
        // The last moment at which nothing was begun. Nothing is awaited from here to the claim, and whoever holds looks
        // for calls that are out afterwards, so one of the two sees the other.
        if self.is_held() {
            return Ok(());
        }
        let claimed = match store.claim(task.id, begun) {
            Ok(claimed) => claimed,
            // Another was faster, or the user cancelled.
            Err(StoreError::WrongState | StoreError::TaskGone) => return Ok(()),
            Err(error) => return Err(error),
        };
        // Made of what was claimed: the user may have taken a link out of the batch a moment ago.
        let urls: Vec<&str> = claimed.urls.iter().map(String::as_str).collect();
        let job = Job {
            operation: task.operation,
            urls: &urls,
            share_text: &due.share_text,
            target_language: task.target_language.as_deref(),
            input: &due.input,
        };
        let request = service.create(&job, &account);
        #[cfg(feature = "kill-points")]
        shiwen_kill_points::at(shiwen_kill_points::Point::IntentKept);
        let sent = match &request {
            Ok(request) => self.inner.parts.transport.send(request).await,
            Err(failure) => {
                let nothing = RawAnswer { asked: "create", http_status: 0, body: Vec::new() };
                let (tasks, attempt) = (&claimed.tasks, claimed.attempt);
                return self
                    .started_nothing(tasks, attempt, Outcome::Rejected, failure, Some(&nothing))
                    .await;
            }
        };
        let calling = Calling {
            service,
            account: &account,
            task,
            job,
            tasks: &claimed.tasks,
            attempt: claimed.attempt,
            begun,
            sends: due.sends,
            before,
        };
        match (sent, &request) {
            (Ok(response), Ok(request)) => self.answered(&calling, request, &response).await,
            (Err(error), Ok(request)) => self.unanswered(&calling, request, &error).await,
            (_, Err(_)) => Ok(()),
        }
    }

    async fn answered(
        &self,
        calling: &Calling<'_>,
        request: &Request,
        response: &Response,
    ) -> Result<(), StoreError> {
        let (store, now, attempt) = (self.store(), self.now(), calling.attempt);
        let provider = calling.service.card().id;
        let raw = raw_answer("create", request, response);
        self.heed(calling.service, response);
        match calling.service.read_created(&calling.job, response, now) {
            Created::Accepted { remote_id, allowance, cost } => {
                #[cfg(feature = "kill-points")]
                shiwen_kill_points::at(shiwen_kill_points::Point::IdParsed);
                let first =
                    self.next_question(calling.service, calling.task.operation, Duration::ZERO);
                let poll_at = now.after(first.wait.unwrap_or_default());
                let remote_id =
                    calling.service.lasting_id(&remote_id, &calling.job, calling.account);
                let cost = cost.or_else(|| self.took(calling, allowance.as_ref()));
                let spent = calling.spent(cost, true);
                self.saved(|| store.accepted(attempt, &remote_id, poll_at, &spent, &raw, now))
                    .await?;
                self.holds().open_creates(provider);
                self.told_left(calling, allowance, cost)
            }
            Created::Done(answer) if calling.job.urls.len() < 2 => {
                #[cfg(feature = "kill-points")]
                shiwen_kill_points::at(shiwen_kill_points::Point::IdParsed);
                let spent = calling.spent(answer.cost, true);
                let (allowance, cost) = (answer.allowance.clone(), answer.cost);
                let won = won(answer, now);
                self.saved(|| store.won_at_once(attempt, &won, &spent, &raw, now)).await?;
                self.holds().open_creates(provider);
                self.told_left(calling, allowance, cost)
            }
            // One result for several links: nobody can say whose it is, and it is paid for.
            Created::Done(_) => {
                let failure = Failure::new(provider, FailureKind::MalformedResponse);
                let failure = Failure { charged: Charged::Yes, ..failure };
                let spent = calling.spent(None, true);
                let seen = evidence::of_answer(response, &raw);
                self.saved(|| store.unknown_with(attempt, &failure, &spent, Some(&raw), &seen, now))
                    .await
            }
            Created::Rejected(failure) => {
                let failure = scrubbed(failure, request);
                match again_later(&failure, response, now, self.pause()) {
                    Some(wait) => {
                        let until = wait.until.unwrap_or(now);
                        if wait.reason == WaitReason::Rate {
                            self.holds().freeze(calling.task.provider, until);
                        } else {
                            self.holds().hold_creates(calling.task.provider, until, wait.reason);
                        }
                        self.saved(|| {
                            store.sent_back(attempt, Outcome::Rejected, &failure, wait, now)
                        })
                        .await
                    }
                    None => {
                        self.started_nothing(
                            calling.tasks,
                            attempt,
                            Outcome::Rejected,
                            &failure,
                            Some(&raw),
                        )
                        .await
                    }
                }
            }
            Created::Unknown(failure) => {
                let failure = scrubbed(failure, request);
                let seen = evidence::of_answer(response, &raw);
                self.in_doubt(calling, &failure, Some(&raw), seen).await
            }
        }
    }

    /// Nobody knows whether the call was accepted: that and all that was seen of it is written down first, then looked
    /// for more.
    async fn in_doubt(
        &self,
        calling: &Calling<'_>,
        failure: &Failure,
        answer: Option<&RawAnswer>,
        mut seen: Evidence,
    ) -> Result<(), StoreError> {
        let (attempt, now) = (calling.attempt, self.now());
        let spent = calling.spent(None, false);
        seen.hint = self.hint_for(calling.service, calling.begun);
        self.holds().doubt_allowance(calling.task.provider);
        self.saved(|| self.store().unknown_with(attempt, failure, &spent, answer, &seen, now))
            .await?;
        self.look_for(calling.service, calling.task);
        Ok(())
    }

    /// The answer to an accepted call says what is left.
    fn told_left(
        &self,
        calling: &Calling<'_>,
        allowance: Option<Allowance>,
        said: Option<u32>,
    ) -> Result<(), StoreError> {
        let provider = calling.service.card().id;
        let took = calling.spent(said, true).amount;
        self.hint_after(provider, allowance.as_ref(), took)?;
        self.keep_allowance(provider, allowance)
    }

    /// What a call for several links took, by what it made of the allowance. Nothing else of ours may have been out.
    fn took(&self, calling: &Calling<'_>, after: Option<&Allowance>) -> Option<u32> {
        let links = calling.job.urls.len();
        let provider = calling.task.provider;
        let alone = self.submitting_at(provider) == 1;
        let known = after.is_some() && self.holds().trust_allowance(provider);
        if links < 2 || !alone || !known {
            return None;
        }
        books::difference(calling.before.as_ref(), after, links, self.now())
    }

    pub(crate) fn keep_allowance(
        &self,
        provider: ProviderId,
        allowance: Option<Allowance>,
    ) -> Result<(), StoreError> {
        if let Some(allowance) = allowance {
            self.store().change_provider(provider, |record| {
                record.allowance = Some(allowance.clone());
            })?;
        }
        Ok(())
    }

    async fn unanswered(
        &self,
        calling: &Calling<'_>,
        request: &Request,
        error: &SendError,
    ) -> Result<(), StoreError> {
        let (store, now, provider) = (self.store(), self.now(), calling.task.provider);
        match error {
            SendError::NotSent { .. } => {
                let failure = failures::unanswered(provider, error, Charged::No);
                let sends = calling.sends + 1;
                let wait = if error.cause().is_offline() {
                    // Without a network there is nobody to send it to: that is no try.
                    let until = now.after(OFFLINE_PAUSE.mul_f64(self.inner.parts.pace));
                    self.holds().hold_creates(provider, until, WaitReason::Offline);
                    Wait { reason: WaitReason::Offline, until: Some(until) }
                } else if sends >= SENDS {
                    return self
                        .started_nothing(
                            calling.tasks,
                            calling.attempt,
                            Outcome::NotSent,
                            &failure,
                            None,
                        )
                        .await;
                } else {
                    let until = now.after(schedule::resend(sends, self.inner.parts.pace));
                    self.holds().hold_creates(provider, until, WaitReason::NotSent);
                    Wait { reason: WaitReason::NotSent, until: Some(until) }
                };
                self.saved(|| {
                    store.sent_back(calling.attempt, Outcome::NotSent, &failure, wait, now)
                })
                .await
            }
            SendError::Ambiguous { status, .. } => {
                let mut failure = failures::unanswered(provider, error, Charged::Unknown);
                failure.http_status = *status;
                let seen = evidence::of_silence(request, error);
                self.in_doubt(calling, &failure, None, seen).await
            }
        }
    }

    fn pause(&self) -> Duration {
        PAUSE.mul_f64(self.inner.parts.pace)
    }

    /// An outcome must reach the disk: it is tried until it does, and nothing else is submitted meanwhile. Should the
    /// program end before, the open attempt says at the next start that the outcome is unknown.
    pub(crate) async fn saved(
        &self,
        save: impl Fn() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut wait = SAVE_AGAIN;
        loop {
            match save() {
                Ok(()) => return Ok(()),
                Err(
                    error @ (StoreError::WrongState
                    | StoreError::TaskGone
                    | StoreError::RemoteIdTaken(_)),
                ) => {
                    return Err(error);
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "an outcome cannot be saved yet"
                    );
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(SAVE_AT_LEAST);
                }
            }
        }
    }
}

struct Calling<'a> {
    service: &'static dyn Service,
    account: &'a Account,
    task: &'a Task,
    job: Job<'a>,
    /// All tasks of the call.
    tasks: &'a [TaskId],
    attempt: AttemptId,
    /// When the intent was written.
    begun: Timestamp,
    sends: u32,
    /// What was left before the call, as far as known.
    before: Option<Allowance>,
}

impl Calling<'_> {
    fn spent(&self, said: Option<u32>, certain: bool) -> Spent {
        let what = (self.task.operation, self.task.model.as_deref());
        let spent = books::spent(self.service, what, said, certain);
        // What a call for several links costs is published nowhere.
        if self.job.urls.len() > 1 { Spent { amount: said, ..spent } } else { spent }
    }
}

/// Refusals that pass by themselves. The provider said that nothing was started, so the task may be sent again.
fn again_later(
    failure: &Failure,
    response: &Response,
    now: Timestamp,
    pause: Duration,
) -> Option<Wait> {
    match failure.kind {
        FailureKind::ConcurrencyFull => {
            Some(Wait { reason: WaitReason::Slot, until: Some(now.after(pause)) })
        }
        FailureKind::RateLimited => {
            let said = failure.retry_after_s.map(|seconds| Duration::from_secs(seconds.into()));
            let wait = said.or_else(|| shiwen_http::retry_after(response, now)).unwrap_or(pause);
            let wait = schedule::asked_for(wait, fastrand::f64());
            Some(Wait { reason: WaitReason::Rate, until: Some(now.after(wait)) })
        }
        _ => None,
    }
}

/// The answer as it is kept: without the account's secrets.
pub(crate) fn raw_answer(asked: &'static str, request: &Request, response: &Response) -> RawAnswer {
    let body = redact(&String::from_utf8_lossy(&response.body), &request.secrets).into_bytes();
    RawAnswer { asked, http_status: response.status, body }
}

/// A provider may repeat a credential in its error text.
pub(crate) fn scrubbed(failure: Failure, request: &Request) -> Failure {
    let clean = |text: Option<String>| text.map(|text| redact(&text, &request.secrets));
    Failure {
        message: clean(failure.message),
        code: clean(failure.code),
        trace_id: clean(failure.trace_id),
        ..failure
    }
}

pub(crate) fn won(answer: Answer, now: Timestamp) -> Won {
    let mut found = answer.found;
    found.learned_at = Some(now);
    if let (None, Some(Output::Analysis(analysis))) = (&found.title, &answer.output) {
        found.title = analysis.headline();
    }
    Won {
        text: answer.text,
        incomplete: answer.incomplete,
        found,
        output: answer.output,
        cost: answer.cost,
    }
}
