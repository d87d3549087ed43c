//! The loop of the process that owns the tasks.

use std::{collections::hash_map::Entry, time::Duration};

use shiwen_core::{ProviderId, Task, TaskId, Timestamp, Unit, WaitReason};
use shiwen_providers::{Service, service, services};
use shiwen_store::{DueTask, Spent, StoreError};
use tokio::{
    sync::broadcast::error::RecvError,
    task::{JoinHandle, JoinSet},
};

use crate::{Engine, Ownership, books::spent, failures, turn::Caller};

/// How often the file is looked at for what other processes wrote.
const OTHERS: Duration = Duration::from_millis(500);
/// How long a task whose change could not be saved is left alone.
const DISK_TROUBLE: Duration = Duration::from_secs(15);
/// A tick that comes this late was held up by more than a busy machine.
const JUMP: Duration = Duration::from_secs(10);
/// Follow-up calls that may be out at once.
const CALLS: usize = 16;
/// Overdue tasks that are looked at for one that may be asked now.
const LOOKED_AT: u32 = 500;
/// How long a stop waits for create calls that are out. Ending one early would make a question to the user of a call
/// that may just have been slow, so this is longer than their timeouts, that of a streamed run of ten minutes apart.
const GRACE: Duration = Duration::from_secs(190);
/// How long a stop waits for calls that can be made again.
const READ_GRACE: Duration = Duration::from_secs(2);

/// A running engine. Dropping it stops the loop at once; [`Running::stop`] waits for calls that are out.
#[derive(Debug)]
pub struct Running {
    work: JoinHandle<()>,
    stop: tokio::sync::watch::Sender<bool>,
}

impl Running {
    /// Takes no more work and waits for the calls that are out: for create calls until they have ended.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let _ = (&mut self.work).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.work.abort();
    }
}

impl Engine {
    /// Brings the tasks to life: what was being submitted when the last run ended becomes uncertain, the rest goes on.
    ///
    /// # Errors
    /// When the history cannot be read or written.
    pub fn start(&self, ownership: Ownership) -> Result<Running, StoreError> {
        let lost = |task: &Task| {
            let unknown = Spent { unit: Unit::Use, amount: None, said: false, certain: false };
            let spent = service(task.provider).map_or(unknown, |service| {
                spent(service, (task.operation, task.model.as_deref()), None, false)
            });
            (failures::crashed(task.provider), spent)
        };
        let uncertain = self.store().recover(lost, self.now())?;
        for service in services() {
            // The key may have been changed, or the keychain unlocked, since the last run.
            self.store().release(service.card().id)?;
            if uncertain > 0 {
                self.holds().doubt_allowance(service.card().id);
            }
        }
        if uncertain > 0 {
            tracing::warn!(uncertain, "create calls were out when the last run ended");
        }
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let engine = self.clone();
        let work = tokio::spawn(async move {
            engine.work(stopped).await;
            drop(ownership);
        });
        Ok(Running { work, stop })
    }

    /// How many create calls are out.
    pub fn submitting(&self) -> usize {
        self.out().values().filter(|call| matches!(call, Call::Submit(_))).count()
    }

    /// How many create calls are out to one provider.
    pub(crate) fn submitting_at(&self, provider: ProviderId) -> usize {
        self.out().values().filter(|call| **call == Call::Submit(provider)).count()
    }

    /// Looks at the work again now, e.g. after a wake from sleep.
    pub fn nudge(&self) {
        self.inner.wake.notify_one();
    }

    async fn work(&self, mut stopped: tokio::sync::watch::Receiver<bool>) {
        let mut changes = self.store().changes();
        let mut others = tokio::time::interval(OTHERS);
        others.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut looked_at = self.now();
        let mut calls = JoinSet::new();
        'work: loop {
            // One moment for both: what falls due between two looks at the clock would be in neither.
            let now = self.now();
            let turn = self.take_work(&mut calls, now).unwrap_or_else(|error| {
                tracing::error!(%error, "the history cannot be read");
                None
            });
            let due = sleep(self.next_due(turn, now));
            tokio::pin!(due);
            loop {
                tokio::select! {
                    _ = stopped.changed() => break 'work,
                    Some(_) = calls.join_next() => break,
                    () = self.inner.wake.notified() => break,
                    () = &mut due => break,
                    change = changes.recv() => match change {
                        Err(RecvError::Closed) => break 'work,
                        _ => break,
                    },
                    _ = others.tick() => if self.something_happened_outside(&mut looked_at) { break },
                }
            }
            continue_quietly(&mut changes);
        }
        let submitting =
            async { while self.submitting() > 0 && calls.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, submitting).await;
        let rest = async { while calls.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(READ_GRACE, rest).await;
    }

    /// Another process wrote, or the clock jumped: a closed laptop was opened again, or the time was set. Timers do not
    /// run while the machine sleeps, so what fell due meanwhile would wait on.
    fn something_happened_outside(&self, looked_at: &mut Timestamp) -> bool {
        let before = std::mem::replace(looked_at, self.now());
        if looked_at.since(before) > JUMP {
            return true;
        }
        self.store().notice_others().unwrap_or_else(|error| {
            tracing::warn!(%error, "the file cannot be asked for what others wrote");
            false
        })
    }

    /// Starts every call that may go out now. Creates first: they are what the user waits for. Answers when the next
    /// question may go out that only waits for its provider's minute.
    fn take_work(
        &self,
        calls: &mut JoinSet<()>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.holds().no_creates_wait();
        for provider in self.store().queued_providers()? {
            let Some(service) = service(provider) else { continue };
            let room = self.room(service, now)?;
            if room == 0 {
                continue;
            }
            for due in self.store().due_to_submit(provider, now, room)? {
                if self.out().contains_key(&due.task.id) {
                    continue;
                }
                if let Err(until) = self.take_call(service.card(), Caller::Create) {
                    self.holds().set_creates_wait(provider);
                    self.store().pace(provider, until, now)?;
                    break;
                }
                self.send_out(calls, service, due, Call::Submit(provider));
            }
        }
        let free = CALLS.saturating_sub(self.out().len());
        // More than can go out: those of a provider that wants a pause must not stand in the way of the others.
        let due = self.store().due_to_follow(now, LOOKED_AT)?;
        let may_go =
            due.into_iter().filter(|due| self.holds().frozen(due.task.provider, now).is_none());
        let mut next_turn: Option<Timestamp> = None;
        let mut free = free;
        for due in may_go.collect::<Vec<_>>() {
            let Some(service) = service(due.task.provider) else { continue };
            if free == 0 {
                break;
            }
            if self.out().contains_key(&due.task.id) {
                continue;
            }
            if let Err(until) = self.take_call(service.card(), Caller::FollowUp) {
                next_turn = Some(next_turn.map_or(until, |turn| turn.min(until)));
                continue;
            }
            free -= 1;
            self.send_out(calls, service, due, Call::Follow);
        }
        Ok(next_turn)
    }

    /// How many tasks may be submitted to a provider now.
    fn room(&self, service: &'static dyn Service, now: Timestamp) -> Result<u32, StoreError> {
        let card = service.card();
        let held = self.holds().held(card.id, now);
        if let Some((until, reason)) = held {
            tracing::trace!(provider = %card.id, %reason, "nothing is submitted now");
            if reason == WaitReason::Rate {
                self.store().pace(card.id, until, now)?;
            }
            return Ok(0);
        }
        // Where none may run, the provider is to say so of a task.
        let slots = self.store().provider(card.id)?.slots.unwrap_or(card.slots).max(1);
        let submitting = self.submitting_at(card.id);
        let taken = self.store().at_work(card.id)? + u32::try_from(submitting).unwrap_or(u32::MAX);
        Ok(slots.saturating_sub(taken))
    }

    fn send_out(
        &self,
        calls: &mut JoinSet<()>,
        service: &'static dyn Service,
        due: DueTask,
        call: Call,
    ) {
        let id = due.task.id;
        match self.out().entry(id) {
            Entry::Occupied(_) => return,
            Entry::Vacant(free) => free.insert(call),
        };
        let engine = self.clone();
        calls.spawn(async move {
            let _out = Out { engine: engine.clone(), id };
            let done = match call {
                Call::Submit(_) => engine.submit(service, &due).await,
                Call::Follow => engine.follow(service, &due).await,
            };
            match done {
                // The user decided otherwise while the call was out.
                Ok(()) | Err(StoreError::WrongState | StoreError::TaskGone) => {}
                Err(error) => {
                    tracing::error!(task = %id, %error, "could not be saved");
                    // The task stays out for so long: whatever is wrong with the disk takes time to mend, and its
                    // provider must not be asked in a loop meanwhile.
                    tokio::time::sleep(DISK_TROUBLE).await;
                }
            }
        });
    }

    fn next_due(&self, turn: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
        let task = self.store().next_due(now).ok().and_then(|next| next.0);
        let hold = self.holds().next_end(now);
        task.into_iter().chain(hold).chain(turn).min().map(|at| at.since(now))
    }
}

/// A call that is out for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Submit(ProviderId),
    Follow,
}

/// Takes the task off the list of those with a call out, also when the call's task is dropped or panics.
struct Out {
    engine: Engine,
    id: TaskId,
}

impl Drop for Out {
    fn drop(&mut self) {
        self.engine.out().remove(&self.id);
        self.engine.inner.wake.notify_one();
    }
}

async fn sleep(due: Option<Duration>) {
    match due {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// The loop looks at everything after each wake, so announcements that came together count once.
fn continue_quietly(changes: &mut tokio::sync::broadcast::Receiver<shiwen_core::TaskChange>) {
    while changes.try_recv().is_ok() {}
}
