//! Looking for an uncertain task at its provider. Nothing here is paid for, and nothing is ever sent again.

use std::{collections::BTreeMap, time::Duration};

use futures_util::FutureExt;
use shiwen_core::{
    Attempt, CancelCause, Entry, Hint, Input, Item, LookedUp, Operation, Outcome, ProviderId, Task,
    TaskId, TaskState, Timestamp, Verb,
};
use shiwen_providers::{Account, Job, Service, services};
use shiwen_store::{DueTask, StoreError};
use tokio::task::JoinSet;

use crate::{Engine, EngineError, accounts::known, evidence, run::Call};

/// The clocks of a provider and of this machine may differ by so much.
const BEFORE: Duration = Duration::from_secs(60);
/// After its time limit a call may still be on its way for so long; what is not there by then never came.
const AFTER: Duration = Duration::from_secs(2 * 60);
/// Where the request cannot be made any more to ask for its time limit.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Jobs of ours that began so long before must be in a list that can be believed.
const OTHERS: Duration = Duration::from_secs(60 * 60);
/// Jobs on one page, and pages that are read at most: each is one of few calls a minute.
const PAGE: f64 = 100.0;
const PAGES: u32 = 5;
/// After a call of unknown outcome it is looked for by itself: first so soon.
const SOON: Duration = Duration::from_secs(10);
/// After a look that failed, and looks that are made at most.
const AGAIN: Duration = Duration::from_secs(60);
const LOOKS: u32 = 5;

/// Tasks to look for by themselves.
#[derive(Debug, Default)]
pub(crate) struct Wanted(BTreeMap<TaskId, Look>);

#[derive(Debug, Clone, Copy)]
struct Look {
    due: Timestamp,
    looks: u32,
}

impl Wanted {
    pub(crate) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        self.0.values().map(|look| look.due).filter(|due| *due > now).min()
    }
}

/// The collection that lists what an operation makes, in the words of those who have one.
fn kept_in(service: &dyn Service, operation: Operation) -> Option<&'static str> {
    let name = match operation {
        Operation::GenerateVideo => "videos",
        Operation::GenerateImage => "images",
        Operation::GenerateMusic => "music",
        _ => return None,
    };
    let lists = service
        .collections()
        .iter()
        .any(|kept| kept.name == name && kept.calls.iter().any(|call| call.verb == Verb::List));
    lists.then_some(name)
}

impl Engine {
    /// Looks for an uncertain task at its provider and follows it from then on where it is found for certain.
    ///
    /// # Errors
    /// [`StoreError::WrongState`] for a task that is neither uncertain nor given up; else when the provider cannot be
    /// asked.
    pub async fn look_up(&self, id: TaskId) -> Result<LookedUp, EngineError> {
        let detail = self.store().detail(id)?;
        let task = &detail.task;
        let given_up = task.cancel_cause == Some(CancelCause::GaveUp);
        if task.state != TaskState::Uncertain && !given_up {
            return Err(StoreError::WrongState.into());
        }
        let in_doubt =
            |it: &&Attempt| matches!(it.outcome, Some(Outcome::Unknown | Outcome::Crashed));
        let Some(attempt) = detail.attempts.iter().rev().find(in_doubt) else {
            return Ok(LookedUp::NoWay);
        };
        let service = known(attempt.provider)?;
        match kept_in(service, task.operation) {
            Some(list) => self.look_through(service, list, id, attempt).await,
            None if service.tells_use() => self.look_at_use(service, attempt).await,
            None => Ok(LookedUp::NoWay),
        }
    }

    /// What the provider says of the account is all there is, and only as long as no other call of ours changed it.
    async fn look_at_use(
        &self,
        service: &'static dyn Service,
        attempt: &Attempt,
    ) -> Result<LookedUp, EngineError> {
        let (store, id) = (self.store(), service.card().id);
        let before = match store.evidence(attempt.id)?.unwrap_or_default().hint {
            Some(hint) => Some(hint),
            None => self.hint_before(service, attempt.intent_at)?,
        };
        let alone = store.calls_since(id, attempt.intent_at)? == 1
            && !store.worked_since(id, attempt.intent_at)?;
        let told = |hint: &Hint| hint.left_after.is_some() || hint.running_after.is_some();
        if let Some(hint) = before.filter(|hint| !alone && told(hint)) {
            return Ok(LookedUp::Hint { hint });
        }
        let account = self.account(id).await?;
        let checked = self.check(service, &account).await?.map_err(EngineError::refused)?;
        self.keep_checked(id, &checked)?;
        let hint = Hint {
            left_after: checked.allowance.and_then(|allowance| allowance.left),
            running_after: checked.running,
            ..before.filter(|_| alone).unwrap_or_default()
        };
        let now = self.now();
        store.note_evidence(attempt.id, |evidence| {
            evidence.hint = Some(hint);
            evidence.looked_at = Some(now);
        })?;
        Ok(LookedUp::Hint { hint })
    }

    async fn look_through(
        &self,
        service: &'static dyn Service,
        list: &str,
        id: TaskId,
        attempt: &Attempt,
    ) -> Result<LookedUp, EngineError> {
        let due = self.store().followed(id)?;
        let (provider, operation) = (attempt.provider, due.task.operation);
        let account = self.account(provider).await?;
        let sought = Sought::new(service, &due, attempt, &account);
        let asked_at = self.now();
        let listed = self.list(provider, list).await?;
        let ours = self.store().remote_ids(provider, id)?;
        let free = listed.jobs.iter().filter(|job| !ours.contains(&job.id));
        let mut found = Vec::new();
        // Jobs of which the list does not say enough to rule them out.
        let mut unclear = false;
        for job in free {
            match sought.is(job) {
                Some(true) => found.push(job.id.clone()),
                Some(false) => {}
                None => unclear = true,
            }
        }
        let since = Timestamp(sought.from.0.saturating_sub(millis(OTHERS)));
        let must_be_there = self.store().accepted_since(provider, operation, since)?;
        let is_there = |id: &String| listed.jobs.iter().any(|job| job.id == *id);
        let whole = listed.whole && must_be_there.iter().all(is_there);
        let proof_at = sought.until_ended(attempt, self.inner.parts.pace);
        let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let looked_up = match found.as_slice() {
            [] if unclear || !whole => LookedUp::NothingYet { again_at: None },
            [] if asked_at < proof_at => LookedUp::NothingYet { again_at: Some(proof_at) },
            [] => LookedUp::NotThere,
            // A call that is going out now with the same words may be what was found; its answer will say so.
            [_] if whole && !unclear && self.is_submitting_alike(provider, operation, &sought) => {
                LookedUp::NothingYet { again_at: Some(asked_at.after(self.paced(SOON))) }
            }
            [job] if whole && !unclear => match self.adopt(id, job) {
                Ok(()) => return Ok(LookedUp::Found),
                Err(EngineError::Store(StoreError::RemoteIdTaken(_))) => {
                    LookedUp::Several { count }
                }
                Err(error) => return Err(error),
            },
            _ => LookedUp::Several { count },
        };
        self.store().note_evidence(attempt.id, |evidence| {
            evidence.looked_at = Some(asked_at);
            evidence.not_there_at = (looked_up == LookedUp::NotThere).then_some(asked_at);
        })?;
        Ok(looked_up)
    }

    /// All jobs that the provider lists, as far as a few pages reach.
    async fn list(&self, provider: ProviderId, list: &str) -> Result<Listed, EngineError> {
        let mut jobs: Vec<Item> = Vec::new();
        for page in 1..=PAGES {
            let number = |number| Entry::Number(number);
            let input = Input::from([
                ("limit".to_owned(), number(PAGE)),
                ("page".to_owned(), number(f64::from(page))),
            ]);
            let items = self.call(provider, list, Verb::List, None, &input).await?;
            for job in items.items {
                if jobs.iter().all(|before| before.id != job.id) {
                    jobs.push(job);
                }
            }
            if !items.has_more {
                // One that cannot be read is left out of the items, but not of their number.
                let whole = items.total == u32::try_from(jobs.len()).ok();
                return Ok(Listed { jobs, whole });
            }
        }
        Ok(Listed { jobs, whole: false })
    }

    fn is_submitting_alike(
        &self,
        provider: ProviderId,
        operation: Operation,
        sought: &Sought,
    ) -> bool {
        let out: Vec<_> = {
            let out = self.out();
            let calls = out.iter().filter(|(_, call)| **call == Call::Submit(provider));
            calls.map(|(id, _)| *id).collect()
        };
        let alike = |id: TaskId| match self.store().followed(id) {
            Ok(due) => due.task.operation == operation && sought.is_asked_by(&due.input),
            Err(_) => true,
        };
        out.into_iter().any(alike)
    }

    /// A create call became doubtful: it is looked for, as far as its provider tells anything.
    pub(crate) fn look_for(&self, service: &dyn Service, task: &Task) {
        let wait = match kept_in(service, task.operation) {
            Some(_) => self.paced(SOON),
            // What is left changes with whatever comes next.
            None if service.tells_use() => Duration::ZERO,
            None => return,
        };
        let due = self.now().after(wait);
        self.wanted().0.insert(task.id, Look { due, looks: 0 });
        self.inner.wake.notify_one();
    }

    /// Those of the last run that nobody has looked for to the end.
    pub(crate) fn look_for_old(&self) -> Result<(), StoreError> {
        for service in services() {
            for doubt in self.store().doubts(service.card().id)? {
                let seen = doubt.attempt.evidence.clone().unwrap_or_default();
                let ended = doubt.attempt.ended_at.unwrap_or(doubt.attempt.intent_at);
                let looked = seen.looked_at.is_some_and(|at| at >= ended.after(AFTER));
                let passed = service.tells_use()
                    && self.now().since(doubt.attempt.intent_at) >= evidence::FRESH;
                if !looked && !passed && seen.not_there_at.is_none() {
                    self.look_for(*service, &self.store().task(doubt.task)?);
                }
            }
        }
        Ok(())
    }

    /// Looks for the tasks whose time has come.
    pub(crate) fn take_looks(&self, calls: &mut JoinSet<()>, now: Timestamp) {
        let mut wanted = self.wanted();
        let due: Vec<_> = wanted
            .0
            .iter()
            .filter(|(_, look)| look.due <= now)
            .map(|(id, it)| (*id, *it))
            .collect();
        for (id, look) in due {
            wanted.0.remove(&id);
            let engine = self.clone();
            let looking = async move { engine.look_by_itself(id, look).await };
            calls.spawn(looking.boxed());
        }
    }

    async fn look_by_itself(&self, id: TaskId, look: Look) {
        let looks = look.looks + 1;
        let again = match self.look_up(id).await {
            Ok(LookedUp::NothingYet { again_at }) => again_at,
            Ok(looked_up) => {
                tracing::info!(task = %id, ?looked_up, "was looked for at its provider");
                None
            }
            // The user decided meanwhile.
            Err(EngineError::Store(StoreError::WrongState | StoreError::TaskGone)) => None,
            Err(error) => {
                // By a name that the log file does not write down: a refusal may repeat what was asked.
                tracing::info!(task = %id, refusal = %error, "could not be looked for");
                Some(self.now().after(self.paced(AGAIN)))
            }
        };
        if let Some(due) = again.filter(|_| looks < LOOKS) {
            self.wanted().0.entry(id).or_insert(Look { due, looks });
        }
    }

    fn paced(&self, wait: Duration) -> Duration {
        wait.mul_f64(self.inner.parts.pace)
    }
}

struct Listed {
    jobs: Vec<Item>,
    /// Nothing is missing.
    whole: bool,
}

/// What a doubtful call asked for, and when it can have arrived.
struct Sought {
    prompt: Option<String>,
    model: Option<String>,
    from: Timestamp,
    until: Timestamp,
    timeout: Duration,
}

impl Sought {
    fn new(service: &dyn Service, due: &DueTask, attempt: &Attempt, account: &Account) -> Self {
        let job = Job {
            operation: due.task.operation,
            urls: &[],
            share_text: &due.share_text,
            target_language: None,
            input: &due.input,
        };
        let timeout = service.create(&job, account).map_or(TIMEOUT, |request| request.timeout);
        Self {
            prompt: said(&due.input, "prompt"),
            model: said(&due.input, "model"),
            from: Timestamp(attempt.intent_at.0.saturating_sub(millis(BEFORE))),
            until: attempt.intent_at.after(timeout + AFTER),
            timeout,
        }
    }

    /// From when on its absence proves something. A call that broke off is at an end before its time limit is.
    fn until_ended(&self, attempt: &Attempt, pace: f64) -> Timestamp {
        let limit = attempt.intent_at.after(self.timeout);
        attempt.ended_at.map_or(limit, |ended| ended.min(limit)).after(AFTER.mul_f64(pace))
    }

    /// Whether what was made of this input may look like it in a list.
    fn is_asked_by(&self, input: &Input) -> bool {
        let alike = |sought: &Option<String>, other: Option<String>| match (sought, other) {
            (Some(sought), Some(other)) => *sought == other,
            // The service chooses for itself, perhaps the same.
            (None, _) | (_, None) => true,
        };
        alike(&self.prompt, said(input, "prompt")) && alike(&self.model, said(input, "model"))
    }

    /// Whether a job is the one; none where the list does not say enough.
    fn is(&self, job: &Item) -> Option<bool> {
        let fact = |name: &str| job.facts.iter().find(|(of, _)| of == name).map(|(_, entry)| entry);
        let text = |entry: Option<&Entry>| match entry {
            Some(Entry::Text(text)) => Some(text.trim().to_owned()),
            _ => None,
        };
        let created_at = match fact("createdAt") {
            Some(Entry::Number(ms)) if ms.is_finite() => Some(Timestamp(*ms as i64)),
            _ => None,
        };
        if created_at.is_some_and(|at| at < self.from || at > self.until) {
            return Some(false);
        }
        let same = |sought: &Option<String>, said: Option<String>| match (sought, said) {
            (Some(sought), Some(said)) => Some(*sought == said),
            (Some(_), None) => None,
            // The service chose for itself.
            (None, _) => Some(true),
        };
        let parts = [
            same(&self.prompt, job.text.as_deref().map(|text| text.trim().to_owned())),
            same(&self.model, text(fact("model"))),
            created_at.map(|_| true),
        ];
        if parts.contains(&Some(false)) {
            return Some(false);
        }
        parts.iter().all(|part| *part == Some(true)).then_some(true)
    }
}

/// What the user wrote into a field.
fn said(input: &Input, name: &str) -> Option<String> {
    match input.get(name) {
        Some(Entry::Text(text)) => Some(text.trim().to_owned()).filter(|it| !it.is_empty()),
        _ => None,
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
